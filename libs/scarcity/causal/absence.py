"""What missing values do to standard errors.

Correlations from pairs of present values carry noise of their own: whether a value was there is
drawn anew in each row, and by chance it correlates with a source. The residual does not show that
noise, so that plain standard errors are too small. Let o_k be the odds missing/present of variable
k, Ω the inverse correlation of the regressors, σ²_j = 1 - R²_j, ρ_i the autocorrelation of
variable i, and c_kj(a), a = 0 … L, the coefficients of variable k in the equation of target j: 1
for the target itself at lag 0, -β elsewhere. With

    v_ij = Σ_k o_k Σ_{a,b} c_kj(a) c_kj(b) ρ_i(a-b)     what absent regressors add for source i,
    w_j  = Σ_k o_k Σ_a c_kj(a)²                         the same for a source without memory,

the coefficient of column p, a lag of variable i, has to first order the variance

    Var β_pj = [ Ω_pp (σ²_j + v_ij) + (σ²_j + w_j) Σ_q Ω_pq² o_q ] / (n_ij - m - 1) ,
    n_ij = (rows where i and j are both present) · (1 + o_i) (1 + o_j) :

the second term is the noise of the source's own absences. All of it supposes that values are
missing independently of everything; without missing values it is the ordinary variance. The
formula is our own, derived by the delta method; its measured size is in the tests.
"""

import numpy as np

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.design import Design
from scarcity.stats.arrays import Floats
from scarcity.stats.least_squares import LeastSquares


def variance_under_absence(
    correlation: LaggedCorrelation, design: Design, fit: LeastSquares
) -> Floats:
    """Var β (column, target); NaN where there are too few rows for any."""
    odds = np.where(correlation.informative, correlation.absence, 0.0)
    overlaps = _overlaps(design, fit, odds)
    targets, sources = design.targets, design.sources
    with_memory = np.maximum(_memory(correlation) @ overlaps, 0.0)[np.ix_(sources, targets)]
    precision = fit.precision
    of_regressors = np.diag(precision)[:, None] * (fit.residual + with_memory)
    of_source = np.outer(precision**2 @ odds[sources], fit.residual + overlaps[0, targets])
    present = np.outer(1.0 + odds[sources], 1.0 + odds[targets])
    rows = design.select(correlation.rows[:, 1:, :]) * present
    freedom = rows - len(sources) - 1.0
    variance: Floats = (of_regressors + of_source) / np.where(freedom > 0.0, freedom, np.nan)
    return variance


def _overlaps(design: Design, fit: LeastSquares, odds: Floats) -> Floats:
    """Σ_k o_k Σ_a c_kj(a) c_kj(a+h), as (h, target)."""
    variables = np.arange(design.variables)
    lagged = design.place(-fit.coefficients, 0.0)
    equation = np.concatenate([np.zeros_like(lagged[:, :1]), lagged], axis=1)
    equation[variables, 0, variables] = 1.0
    weighed = odds[:, None, None] * equation
    lags = design.max_lag + 1
    return np.stack(
        [np.einsum("kaj,kaj->j", weighed[:, h:], equation[:, : lags - h]) for h in range(lags)]
    )


def _memory(correlation: LaggedCorrelation) -> Floats:
    """How often the autocorrelation at h counts in a sum over all (a, b): ρ(0), 2ρ(h); (i, h)."""
    autocorrelation: Floats = np.einsum("iih->ih", correlation.matrix[:, 0])
    weights = np.full(autocorrelation.shape[1], 2.0)
    weights[0] = 1.0
    weighted: Floats = autocorrelation * weights
    return weighted
