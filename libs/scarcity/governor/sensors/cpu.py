"""How much processor time is in use, of how much, and how often the quota ran out."""

import math
import os
from collections.abc import Sequence
from typing import NamedTuple

from scarcity.governor.sensors.cgroup import Group
from scarcity.governor.sensors.files import Counter, KernelFile, Measured, bound, number, table

# The longest period that the kernel takes for a quota.
_LONGEST_PERIOD_S = 1.0


class CpuReading(NamedTuple):
    """Cores, and a share from 0 to 1."""

    used: Measured = None
    limit: Measured = None
    throttled: Measured = None


class _Quota:
    """The quota of one control group."""

    def __init__(self, group: Group) -> None:
        self.name = group.name
        names = ("cpu.max",) if group.version == 2 else ("cpu.cfs_quota_us", "cpu.cfs_period_us")
        self._files = [KernelFile(group.path / name) for name in names]
        self._stat = KernelFile(group.path / "cpu.stat")
        self._before: tuple[float, float, float] | None = None
        self._throttled: Measured = None

    def cores(self) -> float:
        """Return the quota: infinite where there is none, NaN where it makes no sense."""
        texts = [file.read() for file in self._files]
        if texts[0] is None:
            return math.inf
        words = b" ".join(text or b"" for text in texts).split()
        if len(words) != 2:
            return math.nan
        quota, period = bound(words[0]), number(words[1])
        if math.isinf(quota):
            return quota
        return quota / period if period else math.nan

    def throttled(self, now: float) -> Measured:
        """Return the share of the last periods in which the quota ran out.

        Periods (mostly 0.1 s) can be longer than the time between two readings. Until one has
        ended, the share of those before is still the latest that is known.
        """
        stat = table(self._stat.read())
        periods, throttled = number(stat.get(b"nr_periods")), number(stat.get(b"nr_throttled"))
        if periods is None or throttled is None:
            self._before = self._throttled = None
            return None
        then, periods_before, throttled_before = self._before or (now, periods, throttled)
        if self._before is None or periods < periods_before or throttled < throttled_before:
            self._before, self._throttled = (now, periods, throttled), None
        elif periods > periods_before:
            share = (throttled - throttled_before) / (periods - periods_before)
            self._before, self._throttled = (now, periods, throttled), min(share, 1.0)
        elif now - then > _LONGEST_PERIOD_S:
            self._throttled = 0.0  # The group is idle: no period begins.
        return self._throttled


class _Usage:
    """The time that one control group has used."""

    def __init__(self, group: Group) -> None:
        self.source = group.source
        self._is_v2 = group.version == 2
        self._file = KernelFile(group.path / ("cpu.stat" if self._is_v2 else "cpuacct.usage"))

    def seconds(self) -> Measured:
        text = self._file.read()
        value = number(table(text).get(b"usage_usec")) if self._is_v2 else number(text)
        return None if value is None else value / (1e6 if self._is_v2 else 1e9)


class Cpu:
    """The processor time of a process's groups.

    `groups` are those with the quotas, `accounts` those that count the use: the same in version 2.
    """

    def __init__(self, groups: Sequence[Group], accounts: Sequence[Group]) -> None:
        self._quotas = [_Quota(each) for each in groups]
        self._usage = {each.name: _Usage(each) for each in accounts}
        self._own = accounts[0].name if accounts else ""
        self._used = Counter()

    def read(self, now: float, elapsed: Measured) -> CpuReading:
        """Measure; both times are in seconds, `elapsed` is that since the reading before."""
        cores = [each.cores() for each in self._quotas]
        limited = [at for at, each in enumerate(cores) if each != math.inf]
        if any(math.isnan(each) for each in cores):
            limit, name = None, self._own
        else:
            tightest = min(limited, key=lambda at: cores[at], default=None)
            limit = min([_usable_cores(), *cores])
            name = self._own if tightest is None else self._quotas[tightest].name
        return CpuReading(self._read_used(name, elapsed), limit, self._read_throttled(limited, now))

    def _read_used(self, name: str, elapsed: Measured) -> Measured:
        """Measure the group with the tightest quota, for that is what the quota is about."""
        usage = self._usage.get(name) or self._usage.get(self._own)
        if usage is None:
            return None
        grown = self._used.grown(usage.seconds(), usage.source)
        return None if grown is None or elapsed is None else grown / elapsed

    def _read_throttled(self, limited: Sequence[int], now: float) -> Measured:
        if not self._quotas:
            return None
        if not limited:
            return 0.0  # Without a quota none runs out.
        shares = [self._quotas[at].throttled(now) for at in limited]
        return max((each for each in shares if each is not None), default=None)


def _usable_cores() -> float:
    """Return how many the kernel lets this process run on; it counts the cpusets in."""
    try:
        return float(len(os.sched_getaffinity(0)))
    except (AttributeError, OSError):
        return float(os.cpu_count() or 1)
