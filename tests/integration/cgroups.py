"""Memory cgroups made for tests, and removed at the end with whatever still runs in them."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from scarcity.governor.sensors.cgroup import Group, Groups

MIB = 2**20
REMOVE_S = 10.0
JOIN = 'echo $$ > "$0" && exec "$@"'


@dataclass(frozen=True, slots=True)
class Names:
    """What files and entries are called."""

    limit: str
    current: str
    events: str
    prefix: str
    """of entries that count the groups below as well"""


NAMES = {
    1: Names("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control", "total_"),
    2: Names("memory.max", "memory.current", "memory.events", ""),
}


class Cgroup:
    """One cgroup, read without the sensors that are tested in it."""

    def __init__(self, path: Path, version: int) -> None:
        self._path = path
        self._names = NAMES[version]

    @property
    def is_usable(self) -> bool:
        """Whether it has a limit that can be set, and takes processes from where we are."""
        files = (self._path / self._names.limit, self._path.parent / "cgroup.procs")
        return all(os.access(file, os.W_OK) for file in files)

    @property
    def limit(self) -> int:
        """Bytes; what was set is rounded to pages."""
        return int((self._path / self._names.limit).read_text())

    @limit.setter
    def limit(self, most: int) -> None:
        (self._path / self._names.limit).write_text(str(most))

    @property
    def cache(self) -> int:
        """Bytes of pages of files, which can be dropped."""
        entries = self._table("memory.stat")
        prefix = self._names.prefix
        return entries[f"{prefix}active_file"] + entries[f"{prefix}inactive_file"]

    @property
    def used(self) -> int:
        """Bytes that cannot be dropped."""
        return int((self._path / self._names.current).read_text()) - self.cache

    @property
    def kills(self) -> int:
        """How many processes were killed for want of memory."""
        return self._table(self._names.events)["oom_kill"]

    def add(self, process: int) -> None:
        """Take a process in; what it has already stays where it is counted."""
        self._processes.write_text(str(process))

    def running(self, *command: str) -> list[str]:
        """Return the command that runs another in here, from its first page on."""
        return ["sh", "-c", JOIN, str(self._processes), *command]

    def remove(self) -> None:
        """End what runs in it, and then it."""
        deadline = time.monotonic() + REMOVE_S
        while True:
            for process in self._processes.read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)
            try:
                self._path.rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    @property
    def _processes(self) -> Path:
        return self._path / "cgroup.procs"

    def _table(self, name: str) -> dict[str, int]:
        lines = (line.split() for line in (self._path / name).read_text().splitlines())
        return {key: int(value) for key, value in lines}


@contextmanager
def memory_cgroup() -> Iterator[Cgroup]:
    """Make one below the group that we are in or, failing that, below one above."""
    made = next(filter(None, map(_made_below, _own())), None)
    if made is None:
        pytest.skip("no memory cgroup can be made here: that takes root, or a delegated controller")
    try:
        yield made
    finally:
        made.remove()


def _own() -> tuple[Group, ...]:
    try:
        texts = [Path(f"/proc/self/{name}").read_bytes() for name in ("cgroup", "mountinfo")]
    except OSError:
        return ()
    return Groups(Path("/"), *texts).of("memory")


def _made_below(group: Group) -> Cgroup | None:
    path = group.path / f"scarcity-test-{uuid4().hex[:8]}"
    try:
        path.mkdir()
    except OSError:
        return None
    made = Cgroup(path, group.version)
    if made.is_usable:
        return made
    path.rmdir()
    return None
