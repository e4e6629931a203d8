"""Ordinary least squares from correlations alone: all targets share one design, one factorisation.

With R the correlations of the m regressors, r those of regressors with targets, and R = L Lᵀ,

    W = L⁻¹ r ,    β = L⁻ᵀ W ,    1 - R²_j = 1 - Σ_i W[i, j]² ,    [R⁻¹]_ii = Σ_k (L⁻¹[k, i])² .

β is in standard deviations of the target per standard deviation of the regressor; its standard
error is sqrt([R⁻¹]_ii · (1 - R²_j) / df). An intercept is implied: correlations are centred.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from scarcity.stats.arrays import Floats

SMALLEST_RESIDUAL = 1e-14
"""The residual share of a target that its regressors determine: rounding, not knowledge."""


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """The regression of every target on every regressor, standardised."""

    coefficients: Floats
    """(regressor, target)"""
    residual: Floats
    """(target): the share of variance left, 1 - R²"""
    whitening: Floats
    """(regressor, regressor): L⁻¹"""

    @property
    def variance_inflation(self) -> Floats:
        """(regressor): the diagonal of R⁻¹."""
        inflation: Floats = np.einsum("ki,ki->i", self.whitening, self.whitening)
        return inflation

    @property
    def precision(self) -> Floats:
        """(regressor, regressor): R⁻¹."""
        return self.whitening.T @ self.whitening


def least_squares(regressors: Floats, crossed: Floats) -> LeastSquares:
    """Solve from R (regressor, regressor), positive definite, and r (regressor, target)."""
    factor, _ = linalg.lapack.dpotrf(regressors, lower=1)
    whitening, _ = linalg.lapack.dtrtri(factor, lower=1)
    projected = whitening @ crossed
    explained = np.einsum("ij,ij->j", projected, projected)
    return LeastSquares(
        coefficients=whitening.T @ projected,
        residual=np.maximum(1.0 - explained, SMALLEST_RESIDUAL),
        whitening=whitening,
    )
