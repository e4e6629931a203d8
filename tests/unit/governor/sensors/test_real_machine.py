"""The sensors on the machine that runs the tests, and in a control group made for it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scarcity.governor.sensors import Sensors

MIB = 2**20

linux = pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="needs /proc")


def own_group() -> Path | None:
    """Return the directory of this process's memory group of version 1, if there is one."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    names = [line.split(":", 2)[2] for line in lines if line.split(":", 2)[1] == "memory"]
    path = Path(f"/sys/fs/cgroup/memory{names[0]}") if names else None
    return path if path and (path / "memory.stat").exists() and os.access(path, os.W_OK) else None


OWN_GROUP = own_group()
needs_group = pytest.mark.skipif(
    OWN_GROUP is None or os.geteuid() != 0, reason="needs root and a memory group of version 1"
)


@linux
def test_the_numbers_of_this_machine_are_plausible() -> None:
    sensors = Sensors()
    sensors.read()
    until = time.monotonic() + 0.05
    while time.monotonic() < until:
        pass
    sample = sensors.read()

    assert sample.memory_limit is not None
    assert 16 * MIB < sample.memory_limit < 2**50
    assert sample.memory_used is not None
    assert MIB < sample.memory_used < sample.memory_limit
    assert sample.memory_source
    assert sample.cpu_limit is not None
    assert 0 < sample.cpu_limit <= (os.cpu_count() or 1)
    for pressure in (sample.memory_pressure, sample.cpu_pressure, sample.io_pressure):
        assert pressure is None or 0 <= pressure <= 1


# It moves itself into the group, then says what it measures before and after each of its deeds.
CHILD = """
import os, sys
from pathlib import Path
from scarcity.governor.sensors import Sensors

group, path, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
sensors = Sensors()
sensors.read()
Path(group, "cgroup.procs").write_text(str(os.getpid()))
fd = os.open(path, os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
buffer = bytearray(1 << 20)

def say():
    sample = sensors.read()
    usage = Path(group, "memory.usage_in_bytes").read_text().strip()
    print(int(sample.memory_used), int(sample.memory_limit), sample.memory_source, usage)

say()
for twice in range(2):  # what is read twice becomes active
    os.lseek(fd, 0, os.SEEK_SET)
    while os.readv(fd, [buffer]):
        pass
say()
held = bytearray(b"x") * size
say()
"""


@pytest.fixture
def group() -> Iterator[Path]:
    assert OWN_GROUP is not None
    path = OWN_GROUP / f"scarcity_test_{os.getpid()}"
    path.mkdir()
    try:
        (path / "memory.limit_in_bytes").write_text(str(512 * MIB))
        yield path
    finally:
        path.rmdir()


@pytest.fixture
def big_file(tmp_path: Path) -> Iterator[Path]:
    """A file of 200 MiB that is on the disk, so that its pages can be dropped and read anew."""
    path = tmp_path / "big"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(os.urandom(MIB))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    yield path
    path.unlink()


@needs_group
def test_a_flood_of_pages_of_files_moves_nothing_and_memory_that_is_held_does(
    group: Path, big_file: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(group), str(big_file), str(50 * MIB)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    start, flooded, held = (line.split() for line in done.stdout.splitlines())

    assert int(flooded[3]) - int(start[3]) > 150 * MIB, "the flood did not reach this group"
    assert abs(int(flooded[0]) - int(start[0])) < 4 * MIB
    assert 45 * MIB < int(held[0]) - int(flooded[0]) < 60 * MIB
    assert int(start[1]) == 512 * MIB
    assert start[2].endswith(group.name)
