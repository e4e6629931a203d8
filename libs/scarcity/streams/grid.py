"""Records on the steps of a regular grid: resampled, and kept until their windows are complete.

With the cadence c, an event time t lies on step floor(t / c + 1/2), so that the step s is about the
time s c. What a step shows of a variable is, as its definition says,

    last          the last value on the step
    mean          the mean of the values on the step
    interpolate   the straight line, at s c, between the last value before and the first one behind,
                  if both are less than c away: what is missing stays missing

Values are taken in the order of (event time, arrival), so that nothing hangs on when they came.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from scarcity.events import Resample
from scarcity.streams.rows import NEVER, Flaw, Floats, Ints, Rows, aligned

Times = TypeVar("Times", int, Ints)
"""One time, or an array of them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps that will not change any more, in order; a step without a record may be left out."""

    steps: Ints
    """(row,): absolute numbers, rising."""
    values: Floats
    """(row, name), NaN where missing."""
    seen: Ints
    """(row, name): how many values came for it."""
    records: Ints
    """(row,): how many records came for it; 0 where it was interpolated alone."""
    newest_us: Ints
    """(row,): the largest event time on it; NEVER without a record."""
    names: tuple[str, ...] = ()
    flaws: Mapping[int, Mapping[Flaw, int]] = field(default_factory=dict)
    """Step -> what was refused on it."""

    def __len__(self) -> int:
        return len(self.steps)

    def between(self, start: int, stop: int) -> "Grid":
        """Return the steps from start on and before stop."""
        first, last = np.searchsorted(self.steps, [start, stop])
        cut = slice(int(first), int(last))
        flaws = self.flaws
        if flaws:
            flaws = {step: found for step, found in flaws.items() if start <= step < stop}
        return Grid(
            self.steps[cut],
            self.values[cut],
            self.seen[cut],
            self.records[cut],
            self.newest_us[cut],
            self.names,
            flaws,
        )


def no_grid() -> Grid:
    """Return a grid without steps."""
    nothing = np.empty(0, dtype=np.int64)
    empty = np.empty((0, 0))
    return Grid(nothing, empty, empty.astype(np.int64), nothing, nothing)


def stacked(before: Grid, behind: Grid) -> Grid:
    """Return both; every step of the first is before every step of the second."""
    if not len(before):
        return behind
    if not len(behind):
        return before
    names = tuple(dict.fromkeys([*before.names, *behind.names]))
    return Grid(
        np.concatenate([before.steps, behind.steps]),
        np.concatenate([aligned(g.values, g.names, names) for g in (before, behind)]),
        np.concatenate([_aligned_counts(g, names) for g in (before, behind)]),
        np.concatenate([before.records, behind.records]),
        np.concatenate([before.newest_us, behind.newest_us]),
        names,
        {**before.flaws, **behind.flaws},
    )


def step_of(time_us: Times, cadence_us: int) -> Times:
    """Return floor(t / c + 1/2) in whole numbers, so that no step hangs on a rounding."""
    return (2 * time_us + cadence_us) // (2 * cadence_us)


def start_of(step: int, cadence_us: int) -> int:
    """Return the earliest time on a step: the smallest t with floor(t / c + 1/2) = step."""
    return -((1 - 2 * step) * cadence_us // 2)


@dataclass(frozen=True, slots=True)
class Resampler:
    """Puts records on the grid of one cadence."""

    cadence_us: int
    rules: Mapping[str, Resample] = field(default_factory=dict)
    """How each variable is resampled; the last value for those that are not named."""

    @property
    def interpolates(self) -> bool:
        return Resample.INTERPOLATE in self.rules.values()

    def close(self, rows: Rows, around: "Around") -> Grid:
        """Return the steps on which these rows lie, and those that can be interpolated."""
        grid = self._placed(rows) if len(rows) else no_grid()
        return self._interpolated(grid, rows, around) if self.interpolates else grid

    def _placed(self, rows: Rows) -> Grid:
        placed = np.asarray(step_of(rows.times, self.cadence_us), dtype=np.int64)
        starts = np.flatnonzero(np.diff(placed, prepend=placed[0] - 1))
        if len(starts) == len(rows):
            values, seen = rows.values.copy(), (~np.isnan(rows.values)).astype(np.int64)
        else:
            values, seen = self._reduced(rows, starts)
        ends = np.append(starts[1:], len(rows))
        return Grid(
            placed[starts],
            values,
            seen,
            ends - starts,
            rows.times[ends - 1],
            rows.names,
            _flaws_by_step(rows, placed),
        )

    def _reduced(self, rows: Rows, starts: Ints) -> tuple[Floats, Ints]:
        """Return the last or mean values of each step, and how many there are."""
        ends = np.append(starts[1:], len(rows))
        there = ~np.isnan(rows.values)
        values = rows.values[ends - 1]
        if there.all():
            seen = np.repeat((ends - starts)[:, np.newaxis], rows.width, axis=1)
        else:
            seen = np.add.reduceat(there, starts, axis=0, dtype=np.int64)
            numbers = np.where(there, np.arange(len(rows))[:, np.newaxis], 0)
            last = np.maximum.reduceat(numbers, starts, axis=0)
            values = np.take_along_axis(rows.values, last, axis=0)
            values[seen == 0] = np.nan
        for column, name in enumerate(rows.names):
            if self.rules.get(name) is Resample.MEAN:
                values[:, column] = _means(rows.values[:, column], starts, seen[:, column])
        return values, seen

    def _interpolated(self, grid: Grid, rows: Rows, around: "Around") -> Grid:
        samples = {
            name: _samples(name, rows, around)
            for name, rule in self.rules.items()
            if rule is Resample.INTERPOLATE
        }
        wide = _widened(grid, self._candidates(samples, around), tuple(samples))
        values = wide.values.copy()
        for name, (times, known) in samples.items():
            values[:, wide.names.index(name)] = interpolate(
                wide.steps * self.cadence_us, times, known, reach_us=self.cadence_us
            )
        useful = (wide.records > 0) | np.any(~np.isnan(values), axis=1)
        return Grid(
            wide.steps[useful],
            values[useful],
            wide.seen[useful],
            wide.records[useful],
            wide.newest_us[useful],
            wide.names,
            wide.flaws,
        )

    def _candidates(self, samples: Mapping[str, tuple[Ints, Floats]], around: "Around") -> Ints:
        """Return the steps to close that are next to a sample."""
        times = np.concatenate([times for times, _ in samples.values()])
        near = np.unique(np.asarray(step_of(times, self.cadence_us), dtype=np.int64))
        beside = np.unique(np.concatenate([near - 1, near, near + 1]))
        return beside[(beside >= around.begin) & (beside < around.end)]


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around the rows that are closed: neighbours to interpolate with."""

    begin: int
    end: int
    """The steps from begin on and before end are closed."""
    before: Mapping[str, tuple[int, float]]
    """The last (time, value) of each name in front of them."""
    behind: Rows
    """The rows that come after them, in order."""


def interpolate(centres: Ints, times: Ints, values: Floats, *, reach_us: int) -> Floats:
    """Return the straight line through samples in order, NaN where a neighbour is out of reach."""
    found = np.full(len(centres), np.nan)
    if not len(times):
        return found
    left = np.searchsorted(times, centres, side="right") - 1
    right = np.searchsorted(times, centres, side="left")
    has_left, has_right = left >= 0, right < len(times)
    left, right = np.maximum(left, 0), np.minimum(right, len(times) - 1)
    exact = has_left & (times[left] == centres)
    found[exact] = values[left[exact]]
    near = has_left & has_right & ~exact
    near &= (centres - times[left] < reach_us) & (times[right] - centres < reach_us)
    t0, t1, v0, v1 = (a[near] for a in (times[left], times[right], values[left], values[right]))
    share = (centres[near] - t0) / (t1 - t0)
    found[near] = v0 * (1 - share) + v1 * share
    return found


def last_samples(
    rows: Rows, names: Sequence[str], before: Mapping[str, tuple[int, float]]
) -> dict[str, tuple[int, float]]:
    """Return the last (time, value) of each of these names, after rows in order."""
    found = dict(before)
    for name in names:
        if name in rows.names:
            column = rows.values[:, rows.names.index(name)]
            having = np.flatnonzero(~np.isnan(column))
            if len(having):
                found[name] = (int(rows.times[having[-1]]), float(column[having[-1]]))
    return found


def _means(column: Floats, starts: Ints, seen: Ints) -> Floats:
    counts = np.maximum(seen, 1)
    present = np.nan_to_num(column, nan=0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(present, starts) / counts
        large = ~np.isfinite(mean)
        if large.any():
            # The sum of large numbers may be infinite though their mean is not.
            spread = np.repeat(counts, np.diff(np.append(starts, len(column))))
            shares = np.add.reduceat(present / spread, starts)[large]
            mean[large] = np.nan_to_num(shares)  # rounding may carry it past the largest number
    mean[seen == 0] = np.nan
    return mean


def _samples(name: str, rows: Rows, around: Around) -> tuple[Ints, Floats]:
    """Return all known (times, values) of a name, in order."""
    first = around.before.get(name)
    times = [np.array([first[0]] if first else [], dtype=np.int64)]
    values = [np.array([first[1]] if first else [])]
    for block in (rows, around.behind):
        if name in block.names:
            column = block.values[:, block.names.index(name)]
            there = ~np.isnan(column)
            times.append(block.times[there])
            values.append(column[there])
    return np.concatenate(times), np.concatenate(values)


def _widened(grid: Grid, more: Ints, columns: tuple[str, ...]) -> Grid:
    """Return the grid with more steps, on which nothing was recorded, and with these columns."""
    steps = np.union1d(grid.steps, more)
    names = tuple(dict.fromkeys([*grid.names, *columns]))
    places = np.searchsorted(steps, grid.steps)
    shape = (len(steps), len(names))
    values, seen = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    records = np.zeros(len(steps), dtype=np.int64)
    newest = np.full(len(steps), NEVER, dtype=np.int64)
    values[places] = aligned(grid.values, grid.names, names)
    seen[places] = _aligned_counts(grid, names)
    records[places], newest[places] = grid.records, grid.newest_us
    return Grid(steps, values, seen, records, newest, names, grid.flaws)


def _aligned_counts(grid: Grid, names: tuple[str, ...]) -> Ints:
    if grid.names == names:
        return grid.seen
    wide = aligned(grid.seen.astype(np.float64), grid.names, names)
    return np.nan_to_num(wide, nan=0.0).astype(np.int64)


def _flaws_by_step(rows: Rows, placed: Ints) -> dict[int, Mapping[Flaw, int]]:
    flaws = rows.own_flaws()
    if not flaws:
        return {}
    by_step: dict[int, Counter[Flaw]] = {}
    for step, arrival in zip(placed.tolist(), rows.arrivals.tolist(), strict=True):
        if arrival in flaws:
            by_step.setdefault(step, Counter()).update(flaws[arrival])
    return dict(by_step)


def packed(grid: Grid) -> dict[str, object]:
    """Return the grid in plain lists."""
    flaws = [
        (step, name, reason, count)
        for step, found in grid.flaws.items()
        for (name, reason), count in found.items()
    ]
    return {
        "names": grid.names,
        "steps": grid.steps.tolist(),
        "values": [
            [None if math.isnan(value) else value for value in row] for row in grid.values.tolist()
        ],
        "seen": grid.seen.tolist(),
        "records": grid.records.tolist(),
        "newest_us": grid.newest_us.tolist(),
        "flaws": flaws,
    }


def unpacked(state: object) -> Grid:
    """Return the grid that was packed."""
    assert isinstance(state, Mapping)
    names = tuple(state["names"])
    shape = (len(state["steps"]), len(names))
    flaws: dict[int, dict[Flaw, int]] = {}
    for step, name, reason, count in state["flaws"]:
        flaws.setdefault(step, {})[name, reason] = count
    return Grid(
        np.array(state["steps"], dtype=np.int64),
        np.array(state["values"], dtype=np.float64).reshape(shape),
        np.array(state["seen"], dtype=np.int64).reshape(shape),
        np.array(state["records"], dtype=np.int64),
        np.array(state["newest_us"], dtype=np.int64),
        names,
        flaws,
    )
