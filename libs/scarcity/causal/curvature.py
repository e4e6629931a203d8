"""The nonlinear lane: effects of the square of a source, which a straight line does not see.

    φ_i(t) = min( ((x_i(t) - c_i) / w_i)², 16 ) ,

c_i and w_i mean and standard deviation as the regime first knew them. The lane goes beside the
linear answer, not into it: for each target, squares are chosen by forward and backward selection
given its linear parents, and each square is tested given these and the squares chosen. It speaks
for an edge only where |t| > 3 and more than the linear |t|; its p-value counts twice then, since
the stronger of two was taken. A square with |t| > 4 is a condition of the linear tests of its
target. Elsewhere the linear answer stands as it was, and as long as no square is far beyond what
chance does to the strongest of all, the lane is silent.

Squares suffice for even effects, and for products of sources that are correlated; odd ones, such as
saturation, have a linear part already.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.regression import Tests, score
from scarcity.causal.structure import Structure, packed
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.subset import NONE, Rule, contribute, forward_backward

MOST_VARIABLES = 64
"""Beyond, the lane would cost more than everything else: four times the products."""

CLIP = 4.0

SPEAKS = 3.0
"""|t| from which on a square can speak for an edge."""

CLEAR = 4.0
"""|t| from which on a square is a condition of others."""

WAKES = 0.01
"""How rarely chance alone, in all squares together, may wake the lane."""

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
class Bends:
    """The squares that were chosen; columns of rows with squares beside them."""

    chosen: Ints
    """(variable, any): parents, and squares chosen, filled up with NONE"""
    clear: Ints
    """(variable, any): parents, and clear squares; only NONE where there is none"""

    def extended(self, added: int, width: int) -> "Bends":
        """The same squares, of rows with more variables; width: lags, 0 among them."""
        first, more = len(self.chosen) * width, ((0, added), (0, 0))
        moved = (np.where(each >= first, each + added * width, each) for each in self._both)
        return Bends(*(np.pad(each, more, constant_values=NONE) for each in moved))

    @property
    def _both(self) -> tuple[Ints, Ints]:
        return self.chosen, self.clear


class Lane(NamedTuple):
    """Tests, NaN where none was made."""

    squares: Tests
    linear: Tests
    """of targets with clear squares, given these"""


def bends(correlation: LaggedCorrelation, structure: Structure) -> Bends | None:
    """Choose squares; `correlation` is that of rows with squares beside them. None = none."""
    d, width = len(structure.instant), correlation.matrix.shape[1]
    informative = np.flatnonzero(correlation.informative)
    targets, squares = informative[informative < d], informative[informative >= d]
    rows = float(correlation.rows.max())
    lagged = np.add.outer(squares * width, np.arange(1, width)).ravel()
    if not lagged.size or not targets.size or rows < ROWS_PER_COLUMN * lagged.size:
        return None
    rule = Rule(float(-ndtri(0.5 / lagged.size)), rows, MOST_SQUARES)
    parents = structure.parents[targets]
    found = forward_backward(correlation.flat, targets * width, lagged, parents, rule)
    chosen = np.full((d, found.shape[1]), NONE, np.int64)
    chosen[targets] = found
    tests = _tested(correlation, chosen, squares=True)
    at = np.where(chosen >= d * width, chosen - d * width, 0)
    strong = np.take_along_axis(np.nan_to_num(tests.score), at, axis=1) > CLEAR
    clear = (chosen >= d * width) & strong
    if not np.any(tests.score > -ndtri(WAKES / 2.0 / (lagged.size * targets.size))):
        return None
    kept = np.where(clear | (chosen < d * width), chosen, NONE)
    kept[~clear.any(axis=1)] = NONE
    return Bends(chosen, packed(kept))


def curved(correlation: LaggedCorrelation, chosen: Bends) -> Lane:
    """Test squares, and straight lines beside clear squares."""
    linear = _tested(correlation, chosen.clear, squares=False)
    for each in linear:
        each[chosen.clear[:, 0] == NONE] = np.nan
    return Lane(_tested(correlation, chosen.chosen, squares=True), linear)


def _tested(correlation: LaggedCorrelation, chosen: Ints, *, squares: bool) -> Tests:
    """Test the lagged columns of all variables, or of their squares, given the chosen ones."""
    d, width = len(chosen), correlation.matrix.shape[1]
    first = d if squares else 0
    targets, columns = np.arange(d), np.arange(first * width, (first + d) * width)
    tests = Tests(*np.empty((6, d, d * width)))
    contribute(correlation.flat, targets * width, chosen, columns, tests[:3])
    rows = correlation.rows[first : first + d, 1, :d].T
    inside = np.where((chosen >= columns[0]) & (chosen <= columns[-1]), chosen - columns[0], NONE)
    outside = np.sum((chosen != NONE) & (inside == NONE), axis=1)
    score(tests, packed(inside), rows - outside[:, None])
    known = np.outer(correlation.informative[:d], correlation.informative[first : first + d])
    untested = ~np.repeat(known, width, axis=1)
    untested[:, ::width] = True
    for each in tests:
        each[untested] = np.nan
    return tests


def stronger(linear: Floats, of_squares: Floats) -> Bools:
    """Where |t| of the square speaks for an edge, not the linear |t|."""
    with np.errstate(invalid="ignore"):
        speaks: Bools = (of_squares > SPEAKS) & (of_squares > np.nan_to_num(linear))
    return speaks
