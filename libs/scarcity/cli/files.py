"""Tables from files: CSV, NDJSON and Parquet, as records in the order of time.

A table stays in columns; only a slice of it is ever rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import polars as pl
from polars import selectors

from scarcity.errors import ConfigError
from scarcity.streams import Rows

TIME_NAMES = ("ts", "time", "timestamp", "date", "datetime")
READERS = {
    ".csv": pl.read_csv,
    ".tsv": lambda path: pl.read_csv(path, separator="\t"),
    ".ndjson": pl.read_ndjson,
    ".jsonl": pl.read_ndjson,
    ".parquet": pl.read_parquet,
}
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table in the order of time, and what a person should know of it."""

    frame: pl.DataFrame
    """The columns of numbers."""
    labels: pl.DataFrame
    """The columns of text."""
    times: pl.Series
    timed: bool
    """Whether the times are the file's own; else they count the rows."""
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        return self.frame.height

    def blocks(self) -> Iterator[Rows]:
        """Yield the rows, many at a time; what is empty or not finite is missing."""
        for start in range(0, self.rows, BATCH):
            values = self.frame.slice(start, BATCH).to_numpy().astype(np.float64)
            values[~np.isfinite(values)] = np.nan
            times = self.times.slice(start, BATCH).to_physical().to_numpy()
            yield Rows(times, np.arange(len(values)), values, tuple(self.frame.columns))

    def lines(self) -> Iterator[bytes]:
        """Yield one JSON record per row, texts included; what is empty or not finite is null."""
        whole = self.frame.hstack(self.labels)
        for start in range(0, self.rows, BATCH):
            rows = whole.slice(start, BATCH).iter_rows(named=True)
            if not self.timed:
                yield from (orjson.dumps({"values": row}) for row in rows)
                continue
            for moment, row in zip(self.times.slice(start, BATCH), rows, strict=True):
                yield orjson.dumps({"ts": moment, "values": row})


def load_table(file: Path, *, time_column: str | None) -> Loaded:
    """Return the table in a file. Raises ConfigError that says what to change."""
    table = _read(file)
    chosen = _time_column(table, time_column)
    times = _times(table, chosen) if chosen else _row_numbers(table)
    if chosen:
        table = table.drop(chosen)
    if not times.is_sorted():
        order = times.arg_sort()
        table, times = table[order], times[order]
    numbers = table.select((selectors.numeric() | selectors.boolean()).cast(pl.Float64))
    frame = numbers.select(column.name for column in numbers if column.is_finite().any())
    if not frame.width:
        raise ConfigError(
            f"{file} has no numeric column with a number; its columns are {table.columns}"
        )
    labels = table.select((selectors.string() | selectors.categorical()).cast(pl.String))
    notes = []
    if ignored := [name for name in table.columns if name not in frame.columns]:
        notes.append(f"columns without a number are left out: {', '.join(ignored)}")
    if chosen is None:
        notes.append("no time column; rows are taken in the order of the file")
    return Loaded(frame, labels, times, chosen is not None, tuple(notes))


def _read(file: Path) -> pl.DataFrame:
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise ConfigError(f"{file} is none of {', '.join(READERS)}; convert it, or rename it")
    try:
        frame = reader(file)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ConfigError(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    if frame.is_empty():
        raise ConfigError(f"{file} has no rows")
    return frame


def _time_column(frame: pl.DataFrame, wanted: str | None) -> str | None:
    if wanted is not None and wanted not in frame.columns:
        raise ConfigError(f"there is no column {wanted!r}; the columns are {frame.columns}")
    guess = next((name for name in frame.columns if name.lower() in TIME_NAMES), None)
    return wanted or guess


def _times(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return the column as moments: text is RFC 3339, numbers are milliseconds since 1970."""
    column = frame[name]
    try:
        if column.dtype.is_numeric():
            micros = (column.cast(pl.Float64) * 1000).round().cast(pl.Int64)
            column = micros.cast(pl.Datetime("us", "UTC"))
        elif column.dtype == pl.String:
            column = column.str.to_datetime(time_unit="us", time_zone="UTC")
        elif isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
            column = column.dt.convert_time_zone("UTC")
        else:
            column = column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    except pl.exceptions.PolarsError as error:
        raise ConfigError(
            f"column {name!r} is not a time: {str(error).splitlines()[0]}; "
            "use RFC 3339 text or milliseconds since 1970, or name another with --time"
        ) from error
    if column.null_count():
        raise ConfigError(f"column {name!r} has {column.null_count()} rows without a time")
    return column


def _row_numbers(frame: pl.DataFrame) -> pl.Series:
    """Return one second after the other from 1970 on."""
    seconds = pl.int_range(frame.height, eager=True)
    return (seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))
