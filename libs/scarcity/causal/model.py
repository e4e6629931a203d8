"""What the engine expects of the next row: the structure with its coefficients.

    x_j(t) = a_j + Σ_{(i,k) ∈ parents of j} b_ikj x_i(t-k) + e_j(t) ,   e_j independent, sd σ_j

Lag 0 included, so that the e_j of one step are independent of each other as far as the structure
is right. It judges windows that come (`change`), and fills in values that did not (`imputation`).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.regression import Tests
from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import NONE, precisions

MOST_CHANGE = 2.0**500
"""Of units, at once: ratios of two such changes are still numbers."""


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
    precision: Floats
    """(target, any, any): R⁻¹ of the parents, standardised"""
    effect: Floats
    inflation: Floats
    """(target, column): those of the tests"""
    rows: float
    """how many rows it rests on"""

    @classmethod
    def empty(cls, variables: int, max_lag: int) -> "Model":
        """Nothing is known yet."""
        none = np.full((variables, 1), NONE, np.int64)
        unknown = np.full(variables, np.nan)
        untested = np.full((variables, variables * (max_lag + 1)), np.nan)
        return cls(
            max_lag=max_lag,
            equations=Equations(none, none, np.zeros((variables, 1)), unknown, unknown),
            mean=unknown,
            spread=unknown,
            precision=np.zeros((variables, 1, 1)),
            effect=untested,
            inflation=untested,
            rows=0.0,
        )

    @property
    def doubt(self) -> Floats:
        """(target, any, any): [X'X]⁻¹ of the parents X about their means.

        σ² doubt is the covariance of the weights.
        """
        sources = self.equations.sources
        scale = np.where(sources == NONE, np.inf, self.spread[sources])
        return self.precision / (self.rows * scale[:, :, None] * scale[:, None])

    @property
    def unexplained(self) -> Floats:
        """(lag, source, target): slopes of the residuals on single columns that are no parents."""
        d, width = len(self.mean), self.max_lag + 1
        slope = np.nan_to_num(self.effect / self.inflation)
        target, place = np.nonzero(self.equations.sources != NONE)
        sources, lags = self.equations.sources[target, place], self.equations.lags[target, place]
        slope[target, sources * width + lags] = 0.0
        unit = self.spread / self.spread[:, None]
        return slope.reshape(d, d, width).transpose(2, 1, 0) * unit

    @property
    def known(self) -> Bools:
        """(variable): of which it expects something."""
        equations = self.equations
        known: Bools = np.isfinite(equations.intercept) & (equations.noise > 0.0)
        return known

    def rescaled(self, factor: Floats) -> "Model":
        """This model of variables in units that make their values so much (variable) larger."""
        equations = self.equations
        factor = np.clip(factor, 1.0 / MOST_CHANGE, MOST_CHANGE)
        by_source = np.where(equations.sources == NONE, 1.0, factor[equations.sources])
        scaled = Equations(
            equations.sources,
            equations.lags,
            equations.weights * factor[:, None] / by_source,
            equations.intercept * factor,
            equations.noise * factor,
        )
        return replace(self, equations=scaled, mean=self.mean * factor, spread=self.spread * factor)

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state without that of the tests, for a snapshot."""
        arrays: dict[str, Stored] = {
            **self.equations._asdict(),
            "mean": self.mean,
            "spread": self.spread,
            "precision": self.precision,
            "about": np.array([self.max_lag, self.rows]),
        }
        return {f"{prefix}{name}": array for name, array in arrays.items()}

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str, tests: Tests) -> "Model":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        max_lag, rows = part.floats("about").tolist()
        equations = Equations(
            part.ints("sources"),
            part.ints("lags"),
            part.floats("weights"),
            part.floats("intercept"),
            part.floats("noise"),
        )
        mean, spread, precision = (part.floats(name) for name in ("mean", "spread", "precision"))
        about = (mean, spread, precision, tests.effect, tests.inflation)
        return cls(int(max_lag), equations, *about, rows)

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
            precision=_either(targets, other.precision, self.precision, 0.0),
            effect=np.where(targets[:, None], other.effect, self.effect),
            inflation=np.where(targets[:, None], other.inflation, self.inflation),
            rows=max(self.rows, other.rows),
        )

    def residuals(self, stretch: Floats) -> Floats:
        """e(t) of the rows (time, variable) that have all their L predecessors; NaN = unknown."""
        found = residuals(np.ascontiguousarray(stretch.T), self.max_lag, self.equations)
        return np.ascontiguousarray(found.T)


def fitted(correlation: LaggedCorrelation, parents: Ints, tests: Tests) -> Model:
    """The model with these parents (target, any)."""
    width = correlation.matrix.shape[1]
    mean, spread = correlation.mean, correlation.spread
    sources, lags = np.empty((2, *parents.shape), np.int64)
    intercept, noise = np.empty((2, len(parents)))
    equations = Equations(sources, lags, np.zeros(parents.shape), intercept, noise)
    known = (mean, spread, correlation.informative)
    _equate(parents, tests.effect, tests.residual, known, equations)
    return Model(
        max_lag=width - 1,
        equations=equations,
        mean=mean[:, 0].copy(),
        spread=spread[:, 0].copy(),
        precision=precisions(correlation.flat, parents),
        effect=tests.effect,
        inflation=tests.inflation,
        rows=float(correlation.rows.max()),
    )


@compiled
def _equate(
    parents: Ints,
    effect: Floats,
    residual: Floats,
    known: tuple[Floats, Floats, Bools],
    equations: Equations,
) -> None:
    """Fill in the equations.

    known  means and standard deviations (variable, lag), and which variables are informative
    """
    mean, spread, informative = known
    width = effect.shape[1] // len(parents)
    equations.sources[:] = NONE
    equations.lags[:] = 0
    for j in range(len(parents)):
        level, left = mean[j, 0], 1.0
        for place in range(parents.shape[1]):
            column = parents[j, place]
            if column == NONE:
                break
            source, lag = column // width, column % width
            weight = effect[j, column] * spread[j, 0] / spread[source, lag]
            if np.isnan(weight):
                weight = 0.0
            equations.sources[j, place] = source
            equations.lags[j, place] = lag
            equations.weights[j, place] = weight
            level -= weight * mean[source, lag]
            left = residual[j, column]
        equations.intercept[j] = level if informative[j] else np.nan
        equations.noise[j] = np.sqrt(left) * spread[j, 0]


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
def residuals(stretch: Floats, max_lag: int, equations: Equations) -> Floats:
    """What is left, e (variable, time), of rows (variable, time) that follow the first L.

    Loops run along time.
    """
    d, rows = stretch.shape
    found = np.empty((d, max(rows - max_lag, 0)))
    for j in range(d):
        into, own, level = found[j], stretch[j], equations.intercept[j]
        for t in range(len(into)):
            into[t] = own[t + max_lag] - level
        for place in range(equations.sources.shape[1]):
            source = equations.sources[j, place]
            if source == NONE:
                break
            before, weight = stretch[source], equations.weights[j, place]
            first = max_lag - equations.lags[j, place]
            for t in range(len(into)):
                into[t] -= weight * before[first + t]
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
