"""The nonlinear lane: effects of the square of a source, which a straight line does not see.

    φ_i(t) = min( ((x_i(t) - c_i) / w_i)², 16 ) ,

c_i and w_i mean and standard deviation as the regime first knew them. The lane goes beside the
linear answer, not into it: for each target, squares are chosen by forward and backward selection
given its linear parents, and each square is tested given these and the squares chosen. It speaks
for an edge only where |t| > 3 and more than the linear |t|; its p-value counts twice then, since
the stronger of two was taken. A square with |t| > 4 is a condition of the linear tests of its
target. Elsewhere the linear answer stands as it was.

Squares suffice for even effects, and for products of sources that are correlated; odd ones, such as
saturation, have a linear part already.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.structure import Structure, packed
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.subset import NONE, Rule, contributions, forward_backward

MOST_VARIABLES = 64
"""Beyond, the lane would cost more than everything else: four times the products."""

CLIP = 4.0

SPEAKS = 3.0
"""|t| from which on a square can speak for an edge."""

CLEAR = 4.0
"""|t| from which on a square is a condition of others."""

MOST_SQUARES = 10
"""For one target."""

ROWS_PER_COLUMN = 10.0
"""Fewer rows for each lagged square are too few to begin with."""


@dataclass(frozen=True, slots=True)
class Squares:
    """How rows become rows with squares."""

    centre: Floats
    """(variable)"""
    width: Floats
    """(variable)"""

    def beside(self, rows: Floats) -> Floats:
        """(time, variable) -> (time, 2 · variable)."""
        squares = np.where((self.width > 0.0) | np.isnan(rows), self._unit(rows) ** 2, 0.0)
        return np.hstack([rows, squares])

    def beside_filled(self, rows: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """The same where values have a variance (time, variable), expected; and the variances."""
        width = np.where(self.width > 0.0, self.width, np.inf)
        share = variance / width**2
        of_squares = 2.0 * share * (2.0 * np.nan_to_num(self._unit(rows)) ** 2 + share)
        expected = self.beside(rows)
        expected[:, len(width) :] += share
        return expected, np.hstack([variance, of_squares])

    def _unit(self, rows: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.clip((rows - self.centre) / self.width, -CLIP, CLIP)


@dataclass(frozen=True, slots=True)
class Lane:
    """Tests (4, lag, source, target): effect, se, freedom, |t|; NaN where none was made."""

    squares: Floats
    linear: Floats
    """of targets with clear squares, given these"""


def curved(correlation: LaggedCorrelation, structure: Structure) -> Lane:
    """Look at squares; `correlation` is that of rows with squares beside them."""
    d, width = len(structure.instant), correlation.matrix.shape[1]
    lane = Lane(*np.full((2, 4, width, d, d), np.nan))
    informative = np.flatnonzero(correlation.informative)
    targets, squares = informative[informative < d], informative[informative >= d]
    rows = float(correlation.rows.max())
    lagged = np.add.outer(squares * width, np.arange(1, width)).ravel()
    if not lagged.size or not targets.size or rows < ROWS_PER_COLUMN * lagged.size:
        return lane
    rule = Rule(float(-ndtri(0.5 / lagged.size)), rows, MOST_SQUARES)
    parents = structure.parents[targets]
    chosen = forward_backward(correlation.flat, targets * width, lagged, parents, rule)
    _test(correlation, targets, chosen, squares, lane.squares, d)
    is_square = chosen >= d * width
    columns = np.where(is_square, chosen - d * width, 0)
    score = lane.squares[3][columns % width, columns // width, targets[:, None]]
    clear = is_square & (np.nan_to_num(score) > CLEAR)
    bent = clear.any(axis=1)
    kept = packed(np.where(clear | ~is_square, chosen, NONE)[bent])
    _test(correlation, targets[bent], kept, targets, lane.linear, 0)
    return lane


def _test(
    correlation: LaggedCorrelation,
    targets: Ints,
    chosen: Ints,
    sources: Ints,
    into: Floats,
    first: int,
) -> None:
    """Test the lagged columns of sources given the chosen ones; source `first` comes first."""
    width = correlation.matrix.shape[1]
    lagged = np.add.outer(sources * width, np.arange(1, width)).ravel()
    found = contributions(correlation.flat, targets * width, chosen, lagged)
    effect, inflation, residual = found.reshape(3, len(targets), len(sources), width - 1)
    inside = np.any(chosen[:, :, None] == lagged, axis=1).reshape(effect.shape)
    regressors = np.sum(chosen != NONE, axis=1)[:, None, None] + ~inside
    rows = correlation.rows[np.ix_(sources, np.arange(1, width), targets)].transpose(2, 0, 1)
    freedom = np.maximum(rows - regressors - 1.0, 1.0)
    se = np.sqrt(inflation * residual / freedom)
    place = np.ix_(np.arange(1, width), sources - first, targets)
    for each, values in enumerate((effect, se, freedom, np.abs(effect) / se)):
        into[each][place] = values.transpose(2, 1, 0)


def stronger(linear: Floats, of_squares: Floats) -> Bools:
    """Where |t| of the square speaks for an edge, not the linear |t|."""
    with np.errstate(invalid="ignore"):
        speaks: Bools = (of_squares > SPEAKS) & (of_squares > np.nan_to_num(linear))
    return speaks
