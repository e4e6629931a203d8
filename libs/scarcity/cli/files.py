"""Tables from files: CSV, NDJSON and Parquet, as records in the order of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path

import polars as pl

from scarcity.errors import ConfigError
from scarcity.streams import Record

TIME_NAMES = ("ts", "time", "timestamp", "date", "datetime")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    """A table in the order of time, its numeric columns, and what a person should know of it."""

    frame: pl.DataFrame
    times: pl.Series
    variables: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        return self.frame.height

    def records(self) -> Iterator[Record]:
        """Yield one record per row; what is empty or not finite is missing."""
        for start in range(0, self.rows, BATCH):
            part = self.frame.slice(start, BATCH).select(self.variables)
            moments = self.times.slice(start, BATCH)
            for moment, row in zip(moments, part.iter_rows(named=True), strict=True):
                yield Record(moment, *_values(row))


def load_table(file: Path, *, time_column: str | None) -> Loaded:
    """Return the table in a file. Raises ConfigError that says what to change."""
    frame = _read(file)
    chosen = _time_column(frame, time_column)
    times = _times(frame, chosen) if chosen else _row_numbers(frame)
    if chosen:
        order = times.arg_sort()
        frame, times = frame[order], times[order]
    variables = tuple(
        name
        for name, kind in frame.schema.items()
        if name != chosen and (kind.is_numeric() or kind == pl.Boolean)
    )
    if not variables:
        raise ConfigError(f"{file} has no numeric column; its columns are {frame.columns}")
    ignored = [name for name in frame.columns if name not in variables and name != chosen]
    notes = [f"columns that are not numeric are left out: {', '.join(ignored)}"] if ignored else []
    if chosen is None:
        notes.append("no time column; rows are taken in the order of the file")
    frame = frame.select(pl.col(name).cast(pl.Float64) for name in variables)
    return Loaded(frame, times, variables, tuple(notes))


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
    return pl.Series(
        [EPOCH + timedelta(seconds=number) for number in range(frame.height)],
        dtype=pl.Datetime("us", "UTC"),
    )


def _values(row: Mapping[str, float | None]) -> tuple[dict[str, float], dict[str, str]]:
    values = {name: value for name, value in row.items() if value is not None and isfinite(value)}
    flaws = {
        name: "infinite" for name, value in row.items() if value in (float("inf"), float("-inf"))
    }
    return values, flaws
