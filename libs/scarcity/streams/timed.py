"""TIME windows: `size` steps each, of a regular grid in event time.

With the cadence c, an event time t lies on step

    step(t) = floor(t / c + 1/2) - o        o = floor(t0 / c)

where t0 is the earliest event time of the epoch. Windows start at multiples of `size`. A cell
holds the last value in event time. A window is sealed when step(watermark) is behind its last
step: whatever arrives within the lateness bound lies behind it too. A window without a record is
passed over. Everything is counted in whole microseconds, so that no step hangs on a rounding.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, TypedDict

import orjson

from scarcity.errors import ConfigError
from scarcity.events import WindowPolicy
from scarcity.streams.batch import NEVER, Batch, Observation, seconds_to_us
from scarcity.streams.policy import MAX_WAITING


class _Cell(NamedTuple):
    """One variable on one step."""

    value: float
    last_us: int
    first: tuple[int, int, int]
    """Event time, arrival and place in the record of the first appearance."""
    seen: int


@dataclass(slots=True)
class _Step:
    """What came for one step of the grid, merged."""

    records: int = 0
    newest_us: int = NEVER
    flaws: Counter[str] = field(default_factory=Counter)
    cells: dict[str, _Cell] = field(default_factory=dict)

    def add(self, observation: Observation) -> None:
        self.records += 1
        self.newest_us = max(self.newest_us, observation.time_us)
        if observation.flaws:
            self.flaws.update(observation.flaws)
        time_us, arrival = observation.time_us, observation.arrival
        for place, (name, value) in enumerate(observation.values.items()):
            fresh = _Cell(value, time_us, (time_us, arrival, place), 1)
            known = self.cells.get(name)
            self.cells[name] = fresh if known is None else _merged(known, fresh)

    def values(self) -> dict[str, float]:
        """Return the last value of each name, the names in order of first appearance."""
        cells = sorted(self.cells.items(), key=lambda entry: entry[1].first)
        return {name: cell.value for name, cell in cells}


def _merged(known: _Cell, fresh: _Cell) -> _Cell:
    # Of two values at the same time, the one that arrived later is the last.
    last = fresh if fresh.last_us >= known.last_us else known
    return _Cell(last.value, last.last_us, min(known.first, fresh.first), known.seen + 1)


class TimeBuffer:
    """The open steps of a stream with TIME windows."""

    def __init__(self, policy: WindowPolicy, *, sealed_us: int = NEVER) -> None:
        if policy.cadence_s is None:
            raise ConfigError("TIME windows need the cadence of the grid")
        self.sealed_steps = 0
        self.sealed_us = sealed_us
        self.open_records = 0
        self._size = policy.size
        self._cadence_us = seconds_to_us(policy.cadence_s)
        self._origin = 0
        self._steps: dict[int, _Step] = {}
        self._order: list[int] = []

    def add(self, observation: Observation) -> None:
        self._move_origin(observation.time_us)
        index = self._index(observation.time_us)
        if index not in self._steps:
            self._open(index)
        self._steps[index].add(observation)
        self.open_records += 1

    def ready(self, watermark_us: int) -> list[Batch]:
        passed = self._index(watermark_us) - self._origin
        end = passed - passed % self._size
        if len(self._order) > self._size + MAX_WAITING:
            oldest = self._order[0] - self._origin
            end = max(end, oldest - oldest % self._size + self._size)
        return self._seal(end) if self._order and end > self.sealed_steps else []

    def rest(self) -> list[Batch]:
        return self._seal(self._order[-1] - self._origin + 1) if self._order else []

    def dump(self) -> bytes:
        state = _State(
            sealed_steps=self.sealed_steps,
            sealed_us=self.sealed_us,
            origin=self._origin,
            steps=[(index, _dump_step(self._steps[index])) for index in self._order],
        )
        return orjson.dumps(state, option=orjson.OPT_SERIALIZE_NUMPY)

    def load(self, state: bytes) -> None:
        read: _State = orjson.loads(state)
        self.sealed_steps = read["sealed_steps"]
        self.sealed_us = read["sealed_us"]
        self._origin = read["origin"]
        self._steps = {index: _load_step(step) for index, step in read["steps"]}
        self._order = list(self._steps)
        self.open_records = sum(step.records for step in self._steps.values())

    def _index(self, time_us: int) -> int:
        return (2 * time_us + self._cadence_us) // (2 * self._cadence_us)

    def _move_origin(self, time_us: int) -> None:
        # Until a window is sealed, an earlier record may still come and begin the epoch.
        if self.sealed_steps == 0:
            floor = time_us // self._cadence_us
            self._origin = min(self._origin, floor) if self._order else floor

    def _open(self, index: int) -> None:
        self._steps[index] = _Step()
        if not self._order or index > self._order[-1]:
            self._order.append(index)
        else:
            insort(self._order, index)

    def _seal(self, end: int) -> list[Batch]:
        due = bisect_left(self._order, self._origin + end)
        windows = groupby(self._order[:due], key=lambda index: (index - self._origin) // self._size)
        batches = [self._batch(window, list(indices), end) for window, indices in windows]
        del self._order[:due]
        self.sealed_steps = end
        self.sealed_us = self._start_us(self._origin + end)
        return batches

    def _batch(self, window: int, indices: Sequence[int], end: int) -> Batch:
        start = max(window * self._size, self.sealed_steps)
        stop = min((window + 1) * self._size, end)
        steps = [self._steps.pop(index) for index in indices]
        records = sum(step.records for step in steps)
        self.open_records -= records
        places = [index - self._origin - start for index in indices]
        return Batch(
            start_step=start,
            steps=stop - start,
            start_us=(self._origin + start) * self._cadence_us,
            end_us=(self._origin + stop - 1) * self._cadence_us,
            newest_us=max(step.newest_us for step in steps),
            records=records,
            rows=[(place, step.values()) for place, step in zip(places, steps, strict=True)],
            flaws=sum((step.flaws for step in steps), Counter()),
            repeats=_repeats(steps),
        )

    def _start_us(self, index: int) -> int:
        # The smallest t with floor(t / c + 1/2) = index, which is ceil((index - 1/2) * c).
        return -((1 - 2 * index) * self._cadence_us // 2)


def _repeats(steps: Sequence[_Step]) -> Counter[str]:
    repeats: Counter[str] = Counter()
    for step in steps:
        if step.records > 1:
            repeats.update({name: cell.seen - 1 for name, cell in step.cells.items()})
    return repeats


_StepState = tuple[int, int, dict[str, int], dict[str, tuple[float, int, list[int], int]]]
"""records, newest_us, flaws, and the cells by name."""


class _State(TypedDict):
    sealed_steps: int
    sealed_us: int
    origin: int
    steps: list[tuple[int, _StepState]]


def _dump_step(step: _Step) -> _StepState:
    cells = {
        name: (cell.value, cell.last_us, list(cell.first), cell.seen)
        for name, cell in step.cells.items()
    }
    return step.records, step.newest_us, dict(step.flaws), cells


def _load_step(state: _StepState) -> _Step:
    records, newest_us, flaws, cells = state
    loaded = {
        name: _Cell(value, last_us, (first[0], first[1], first[2]), seen)
        for name, (value, last_us, first, seen) in cells.items()
    }
    return _Step(records, newest_us, Counter(flaws), loaded)
