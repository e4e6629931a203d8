"""The test of every edge at once: a vector autoregression of order L, all lags of all variables.

For each target j, ordinary least squares of x_j(t) on an intercept and x_i(t-k), all i and all
k = 1 … L, its own past included. With m regressors, n usable rows, everything standardised,

    se_ikj = sqrt( [R⁻¹]_ik,ik · (1 - R²_j) / df ) ,   df = n - m - 1 ,
    t = β / se ,   p = 2 P(T_df > |t|) .

β_ikj ≠ 0 says that the past of i improves the forecast of j beyond the past of all others:
Granger causality, conditional on every variable of the stream. The family of the false-discovery
control is all cross edges (i ≠ j); autocorrelations have one of their own, so that the many sure
ones among them do not make cross edges easier to accept.

Where values are missing, n is the number of rows that have both source and target, the variance
is the larger one of `absence`, and "all others" are those of the edge's cohort (`cohorts`).

Source: H. Lütkepohl, New Introduction to Multiple Time Series Analysis (2005), sections 3.2, 3.6.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from scarcity.causal.absence import variance_under_absence
from scarcity.causal.cohorts import cohorts
from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.design import Design
from scarcity.stats.arrays import Bools, Floats
from scarcity.stats.correlation import independent_columns
from scarcity.stats.least_squares import LeastSquares, least_squares
from scarcity.stats.multiplicity import benjamini_hochberg

SPARE_ROWS = 10
"""Degrees of freedom below which nothing is tested."""

COVERAGE_OF_INTERVAL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of every hypothesis; arrays (lag - 1, source, target), NaN where untested."""

    effect: Floats
    se: Floats
    freedom: Floats
    p_value: Floats
    q_value: Floats
    accepted: Bools

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


def estimate(correlation: LaggedCorrelation, config: EngineConfig) -> Estimate:
    """Test every edge that the data so far can speak about."""
    d, lags = correlation.matrix.shape[0], correlation.matrix.shape[1] - 1
    tested = np.full((3, lags, d, d), np.nan)
    for members in reversed(cohorts(correlation)):
        pairs = np.outer(members, members)
        tested[:, :, pairs] = _cohort(correlation.among(members))[:, :, pairs]
    effect, se, freedom = tested
    return _decide(effect, se, freedom, config)


def _cohort(correlation: LaggedCorrelation) -> Floats:
    """Effect, standard error, freedom (3, lag - 1, source, target) of the edges of one cohort."""
    d, lags = correlation.matrix.shape[0], correlation.matrix.shape[1] - 1
    candidates = np.flatnonzero(np.repeat(correlation.informative, lags))
    if correlation.rows.max() - candidates.size - 1 < SPARE_ROWS:
        return np.full((3, lags, d, d), np.nan)
    lagged = correlation.matrix[:, 1:, :, 1:].reshape(d * lags, d * lags)
    columns = candidates[independent_columns(lagged[np.ix_(candidates, candidates)])]
    targets = np.flatnonzero(correlation.informative)
    crossed = correlation.matrix[:, 1:, :, 0].reshape(d * lags, d)
    fit = least_squares(lagged[np.ix_(columns, columns)], crossed[np.ix_(columns, targets)])
    return _test(correlation, Design(d, lags, columns, targets), fit)


def _test(correlation: LaggedCorrelation, design: Design, fit: LeastSquares) -> Floats:
    rows = correlation.rows[:, 1:, :]
    freedom = design.select(rows) - len(design.columns) - 1.0
    freedom[freedom < SPARE_ROWS] = np.nan
    if correlation.absence.any():
        se = np.sqrt(variance_under_absence(correlation, design, fit))
    else:
        se = np.sqrt(fit.variance_inflation[:, None] * fit.residual / freedom)
    tested = np.where(np.isnan(freedom), np.nan, (fit.coefficients, se, freedom))
    return np.stack([design.place(each, np.nan).transpose(1, 0, 2) for each in tested])


def _decide(effect: Floats, se: Floats, freedom: Floats, config: EngineConfig) -> Estimate:
    p_value = 2.0 * stdtr(freedom, -np.abs(effect / se))
    own = np.broadcast_to(np.eye(effect.shape[1], dtype=np.bool_), effect.shape)
    q_value = np.full(effect.shape, np.nan)
    for family in (own, ~own):
        q_value[family] = benjamini_hochberg(p_value[family])
    accepted = (q_value <= config.alpha) & (np.abs(effect) >= config.min_effect)
    return Estimate(effect, se, freedom, p_value, q_value, accepted)
