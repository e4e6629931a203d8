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
from scarcity.stats.compiled import compiled

NEVER = np.iinfo(np.int64).min
"""A moment that has not come, among microseconds since 1970."""


State = tuple[Ints, Floats, NDArray[np.int8], Ints, Ints]
"""Edges, held, sign, first and last seen; arrays (edge)."""


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
        windows = self.windows + (1 if seen.all() else seen[:, None] & seen)
        effect, accepted = estimate.tests.effect, estimate.accepted
        after = _after(self.state, effect, accepted, seen, (at, 1.0 - 1.0 / span))
        return EdgeMemory(windows, *after)

    @property
    def state(self) -> State:
        return self.edges, self.held, self.sign, self.first_seen, self.last_seen

    def extended(self, added: int, width: int) -> "EdgeMemory":
        """Append variables of whose edges nothing was seen; width: lags, 0 among them."""
        known = len(self.windows)
        target, column = np.divmod(self.edges, known * width)
        edges = target * ((known + added) * width) + column
        more = ((0, added), (0, added))
        state = (self.held, self.sign, self.first_seen, self.last_seen)
        return EdgeMemory(np.pad(self.windows, more), edges, *state)

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


@compiled
def _after(
    before: State, effect: Floats, accepted: Ints, seen: Bools, now: tuple[int, float]
) -> State:
    """Merge accepted edges in, and confirm edges or not; now: the time, and λ."""
    edges, held, sign, first, last = before
    count, (at, keep) = _merged(edges, accepted), now
    columns = effect.shape[1]
    width = columns // len(seen)
    after = (
        np.empty(count, np.int64),
        np.zeros(count),
        np.zeros(count, np.int8),
        np.full(count, NEVER),
        np.full(count, NEVER),
    )
    old, new = 0, 0
    for place in range(count):
        is_new = new < len(accepted) and (old == len(edges) or accepted[new] <= edges[old])
        is_old = old < len(edges) and (new == len(accepted) or edges[old] <= accepted[new])
        edge = accepted[new] if is_new else edges[old]
        after[0][place] = edge
        if is_old:
            after[1][place], after[2][place] = held[old], sign[old]
            after[3][place], after[4][place] = first[old], last[old]
        target, column = edge // columns, edge % columns
        its = effect[target, column]
        if not np.isnan(its) and seen[target] and seen[column // width]:
            its_sign = np.int8(np.sign(its))
            turned = after[2][place] * its_sign < 0
            confirmed = is_new and not turned
            after[1][place] = keep * after[1][place] + (1.0 - keep) * confirmed
            after[2][place] = its_sign
            if is_new and at != NEVER:
                after[4][place] = at
                if after[3][place] == NEVER:
                    after[3][place] = at
        old += is_old
        new += is_new
    return after


@compiled
def _merged(edges: Ints, accepted: Ints) -> int:
    """How many edges there are in one or both of two rising lists."""
    old, new, count = 0, 0, 0
    while old < len(edges) or new < len(accepted):
        if new == len(accepted) or (old < len(edges) and edges[old] < accepted[new]):
            old += 1
        elif old == len(edges) or accepted[new] < edges[old]:
            new += 1
        else:
            old, new = old + 1, new + 1
        count += 1
    return count
