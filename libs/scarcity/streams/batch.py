"""Steps that are complete, before they are cut to the columns of a definition."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

import numpy as np

from scarcity.streams.records import EPOCH, MAX_VARIABLES, NOT_A_NUMBER
from scarcity.streams.rows import Bools, Flaw, Floats, Ints, Rows, aligned

MICROSECOND: Final = timedelta(microseconds=1)
UNKNOWN_VARIABLE: Final = "unknown-variable"

Place = tuple[int, int, int]
"""Event time, arrival and place in its record of a name's first value."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive steps of one epoch that will not change any more.

    A step without a record has no row, unless it was interpolated.
    """

    start_step: int
    steps: int
    start_us: int
    end_us: int
    newest_us: int
    """The largest event time of its records."""
    records: int
    places: Ints
    """(row,): the step of each row within the batch, rising."""
    values: Floats
    """(row, name), NaN where missing."""
    seen: Ints
    """(name,): how many values came under each name, on all its steps."""
    names: tuple[str, ...]
    flaws: Mapping[Flaw, int] = field(default_factory=dict)
    firsts: Mapping[str, Place] = field(default_factory=dict)
    """Where names that are no columns yet first had a value."""
    times: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Event times of its records in order; of a grid, the last one of each step."""
    session: int = 0

    @property
    def cadence_s(self) -> float | None:
        """The usual time between two of its records; None when that cannot be said."""
        return usual_gap_s(self.times)

    def matrix(self, columns: tuple[str, ...]) -> Floats:
        """Return the values as (step, column) floats, NaN where missing."""
        cut = aligned(self.values, self.names, columns)
        if len(cut) == self.steps:
            return cut
        matrix = np.full((self.steps, len(columns)), np.nan)
        matrix[self.places] = cut
        return matrix

    def counts(self) -> dict[str, int]:
        """Return how many values came under each name that had one."""
        return {name: n for name, n in zip(self.names, self.seen.tolist(), strict=True) if n}

    def strangers(self, known: frozenset[str]) -> tuple[str, ...]:
        """Return the names with a value that are not known, in order of first appearance."""
        found = [name for name in self.counts() if name not in known]
        return tuple(sorted(found, key=self.firsts.__getitem__)[:MAX_VARIABLES])

    def all_flaws(self, known: frozenset[str], texts: frozenset[str]) -> dict[str, int]:
        """Return how many values were refused, by reason; values of other names included.

        Text is what the variables named by `texts` are for.
        """
        reasons: Counter[str] = Counter()
        for (name, reason), count in self.flaws.items():
            if name not in texts or reason != NOT_A_NUMBER:
                reasons[reason] += count
        if not known.issuperset(self.names):
            reasons[UNKNOWN_VARIABLE] += sum(
                count for name, count in self.counts().items() if name not in known
            )
        return {reason: count for reason, count in reasons.items() if count}


class Buffer(Protocol):
    """Holds what is not sealed yet, under one window policy and in one epoch."""

    session: int
    known: frozenset[str]
    """The names that are columns already: where they first appeared does not matter."""

    @property
    def sealed_steps(self) -> int:
        """How many steps of the epoch are sealed: the number of the next one."""
        ...

    @property
    def sealed_us(self) -> int:
        """Earlier event times belong to sealed steps."""
        ...

    @property
    def cadence_s(self) -> float | None:
        """Of the grid; None when there is none, or it is not known yet."""
        ...

    @property
    def open_rows(self) -> int:
        """How many accepted rows are in no window yet."""
        ...

    @property
    def width(self) -> int:
        """How many names are open."""
        ...

    def first_seal(self, rows: Rows, marks: Ints) -> int | None:
        """Return the first row after which something may be complete, if there is one.

        `rows` would be added next; `marks` is the watermark after each of them.
        """
        ...

    def add(self, rows: Rows) -> None:
        """Keep them. No time may be before `sealed_us`."""
        ...

    def ready(self, watermark_us: int) -> list[Batch]:
        """Seal the windows that nothing at or after the watermark can change."""
        ...

    def rest(self) -> list[Batch]:
        """Seal everything; the last window is as short as it must be."""
        ...

    def take_open(self) -> Rows:
        """Give away what is not sealed, in the order of arrival."""
        ...

    def part(self) -> None:
        """Begin a new session: the next step is apart from the last."""
        ...

    def dump(self) -> tuple[dict[str, object], Rows]:
        """Return the state: plain values, and the open rows."""
        ...

    def load(self, state: Mapping[str, object], rows: Rows) -> None:
        """Take over a dumped state, exactly."""
        ...


def flaws_of(rows: Rows) -> Counter[Flaw]:
    """Return how often each name's value was refused, and why."""
    total: Counter[Flaw] = Counter()
    for found in rows.own_flaws().values():
        total.update(found)
    return total


def first_places(rows: Rows, known: frozenset[str]) -> dict[str, Place]:
    """Return where each name that is not known first has a value; the rows are in order."""
    found: dict[str, Place] = {}
    for column, name in enumerate(rows.names):
        if name in known:
            continue
        having: Bools = ~np.isnan(rows.values[:, column])
        row = int(having.argmax())
        if having[row]:
            place = rows.order_of(row).index(name)
            found[name] = (int(rows.times[row]), int(rows.arrivals[row]), place)
    return found


def usual_gap_s(times: Ints) -> float | None:
    """Return the median of the positive gaps between times in order; None when there is none.

    A hundredth is not worth a crooked number: 0.04002 s are 0.04 s.
    """
    gaps = np.diff(times)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return None
    median = float(np.median(gaps))
    round_us = round(float(f"{median:.2g}"))
    close = round_us > 0 and abs(round_us - median) <= 0.01 * median
    return (round_us if close else max(1, round(median))) / 1e6


def to_us(time: datetime) -> int:
    """Return microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def to_time(time_us: int) -> datetime:
    """Return the UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=time_us)


def seconds_to_us(seconds: float) -> int:
    """Return whole microseconds."""
    return round(seconds * 1e6)
