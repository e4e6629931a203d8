"""All that can be measured from within a process about its surroundings, in one call."""

import time
from collections.abc import Callable
from pathlib import Path

from scarcity.events import ResourceSample
from scarcity.governor.sensors.cgroup import UNIFIED, Groups
from scarcity.governor.sensors.cpu import Cpu
from scarcity.governor.sensors.files import Measured
from scarcity.governor.sensors.gpu import Gpu, GpuReading
from scarcity.governor.sensors.memory import Memory
from scarcity.governor.sensors.pressure import Pressure


class Sensors:
    """Reads memory, processor, input and output, and graphics processor. Not for several threads.

    `root` is where /proc and the mount points are looked for; `clock` and what `gpu` is called with
    are in seconds.
    """

    def __init__(
        self,
        root: Path = Path("/"),
        *,
        clock: Callable[[], float] = time.monotonic,
        gpu: Callable[[float], GpuReading] | None = None,
    ) -> None:
        self._root = root
        self._own = f"{root}/proc/self"
        self._clock = clock
        self._gpu = gpu or Gpu().read
        self._read_at: Measured = None
        self._place = self._find_place()
        self._settle()

    def read(self) -> ResourceSample:
        """Measure now. What cannot be read or understood is unknown; nothing raises.

        What is a change since the reading before is unknown in the first one.
        """
        if (place := self._find_place()) != self._place:
            self._place = place
            self._settle()
        now = self._clock()
        elapsed = self._elapsed(now)
        memory = self._memory.read()
        cpu = self._cpu.read(now, elapsed)
        memory_pressure = self._memory_pressure.read(now)
        io_pressure = self._io_pressure.read(now)
        gpu = self._gpu(now)
        return ResourceSample(
            memory_used=memory.used,
            memory_limit=memory.limit,
            memory_high=memory.high,
            memory_source=memory.source,
            memory_pressure=memory_pressure.some,
            memory_pressure_full=memory_pressure.full,
            memory_high_events=memory.high_events,
            oom_kills=memory.oom_kills,
            cpu_used=cpu.used,
            cpu_limit=cpu.limit,
            cpu_throttled=cpu.throttled,
            cpu_pressure=self._cpu_pressure.read(now).some,
            io_pressure=io_pressure.some,
            io_pressure_full=io_pressure.full,
            gpu_used=gpu.used,
            gpu_memory_used=gpu.memory_used,
            gpu_memory_limit=gpu.memory_limit,
            gpu_temperature=gpu.temperature,
        ).clean()

    def _elapsed(self, now: float) -> Measured:
        before, self._read_at = self._read_at, now
        return now - before if before is not None and now > before else None

    def _find_place(self) -> bytes:
        """Return the groups this process is in, opened anew: after a fork, "self" is another."""
        return _content(f"{self._own}/cgroup")

    def _settle(self) -> None:
        """Look for the files of the groups, at the start and after the process was moved."""
        root = self._root
        groups = Groups(root, self._place, _content(f"{self._own}/mountinfo"))
        unified = groups.of(UNIFIED)
        self._memory = Memory(root, groups.of("memory"))
        self._cpu = Cpu(groups.of("cpu"), groups.of("cpuacct"))
        self._cpu_pressure = Pressure(root, unified, "cpu")
        self._io_pressure = Pressure(root, unified, "io")
        self._memory_pressure = Pressure(root, unified, "memory")


def _content(path: str) -> bytes:
    """Return what is in a file, or nothing where it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - half the price of a Path
            return file.read()
    except OSError:
        return b""
