"""The test of every edge: partial correlation given the parents of its target.

For a hypothesis i(t-k) → j(t), ordinary least squares of x_j(t) on the column and on the parents
of j (`structure`), q regressors together; everything standardised, n usable rows:

    se = sqrt( [R⁻¹]_cc · (1 - R²) / df ) ,   df = n - q - 1 ,   t = β / se .

A lagged edge has to hold whether or not the children of j at lag 0 are known too: t is the smaller
of both, as a common cause of j and a child shows in one only. Significant is not important: in a
long stream everything is significant, above all what an unobserved common cause leaves behind. So
the hypothesis tested is that the partial correlation is at most ρ₀ = `min_effect`,

    p = P(T_df > |t| - δ) + P(T_df > |t| + δ) ,   δ = ρ₀ sqrt( df / (1 - ρ₀²) ) ,

which is the ordinary p-value for ρ₀ = 0. An edge is accepted when its q-value is at most `alpha`.
The family of the false-discovery control is all edges between different variables, pairs at lag 0
included; autocorrelations have one of their own, so that the many sure ones among them do not make
other edges easier to accept.

Where values are missing, n is the number of rows that have both source and target, the variance
is the larger one of `absence`, and the parents are those of the edge's cohort (`cohorts`).

Source of the interval hypothesis: J. L. Hodges, E. L. Lehmann, "Testing the approximate validity
of statistical hypotheses", J. R. Stat. Soc. B 16 (1954).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from scarcity.causal.absence import variance_under_absence
from scarcity.causal.cohorts import cohorts
from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.curvature import Lane, curved, stronger
from scarcity.causal.model import Fit, Model, fitted
from scarcity.causal.structure import MOST_PARENTS, Search, Structure
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg
from scarcity.stats.subset import contributions

SPARE_ROWS = 10
"""Degrees of freedom below which nothing is tested."""

LITTLE = 0.1
"""Odds of a value being missing up to which a structure is kept, and the nonlinear lane speaks."""

COVERAGE_OF_INTERVAL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of every hypothesis; arrays (lag, source, target), NaN where untested.

    At lag 0 a pair of variables is one hypothesis: in its direction, if it is linked.
    """

    effect: Floats
    se: Floats
    freedom: Floats
    score: Floats
    """|t|"""
    p_value: Floats
    q_value: Floats
    accepted: Bools
    oriented: Bools
    quadratic: Bools
    """whether the numbers are those of the square of the source"""

    @property
    def tested(self) -> Bools:
        """Which hypotheses were tested."""
        tested: Bools = ~np.isnan(self.p_value)
        return tested

    @property
    def margin(self) -> Floats:
        """Half the width of the 95 % interval of the effect."""
        freedom, place = np.unique(self.freedom, return_inverse=True)
        quantile: Floats = stdtrit(freedom, 0.5 + COVERAGE_OF_INTERVAL / 2)
        return quantile[place].reshape(self.se.shape) * self.se


def hypotheses(variables: int, max_lag: int) -> int:
    """How many edges between different variables there can be; a pair at lag 0 counts once."""
    pairs = variables * (variables - 1)
    return max_lag * pairs + pairs // 2


def estimate(
    correlation: LaggedCorrelation,
    config: EngineConfig,
    known: Structure | None = None,
    squares: LaggedCorrelation | None = None,
) -> tuple[Estimate, Structure, Model]:
    """Test every edge that the data so far can speak about.

    known    a structure to go on with; without one, or where values are missing, it is searched
    squares  the correlations of rows with squares beside them, for the nonlinear lane
    """
    d, width = correlation.matrix.shape[:2]
    tested = np.full((4, width, d, d), np.nan)
    whole = Structure.empty(d)
    model = Model.empty(d, width - 1)
    groups = cohorts(correlation)
    if len(groups) > 1 or np.any(correlation.absence[correlation.informative] > LITTLE):
        known = None
    for members in reversed(groups):
        cohort = correlation.among(members)
        structure = known or _search(cohort)
        of_cohort, fit = _given(cohort, structure)
        pairs = np.outer(members, members)
        tested[:, :, pairs] = of_cohort[:, :, pairs]
        whole = whole.replaced(members, structure)
        model = model.replaced(members, fitted(cohort, structure.parents, fit))
    structure = known or whole
    lane = None
    if squares is not None and groups and np.all(correlation.absence[groups[0]] <= LITTLE):
        both = squares.informative & np.tile(groups[0], 2)
        lane = curved(replace(squares, informative=both), structure)
    return _decide(tested, lane, structure, config), structure, model


def _search(correlation: LaggedCorrelation) -> Structure:
    members = np.flatnonzero(correlation.informative)
    rows = float(np.median(correlation.rows[:, 0][np.ix_(members, members)]))
    most = int(np.clip(rows - 2 * SPARE_ROWS, 0, MOST_PARENTS))
    width = correlation.matrix.shape[1]
    return Search(correlation.flat, rows, width - 1, members, most).structure()


def _given(correlation: LaggedCorrelation, structure: Structure) -> tuple[Floats, Fit]:
    """Effect, se, freedom, |t| (4, lag, source, target) of the edges of a cohort; and the fit."""
    tested, fit = _tested(correlation, structure.parents)
    if structure.instant.any():
        wider = structure.with_neighbours(correlation.matrix.shape[1] - 1)
        tested[3, 1:] = np.fmin(tested[3, 1:], _tested(correlation, wider)[0][3, 1:])
    # At lag 0 one direction is no hypothesis: the other one of a link, or of a pair.
    linked = structure.instant | structure.instant.T
    upper = np.triu(np.ones(linked.shape, np.bool_), 1)
    tested[:, 0, ~(structure.instant | (upper & ~linked))] = np.nan
    return tested, fit


def _tested(correlation: LaggedCorrelation, parents: Ints) -> tuple[Floats, Fit]:
    """Effect, se, freedom, |t| (4, lag, source, target) given parents (target, any); the fit."""
    fit = _fit(correlation, parents)
    freedom = correlation.rows.transpose(1, 0, 2) - fit.regressors - 1.0
    freedom[freedom < SPARE_ROWS] = np.nan
    if correlation.absence.any():
        se = np.sqrt(variance_under_absence(correlation, parents, fit))
    else:
        se = np.sqrt(fit.inflation * fit.residual / freedom)
    tested = np.stack([fit.effect, se, freedom, np.abs(fit.effect) / se])
    tested[:, np.isnan(tested).any(axis=0)] = np.nan
    return tested, fit


def _fit(correlation: LaggedCorrelation, parents: Ints) -> Fit:
    d, width = correlation.matrix.shape[:2]
    members = np.flatnonzero(correlation.informative)
    columns = np.add.outer(members * width, np.arange(width)).ravel()
    found = np.full((3, d, d, width), np.nan)
    found[:, members[:, None], members] = contributions(
        correlation.flat, members * width, parents[members], columns
    ).reshape(3, len(members), len(members), width)
    chosen = np.zeros((d, d * width + 1), np.bool_)
    np.put_along_axis(chosen, parents, values=True, axis=1)
    inside = chosen[:, :-1].reshape(d, d, width).transpose(2, 1, 0)
    effect, inflation, residual = found.transpose(0, 3, 2, 1)
    return Fit(effect, inflation, residual, inside)


def _decide(
    tested: Floats, lane: Lane | None, structure: Structure, config: EngineConfig
) -> Estimate:
    quadratic = np.zeros(tested.shape[1:], np.bool_)
    if lane is not None:
        tested = np.where(np.isnan(lane.linear), tested, lane.linear)
        quadratic = stronger(tested[3], lane.squares[3])
        tested = np.where(quadratic, lane.squares, tested)
    p_value = np.minimum(1.0, _p_value(tested, config.min_effect) * (1.0 + quadratic))
    effect, se, freedom, score = tested
    own = np.broadcast_to(np.eye(effect.shape[1], dtype=np.bool_), effect.shape)
    q_value = np.full(effect.shape, np.nan)
    for family in (own, ~own):
        q_value[family] = benjamini_hochberg(p_value[family])
    accepted = q_value <= config.alpha
    accepted[0] &= structure.instant
    oriented = np.ones(accepted.shape, np.bool_)
    oriented[0] = structure.decided | ~structure.instant
    return Estimate(effect, se, freedom, score, p_value, q_value, accepted, oriented, quadratic)


def _p_value(tested: Floats, min_effect: float) -> Floats:
    """Exact above the margin; below it, where p is more than a half, that of a Gaussian."""
    _, _, freedom, score = tested
    margin = min_effect * np.sqrt(freedom / (1.0 - min_effect**2))
    p_value: Floats = ndtr(margin - score) + ndtr(-margin - score)
    exact = score > margin
    t, df, by = score[exact], freedom[exact], margin[exact]
    p_value[exact] = stdtr(df, by - t) + stdtr(df, -by - t)
    return p_value
