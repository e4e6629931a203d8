"""What the engine remembers of each edge beyond the statistics: since when, and how steadily.

Each window that brings evidence about an edge either confirms it, a = 1 (accepted, with the sign
it had before), or does not, a = 0. Stability is the exponentially weighted share of confirmations,
weights normalised so that the first windows count in full:

    s_w = λ s_{w-1} + (1-λ) a_w ,   stability = s_w / (1 - λʷ) ,   λ = 1 - 1/span .

Only edges that were accepted once are remembered: of all others, every a_w is 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.decision import Estimate
from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored

NEVER = np.iinfo(np.int64).min
"""A moment that has not come, among microseconds since 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class EdgeMemory:
    """A value: one window makes another one of it."""

    windows: Ints
    """(source, target): windows in which both had values"""
    edges: Ints
    """(edge): positions, rising, target · columns + column of an estimate; arrays (edge) follow"""
    held: Floats
    """s_w"""
    sign: NDArray[np.int8]
    first_seen: Ints
    """microseconds since 1970, UTC, of the first window at which the edge was accepted"""
    last_seen: Ints

    @classmethod
    def blank(cls, variables: int) -> "EdgeMemory":
        """Nothing seen yet."""
        none = np.zeros(0, np.int64)
        windows = np.zeros((variables, variables), np.int64)
        return cls(windows, none, none.astype(np.float64), none.astype(np.int8), none, none)

    def after(self, estimate: Estimate, seen: Bools, at: int, span: int) -> "EdgeMemory":
        """Take the estimate after a window in which these variables (variable) had values."""
        known, keep = self._with(estimate.accepted), 1.0 - 1.0 / span
        edges = known.edges
        effect = estimate.tests.effect.ravel()[edges]
        accepted = np.ones(len(edges), np.bool_)
        if len(edges) > len(estimate.accepted):
            accepted = np.isin(edges, estimate.accepted, assume_unique=True)
        if seen.all():
            windows, touched = self.windows + 1, ~np.isnan(effect)
        else:
            both = seen[:, None] & seen
            windows = self.windows + both
            touched = ~np.isnan(effect) & both[_ends(edges, estimate)]
        accepted &= touched
        sign = np.where(touched, np.sign(effect), known.sign).astype(np.int8)
        confirmed = accepted & ((sign == known.sign) | (known.sign == 0))
        held = np.where(touched, keep * known.held + (1.0 - keep) * confirmed, known.held)
        first, last = known.first_seen, known.last_seen
        if at != NEVER:
            first = np.where(accepted & (first == NEVER), at, first)
            last = np.where(accepted, at, last)
        return EdgeMemory(windows, edges, held, sign, first, last)

    def _with(self, accepted: Ints) -> "EdgeMemory":
        """Remember all edges that are accepted."""
        if np.array_equal(self.edges, accepted):
            return self
        edges = np.union1d(self.edges, accepted)
        if len(edges) == len(self.edges):
            return self
        place = np.searchsorted(edges, self.edges)
        held, sign = np.zeros(len(edges)), np.zeros(len(edges), np.int8)
        first, last = np.full((2, len(edges)), NEVER)
        held[place], sign[place] = self.held, self.sign
        first[place], last[place] = self.first_seen, self.last_seen
        return EdgeMemory(self.windows, edges, held, sign, first, last)

    def extended(self, added: int, width: int) -> "EdgeMemory":
        """Append variables of whose edges nothing was seen; width: lags, 0 among them."""
        known = len(self.windows)
        target, column = np.divmod(self.edges, known * width)
        edges = target * ((known + added) * width) + column
        more = ((0, added), (0, added))
        state = (self.held, self.sign, self.first_seen, self.last_seen)
        return EdgeMemory(np.pad(self.windows, more), edges, *state)

    def stability(self, at: Ints, estimate: Estimate, span: int) -> Floats:
        """In [0, 1], of the edges at these positions; 0 for an edge never accepted."""
        windows = self.windows[_ends(at, estimate)]
        weight = 1.0 - (1.0 - 1.0 / span) ** np.maximum(windows, 1)
        held, (known, place) = np.zeros(len(at)), self._find(at)
        held[known] = self.held[place]
        return np.minimum(held / weight, 1.0)

    def seen(self, at: Ints) -> tuple[Ints, Ints]:
        """When the edges at these positions were accepted first and last."""
        first, last = np.full((2, len(at)), NEVER)
        known, place = self._find(at)
        first[known], last[known] = self.first_seen[place], self.last_seen[place]
        return first, last

    def arrays(self) -> dict[str, Stored]:
        """The state, for a snapshot."""
        return {
            "memory.windows": self.windows,
            "memory.edges": self.edges,
            "memory.held": self.held,
            "memory.sign": self.sign,
            "memory.first_seen": self.first_seen,
            "memory.last_seen": self.last_seen,
        }

    @classmethod
    def restore(cls, snapshot: Snapshot) -> "EdgeMemory":
        """The state that `arrays` gave."""
        return cls(
            windows=snapshot.ints("memory.windows"),
            edges=snapshot.ints("memory.edges"),
            held=snapshot.floats("memory.held"),
            sign=snapshot.ints("memory.sign").astype(np.int8),
            first_seen=snapshot.ints("memory.first_seen"),
            last_seen=snapshot.ints("memory.last_seen"),
        )

    def _find(self, at: Ints) -> tuple[Ints, Ints]:
        """Which of these positions are remembered, and where."""
        place = np.minimum(np.searchsorted(self.edges, at), len(self.edges) - 1)
        known = np.flatnonzero(self.edges[place] == at) if len(self.edges) else place[:0]
        return known, place[known]


def _ends(at: Ints, estimate: Estimate) -> tuple[Ints, Ints]:
    """Source and target of the edges at these positions."""
    target, column = np.divmod(at, estimate.variables * estimate.width)
    return column // estimate.width, target
