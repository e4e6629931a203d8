"""Pressure stall information: the share of time in which tasks waited for a resource.

    pressure = growth of total / time between two readings

The averages that the kernel gives beside the total are renewed every 2 s only: too late.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from scarcity.governor.sensors.cgroup import Group
from scarcity.governor.sensors.files import Counter, KernelFile, Measured, number

Resource = Literal["cpu", "io", "memory"]

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
        self._some = Counter()
        self._full = Counter()

    def read(self, elapsed: Measured) -> PressureReading:
        """Measure; `elapsed` are the seconds since the reading before, None if there was none."""
        source, text = self._first()
        totals = dict(_TOTAL.findall(text))
        some = self._some.grown(number(totals.get(b"some")), source)
        full = self._full.grown(number(totals.get(b"full")), source)
        return PressureReading(_share(some, elapsed), _share(full, elapsed))

    def _first(self) -> tuple[str, bytes]:
        """Return the first file that can be read, and its content."""
        for source, file in self._files.items():
            if (text := file.read()) is not None:
                return source, text
        return "", b""


def _share(microseconds: Measured, elapsed: Measured) -> Measured:
    if microseconds is None or elapsed is None:
        return None
    # The clock is read a little before the file, so the share can come out above 1.
    return min(microseconds / 1e6 / elapsed, 1.0)
