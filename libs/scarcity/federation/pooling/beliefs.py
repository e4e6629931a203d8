"""What peers believe about the same edges: per peer and edge, an estimate and its standard error.

A belief is evidence from a peer's own rows alone, so that nothing is counted twice. Standard errors
are claims. An unbounded weight 1 / se² would let one peer that claims to be sure own the result, so
none is used before it is bounded by the others',

    se ← min( max( se, 0.5 m ), 4 m ) ,     m = median of the peers' se, edge by edge .
"""

from dataclasses import dataclass, replace

import numpy as np

from scarcity.federation.pooling.arrays import median
from scarcity.stats.arrays import Bools, Floats

SMALLEST_SE = 0.5
LARGEST_SE = 4.0
"""Of the median over peers."""


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What K peers believe about E edges, in one order of each."""

    effect: Floats
    """(peer, edge), standardised; NaN = this peer did not test this edge"""
    se: Floats
    """(peer, edge): its standard error, as claimed; NaN in the same places"""
    rows: Floats
    """(peer): how many rows each peer's evidence is from"""

    def __post_init__(self) -> None:
        if self.effect.ndim != 2 or not self.effect.size:
            raise ValueError(f"effect must be (peer, edge), not of shape {self.effect.shape}")
        if self.se.shape != self.effect.shape:
            raise ValueError(f"se has shape {self.se.shape}, effect has {self.effect.shape}")
        if self.rows.shape != (self.peers,):
            raise ValueError(f"rows has shape {self.rows.shape}, there are {self.peers} peers")
        if not np.array_equal(np.isnan(self.effect), np.isnan(self.se)):
            raise ValueError("effect and se must be NaN in the same places")
        if not np.all(np.isfinite(self.effect) | np.isnan(self.effect)):
            raise ValueError("an effect is infinite")
        if not np.all(np.isnan(self.se) | (np.isfinite(self.se) & (self.se > 0.0))):
            raise ValueError("a standard error is not a finite number above 0")
        if not np.all(np.isfinite(self.rows) & (self.rows >= 1.0)):
            raise ValueError("each peer needs at least one row")

    @property
    def peers(self) -> int:
        return len(self.effect)

    @property
    def edges(self) -> int:
        return len(self.effect.T)

    @property
    def tested(self) -> Bools:
        """(peer, edge)"""
        return ~np.isnan(self.effect)

    def bounded(self) -> "Beliefs":
        """The same with standard errors that no peer can make its result by."""
        middle = median(self.se)
        return replace(self, se=np.clip(self.se, SMALLEST_SE * middle, LARGEST_SE * middle))

    def of(self, peers: Bools) -> "Beliefs":
        """The beliefs of some peers (peer)."""
        return Beliefs(self.effect[peers], self.se[peers], self.rows[peers])

    def silenced(self, peers: Bools) -> "Beliefs":
        """The beliefs of all, as if some peers (peer) had tested nothing."""
        effect, se = (np.where(peers[:, None], np.nan, each) for each in (self.effect, self.se))
        return Beliefs(effect, se, self.rows)
