"""Where a process is in the trees of control groups, whichever way they are mounted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

UNIFIED = ""
"""the key of the tree of version 2, which has no controllers in its name"""

_TOP = PurePosixPath("/")
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Group:
    """One control group. The name is the one that the process sees, "/" being its root."""

    version: int
    name: str
    path: Path

    @property
    def source(self) -> str:
        return f"cgroup{self.version}:{self.name}"


@dataclass(frozen=True, slots=True)
class _Mount:
    """A tree, or a part of one: `top` is the group that is seen at `point`."""

    controllers: frozenset[str]
    top: PurePosixPath
    point: str

    def shows(self, path: PurePosixPath) -> bool:
        return path.is_relative_to(self.top) and ".." not in (*path.parts, *self.top.parts)


class Groups:
    """The groups of one process: for each controller its own, and all above it that can be seen.

    `cgroup` and `mountinfo` are the contents of the files of these names in /proc/self. Lines that
    make no sense are passed over.
    """

    def __init__(self, root: Path, cgroup: bytes, mountinfo: bytes) -> None:
        self._root = root
        self._mounts = list(_mounts(mountinfo.decode(errors="replace")))
        self._trees: dict[str, tuple[Group, ...]] = {}
        for controller, path in _memberships(cgroup.decode(errors="replace")):
            self._trees[controller] = tuple(self._lineage(controller, path))

    def of(self, controller: str) -> tuple[Group, ...]:
        """Return the groups that govern a resource, the process's own first; or none.

        A controller is in one tree only. Where version 1 has it, that of version 2 lacks it.
        """
        return self._trees.get(controller) or self._trees.get(UNIFIED, ())

    def _lineage(self, controller: str, path: PurePosixPath) -> Iterator[Group]:
        mounts = [each for each in self._mounts if controller in each.controllers]
        if not mounts:
            return
        # Of several mounts, the one that shows the process and most of what is above it.
        mount = min(mounts, key=lambda each: (not each.shows(path), len(each.top.parts)))
        top = mount.top
        if not mount.shows(path):
            # The mount was made outside of the process's namespace. What it shows is ours or above.
            path = top = _TOP
        point = self._root / mount.point.lstrip("/")
        for each in (path, *path.parents):
            directory = point / each.relative_to(top) if each.is_relative_to(top) else None
            if directory is not None and directory.is_dir():
                yield Group(2 if controller == UNIFIED else 1, str(each), directory)


def _memberships(text: str) -> Iterator[tuple[str, PurePosixPath]]:
    """Yield each controller, and the path of the group: "4:cpu,cpuacct:/a" or "0::/a"."""
    for line in text.splitlines():
        parts = line.split(":", 2)
        if len(parts) == 3 and parts[2].startswith("/"):
            for controller in parts[1].split(","):
                yield controller, PurePosixPath(parts[2])


def _mounts(text: str) -> Iterator[_Mount]:
    """Yield the mounts: "31 23 0:28 <top> <point> <options> ... - <type> <source> <options>"."""
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if len(left) < 6 or len(right) < 3 or right[0] not in {"cgroup", "cgroup2"}:
            continue
        controllers = [UNIFIED] if right[0] == "cgroup2" else right[2].split(",")
        yield _Mount(frozenset(controllers), PurePosixPath(_plain(left[3])), _plain(left[4]))


def _plain(text: str) -> str:
    """Undo how the kernel writes blanks: as backslash and three octal digits."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
