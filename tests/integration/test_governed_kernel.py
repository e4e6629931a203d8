"""A governed process in a memory cgroup of the real kernel: page cache is no load, limits bind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration import governed_process
from integration.cgroups import MIB, Cgroup, memory_cgroup
from integration.governed_process import Tick
from running import eventually
from scarcity.governor.law import TICK_S
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import CALM_TICK_S

SMALL = 256 * MIB
HELD = 150 * MIB
AMPLE = 1024 * MIB
CROWD = 2 * (os.cpu_count() or 1)
LATE_S = 1.0
"""By how much a busy machine may be late."""

READ = """
import os, sys
file, buffer = os.open(sys.argv[1], os.O_RDONLY), bytearray(1 << 20)
while os.readv(file, [buffer]):
    pass
"""


@dataclass(frozen=True, slots=True)
class Governed:
    """The process, and what it has said so far."""

    process: subprocess.Popen[bytes]
    said: Path

    def ticks(self, since: float = 0.0) -> list[Tick]:
        """Return those that began later than that."""
        assert self.process.poll() is None, "it has ended"
        whole, _, _ = self.said.read_text().rpartition("\n")
        ticks = [governed_process.tick(line) for line in whole.splitlines()]
        return [tick for tick in ticks if tick.at > since]

    def first(self, since: float, count: int = 1) -> list[Tick]:
        """Wait for so many, and return them."""

        def enough() -> list[Tick] | None:
            ticks = self.ticks(since)
            return ticks[:count] if len(ticks) >= count else None

        return eventually(enough, f"{count} ticks")

    def until(self, least: float, most: float) -> None:
        """Wait until the share is between these."""

        def is_there() -> bool | None:
            return any(least <= tick.share <= most for tick in self.ticks()[-1:]) or None

        eventually(is_there, f"a share from {least} to {most}")


@pytest.fixture
def group() -> Iterator[Cgroup]:
    with memory_cgroup() as made:
        yield made


@contextmanager
def governed(group: Cgroup, folder: Path, *, held: int = 0) -> Iterator[Governed]:
    """Run the process in there, until it has begun to tick."""
    said = folder / "said"
    command = group.running(sys.executable, governed_process.__file__, str(held))
    with (
        said.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output) as process,
    ):
        running = Governed(process, said)
        running.first(0.0, 3)
        yield running


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Let so many others want a processor all the time."""
    with ExitStack() as stack:
        for _ in range(processes):
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(other.wait)
            stack.callback(other.kill)
        yield


@pytest.mark.parametrize(("size", "others"), [(2048 * MIB, 0), (1024 * MIB, CROWD)])
def test_a_flood_of_pages_of_files_cuts_nothing_even_where_processors_are_scarce(
    group: Cgroup, tmp_path: Path, size: int, others: int
) -> None:
    group.limit = SMALL
    file = tmp_path / "file"
    with file.open("wb") as empty:
        empty.truncate(size)  # Its pages take room once they are read.

    with governed(group, tmp_path) as process, busy(others):
        fullest = most_cache(group, group.running(sys.executable, "-c", READ, str(file)))
        ticks = process.ticks()

    assert fullest > SMALL / 2, "the flood did not reach this group"
    assert all(tick.used < 0.4 * SMALL for tick in ticks)
    assert {tick.share for tick in ticks} == {1.0}
    assert [each for tick in ticks for each in tick.decided] == []


def most_cache(group: Cgroup, command: Sequence[str]) -> int:
    """Run a command, and return how much of the group was page cache at the worst."""
    most = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            most = max(most, group.cache)
            time.sleep(0.01)
    assert process.returncode == 0
    return most


def test_a_limit_that_changes_is_followed_within_a_tick(group: Cgroup, tmp_path: Path) -> None:
    group.limit = AMPLE
    with governed(group, tmp_path, held=HELD) as process:
        group.limit = wide = pages(process.ticks()[-1].used / 0.45)
        narrow = pages(wide / 2)
        before = process.first(time.monotonic(), 5)

        group.limit = narrow
        halved = time.monotonic()
        cut = process.first(halved, 2)
        process.until(0.0, 0.2)
        while_narrow = process.ticks(halved)

        group.limit = AMPLE
        raised = time.monotonic()
        wider = process.first(raised)
        process.until(1.0, 1.0)
        decided = [each for tick in process.ticks(halved) for each in tick.decided]

    assert {(tick.limit, tick.share) for tick in before} == {(wide, 1.0)}
    assert {tick.limit for tick in while_narrow} == {narrow}
    assert cut[0].used > Policy().target * narrow
    assert cut[0].share == 1.0 > cut[1].share
    assert cut[0].at - halved < CALM_TICK_S + LATE_S
    assert cut[1].at - cut[0].at < TICK_S + LATE_S
    assert wider[0].limit == AMPLE
    assert wider[0].at - raised < TICK_S + LATE_S
    assert decided[0].endswith(" memory")
    assert decided[-1].startswith("normal ")
    assert group.kills == 0


def pages(size: float) -> int:
    """Return the size as the kernel rounds it."""
    return int(size) // os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PAGE_SIZE")
