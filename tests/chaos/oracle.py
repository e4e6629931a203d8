"""The windows that the records of a stream must lead to, worked out from all of them at once.

Nothing here is shared with `scarcity.streams`: no buffer, no watermark that moves, no state. The
records are sorted by event time, those with the same one by arrival, and numbered:

    COUNT    step = place in that order
    TIME     step = floor(t / c + 1/2) - floor(t0 / c), with the cadence c and the earliest time t0;
             a cell holds the last value of its step

Windows begin at every `hop` steps and hold `size` of them. With the largest event time T and the
lateness l, a window is sealed

    COUNT    when its last record has an event time of at most T - l
    TIME     when its last step lies before the one of T - l, and at least one record lies on a
             step that no window before it had

Records must not be later than the lateness allows: a late one depends on when windows are sealed,
and that is no property of the records alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scarcity.events import WindowKind, WindowPolicy


@dataclass(frozen=True, slots=True)
class Observed:
    """A record as its producer knows it; a missing value has no entry."""

    stream: str
    time_us: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """A window that must come, exactly once and exactly so. Times in microseconds since 1970."""

    window_id: str
    start_step: int
    steps: int
    start_us: int
    end_us: int
    records: int
    matrix: NDArray[np.float64]


def windows(
    records: Sequence[Observed], policy: WindowPolicy, columns: Sequence[str], *, epoch: int = 0
) -> list[Expected]:
    """Return the sealed windows of one stream's records, which are in the order of arrival.

    >>> seen = [Observed("s", 1_000_000 * n, {"x": float(n)}) for n in range(9)]
    >>> [window.window_id for window in windows(seen, WindowPolicy(size=4), ["x"])]
    ['s/0/0-4', 's/0/4-4']
    """
    if not records:
        return []
    _check(records, policy)
    name = f"{records[0].stream}/{epoch}"
    frame = _sorted(records, columns)
    watermark_us = max(record.time_us for record in records) - _us(policy.lateness_s)
    if policy.kind is WindowKind.COUNT:
        return _counted(name, frame, policy, watermark_us)
    return _timed(name, frame, policy, watermark_us)


def _check(records: Sequence[Observed], policy: WindowPolicy) -> None:
    assert policy.session_gap_s is None, "the oracle knows no sessions"
    newest = accumulate((record.time_us for record in records), max)
    behind = max(n - record.time_us for n, record in zip(newest, records, strict=True))
    assert behind <= _us(policy.lateness_s), f"a record is {behind} us behind: it may be late"


def _sorted(records: Sequence[Observed], columns: Sequence[str]) -> pl.DataFrame:
    data = {
        "time_us": [record.time_us for record in records],
        **{column: [record.values.get(column) for record in records] for column in columns},
    }
    schema = {"time_us": pl.Int64, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame(data, schema=schema).sort("time_us", maintain_order=True)


def _counted(
    name: str, frame: pl.DataFrame, policy: WindowPolicy, watermark_us: int
) -> list[Expected]:
    steps = frame.with_row_index("step").with_columns(records=pl.lit(1))
    found = []
    for start, part in _parts(steps, policy):
        times = part["time_us"]
        if len(part) == policy.size and times[-1] <= watermark_us:
            found.append(_window(name, start, policy.size, part, (times[0], times[-1])))
    return found


def _timed(
    name: str, frame: pl.DataFrame, policy: WindowPolicy, watermark_us: int
) -> list[Expected]:
    assert policy.cadence_s is not None, "the oracle guesses no cadence"
    cadence = _us(policy.cadence_s)
    origin = frame["time_us"][0] // cadence
    place = (2 * pl.col("time_us") + cadence) // (2 * cadence) - origin
    cells = pl.exclude("time_us", "step").drop_nulls().last()
    steps = (
        frame.with_columns(step=place)
        .group_by("step", maintain_order=True)
        .agg(cells, records=pl.len(), time_us=pl.col("time_us").last())
    )
    passed = (2 * watermark_us + cadence) // (2 * cadence) - origin
    found = []
    for start, part in _parts(steps, policy):
        end = start + policy.size
        new = pl.col("step").cast(pl.Int64) >= (end - (policy.hop or policy.size) if start else 0)
        if end <= passed and len(part.filter(new)):
            times = ((origin + start) * cadence, (origin + end - 1) * cadence)
            found.append(_window(name, start, policy.size, part, times))
    return found


def _parts(steps: pl.DataFrame, policy: WindowPolicy) -> list[tuple[int, pl.DataFrame]]:
    """Return where each window begins, and its rows."""
    last = steps["step"][-1]
    step = pl.col("step").cast(pl.Int64)
    return [
        (start, steps.filter((step >= start) & (step < start + policy.size)))
        for start in range(0, last + 1, policy.hop or policy.size)
    ]


def _window(
    name: str, start: int, size: int, part: pl.DataFrame, times: tuple[int, int]
) -> Expected:
    cells = part.drop("step", "time_us", "records")
    matrix = np.full((size, cells.width), np.nan)
    matrix[part["step"].cast(pl.Int64).to_numpy() - start] = cells.to_numpy()
    return Expected(
        window_id=f"{name}/{start}-{size}",
        start_step=start,
        steps=size,
        start_us=times[0],
        end_us=times[1],
        records=int(part["records"].sum()),
        matrix=matrix,
    )


def _us(seconds: float) -> int:
    return round(seconds * 1e6)
