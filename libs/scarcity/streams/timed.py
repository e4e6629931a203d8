"""TIME windows: `size` steps each, of a regular grid in event time.

With the cadence c, an event time t lies on step

    step(t) = floor(t / c + 1/2) - o        o = floor(t0 / c)

where t0 is the earliest event time of the epoch. Windows start at multiples of `size`. A cell
holds the last value in event time. A window is sealed when step(watermark) is behind its last
step: whatever arrives within the lateness bound lies behind it too. A window without a record is
passed over. Everything is counted in whole microseconds, so that no step hangs on a rounding.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import chain, groupby
from typing import TypedDict

import orjson

from scarcity.events import WindowPolicy
from scarcity.streams.batch import NEVER, Batch, Observation, seconds_to_us
from scarcity.streams.policy import MAX_WAITING
from scarcity.streams.snapshot import Packed, dumps, pack, unpack
from scarcity.streams.step import Cell, Step, total_flaws, total_repeats


class TimeBuffer:
    """The open steps of a stream with TIME windows."""

    def __init__(self, policy: WindowPolicy, *, sealed_us: int = NEVER) -> None:
        assert policy.cadence_s is not None, "check_policy lets no TIME policy pass without"
        self.sealed_steps = 0
        self.sealed_us = sealed_us
        self.open_records = 0
        self._size = policy.size
        self._cadence_us = seconds_to_us(policy.cadence_s)
        self._origin = 0
        self._steps: dict[int, Step] = {}
        self._order: list[int] = []

    def add(self, observation: Observation) -> None:
        self._move_origin(observation.time_us)
        self._put(observation)

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
        steps = [(index, self._steps[index]) for index in self._order]
        state = _State(
            sealed_steps=self.sealed_steps,
            sealed_us=self.sealed_us,
            origin=self._origin,
            folded=[
                (index, *_folded(step)) for index, step in steps if step.records > len(step.recent)
            ],
            recent=pack(chain.from_iterable(step.recent for _, step in steps)),
        )
        return dumps(state)

    def load(self, state: bytes) -> None:
        read: _State = orjson.loads(state)
        self.sealed_steps = read["sealed_steps"]
        self.sealed_us = read["sealed_us"]
        self._origin = read["origin"]
        for index, records, newest_us, flaws, cells in read["folded"]:
            self._open(index, Step(records, newest_us, [], _loaded(cells), flaws))
            self.open_records += records
        for observation in unpack(read["recent"]):
            self._put(observation)

    def _index(self, time_us: int) -> int:
        return (2 * time_us + self._cadence_us) // (2 * self._cadence_us)

    def _move_origin(self, time_us: int) -> None:
        # Until a window is sealed, an earlier record may still come and begin the epoch.
        if self.sealed_steps == 0:
            floor = time_us // self._cadence_us
            self._origin = min(self._origin, floor) if self._order else floor

    def _put(self, observation: Observation) -> None:
        index = self._index(observation.time_us)
        if index not in self._steps:
            self._open(index, Step())
        self._steps[index].add(observation)
        self.open_records += 1

    def _open(self, index: int, step: Step) -> None:
        self._steps[index] = step
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
        for step in steps:
            step.close()
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
            flaws=total_flaws(steps),
            repeats=total_repeats(steps),
        )

    def _start_us(self, index: int) -> int:
        # The smallest t with floor(t / c + 1/2) = index, which is ceil((index - 1/2) * c).
        return -((1 - 2 * index) * self._cadence_us // 2)


_CellState = tuple[float, int, list[int], int]
"""value, last_us, first, seen."""


class _State(TypedDict):
    sealed_steps: int
    sealed_us: int
    origin: int
    folded: list[tuple[int, int, int, dict[str, int], dict[str, _CellState]]]
    """index, records, newest_us, flaws and cells of the steps that were folded."""
    recent: Packed


def _folded(step: Step) -> tuple[int, int, dict[str, int], dict[str, _CellState]]:
    cells = {
        name: (cell.value, cell.last_us, list(cell.first), cell.seen)
        for name, cell in step.cells.items()
    }
    return step.records - len(step.recent), step.newest_us, dict(step.flaws), cells


def _loaded(cells: dict[str, _CellState]) -> dict[str, Cell]:
    return {
        name: Cell(value, last_us, (first[0], first[1], first[2]), seen)
        for name, (value, last_us, first, seen) in cells.items()
    }
