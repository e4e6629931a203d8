"""What exact discovery knows of the data: correlations of lagged columns over one set of rows.

PCMCI tests a link of lag up to L given the past of both its ends, so it looks 2 L steps back, and
it takes every test of a sample from the same rows: the n ones that have 2 L predecessors. All that
its partial correlations need of them is

    R[a, i, b, j] = cor( x_i(t-a), x_j(t-b) ) ,     a, b = 0 … 2 L,   t = 2 L … T-1 ,

which a stream's `LaggedMoments` of max_lag 2 L hold exactly, whatever its windows were. Over gaps,
n counts the rows with 2 L predecessors in their own segment: each segment is a data set of its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scarcity.causal.correlation import lagged_correlation
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.scaling import ColumnScale
from scarcity.stats.arrays import Floats

INCOMPLETE = (
    "exact discovery takes complete rows: fill or drop those with missing values, "
    "or ask scarcity.causal.Engine, which can do with them"
)


@dataclass(frozen=True, slots=True)
class LaggedSample:
    """The sufficient statistics of PCMCI and PCMCI+ for links of lag 0 … L."""

    correlation: Floats
    """(lag, variable, lag, variable), lags 0 … 2 L; 0 with everything, itself too, if constant"""
    rows: int

    @classmethod
    def of_moments(cls, moments: LaggedMoments) -> "LaggedSample":
        """The sample of a stream so far; links up to half the lag of its moments.

        ValueError when values were missing, or when there is nothing to test yet.
        """
        if moments.masked:
            raise ValueError(INCOMPLETE)
        if moments.max_lag < 2 or moments.max_lag % 2:
            raise ValueError(f"links up to lag L need moments up to lag 2 L, not {moments.max_lag}")
        if not moments.usable:
            raise ValueError(f"no row has {moments.max_lag} rows before it: wait for more")
        matrix = lagged_correlation(moments).matrix
        return cls(np.ascontiguousarray(matrix.transpose(1, 0, 3, 2)), int(moments.usable))

    @classmethod
    def of_rows(cls, values: ArrayLike, max_lag: int) -> "LaggedSample":
        """The sample of these rows (time, variable), without a gap; links up to `max_lag`."""
        rows = np.asarray(values, dtype=np.float64)
        if not np.isfinite(rows).all():
            raise ValueError(INCOMPLETE)
        scale = ColumnScale.unseen(rows.shape[1])
        scale.adapt(rows)
        moments = LaggedMoments(rows.shape[1], 2 * max_lag)
        moments.add(scale.apply(rows))
        return cls.of_moments(moments)

    @property
    def variables(self) -> int:
        """How many variables there are."""
        return int(self.correlation.shape[1])

    @property
    def max_lag(self) -> int:
        """L, the longest lag of a link."""
        return int(self.correlation.shape[0] - 1) // 2
