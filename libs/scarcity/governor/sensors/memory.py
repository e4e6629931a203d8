"""How much memory is in use, of how much, at the place where it will run out first.

    working set = current - inactive_file - active_file

Pages of files can be dropped and read again, so they are no reason to slow down. A limit above the
process's own group counts what all groups below it use, so each group's use is compared with that
same group's limit, and the group with the largest used / limit is the one to report.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scarcity.governor.sensors.cgroup import Group
from scarcity.governor.sensors.files import Counter, KernelFile, Measured, bound, number, table

# Version 1 says "no limit" with a number close to 2^63, rounded to pages.
_UNLIMITED = 2.0**60
_HOST = re.compile(rb"^(MemTotal|MemAvailable): +(\d+) kB$", re.MULTILINE)


class MemoryReading(NamedTuple):
    """Bytes, and numbers of events since the reading before."""

    used: Measured = None
    limit: Measured = None
    high: Measured = None
    source: str = ""
    high_events: Measured = None
    oom_kills: Measured = None


@dataclass(frozen=True, slots=True)
class _Names:
    """What the files and their entries are called."""

    limit: str
    high: str | None
    current: str
    events: str
    pages_of_files: tuple[bytes, bytes]
    never_dropped: tuple[bytes, bytes]


_NAMES = {
    1: _Names(
        limit="memory.limit_in_bytes",
        high=None,  # The soft limit slows nobody down.
        current="memory.usage_in_bytes",
        events="memory.oom_control",
        pages_of_files=(b"total_inactive_file", b"total_active_file"),
        never_dropped=(b"total_rss", b"total_shmem"),
    ),
    2: _Names(
        limit="memory.max",
        high="memory.high",
        current="memory.current",
        events="memory.events",
        pages_of_files=(b"inactive_file", b"active_file"),
        never_dropped=(b"anon", b"shmem"),
    ),
}


class _Level:
    """The memory of one control group."""

    def __init__(self, group: Group) -> None:
        self._names = names = _NAMES[group.version]
        self._limit = KernelFile(group.path / names.limit)
        self._high = KernelFile(group.path / names.high) if names.high else None
        self._current = KernelFile(group.path / names.current)
        self._stat = KernelFile(group.path / "memory.stat")
        self._events = KernelFile(group.path / names.events)
        self._high_events = Counter()
        self._oom_kills = Counter()
        self.source = group.source

    def limits(self) -> tuple[float, float]:
        """Return beyond what it is killed, and beyond what it is slowed; infinite if never."""
        limit = bound(self._limit.read())
        high = bound(self._high.read() if self._high else None)
        return (math.inf if limit >= _UNLIMITED else limit), (
            math.inf if math.isnan(high) else high
        )

    def used(self) -> Measured:
        """Return the working set, in bytes."""
        stat = table(self._stat.read())
        current = number(self._current.read())
        files = [number(stat.get(each)) for each in self._names.pages_of_files]
        known = [each for each in files if each is not None]
        if current is None or len(known) < len(files):
            return None
        # The files are read one after the other, so that their difference can be too small.
        never = sum(number(stat.get(each)) or 0.0 for each in self._names.never_dropped)
        return max(current - sum(known), never)

    def events(self) -> tuple[Measured, Measured]:
        """Return how often it was slowed, and how many processes were killed, since last asked."""
        counts = table(self._events.read())
        return (
            self._high_events.grown(number(counts.get(b"high"))),
            self._oom_kills.grown(number(counts.get(b"oom_kill"))),
        )


class Memory:
    """The memory of a process's groups, and of the machine where none of them has a limit."""

    def __init__(self, root: Path, groups: Sequence[Group]) -> None:
        self._levels = [_Level(each) for each in groups]
        self._host = KernelFile(root / "proc" / "meminfo")

    def read(self) -> MemoryReading:
        """Measure. Limits are read each time: they are changed while the process runs."""
        total, available = self._read_host()
        limits = [level.limits() for level in self._levels]
        most = math.inf if total is None else total
        binding = [at for at, both in enumerate(limits) if min(both) < most]
        events = self._read_events(binding)
        if any(math.isnan(limit) for limit, _ in limits):
            # There is a limit, and nobody knows which: to go on as if there was none would kill.
            return events
        if binding:
            return self._tightest(events, binding, limits, most)
        if total is None:
            return events
        used = None if available is None else total - available
        return events._replace(used=used, limit=total, source="host")

    def _tightest(
        self,
        events: MemoryReading,
        binding: Sequence[int],
        limits: Sequence[tuple[float, float]],
        most: float,
    ) -> MemoryReading:
        used = {at: self._levels[at].used() for at in binding}
        at = max(binding, key=lambda each: _share(used[each], min(limits[each])))
        # What is set further down does not apply to what all the groups below this one use.
        limit = min(most, *(limit for limit, _ in limits[at:]))
        high = min(high for _, high in limits[at:])
        return events._replace(
            used=used[at],
            limit=limit if math.isfinite(limit) else None,
            high=high if math.isfinite(high) else None,
            source=self._levels[at].source,
        )

    def _read_events(self, binding: Sequence[int]) -> MemoryReading:
        """Count at the process's own group, and wherever there is a limit.

        A group above counts (in version 2) what happens below as well, hence the largest.
        """
        both = [level.events() for at, level in enumerate(self._levels) if at == 0 or at in binding]
        return MemoryReading(
            high_events=_largest(high for high, _ in both),
            oom_kills=_largest(kills for _, kills in both),
        )

    def _read_host(self) -> tuple[Measured, Measured]:
        found = dict(_HOST.findall(self._host.read() or b""))
        total, available = (number(found.get(each)) for each in (b"MemTotal", b"MemAvailable"))
        return (
            None if total is None else total * 1024,
            None if available is None else available * 1024,
        )


def _share(used: Measured, limit: float) -> float:
    if used is None:
        return -1.0
    return used / limit if limit > 0 else math.inf


def _largest(values: Iterable[Measured]) -> Measured:
    return max((each for each in values if each is not None), default=None)
