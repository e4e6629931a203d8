"""What the engine remembers of each edge beyond the statistics: since when, and how steadily.

Each window that brings evidence about an edge either confirms it, a = 1 (accepted, with the sign
it had before), or does not, a = 0. Stability is the exponentially weighted share of confirmations,
weights normalised so that the first windows count in full:

    s_w = λ s_{w-1} + (1-λ) a_w ,   stability = s_w / (1 - λʷ) ,   λ = 1 - 1/span .
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.regression import Estimate
from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored

NEVER = np.iinfo(np.int64).min
"""A moment that has not come, among microseconds since 1970."""


@dataclass(slots=True)
class EdgeMemory:
    """Arrays (lag, source, target), updated in place once per window."""

    windows: Ints
    """windows that brought evidence while the edge was tested"""
    held: Floats
    """s_w"""
    sign: NDArray[np.int8]
    first_seen: Ints
    """microseconds since 1970, UTC, of the first window at which the edge was accepted"""
    last_seen: Ints

    @classmethod
    def blank(cls, max_lag: int, variables: int) -> "EdgeMemory":
        """Nothing seen yet."""
        shape = (max_lag + 1, variables, variables)
        return cls(
            windows=np.zeros(shape, np.int64),
            held=np.zeros(shape),
            sign=np.zeros(shape, np.int8),
            first_seen=np.full(shape, NEVER),
            last_seen=np.full(shape, NEVER),
        )

    def observe(self, estimate: Estimate, seen: Bools, at: int, span: int) -> None:
        """Take the estimate after a window in which these variables (variable) had values."""
        touched = estimate.tested & (seen[:, None] & seen)
        accepted = touched & estimate.accepted
        sign = np.where(touched, np.sign(estimate.effect), self.sign).astype(np.int8)
        confirmed = accepted & ((sign == self.sign) | (self.windows == 0))
        keep = 1.0 - 1.0 / span
        self.held[touched] = keep * self.held[touched] + (1.0 - keep) * confirmed[touched]
        self.windows[touched] += 1
        self.sign = sign
        if at != NEVER:
            self.first_seen[accepted & (self.first_seen == NEVER)] = at
            self.last_seen[accepted] = at

    def extend(self, added: int) -> None:
        """Append variables of whose edges nothing was seen."""
        margin = ((0, 0), (0, added), (0, added))
        self.windows = np.pad(self.windows, margin)
        self.held = np.pad(self.held, margin)
        self.sign = np.pad(self.sign, margin)
        self.first_seen = np.pad(self.first_seen, margin, constant_values=NEVER)
        self.last_seen = np.pad(self.last_seen, margin, constant_values=NEVER)

    def stability(self, span: int) -> Floats:
        """In [0, 1]; 0 for an edge never tested."""
        weight = 1.0 - (1.0 - 1.0 / span) ** self.windows
        stability: Floats = np.divide(
            self.held, weight, out=np.zeros_like(self.held), where=self.windows > 0
        )
        return np.minimum(stability, 1.0)

    def arrays(self) -> dict[str, Stored]:
        """The state, for a snapshot."""
        return {
            "memory.windows": self.windows,
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
            held=snapshot.floats("memory.held"),
            sign=snapshot.ints("memory.sign").astype(np.int8),
            first_seen=snapshot.ints("memory.first_seen"),
            last_seen=snapshot.ints("memory.last_seen"),
        )
