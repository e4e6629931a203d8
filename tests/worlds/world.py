"""What every world is: observations of a structure that is known.

What is observed is in units of its own for each variable, random scales and offsets, so that
neither variance nor mean tells causes from effects.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class World:
    """Observations of a structure that is known."""

    values: Floats
    """(time, variable)"""
    truth: Bools
    """(lag - 1, source, target): where an edge is; the diagonals hold autocorrelation"""
    instant: Bools | None = None
    """(source, target): where an edge is at lag 0; None = nowhere"""
    changes: tuple[int, ...] = ()
    """the rows at which another structure begins; the truth is the last one's"""
    coefficients: Floats | None = None
    """(lag, source, target), in the observed units; None when the structure is not linear"""
    complete: Floats | None = None
    """(time, variable): the values before some were taken; None when none were"""

    @property
    def variables(self) -> list[str]:
        return [f"x{index}" for index in range(self.values.shape[1])]

    @property
    def pairs(self) -> Bools:
        """(source, target): whether there is an edge at any lag from 1 on."""
        linked: Bools = np.any(self.truth, axis=0)
        return linked

    def edges(self, max_lag: int) -> Bools:
        """(lag, source, target): where an edge is, from lag 0 up to this one."""
        d = self.values.shape[1]
        everywhere = np.zeros((max_lag + 1, d, d), dtype=np.bool_)
        if self.instant is not None:
            everywhere[0] = self.instant
        everywhere[1 : len(self.truth) + 1] = self.truth[:max_lag]
        return everywhere

    def effects(self) -> Floats:
        """(lag, source, target): the coefficients, in standard deviations of target per source."""
        if self.coefficients is None:
            raise ValueError("the structure of this world is not linear")
        spread = np.nanstd(self.values, axis=0)
        standardised: Floats = self.coefficients * spread[:, None] / spread
        return standardised


def units(rng: np.random.Generator, d: int) -> tuple[Floats, Floats]:
    """(variable): a random scale over four orders of magnitude, and an offset far from 0."""
    scale = 10.0 ** rng.uniform(-2.0, 2.0, d)
    return scale, scale * rng.normal(0.0, 20.0, d)
