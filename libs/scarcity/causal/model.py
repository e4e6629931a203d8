"""What the engine expects of the next row: the structure with its coefficients.

    x_j(t) = a_j + Σ_{(i,k) ∈ parents of j} b_ikj x_i(t-k) + e_j(t) ,   e_j independent, sd σ_j

Lag 0 included, so that the e_j of one step are independent of each other as far as the structure
is right. It judges windows that come (`change`), and fills in values that did not (`imputation`).
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import NONE, precisions


@dataclass(frozen=True, slots=True)
class Fit:
    """What each column adds to the parents of each target; arrays (lag, source, target)."""

    effect: Floats
    """β of a regression on the column and the parents, standardised"""
    inflation: Floats
    """[R⁻¹] of that regression at the column"""
    residual: Floats
    """1 - R² of that regression"""
    inside: Bools
    """whether the column is a parent"""

    @property
    def regressors(self) -> Ints:
        """How many columns that regression has."""
        count: Ints = self.inside.sum(axis=(0, 1)) + ~self.inside
        return count

    @property
    def left(self) -> Floats:
        """(target): 1 - R² of the regression on the parents."""
        left = np.max(np.where(self.inside, self.residual, 0.0), axis=(0, 1), initial=0.0)
        return np.where(left > 0.0, left, 1.0)

    @property
    def unexplained(self) -> Floats:
        """The covariance of the column with the residuals of the regression on the parents."""
        covariance: Floats = np.nan_to_num(self.effect / self.inflation)
        return np.where(self.inside, 0.0, covariance)


class Equations(NamedTuple):
    """x_j(t) = a_j + Σ b x_source(t - lag) + e_j(t), one for each variable j."""

    sources: Ints
    """(target, any): variables, filled up with NONE"""
    lags: Ints
    """(target, any)"""
    weights: Floats
    """(target, any): b"""
    intercept: Floats
    """(target): a; NaN where nothing is known"""
    noise: Floats
    """(target): σ"""


@dataclass(frozen=True, slots=True)
class Model:
    """Equations in the units of the rows they are about, and how well they are known."""

    max_lag: int
    equations: Equations
    mean: Floats
    """(variable)"""
    spread: Floats
    """(variable): standard deviations"""
    doubt: Floats
    """(target, any, any): [X'X]⁻¹ of the parents X about their means; σ² doubt is the covariance
    of the weights"""
    unexplained: Floats
    """(lag, source, target): slopes of the residuals on single columns that are no parents"""
    rows: float
    """how many rows it rests on"""

    @classmethod
    def empty(cls, variables: int, max_lag: int) -> "Model":
        """Nothing is known yet."""
        none = np.full((variables, 1), NONE, np.int64)
        unknown = np.full(variables, np.nan)
        return cls(
            max_lag=max_lag,
            equations=Equations(none, none, np.zeros((variables, 1)), unknown, unknown),
            mean=unknown,
            spread=unknown,
            doubt=np.zeros((variables, 1, 1)),
            unexplained=np.zeros((max_lag + 1, variables, variables)),
            rows=0.0,
        )

    @property
    def known(self) -> Bools:
        """(variable): of which it expects something."""
        equations = self.equations
        known: Bools = np.isfinite(equations.intercept) & (equations.noise > 0.0)
        return known

    def replaced(self, targets: Bools, other: "Model") -> "Model":
        """This model, with the equations of these targets from another one."""
        if targets.all():
            return other
        mine, its = self.equations, other.equations
        return Model(
            max_lag=self.max_lag,
            equations=Equations(
                sources=_either(targets, its.sources, mine.sources, NONE),
                lags=_either(targets, its.lags, mine.lags, 0),
                weights=_either(targets, its.weights, mine.weights, 0.0),
                intercept=np.where(targets, its.intercept, mine.intercept),
                noise=np.where(targets, its.noise, mine.noise),
            ),
            mean=np.where(targets, other.mean, self.mean),
            spread=np.where(targets, other.spread, self.spread),
            doubt=_either(targets, other.doubt, self.doubt, 0.0),
            unexplained=np.where(targets, other.unexplained, self.unexplained),
            rows=max(self.rows, other.rows),
        )

    def residuals(self, stretch: Floats) -> Floats:
        """e(t) of the rows (time, variable) that have all their L predecessors; NaN = unknown."""
        return _residuals(stretch, self.max_lag, self.equations)


def fitted(correlation: LaggedCorrelation, parents: Ints, fit: Fit) -> Model:
    """The model with these parents (target, any)."""
    width = correlation.matrix.shape[1]
    known = parents != NONE
    columns = np.where(known, parents, 0)
    sources, lags = columns // width, columns % width
    target = np.arange(len(parents))[:, None]
    mean, spread = correlation.mean, correlation.spread
    unit = spread / spread[:, None]
    effect = np.nan_to_num(fit.effect[lags, sources, target])
    weights = np.where(known, effect * unit[sources, target], 0.0)
    intercept = np.where(correlation.informative, mean - np.sum(weights * mean[sources], 1), np.nan)
    rows = float(correlation.rows.max())
    scale = np.where(known, spread[sources], np.inf)
    return Model(
        max_lag=width - 1,
        equations=Equations(
            np.where(known, sources, NONE), lags, weights, intercept, np.sqrt(fit.left) * spread
        ),
        mean=mean,
        spread=spread,
        doubt=precisions(correlation.flat, parents) / (rows * scale[:, :, None] * scale[:, None]),
        unexplained=fit.unexplained * unit,
        rows=rows,
    )


Array = TypeVar("Array", Floats, Ints)
"""Entries of one kind."""


def _either(targets: Bools, its: Array, mine: Array, fill: float) -> Array:
    """Entries (target, any …) of one array for these targets, else of the other."""
    shape = tuple(map(max, zip(mine.shape, its.shape, strict=True)))
    found = np.full(shape, fill, mine.dtype)
    for chosen, array in ((targets, its), (~targets, mine)):
        for place in np.flatnonzero(chosen).tolist():
            row = array[place]
            found[place][tuple(slice(size) for size in row.shape)] = row
    return found


@compiled
def _residuals(stretch: Floats, max_lag: int, equations: Equations) -> Floats:
    rows, d = stretch.shape
    found = np.empty((max(rows - max_lag, 0), d))
    for t in range(max_lag, rows):
        for j in range(d):
            found[t - max_lag, j] = stretch[t, j] - expected(stretch, t, j, equations)
    return found


@compiled
def expected(rows: Floats, t: int, j: int, equations: Equations) -> float:
    """What the equation of variable j says of it at row t."""
    value = equations.intercept[j]
    for place in range(equations.sources.shape[1]):
        source = equations.sources[j, place]
        if source == NONE:
            break
        value += equations.weights[j, place] * rows[t - equations.lags[j, place], source]
    return float(value)
