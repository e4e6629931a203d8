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

the second term is the noise of the absences of the source and of the regressors beside it; for a
column that is not among the parents of its target only its own are counted. All of it supposes that
values are missing independently of everything; without missing values it is the ordinary variance.
The formula is our own, derived by the delta method; its measured size is in the tests.
"""

import numpy as np

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.stats.arrays import Floats, Ints
from scarcity.stats.subset import NONE


def variance_under_absence(
    correlation: LaggedCorrelation,
    targets: Ints,
    parents: Ints,
    fit: tuple[Floats, Floats, Floats],
) -> Floats:
    """Var β (target, column) of these targets, given parents (target, any); NaN = too few rows.

    fit  (target, column): β, [R⁻¹] at the column, and 1 - R² of the regressions
    """
    effect, inflation, residual = fit
    d, width = correlation.matrix.shape[:2]

    def by_lag(values: Floats) -> Floats:
        """(lag, source, target)"""
        return values.reshape(len(targets), d, width).transpose(2, 1, 0)

    odds = np.where(correlation.informative, correlation.absence, 0.0)
    equation = np.zeros((width, d, len(targets)))
    for place, chosen in enumerate(parents):
        columns = chosen[chosen != NONE]
        equation[columns % width, columns // width, place] = -effect[place, columns]
    equation[0, targets, np.arange(len(targets))] = 1.0
    overlaps = _overlaps(equation, odds)
    with_memory = np.maximum(_memory(correlation) @ overlaps, 0.0)
    of_regressors = by_lag(inflation) * (by_lag(residual) + with_memory)
    scattered = by_lag(inflation) ** 2 * odds[:, None]
    for place, chosen in enumerate(parents):
        _scatter(correlation, chosen[chosen != NONE], odds, scattered[:, :, place])
    of_source = scattered * (by_lag(residual) + overlaps[0])
    present = np.outer(1.0 + odds, 1.0 + odds[targets])
    rows = correlation.rows.transpose(1, 0, 2)[:, :, targets] * present
    spent = by_lag(regressors(parents, d * width).astype(np.float64))
    freedom = rows - spent - 1.0
    variance = (of_regressors + of_source) / np.where(freedom > 0.0, freedom, np.nan)
    columns_by_target: Floats = variance.transpose(2, 1, 0).reshape(len(targets), -1)
    return columns_by_target


def regressors(parents: Ints, columns: int) -> Ints:
    """How many columns (target, column) the regressions on a column and the parents have."""
    count = np.repeat(np.sum(parents != NONE, axis=1)[:, None] + 1, columns, axis=1)
    inside = np.zeros((len(parents), columns + 1), np.bool_)
    np.put_along_axis(inside, parents, values=True, axis=1)
    fewer: Ints = count - inside[:, :-1]
    return fewer


def _scatter(
    correlation: LaggedCorrelation, columns: Ints, odds: Floats, scattered: Floats
) -> None:
    """Put Σ_q Ω_pq² o_q of the columns p of one regression at their (lag, source)."""
    width = correlation.matrix.shape[1]
    matrix = correlation.matrix.reshape(len(odds) * width, -1)
    precision = np.linalg.inv(matrix[np.ix_(columns, columns)])
    scattered[columns % width, columns // width] = precision**2 @ odds[columns // width]


def _overlaps(equation: Floats, odds: Floats) -> Floats:
    """Σ_k o_k Σ_a c_kj(a) c_kj(a+h) of the equations c (lag, variable, target), as (h, target)."""
    lags = len(equation)
    weighed = odds[:, None] * equation
    return np.stack(
        [np.einsum("akj,akj->j", weighed[: lags - h], equation[h:]) for h in range(lags)]
    )


def _memory(correlation: LaggedCorrelation) -> Floats:
    """How often the autocorrelation at h counts in a sum over all (a, b): ρ(0), 2ρ(h); (i, h)."""
    autocorrelation: Floats = np.einsum("iih->ih", correlation.matrix[:, 0])
    weights = np.full(autocorrelation.shape[1], 2.0)
    weights[0] = 1.0
    weighted: Floats = autocorrelation * weights
    return weighted
