"""What the sum of the peers' statistics says of every edge: effect, standard error, z.

From the Gram matrix the regression is that of all rows together with one intercept per peer: the
columns were centred at each peer, which is what an intercept does (Frisch, Waugh and Lovell), and
each intercept costs one degree of freedom.

From covariances Γ_k = C_k / (rows - k · windows), with Γ_{-k} = Γ_kᵀ, it is the Yule-Walker one,

    S[a, b] = Γ_{b-a} ,    B = [Γ_1 … Γ_L] S⁻¹     (a, b = 1 … L) .

Noise of variance σ² on every value of C_k (k > 0) and on the diagonal of C_0, σ²/2 beside it, moves
B. To first order, with B_0 = -1 at the target and w_a the part of a column of S⁻¹ at lag a, the
coefficient moves by Σ_k <E_k, M_k>, so its variance grows by σ² (Σ_k |M_k|² + |sym M_0|²),

    M_k = Σ_{b=0}^{L-k} ( B_b w_{b+k}ᵀ + w_b B_{b+k}ᵀ ) ,    M_0 = Σ_a B_a w_aᵀ ,    w_0 = 0 .

Eigenvalues of S below the edge of the noise's own spectrum, 2 σ sqrt(d L / 2), cannot be told from
it and are raised to it.
"""

from dataclasses import dataclass

import numpy as np

from scarcity.federation.sealed.statistics import COUNTS, Shape, triangle
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.correlation import independent_columns
from scarcity.stats.least_squares import least_squares

SMALLEST_RESIDUAL = 0.01
"""Of a variable's variance, as far as noise leaves it to be known."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The regression of every variable on the past of all; each (lag - 1, source, target).

    In standard deviations of the target per standard deviation of the source. NaN where the rows
    cannot tell: a constant variable, or one that repeats others.
    """

    effects: Floats
    errors: Floats
    """standard errors"""
    steps: float
    """design rows behind it"""

    @property
    def z(self) -> Floats:
        return self.effects / self.errors


def from_gram(total: Floats, shape: Shape) -> Evidence:
    """The evidence in a sum of `lagged_gram`."""
    d, p = shape.variables, shape.columns
    gram = _symmetric(total[:-COUNTS], p)
    steps, intercepts = float(total[-2]), float(total[-1])
    spread = np.sqrt(np.diag(gram))
    varies = spread > np.sqrt(steps) * 1e-6
    scale = np.where(varies, spread, 1.0)
    correlation = gram / np.outer(scale, scale) + np.diag(~varies)
    used = d + np.flatnonzero(varies[d:] & _independent(correlation[d:, d:], varies[d:]))
    fit = least_squares(correlation[np.ix_(used, used)], correlation[np.ix_(used, np.arange(d))])
    freedom = steps - intercepts - len(used)
    errors = np.sqrt(np.outer(fit.variance_inflation, fit.residual) / freedom)
    unit = np.where(varies[:d], scale[:d], np.nan) / scale[used][:, None]
    return Evidence(
        effects=_placed(fit.coefficients * unit, used - d, shape),
        errors=_placed(errors * unit, used - d, shape),
        steps=steps,
    )


def from_covariances(total: Floats, shape: Shape, sigma: float) -> Evidence:
    """The evidence in a sum of `lagged_covariances` with noise of this σ, in units of products."""
    d, lags = shape.variables, shape.max_lag
    rows, windows = float(total[-2]), float(total[-1])
    steps = rows - lags * windows
    gamma = _covariances(total, shape) / (rows - windows * np.arange(lags + 1))[:, None, None]
    noise = sigma / steps
    crossed = np.hstack(list(gamma[1:]))
    inverse = _inverse(_toeplitz(gamma), 2.0 * noise * np.sqrt(d * lags / 2.0))
    effects = crossed @ inverse
    variances = np.diag(gamma[0])
    residual = variances - np.einsum("jc,jc->j", effects, crossed)
    residual = np.maximum(residual, SMALLEST_RESIDUAL * np.abs(variances))
    sampling = np.outer(residual, np.diag(inverse)) / (steps - d * lags)
    moved = noise**2 * _noise_gain(effects.reshape(d, lags, d), inverse.reshape(lags, d, -1))
    return Evidence(
        effects=_by_lag(effects, shape),
        errors=_by_lag(np.sqrt(sampling + moved), shape),
        steps=steps,
    )


def _symmetric(upper: Floats, width: int) -> Floats:
    """The matrix whose upper triangle, by rows, this is."""
    matrix = np.zeros((width, width))
    matrix[np.triu_indices(width)] = upper
    return matrix + np.triu(matrix, 1).T


def _independent(correlation: Floats, varies: Bools) -> Bools:
    """Which of the columns that vary tell something of their own."""
    kept = np.zeros(len(varies), np.bool_)
    places = np.flatnonzero(varies)
    kept[places[independent_columns(correlation[np.ix_(places, places)])]] = True
    return kept


def _placed(values: Floats, used: Ints, shape: Shape) -> Floats:
    """(used column, target) as (lag - 1, source, target), NaN elsewhere."""
    d = shape.variables
    placed = np.full((shape.max_lag * d, d), np.nan)
    placed[used] = values
    return placed.reshape(shape.max_lag, d, d)


def _covariances(total: Floats, shape: Shape) -> Floats:
    """C_k as (lag, variable at t, variable at t - lag)."""
    d, split = shape.variables, triangle(shape.variables)
    present = _symmetric(total[:split], d)[None]
    return np.concatenate([present, total[split:-COUNTS].reshape(shape.max_lag, d, d)])


def _toeplitz(gamma: Floats) -> Floats:
    """S of the lags 1 … L."""
    lags = range(len(gamma) - 1)
    return np.block([[gamma[b - a] if b >= a else gamma[a - b].T for b in lags] for a in lags])


def _inverse(matrix: Floats, floor: float) -> Floats:
    """The inverse, once no eigenvalue is below the floor."""
    values, vectors = np.linalg.eigh(matrix)
    tiny = np.finfo(np.float64).eps * np.abs(values).max()
    inverse: Floats = (vectors / np.maximum(values, max(floor, tiny))) @ vectors.T
    return inverse


def _noise_gain(effects: Floats, inverse: Floats) -> Floats:
    """Σ_k |M_k|² + |sym M_0|², (target, column); effects (target, lag, source)."""
    d, lags, _ = effects.shape
    b = np.concatenate([-np.eye(d)[:, None], effects], axis=1)
    w = np.concatenate([np.zeros((1, d, lags * d)), inverse])
    bb = np.einsum("jai,jbi->jab", b, b)
    ww = np.einsum("aic,bic->abc", w, w)
    bw = np.tensordot(b, w, axes=([2], [1]))
    own = slice(1, None)
    gain: Floats = 0.5 * np.einsum("jab,abc->jc", bb[:, own, own], ww[own, own])
    gain += 0.5 * np.einsum("jabc,jbac->jc", bw[:, own, own], bw[:, own, own])
    for k in range(1, lags + 1):
        low, high = slice(None, lags + 1 - k), slice(k, None)
        gain += np.einsum("jab,abc->jc", bb[:, low, low], ww[high, high])
        gain += np.einsum("jab,abc->jc", bb[:, high, high], ww[low, low])
        gain += 2.0 * np.einsum("jabc,jbac->jc", bw[:, low, low], bw[:, high, high])
    return gain


def _by_lag(values: Floats, shape: Shape) -> Floats:
    """(target, lag and source) as (lag - 1, source, target)."""
    d = shape.variables
    return values.reshape(d, shape.max_lag, d).transpose(1, 2, 0)
