"""Pressure stall information: the share of time in which tasks waited for a resource.

    pressure = growth of total / time, over the last half second (or since the reading before, if
               that is longer ago)

The averages that the kernel gives beside the total are renewed every 2 s only: too late. Over a
single tick it says nothing: a task that makes room for pages of files, and is robbed of its
processor meanwhile, counts as waiting for memory until it gets another.
"""

import re
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from scarcity.governor.sensors.cgroup import Group
from scarcity.governor.sensors.files import KernelFile, Measured, number

Resource = Literal["cpu", "io", "memory"]

# The shortest time over which the kernel itself watches pressure.
_WINDOW_S = 0.5
# A share of half a second need not be looked at twenty times a second.
_EVERY_S = 0.2
_TOTAL = re.compile(rb"^(some|full) .*\btotal=(\d+)$", re.MULTILINE)


class PressureReading(NamedTuple):
    """Shares from 0 to 1."""

    some: Measured = None
    full: Measured = None


class Pressure:
    """The pressure on one resource in the process's own group, or else in the machine.

    `groups` are those of version 2; version 1 does not have it.
    """

    def __init__(self, root: Path, groups: Sequence[Group], resource: Resource) -> None:
        own = [groups[0].path / f"{resource}.pressure"] if groups else []
        paths = [*own, root / "proc" / "pressure" / resource]
        self._files = {str(path): KernelFile(path) for path in paths}
        self._some = _Stall()
        self._full = _Stall()
        self._read_at: Measured = None
        self._newest = PressureReading()

    def read(self, now: float) -> PressureReading:
        """Measure, unless that was done a moment ago; `now` is in seconds."""
        if self._read_at is None or not 0.0 <= now - self._read_at < _EVERY_S:
            self._read_at, self._newest = now, self._measured(now)
        return self._newest

    def _measured(self, now: float) -> PressureReading:
        source, text = self._first()
        totals = dict(_TOTAL.findall(text))
        return PressureReading(
            self._some.share(number(totals.get(b"some")), source, now),
            self._full.share(number(totals.get(b"full")), source, now),
        )

    def _first(self) -> tuple[str, bytes]:
        """Return the first file that can be read, and its content."""
        for source, file in self._files.items():
            if (text := file.read()) is not None:
                return source, text
        return "", b""


class _Total(NamedTuple):
    """What a counter said."""

    at: float
    microseconds: float


class _Stall:
    """A time that only grows, as a share of all time."""

    def __init__(self) -> None:
        self._source = ""
        self._seen: deque[_Total] = deque()
        """Of those that are old enough to be compared with, the newest; and all after it."""

    def share(self, microseconds: Measured, source: str, now: float) -> Measured:
        """None until the same source has been seen to grow for long enough."""
        if microseconds is None or source != self._source:
            self._seen.clear()
        self._source = source
        if microseconds is None:
            return None
        return self._since_before(_Total(now, microseconds))

    def _since_before(self, newest: _Total) -> Measured:
        seen = self._seen
        if seen and (newest.at < seen[-1].at or newest.microseconds < seen[-1].microseconds):
            seen.clear()
        seen.append(newest)
        while len(seen) > 1 and newest.at - seen[1].at >= _WINDOW_S:
            seen.popleft()
        elapsed = newest.at - seen[0].at
        if elapsed < _WINDOW_S:
            return None
        # The clock is read a little before the file, so the share can come out above 1.
        return min((newest.microseconds - seen[0].microseconds) / 1e6 / elapsed, 1.0)
