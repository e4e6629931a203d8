"""The test of every link: x independent of y given Z, by partial correlation, from R alone.

With the correlations of (Z, x, y) factored, R = C Cᵀ, the last row of C holds what Z leaves of y,
the part along x's own remainder and the rest of it, so that

    ρ = C[y, x] / hypot(C[y, x], C[y, y]) ,
    t = ρ sqrt( f / (1 - ρ²) ) ,   f = n - 2 - |Z| ,   p = 2 P(T_f > |t|) .

Columns of Z that repeat or sum up others carry nothing; they count in |Z| all the same. A constant
column is left out of Z and not counted; as x or y it is independent of everything (ρ = 0, p = 1),
and so is a column that Z determines. Without a degree of freedom p is NaN, and no link is kept.

Collinearity amplifies the rounding of R: where the others leave a share s of a column's variance,
ρ is exact to about 1e-16 / s. Below s = 1e-10 the column counts as determined.

The column of variable i at lag k is the number k d + i: a shift by one step back adds d.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.special import stdtr

from scarcity.causal.exact.sample import LaggedSample
from scarcity.stats.arrays import Floats
from scarcity.stats.correlation import DEPENDENT, independent_columns


class Outcome(NamedTuple):
    """One test."""

    value: float
    p_value: float
    conditions: int

    def significant(self, alpha: float) -> bool:
        """Whether x and y are dependent at this level."""
        return self.p_value <= alpha


class PartialCorrelations:
    """The tests of one sample, each made once: neither x and y nor Z have an order."""

    def __init__(self, sample: LaggedSample) -> None:
        self.variables = sample.variables
        self.max_lag = sample.max_lag
        self.rows = sample.rows
        columns = sample.correlation.shape[0] * sample.variables
        self._correlation = sample.correlation.reshape(columns, columns)
        self._constant = frozenset(np.flatnonzero(np.diag(self._correlation) == 0.0).tolist())
        self._made: dict[tuple[int, ...], Outcome] = {}

    def test(self, x: int, y: int, given: Sequence[int]) -> Outcome:
        """Test column x against column y given these columns, neither of them among them."""
        key = (*sorted(given), min(x, y), max(x, y))
        outcome = self._made.get(key)
        if outcome is None:
            outcome = self._made[key] = self._tested(key)
        return outcome

    def residual(self, target: int, given: Sequence[int]) -> float:
        """The share of a column's variance that these columns leave unexplained."""
        if target in self._constant:
            return 1.0
        return float(_remainder(self._among(self._varying([*sorted(given), target])), 1)[0, 0])

    def _tested(self, columns: Sequence[int]) -> Outcome:
        if self._constant.intersection(columns[-2:]):
            return Outcome(0.0, 1.0, len(self._varying(columns[:-2])))
        columns = self._varying(columns)
        value = partial_correlation(self._among(columns))
        freedom = self.rows - len(columns)
        return Outcome(value, _p_value(value, freedom), len(columns) - 2)

    def _among(self, columns: Sequence[int]) -> Floats:
        places = np.array(columns)
        block: Floats = self._correlation[places[:, None], places]
        return block

    def _varying(self, columns: Sequence[int]) -> list[int]:
        return [column for column in columns if column not in self._constant]


def partial_correlation(correlation: Floats) -> float:
    """Of the last two columns, given all before them.

    >>> partial_correlation(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.25], [0.5, 0.25, 1.0]]))
    0.0
    """
    factor, failed = linalg.lapack.dpotrf(correlation, lower=1)
    if failed or factor.diagonal().min() ** 2 < DEPENDENT:
        return _degenerate(correlation)
    along, rest = factor[-1, -2:].tolist()
    return float(along / math.hypot(along, rest))


def _degenerate(correlation: Floats) -> float:
    """The same where columns depend on each other."""
    left = _remainder(correlation, 2)
    if min(left[0, 0], left[1, 1]) < DEPENDENT:
        return 0.0
    return float(np.clip(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1]), -1.0, 1.0))


def _remainder(correlation: Floats, last: int) -> Floats:
    """What is left of the covariances of the last columns when the others are regressed out."""
    first = len(correlation) - last
    remainder = correlation[first:, first:]
    if first:
        kept = np.flatnonzero(independent_columns(correlation[:first, :first]))
        factor, _ = linalg.lapack.dpotrf(correlation[np.ix_(kept, kept)], lower=1)
        explained, _ = linalg.lapack.dtrtrs(factor, correlation[kept, first:], lower=1)
        remainder = remainder - explained.T @ explained
    return remainder


def _p_value(value: float, freedom: int) -> float:
    if freedom < 1:
        return float("nan")
    if abs(value) == 1.0:
        return 0.0
    return float(2.0 * stdtr(freedom, -abs(value) * math.sqrt(freedom / (1.0 - value * value))))
