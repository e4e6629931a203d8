"""The rows that a deployment may put into a sum: complete ones, each once.

A row has a place that only goes up, epoch by epoch and step by step. Rows before a place are gone
for good: that is how none is released twice. Rows that follow each other make a run; products are
taken within runs alone. Of more rows than fit one round the newest are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.federation.sealed.statistics import Windows
from scarcity.stats.arrays import Floats

EPOCH_PLACES = 2**52
"""Steps that an epoch has room for: more than microseconds since 1970."""


def place_of(epoch: int, step: int) -> int:
    """Where a row stands among all rows of a stream, ever."""
    return epoch * EPOCH_PLACES + step


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows for one round, and the places they are from; `stop` is not among them."""

    windows: Windows
    start: int
    stop: int
    count: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows that follow each other."""

    start: int
    session: int
    parts: tuple[Floats, ...]
    """each (row, variable)"""
    length: int

    @property
    def stop(self) -> int:
        return self.start + self.length

    def without(self, count: int) -> "_Run":
        """What is left when so many rows at the beginning are gone."""
        rows = np.concatenate(self.parts)[count:]
        return _Run(self.start + count, self.session, (rows,), len(rows))


class Rows:
    """What has been seen and not released."""

    def __init__(self, most: int, max_lag: int) -> None:
        self._most = most
        self._least = max_lag + 1
        self._runs: list[_Run] = []
        self._next = 0

    def add(self, start: int, session: int, values: Floats) -> None:
        """Take in rows (row, variable) from a place on; NaN = missing. Known ones are passed over.

        A row with anything missing belongs to nothing, and ends the run before it.
        """
        known = max(self._next - start, 0)
        self._next = max(self._next, start + len(values))
        is_new = np.arange(len(values)) >= known
        complete = np.isfinite(values).all(axis=1) & is_new
        edges = np.flatnonzero(np.diff(complete.astype(np.int8), prepend=0, append=0))
        for begin, end in edges.reshape(-1, 2):
            self._append(start + int(begin), session, values[begin:end])
        self._trim()

    def forget(self, before: int) -> None:
        """Rows before a place are never given again, nor taken in."""
        self._next = max(self._next, before)
        kept = [run for run in self._runs if run.stop > before]
        self._runs = [
            run.without(before - run.start) if run.start < before else run for run in kept
        ]

    @property
    def count(self) -> int:
        """How many there are to be put into a round."""
        return sum(run.length for run in self._usable)

    def take(self) -> Taken:
        """All that there are. They stay until they are forgotten."""
        runs = self._usable
        windows = [np.concatenate(run.parts) for run in runs]
        return Taken(windows, runs[0].start, runs[-1].stop, sum(map(len, windows)))

    @property
    def _usable(self) -> Sequence[_Run]:
        return [run for run in self._runs if run.length >= self._least]

    def _append(self, start: int, session: int, values: Floats) -> None:
        last = self._runs[-1] if self._runs else None
        if last is not None and (last.stop, last.session) == (start, session):
            parts = (*last.parts, values)
            self._runs[-1] = _Run(last.start, session, parts, last.length + len(values))
        else:
            self._runs.append(_Run(start, session, (values,), len(values)))

    def _trim(self) -> None:
        surplus = sum(run.length for run in self._runs) - self._most
        while surplus > 0:
            first = self._runs[0]
            gone = min(surplus, first.length)
            self._runs[:1] = [first.without(gone)] if gone < first.length else []
            surplus -= gone
