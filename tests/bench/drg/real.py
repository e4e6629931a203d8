"""Real processes under a real memory limit: nested memory cgroups (v1), made and removed here."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.drg.worker import cgroup_file
from plants.adversaries import adversary

LIMIT = 384 * 2**20
SECONDS = 10.0
CONTROL_S = 25.0
FLOOD_BYTES = 2 * 2**30
LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one process."""

    kind: str
    died: bool
    peak: float
    """largest working set seen, in limits"""
    work: float


def root() -> Path | None:
    """The memory cgroup of this process, if groups can be made below it."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "memory":
            here = Path("/sys/fs/cgroup/memory") / path.lstrip("/")
            return here if os.access(here / "memory.limit_in_bytes", os.W_OK) else None
    return None


@contextmanager
def limited(parent: Path, name: str) -> Iterator[Path]:
    """A cgroup with the limit, and no swap beyond it."""
    made = parent / name
    made.mkdir(exist_ok=True)
    (made / "memory.limit_in_bytes").write_text(str(LIMIT))
    swap = made / "memory.memsw.limit_in_bytes"
    if swap.exists():
        swap.write_text(str(LIMIT))
    try:
        yield made
    finally:
        while members := (made / "cgroup.procs").read_text().split():
            for process in members:
                os.kill(int(process), signal.SIGKILL)
            time.sleep(LOOK_S)
        made.rmdir()


def run(parent: Path, seed: int, how: str) -> Outcome:
    """One adversary, `governed` or `ungoverned`."""
    seconds = SECONDS if how == "governed" else CONTROL_S
    with limited(parent, f"scarcity-drg-{os.getpid()}-{seed}") as cgroup:
        kind = adversary(seed).kind
        flooding = cgroup_file(cgroup)
        if kind == "cache flood":
            with flooding.open("wb") as file:
                file.truncate(FLOOD_BYTES)
        command = [sys.executable, "-m", "bench.drg.worker", str(cgroup), str(seed)]
        process = subprocess.Popen([*command, str(seconds), how], stdout=subprocess.PIPE)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, working_set(cgroup) / LIMIT)
            time.sleep(LOOK_S)
        assert process.stdout is not None
        said = process.stdout.read()
    flooding.unlink(missing_ok=True)
    died = process.returncode == -signal.SIGKILL
    if not died and process.returncode != 0:
        raise RuntimeError(f"the worker of seed {seed} failed with {process.returncode}")
    return Outcome(kind, died, peak, 0.0 if died else json.loads(said)["work"])


def working_set(cgroup: Path) -> float:
    """Bytes, without page cache."""
    lines = (line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    found = {name: int(value) for name, value in lines}
    used = int((cgroup / "memory.usage_in_bytes").read_text())
    return used - found["total_inactive_file"] - found["total_active_file"]


def measure(first: int, count: int) -> dict[str, object] | None:
    """So many seeds; None where no memory cgroup can be made."""
    parent = root()
    if parent is None:
        return None
    governed, control = [], []
    for seed in range(first, first + count):
        governed.append(run(parent, seed, "governed"))
        control.append(run(parent, seed, "ungoverned"))
        sys.stderr.write(f"real {seed}: {governed[-1]} control died: {control[-1].died}\n")
    return {
        "loads": count,
        "killed": sum(each.died for each in governed),
        "peak": max(each.peak for each in governed),
        "above_92": sum(each.peak > 0.92 for each in governed),
        "control_killed": sum(each.died for each in control) / count,
        "worst": asdict(max(governed, key=lambda each: each.peak)),
    }
