"""A linear model that learns row by row, from wherever one lets it begin.

Coefficients B (target, column) and their covariance P, in units of the noise variance of a target:

    e = y - B x ,   k = P x / (λ + x' P x) ,   B ← B + e k' ,   P ← (P - k x' P) / λ .

With λ = 1 that is exact Bayesian regression; B and P to begin with are the prior's mean and
covariance, so that a ridge, an empirical-Bayes prior and the outcome of Reptile are three places to
begin. With λ < 1 old rows are forgotten, at a half-life of ln 2 / (1 - λ) rows.

Source: L. Ljung, T. Söderström, "Theory and Practice of Recursive Identification" (1983).
"""

from dataclasses import dataclass

import numpy as np

from scarcity.causal.prior import Expected
from scarcity.stats.arrays import Floats


@dataclass(frozen=True, eq=False)
class Recursive:
    """What is known of the coefficients."""

    coefficients: Floats
    """(target, column)"""
    covariance: Floats
    """(target, column, column) in noise variances; (1, column, column) where targets share it"""

    def foreseen(self, row: Floats) -> Floats:
        """(target): what follows a row (column)."""
        foreseen: Floats = self.coefficients @ row
        return foreseen


def cold(targets: int, columns: int, ridge: float) -> Recursive:
    """Begin at zero, drawn there as if by `ridge` rows."""
    return Recursive(np.zeros((targets, columns)), np.eye(columns)[None] / ridge)


def near(coefficients: Floats, precision: float) -> Recursive:
    """Begin at these coefficients, equally sure of all."""
    return Recursive(coefficients, np.eye(coefficients.shape[1])[None] / precision)


def informed(expected: Expected, noise: float = 1.0) -> Recursive:
    """Begin at what is expected (target, column), as sure of each as that says.

    noise  the variance of a target that its own past and others leave, in its own variances
    """
    variance = expected.se**2 / noise
    return Recursive(expected.mean, variance[:, None] * np.eye(expected.mean.shape[1]))


def learnt(
    model: Recursive, row: Floats, target: Floats, forgetting: Floats | float = 1.0
) -> Recursive:
    """After a row (column) and what followed it (target); forgetting may differ between targets."""
    kept = np.reshape(forgetting, (-1, 1))
    missed = target - model.foreseen(row)
    spread = model.covariance @ row
    gain = spread / (kept + (spread @ row)[:, None])
    covariance = (model.covariance - gain[:, :, None] * spread[:, None]) / kept[:, :, None]
    return Recursive(
        model.coefficients + missed[:, None] * gain,
        0.5 * (covariance + covariance.swapaxes(1, 2)),
    )
