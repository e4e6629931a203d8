"""What a correlation matrix can tell apart, and how to mend one that is not a correlation matrix.

Columns that repeat, or sum up, earlier ones carry no evidence of their own. In the given order,
the squared pivot of the Cholesky factor R = L Lᵀ is the share of column i that the columns before
it do not explain,

    L[i, i]² = 1 - R²(i | 0 … i-1) ,

so a vanishing pivot names the column to leave out, and the earlier column is always the one kept.

Correlations taken pair by pair, each from the rows that both columns have, need not fit together:
the matrix can have negative eigenvalues. Clipping these and scaling the diagonal back to one gives
a true correlation matrix close by (N. J. Higham, "Computing the nearest correlation matrix",
IMA J. Numer. Anal. 22 (2002): this is the first step of the iteration).
"""

import numpy as np
from scipy import linalg

from scarcity.stats.arrays import Bools, Floats

DEPENDENT = 1e-10
"""A column with a smaller share of its own than this is a function of the columns before it."""

JITTER = 1e-12
"""Added to the diagonal so that the factorisation runs through dependent columns."""

SMALLEST_EIGENVALUE = 1e-4
"""The floor of a repaired matrix: pairwise noise is far larger than rounding."""


def twins(correlation: Floats) -> Bools:
    """Which variables repeat an earlier one: |r| > 1 - 1e-10. (variable, variable) -> (variable).

    >>> twins(np.array([[1.0, -1.0, 0.5], [-1.0, 1.0, -0.5], [0.5, -0.5, 1.0]])).tolist()
    [False, True, False]
    """
    repeated: Bools = np.any(np.triu(np.abs(correlation) > 1.0 - DEPENDENT, 1), axis=0)
    return repeated


def independent_columns(correlation: Floats) -> Bools:
    """Which columns to keep so that none is a linear function of the ones kept before it.

    The kept block always has a Cholesky factor: the tolerance grows until it has.
    """
    keep = np.ones(len(correlation), dtype=np.bool_)
    tolerance = DEPENDENT
    while not _well_conditioned(block := correlation[np.ix_(keep, keep)]):
        weak = _pivots(block + JITTER * np.eye(len(block))) <= tolerance
        keep[np.flatnonzero(keep)[weak]] = False
        if not weak.any():
            tolerance *= 10.0
    return keep


def is_positive_definite(matrix: Floats) -> bool:
    """Whether the matrix has a Cholesky factor."""
    _, failed = linalg.lapack.dpotrf(matrix, lower=1)
    return not failed


def nearest_correlation(matrix: Floats) -> Floats:
    """A positive definite correlation matrix near a symmetric one with unit diagonal."""
    values, vectors = np.linalg.eigh(matrix)
    mended = (vectors * np.maximum(values, SMALLEST_EIGENVALUE)) @ vectors.T
    spread = np.sqrt(np.diag(mended))
    correlation: Floats = mended / np.outer(spread, spread)
    return correlation


def _well_conditioned(correlation: Floats) -> bool:
    factor, failed = linalg.lapack.dpotrf(correlation, lower=1)
    return not failed and bool(np.all(np.diag(factor) ** 2 > DEPENDENT))


def _pivots(correlation: Floats) -> Floats:
    """Squared Cholesky pivots; 0 where the factorisation breaks, 1 where it did not arrive."""
    factor, failed = linalg.lapack.dpotrf(correlation, lower=1)
    pivots: Floats = np.diag(factor) ** 2
    if failed:
        pivots[failed - 1] = 0.0
        pivots[failed:] = 1.0
    return pivots
