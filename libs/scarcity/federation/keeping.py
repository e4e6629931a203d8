"""What a member of sealed rounds must not forget, in one file of its membership's folder.

It is there whole, as it was or as it is to be, whenever the machine dies: written beside, flushed
to the disk, and put into place in one step. One process holds it at a time, since two that begin
with the same memory would put the same rows into two rounds.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from scarcity.errors import ConfigError

FILE, LOCK = "sealed.state", "sealed.lock"


class Kept:
    """The memory of one member, held by this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._lock = _locked(folder / LOCK)

    def load(self) -> bytes | None:
        """Return what was kept last; None when nothing ever was."""
        return read(self._folder)

    def save(self, memory: bytes) -> None:
        """Keep it; when this returns it is there for certain. It holds secrets of the member."""
        beside = self._path.with_suffix(".next")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(memory)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self._path)
        _flush_names(self._folder)

    def close(self) -> None:
        """Let another process hold it."""
        self._lock.close()


def read(folder: Path) -> bytes | None:
    """Return what a member keeps, to be looked at; None when there is nothing."""
    try:
        return (folder / FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{folder / FILE} cannot be read: {error.strerror}") from error


def _locked(path: Path) -> IO[bytes]:
    try:
        file = path.open("ab")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}): in a sealed federation the folder of "
            "the membership has to be one that keeps what is written, such as a volume"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ConfigError(
            f"another process speaks for {path.parent} already: two would release rows twice"
        ) from error
    return file


def _flush_names(folder: Path) -> None:
    """Make sure that the new name of a file outlives a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
