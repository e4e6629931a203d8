"""The kernel's small files: numbers that are read again and again."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

Measured = float | None
"""None = unknown, which is something else than 0"""

# Longer than any of the files that are read; the kernel writes each of them in one go.
_MOST_BYTES = 32 * 1024
# No number of the kernel has more digits; what has is garbage, and may not fit into a float.
_MOST_DIGITS = 20


class KernelFile:
    """One file, kept open, because opening costs more than reading."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._fd = -1

    def read(self) -> bytes | None:
        """Return what it says now; None where it cannot be read."""
        try:
            if self._fd < 0:
                self._fd = os.open(self._path, os.O_RDONLY)
            return os.pread(self._fd, _MOST_BYTES, 0)
        # A path with a zero byte in it is a ValueError.
        except (OSError, ValueError):
            self._close()
            return None

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self._close()


@dataclass(slots=True)
class Counter:
    """How much a number that only grows has grown since it was last read."""

    _value: Measured = None
    _source: str = ""

    def grown(self, value: Measured, source: str = "") -> Measured:
        """None if either of the two is unknown, the source is another one, or it went backwards."""
        before, source_before = self._value, self._source
        self._value, self._source = value, source
        if value is None or before is None or source != source_before or value < before:
            return None
        return value - before


def number(text: bytes | None) -> Measured:
    """Return the whole number that stands there; None if there is anything else."""
    if text is None:
        return None
    digits = text.strip()
    return float(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def bound(text: bytes | None) -> float:
    """Return a limit: infinite where there is none, NaN where it cannot be understood."""
    if text is None or text.strip() in {b"max", b"-1"}:
        return math.inf
    value = number(text)
    return math.nan if value is None else value


def table(text: bytes | None) -> dict[bytes, bytes]:
    """Return the lines "key value" by their keys."""
    pairs = (line.partition(b" ") for line in (text or b"").splitlines())
    return {key: value for key, _, value in pairs}
