"""The window operator once more, as slow and as plain as it can be: look at everything, each time.

Times are exact fractions of a second; a window is compared as the tuple that `outcome` returns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from math import floor

import numpy as np

from scarcity.events import WindowKind, WindowPolicy, WindowSealed
from scarcity.streams import Late, Record

Window = tuple[int, int, tuple[str, ...], bytes, int, dict[str, int]]


def outcome(window: WindowSealed) -> Window:
    """Start step, steps, columns, values, records, flaws."""
    return (
        window.start_step,
        window.steps,
        window.columns,
        window.matrix().tobytes(),
        window.records,
        dict(window.flaws),
    )


def late_times(events: Iterable[object]) -> list[object]:
    return [event.record_time for event in events if isinstance(event, Late)]


@dataclass
class Oracle:
    """Takes the records of one stream in the order of arrival."""

    policy: WindowPolicy
    columns: tuple[str, ...] = ()
    windows: list[Window] = field(default_factory=list)
    late: list[Record] = field(default_factory=list)
    _accepted: list[Record] = field(default_factory=list)
    _open: list[Record] = field(default_factory=list)
    _next_step: int = 0

    def run(self, records: Iterable[Record]) -> "Oracle":
        for record in records:
            self._take(record)
        self._seal_all()
        return self

    def _take(self, record: Record) -> None:
        if self._is_late(record):
            self.late.append(record)
            return
        self._accepted.append(record)
        self._open = sorted([*self._open, record], key=_seconds)
        watermark = max(map(_seconds, self._accepted)) - _exact(self.policy.lateness_s)
        if self.policy.kind is WindowKind.COUNT:
            self._seal_counted(watermark)
        else:
            passed = self._step(watermark)
            self._seal_timed(passed - passed % self.policy.size)

    def _is_late(self, record: Record) -> bool:
        if self._next_step == 0:
            return False
        if self.policy.kind is WindowKind.TIME:
            return self._step(_seconds(record)) < self._next_step
        sealed = sorted(self._accepted, key=_seconds)[: self._next_step]
        return _seconds(record) < _seconds(sealed[-1])

    def _seal_counted(self, watermark: Fraction) -> None:
        size = self.policy.size
        while sum(_seconds(record) <= watermark for record in self._open) >= size:
            self._seal(self._open[:size], range(size), size)

    def _seal_timed(self, end: int) -> None:
        while self._next_step < end:
            border = self._next_step - self._next_step % self.policy.size + self.policy.size
            stop = min(border, end)
            places = [self._step(_seconds(record)) - self._next_step for record in self._open]
            inside = [i for i, place in enumerate(places) if place < stop - self._next_step]
            members = [self._open[i] for i in inside]
            self._seal(members, [places[i] for i in inside], stop - self._next_step)

    def _seal_all(self) -> None:
        if self.policy.kind is WindowKind.TIME:
            if self._open:
                self._seal_timed(self._step(_seconds(self._open[-1])) + 1)
            return
        while self._open:
            count = min(self.policy.size, len(self._open))
            self._seal(self._open[:count], range(count), count)

    def _seal(self, members: Sequence[Record], places: Sequence[int], steps: int) -> None:
        start, self._next_step = self._next_step, self._next_step + steps
        self._open = [record for record in self._open if all(record is not m for m in members)]
        self.columns = self.columns or tuple(dict.fromkeys(n for m in members for n in m.values))
        if not members or not self.columns:
            return
        self._evolve(members)
        matrix = np.full((steps, len(self.columns)), np.nan)
        flaws: Counter[str] = Counter()
        for place, record in zip(places, members, strict=True):
            flaws.update(record.flaws.values())
            for name, value in record.values.items():
                if name in self.columns:
                    matrix[place, self.columns.index(name)] = value
                else:
                    flaws["unknown-variable"] += 1
        self.windows.append(
            (start, steps, self.columns, matrix.tobytes(), len(members), dict(flaws))
        )

    def _evolve(self, members: Sequence[Record]) -> None:
        """Add the new names that half of a window's records have, and eight of them."""
        counts = Counter(name for m in members for name in m.values)
        often = max(8, len(members) / 2)
        new = dict.fromkeys(name for m in members for name in m.values)
        self.columns += tuple(n for n in new if n not in self.columns and counts[n] >= often)

    def _step(self, seconds: Fraction) -> int:
        cadence = _exact(self.policy.cadence_s or 0.0)
        origin = floor(min(map(_seconds, self._accepted)) / cadence)
        return floor(seconds / cadence + Fraction(1, 2)) - origin


def _exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * 1_000_000), 1_000_000)


def _seconds(record: Record) -> Fraction:
    return _since_1970(record.time)


@cache
def _since_1970(time: datetime) -> Fraction:
    return Fraction(
        (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), 1_000_000
    )
