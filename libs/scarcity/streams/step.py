"""One step of a regular grid, on which any number of records may fall.

A cell keeps the last value in event time. The newest records are held as they are; from time to
time they are folded into one entry per variable, so that a step that gets a million records is as
small as one that gets a hundred. What is remembered of a variable is enough for records that come
out of order: when its last value was, where it first appeared, how often it came.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

from scarcity.streams.batch import NEVER, Observation

FOLD_AT: Final = 64
"""Records that a step holds unfolded, at most."""


class Cell(NamedTuple):
    """One variable on one step."""

    value: float
    last_us: int
    first: tuple[int, int, int]
    """Event time, arrival and place in the record of the first appearance."""
    seen: int


@dataclass(slots=True)
class Step:
    """What came for one step."""

    records: int = 0
    newest_us: int = NEVER
    recent: list[Observation] = field(default_factory=list)
    """In order of event time and arrival."""
    cells: dict[str, Cell] = field(default_factory=dict)
    """What was folded."""
    flaws: dict[str, int] = field(default_factory=dict)
    """Of what was folded."""

    def add(self, observation: Observation) -> None:
        self.records += 1
        self.newest_us = max(self.newest_us, observation.time_us)
        if not self.recent or observation > self.recent[-1]:
            self.recent.append(observation)
        else:
            insort(self.recent, observation)
        if len(self.recent) >= FOLD_AT:
            self.fold()

    def fold(self) -> None:
        """Replace the recent records by one cell per variable."""
        reasons = chain.from_iterable(observation.flaws for observation in self.recent)
        self.flaws = Counter(self.flaws) + Counter(reasons)
        self.cells = _merged(self.cells, _cells(self.recent))
        self.recent = []

    def close(self) -> None:
        """Take no more records: make `values` and the totals right."""
        if self.records > 1:
            self.fold()

    def values(self) -> Mapping[str, float]:
        """Return the last value of each name, the names in order of first appearance."""
        if self.recent:
            return self.recent[0].values
        cells = sorted(self.cells.items(), key=lambda entry: entry[1].first)
        return {name: cell.value for name, cell in cells}


def total_flaws(steps: Iterable[Step]) -> Counter[str]:
    """Return how many values were refused on closed steps, by reason."""
    total: Counter[str] = Counter()
    for step in steps:
        total.update(step.flaws)
        for observation in step.recent:
            total.update(observation.flaws)
    return total


def total_repeats(steps: Iterable[Step]) -> Counter[str]:
    """Return how many values of each name gave way to another on closed steps."""
    total: Counter[str] = Counter()
    for step in steps:
        total.update({name: cell.seen - 1 for name, cell in step.cells.items()})
    return total


def _cells(observations: Sequence[Observation]) -> dict[str, Cell]:
    """Return the cells of observations that are in order."""
    values: dict[str, float] = {}
    last: dict[str, int] = {}
    first: dict[str, tuple[int, int, int]] = {}
    seen: Counter[str] = Counter()
    for time_us, arrival, found, _ in observations:
        values.update(found)
        last.update(dict.fromkeys(found, time_us))
        seen.update(found.keys())
        for place, name in enumerate(found) if found.keys() - first.keys() else ():
            first.setdefault(name, (time_us, arrival, place))
    return {
        name: Cell(value, last[name], first[name], seen[name]) for name, value in values.items()
    }


def _merged(older: Mapping[str, Cell], newer: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the cells of two folds, of which the newer arrived later, in any order of time."""
    merged = dict(older)
    for name, cell in newer.items():
        known = older.get(name)
        merged[name] = cell if known is None else _joined(known, cell)
    return merged


def _joined(known: Cell, fresh: Cell) -> Cell:
    # Of two values at the same time, the one that arrived later is the last.
    last = fresh if fresh.last_us >= known.last_us else known
    return Cell(last.value, last.last_us, min(known.first, fresh.first), known.seen + fresh.seen)
