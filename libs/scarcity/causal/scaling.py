"""Numbers of any size, brought to where their products are safe; nothing is lost by it.

    z = x · 2⁻ᵉ - o ,    e, o from the first values a variable has

e is chosen so that |x · 2⁻ᵉ| ≤ 1 at first, o is the first window's mean. Every statistic of the
engine is invariant to both: they exist only so that squares neither overflow (1e300) nor cancel
(1e9 ± 1e-3). Because the scale is a power of two, changing it later, when a variable outgrows it,
multiplies the statistics of the past exactly.
"""

import numpy as np

from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored
from scarcity.stats.compiled import compiled

HEADROOM = 100
"""A variable may outgrow its first values by 2**100 before it is scaled anew."""

LARGEST_EXPONENT = 1023
"""Of a double."""

SMALLEST_EXPONENT = -1000
"""Below it 2⁻ᵉ is no double; such values are tiny enough as they are."""


class ColumnScale:
    """The shift and scale of every variable of one stream."""

    def __init__(self, seen: Bools, exponent: Ints, origin: Floats) -> None:
        self.seen = seen
        self.exponent = exponent
        self.origin = origin

    @classmethod
    def unseen(cls, variables: int) -> "ColumnScale":
        """No variable has had a value yet."""
        zeros = np.zeros(variables)
        return cls(zeros.astype(np.bool_), zeros.astype(np.int64), zeros)

    def adapt(self, window: Floats) -> Floats | None:
        """Make room for a window (time, variable); NaN = missing.

        Returns the factor (variable) by which everything scaled before has to be multiplied; None
        if that is 1 for all.
        """
        room = np.ldexp(1.0, np.minimum(self.exponent + HEADROOM, LARGEST_EXPONENT))
        if _fits(window, self.seen, room):
            return None
        largest = np.fmax.reduce(np.abs(window), axis=0, initial=0.0)
        valid = ~np.isnan(window)
        needed = _exponent(largest)
        outgrown = self.seen & (needed > self.exponent + HEADROOM)
        factor = np.ldexp(1.0, np.where(outgrown, self.exponent - needed, 0))
        self.origin = self.origin * factor
        self.exponent = np.where(outgrown, needed, self.exponent)
        first = valid.any(axis=0) & ~self.seen
        if first.any():
            self._start(window, first, needed)
        return factor if outgrown.any() else None

    def apply(self, window: Floats) -> Floats:
        """Scale a window that `adapt` has seen; NaN stays NaN."""
        scaled: Floats = window * np.ldexp(1.0, -self.exponent) - self.origin
        return scaled

    def extend(self, added: int) -> None:
        """Append variables that have not had a value yet."""
        self.seen = np.pad(self.seen, (0, added))
        self.exponent = np.pad(self.exponent, (0, added))
        self.origin = np.pad(self.origin, (0, added))

    def arrays(self) -> dict[str, Stored]:
        """The state, for a snapshot."""
        return {
            "scale.seen": self.seen,
            "scale.exponent": self.exponent,
            "scale.origin": self.origin,
        }

    @classmethod
    def restore(cls, snapshot: Snapshot) -> "ColumnScale":
        """The state that `arrays` gave."""
        return cls(
            seen=snapshot.ints("scale.seen").astype(np.bool_),
            exponent=snapshot.ints("scale.exponent"),
            origin=snapshot.floats("scale.origin"),
        )

    def _start(self, window: Floats, first: Bools, needed: Ints) -> None:
        shrunk = window[:, first] * np.ldexp(1.0, -needed[first])
        self.exponent[first] = needed[first]
        self.origin[first] = np.nanmean(shrunk, axis=0)
        self.seen = self.seen | first


@compiled
def _fits(window: Floats, seen: Bools, room: Floats) -> bool:
    """Whether all variables have been seen, and none is larger than there is room for."""
    for row in window:
        for i in range(len(row)):
            if abs(row[i]) > room[i]:
                return False
    return bool(np.all(seen))


def _exponent(largest: Floats) -> Ints:
    """The e with largest ≤ 2ᵉ, variable by variable."""
    return np.maximum(np.frexp(largest)[1].astype(np.int64), SMALLEST_EXPONENT)
