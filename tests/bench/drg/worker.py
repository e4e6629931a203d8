"""A real process that takes memory as an adversary says, in a memory cgroup, with a reflex or not.

    python -m bench.drg.worker CGROUP SEED SECONDS governed|ungoverned

It joins the cgroup by itself, and prints one line of JSON at its end, unless it is killed.
"""

import json
import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from plants.adversaries import adversary
from plants.plant import Plant
from scarcity.clock import SystemClock
from scarcity.governor.lease import FULL
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses, give_back
from scarcity.governor.sensors import Sensors

BLOCK = 1 << 20
LOOP_S = 0.01
CHILD = "import sys, time; kept = b'x' * int(sys.argv[1]); time.sleep(float(sys.argv[2]))"


class Worker:
    """Does what a plant simulates."""

    def __init__(self, plant: Plant, limit: int) -> None:
        self._plant = plant
        self._limit = limit
        self._held: deque[tuple[float, bytes]] = deque()
        self._leaked: list[bytes] = []
        self._due = 0.0
        self._child: subprocess.Popen[bytes] | None = None
        self.work = 0.0
        self.evict = False

    def step(self, now: float, elapsed: float, share: float) -> None:
        """Take, keep and release memory for a moment."""
        self._due += self._plant.load(now) * share * elapsed * self._limit / BLOCK
        while self._due >= 1.0:
            self._due -= 1.0
            block = b"x" * BLOCK
            self.work += BLOCK / self._limit
            if (self.work * 1e6) % 1.0 < self._plant.leaks:
                self._leaked.append(block)
            else:
                self._held.append((now + self._plant.stays_s, block))
        while self._held and self._held[0][0] <= now:
            self._held.popleft()
        if self.evict:
            self.evict = False
            del self._leaked[: len(self._leaked) // 2 + 1]
            give_back()
        self._fork(now)

    def _fork(self, now: float) -> None:
        wanted = self._plant.forced(now)
        is_over = self._child is None or self._child.poll() is not None
        if wanted > 0.0 and is_over:
            arguments = [str(int(wanted * self._limit)), "1.5"]
            self._child = _start(CHILD, *arguments)


def flood(path: Path) -> subprocess.Popen[bytes]:
    """Read a file for ever, so that the page cache fills."""
    code = "import sys\nwhile True:\n  f = open(sys.argv[1], 'rb')\n  while f.read(1 << 22): pass"
    return _start(code, str(path))


def _start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Run code in a process that keeps nobody waiting for output, should it outlive this one."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Run, and say what became of it."""
    cgroup, seed, seconds, how = (
        Path(sys.argv[1]),
        int(sys.argv[2]),
        float(sys.argv[3]),
        sys.argv[4],
    )
    (cgroup / "cgroup.procs").write_text(str(os.getpid()))
    limit = int((cgroup / "memory.limit_in_bytes").read_text())
    plant = adversary(seed)
    worker = Worker(plant, limit)

    def evict() -> None:
        worker.evict = True

    senses = Senses(Sensors().read, SystemClock().now, evict=evict)
    reflex = Reflex(Policy(), senses, component="worker", instance="worker-0")
    is_governed = how == "governed"
    if is_governed:
        reflex.start()
    reader = flood(cgroup_file(cgroup)) if plant.kind == "cache flood" else None
    began = before = time.monotonic()
    shares: list[float] = []
    try:
        while (now := time.monotonic()) < began + seconds:
            allowance = reflex.allowance if is_governed else FULL
            share = 0.0 if allowance.is_paused else allowance.intake
            shares.append(share)
            worker.step(now - began, now - before, share)
            before = now
            time.sleep(LOOP_S)
    finally:
        if reader is not None:
            reader.kill()
    sys.stdout.write(json.dumps({"work": worker.work, "least": min(shares)}) + "\n")


def cgroup_file(cgroup: Path) -> Path:
    """The file that a flood reads; whoever made the cgroup made it too."""
    return Path("/tmp") / f"{cgroup.name}.flood"


if __name__ == "__main__":
    main()
