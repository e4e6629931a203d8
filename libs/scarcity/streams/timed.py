"""TIME windows: `size` steps each, of a regular grid in event time; one begins every `hop` steps.

With the cadence c and step(t) = floor(t / c + 1/2), steps are counted from the origin

    o = floor(t0 / c)

where t0 is the earliest event time of the epoch. Window k has the steps k hop to k hop + size, and
is sealed when the step of the watermark is behind its last one: whatever arrives within the
lateness bound lies behind it too. Where values are interpolated it waits for half a step more, for
the neighbours of its last step. A window without a new record is passed over. Everything is counted
in whole microseconds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from scarcity.events import Resample, WindowPolicy
from scarcity.streams.batch import Batch, Place, first_places, seconds_to_us
from scarcity.streams.grid import (
    Around,
    Grid,
    Resampler,
    Times,
    last_samples,
    no_grid,
    packed,
    stacked,
    start_of,
    step_of,
    unpacked,
)
from scarcity.streams.policy import MAX_WAITING
from scarcity.streams.rows import NEVER, Bools, Flaw, Ints, Pile, Rows, no_rows
from scarcity.streams.sessions import FOREVER, ended, may_end

CROWD = 65_536
"""So many open records are reduced to steps, as far as the watermark has passed them; these steps
are closed then, before their window is."""


class TimeBuffer:
    """The open steps of a stream with TIME windows."""

    def __init__(
        self,
        policy: WindowPolicy,
        *,
        sealed_us: int = NEVER,
        session: int = 0,
        rules: Mapping[str, Resample] | None = None,
    ) -> None:
        assert policy.cadence_s is not None, "the operator waits until the cadence is known"
        self.sealed_steps = 0
        self.sealed_us = sealed_us
        self.session = session
        self.cadence_s = policy.cadence_s
        self.known: frozenset[str] = frozenset()
        self._size = policy.size
        self._hop = policy.hop or policy.size
        self._gap_us = seconds_to_us(policy.session_gap_s) if policy.session_gap_s else None
        self._cadence_us = seconds_to_us(policy.cadence_s)
        self._resampler = Resampler(self._cadence_us, rules or {})
        self._origin: int | None = None
        self._floor = 0  # windows have no step before it: a short one was sealed up to there
        self._last_us = NEVER  # the last sealed record of the session
        self._raw = Pile()
        self._crowd = CROWD
        self._grid = no_grid()  # absolute steps: those closed and not sealed, or needed again
        self._closed: int | None = None  # absolute
        self._before: dict[str, tuple[int, float]] = {}
        self._firsts: dict[str, Place] = {}

    @property
    def open_rows(self) -> int:
        if not len(self._grid):
            return self._raw.rows
        return self._raw.rows + int(self._new_steps().records.sum())

    @property
    def width(self) -> int:
        return self._raw.width

    def first_seal(self, rows: Rows, marks: Ints) -> int | None:
        in_time = rows.times >= self.sealed_us
        if self._session_may_end(rows.times[in_time]):
            return 0
        found = [self._first_complete(rows, in_time, marks), *self._first_crowded(rows)]
        first = min(found)
        return first if first < len(rows) else None

    def _first_complete(self, rows: Rows, in_time: Bools, marks: Ints) -> int:
        origin = self._origin or 0
        if self.sealed_steps == 0:
            earliest = int(rows.times.min()) // self._cadence_us
            origin = earliest if self._origin is None else min(origin, earliest)
        if self._passed(int(marks[-1])) - origin < self._next_end():
            return len(rows)
        origins: Ints | int = self._origin or 0
        if self.sealed_steps == 0:
            floors = np.where(in_time, rows.times // self._cadence_us, 2**62)
            floors[0] = min(floors[0], 2**62 if self._origin is None else self._origin)
            origins = np.minimum.accumulate(floors)
        complete: Bools = self._passed(marks) - origins >= self._next_end()
        first = int(np.argmax(complete))
        return first if complete[first] else len(rows)

    def _first_crowded(self, rows: Rows) -> Iterator[int]:
        """Yield the rows with which there might be too many records or steps."""
        if self._raw.rows + len(rows) > self._crowd:
            yield max(0, self._crowd - self._raw.rows)
        room = self._size + MAX_WAITING - len(self._grid)
        if self._raw.rows + len(rows) > room:
            yield max(0, room - self._open_steps())

    def add(self, rows: Rows) -> None:
        if not len(rows):
            return
        if self.sealed_steps == 0:
            # Until a window is sealed, an earlier record may still come and begin the epoch.
            floor = int(rows.times.min()) // self._cadence_us
            self._origin = floor if self._origin is None else min(self._origin, floor)
        self._raw.add(rows)

    def ready(self, watermark_us: int) -> list[Batch]:
        batches = self._end_sessions(watermark_us)
        if self._origin is None:
            return batches
        batches += self._seal_passed(watermark_us)
        if self._open_steps() > self._size + MAX_WAITING:
            batches += self._seal(self._next_end(self._oldest()))
        if self._raw.rows > self._crowd:
            self._close(self._passed(watermark_us))
            # What the lateness still keeps open must not be looked at again for every record.
            self._crowd = max(CROWD, 2 * self._raw.rows)
        return batches

    def rest(self) -> list[Batch]:
        batches = self._end_sessions(FOREVER)
        newest = [int(self._raw.times().max())] if self._raw.rows else []
        steps = [step_of(time, self._cadence_us) for time in newest]
        steps += self._new_steps().steps[-1:].tolist()
        return batches + self._finish(max(steps) + 1) if steps else batches

    def _end_sessions(self, watermark_us: int) -> list[Batch]:
        batches: list[Batch] = []
        while (last_us := self._session_end(watermark_us)) is not None:
            batches += self._end_session(last_us)
        return batches

    def _end_session(self, last_us: int) -> list[Batch]:
        assert self._origin is not None, "there is a record"
        assert self._gap_us is not None, "otherwise no session ends"
        # The watermark may have rested anywhere up to here, or nowhere: the windows are the same.
        batches = self._seal_passed(last_us + self._gap_us)
        end = step_of(last_us, self._cadence_us) + 1
        if end - self._origin > self.sealed_steps:
            batches += self._finish(end)
        self._floor, self._grid = self.sealed_steps, no_grid()
        self.part()
        return batches

    def _seal_passed(self, watermark_us: int) -> list[Batch]:
        """Seal the whole windows whose every step the watermark has passed."""
        assert self._origin is not None, "there is a record"
        passed = self._passed(watermark_us) - self._origin
        end = self._size + (passed - self._size) // self._hop * self._hop
        if end < self._size or end <= self.sealed_steps:
            return []
        return self._seal(end)

    def take_open(self) -> Rows:
        rows = self._raw.all()
        self._keep(no_rows())
        return rows.pick(np.argsort(rows.arrivals, kind="stable"))

    def part(self) -> None:
        self.session += 1
        self._last_us = NEVER
        self._before = {}

    def dump(self) -> tuple[dict[str, object], Rows]:
        state: dict[str, object] = {
            "cadence_s": self.cadence_s,
            "sealed_steps": self.sealed_steps,
            "sealed_us": self.sealed_us,
            "session": self.session,
            "origin": self._origin,
            "floor": self._floor,
            "last_us": self._last_us,
            "crowd": self._crowd,
            "closed": self._closed,
            "before": self._before,
            "firsts": self._firsts,
            "grid": packed(self._grid),
        }
        return state, self._raw.all().trimmed(self.known)

    def load(self, state: Mapping[str, object], rows: Rows) -> None:
        for name in ("sealed_steps", "sealed_us", "session"):
            setattr(self, name, state[name])
        for name in ("origin", "floor", "last_us", "crowd", "closed"):
            setattr(self, f"_{name}", state[name])
        before, firsts = state["before"], state["firsts"]
        assert isinstance(before, dict)
        assert isinstance(firsts, dict)
        self._before = {name: (time, value) for name, (time, value) in before.items()}
        self._firsts = {name: (time, a, place) for name, (time, a, place) in firsts.items()}
        self._grid = unpacked(state["grid"])
        self._keep(rows)

    def _passed(self, time_us: Times) -> Times:
        """Return the first step that something at this time or later may still change."""
        if self._resampler.interpolates:
            return time_us // self._cadence_us
        return step_of(time_us, self._cadence_us)

    def _next_end(self, behind: int | None = None) -> int:
        """Return where the first window ends that ends behind a step, else behind the sealed."""
        behind = self.sealed_steps if behind is None else behind
        hops = max(0, -(-(behind + 1 - self._size) // self._hop))
        return self._size + hops * self._hop

    def _new_steps(self) -> Grid:
        """Return the steps that are closed but not sealed."""
        return self._grid.between((self._origin or 0) + self.sealed_steps, 2**62)

    def _open_steps(self) -> int:
        """Return how many steps are open, if there may be too many; else any smaller number."""
        if self.open_rows <= self._size + MAX_WAITING:
            return self.open_rows
        steps = step_of(self._raw.times(), self._cadence_us)
        return len(np.union1d(steps, self._new_steps().steps))

    def _oldest(self) -> int:
        """Return the oldest open step, counted from the origin."""
        oldest = int(step_of(self._raw.times().min(), self._cadence_us))
        closed = self._new_steps().steps
        if len(closed):
            oldest = min(oldest, int(closed[0]))
        return oldest - (self._origin or 0)

    def _session_may_end(self, times: Ints) -> bool:
        if self._gap_us is None:
            return False
        open_times = self._raw.times()
        return may_end(open_times, times, before_us=self._last_us, gap_us=self._gap_us)

    def _session_end(self, watermark_us: int) -> int | None:
        """Return the last time of a session that has ended; None when none has."""
        if self._gap_us is None:
            return None
        times = np.sort(self._raw.times())
        place = ended(
            times, before_us=self._last_us, gap_us=self._gap_us, watermark_us=watermark_us
        )
        if place is None:
            return None
        return int(times[place - 1]) if place else self._last_us

    def _finish(self, end: int) -> list[Batch]:
        """Seal up to an absolute step, the last window as short as it must be."""
        assert self._origin is not None, "there is a record"
        last = end - self._origin
        batches = self._seal(last)
        whole_until = self._next_end(last - 1)
        if whole_until != last:
            start = max(whole_until - self._size, self._floor)
            batches += self._window(start, last, new_from=self._sealed_windows_end(last))
        self.sealed_steps = self._floor = last
        self._grid = no_grid()
        return batches

    def _sealed_windows_end(self, last: int) -> int:
        """Return where the last whole window before a step ended."""
        if last < self._size:
            return self._floor
        return max(self._floor, self._size + (last - self._size) // self._hop * self._hop)

    def _seal(self, end: int) -> list[Batch]:
        """Seal every whole window that ends up to a step, counted from the origin."""
        assert self._origin is not None, "there is a record"
        self._close(self._origin + end)
        batches: list[Batch] = []
        done = self.sealed_steps
        for window_end in self._ends(done, end):
            start = max(window_end - self._size, self._floor)
            batches += self._window(start, window_end, new_from=done)
            done = window_end
        self.sealed_steps = max(self.sealed_steps, end)
        needed = self._next_end() - self._size
        self._grid = self._grid.between(self._origin + max(needed, self._floor), 2**62)
        return batches

    def _ends(self, behind: int, end: int) -> list[int]:
        """Return the ends of the windows with new steps, from behind one step up to another."""
        assert self._origin is not None, "there is a record"
        new = self._grid.between(self._origin + behind, self._origin + end)
        steps = new.steps[new.records > 0] - self._origin
        hops = np.maximum(0, -((self._size - 1 - steps) // self._hop))
        ends = np.unique(self._size + hops * self._hop)
        found: list[int] = ends[ends <= end].tolist()
        return found

    def _window(self, start: int, stop: int, *, new_from: int) -> list[Batch]:
        """Return the window of these steps; nothing when no record is on a new one."""
        assert self._origin is not None, "there is a record"
        grid = self._grid.between(self._origin + start, self._origin + stop)
        if not grid.between(self._origin + new_from, 2**62).records.sum():
            return []
        flaws: Counter[Flaw] = Counter()
        for found in grid.flaws.values():
            flaws.update(found)
        recorded = grid.newest_us[grid.records > 0]
        batch = Batch(
            start_step=start,
            steps=stop - start,
            start_us=(self._origin + start) * self._cadence_us,
            end_us=(self._origin + stop - 1) * self._cadence_us,
            newest_us=int(recorded.max()),
            records=int(grid.records.sum()),
            places=grid.steps - (self._origin + start),
            values=grid.values,
            seen=grid.seen.sum(axis=0),
            names=grid.names,
            flaws=flaws,
            firsts=self._firsts,
            times=recorded,
            session=self.session,
        )
        return [batch]

    def _close(self, end: int) -> None:
        """Reduce the open records before an absolute step to one row per step."""
        begin = self._closed if self._closed is not None else -(2**62)
        if end <= begin:
            return
        rows = self._raw.all().in_order()
        limit_us = start_of(end, self._cadence_us)
        cut = int(np.searchsorted(rows.times, limit_us))
        due, open_rows = rows.pick(slice(0, cut)), rows.pick(slice(cut, None))
        if not self.known.issuperset(rows.names):
            self._firsts = _earliest(self._firsts, first_places(rows, self.known))
        closed = self._resampler.close(due, Around(begin, end, self._before, open_rows))
        self._grid = stacked(self._grid, closed)
        if self._resampler.interpolates:
            self._before = last_samples(due, tuple(self._resampler.rules), self._before)
        if cut:
            self._last_us = int(due.times[-1])
        self._closed = end
        self.sealed_us = max(self.sealed_us, limit_us)
        self._keep(open_rows)

    def _keep(self, rows: Rows) -> None:
        self._raw.become(rows.trimmed(self.known))


def _earliest(left: Mapping[str, Place], right: Mapping[str, Place]) -> dict[str, Place]:
    found = dict(left)
    for name, place in right.items():
        found[name] = min(place, found.get(name, place))
    return found
