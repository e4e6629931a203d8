"""From lagged moments to correlations between every two lagged columns.

Where no value was ever missing, all columns have the same n rows:

    c = S/n - μ μᵀ ,   μ = s/n .

Otherwise each pair (i, j) has its own N_ij rows, both present. With μ_i the mean of column i over
all its rows, A_ij the sum of column i over the rows where j is present,

    c_ij = (S_ij - μ_i A_ji - A_ij μ_j + μ_i μ_j N_ij) / N_ij .

Such correlations need not fit together and are mended when they do not. They rest on the values
being missing at random.
"""

from dataclasses import dataclass

import numpy as np

from scarcity.causal.lagged import LaggedMoments
from scarcity.stats.arrays import Bools, Floats
from scarcity.stats.correlation import is_positive_definite, nearest_correlation, twins

RESOLUTION = 2.0**-92
"""The variance of rounding noise, in the units of scaling: 64 units in the last place, squared."""

CANCELLATION = 1e-13
"""A variance below this share of the mean square is what the subtraction of the mean left over."""


@dataclass(frozen=True, slots=True)
class LaggedCorrelation:
    """Correlations and counts of the lagged columns of one stream; lags 0 … L."""

    matrix: Floats
    """(variable, lag, variable, lag); the identity where a variable is not informative"""
    rows: Floats
    """(variable, lag, variable): in how many rows a lagged source and a target are both present"""
    informative: Bools
    """(variable): varies, and does not repeat an earlier variable"""
    absence: Floats
    """(variable): the odds of a value being missing, missing / present"""


def lagged_correlation(moments: LaggedMoments) -> LaggedCorrelation:
    """The correlations of a stream so far."""
    return _pairwise(moments) if moments.masked else _complete(moments)


def _complete(moments: LaggedMoments) -> LaggedCorrelation:
    gram = moments.gram()
    n = max(moments.usable, 1)
    mean = gram[0, 0, 1:, :] / n
    square = gram[1:, :, 1:, :] / n
    covariance = square - mean[:, :, None, None] * mean
    matrix, informative = _normalise(covariance, square)
    variables, lags = mean.shape
    rows = np.full((variables, lags, variables), float(moments.usable))
    return LaggedCorrelation(matrix, rows, informative, np.zeros(variables))


def _pairwise(moments: LaggedMoments) -> LaggedCorrelation:
    gram = moments.gram()
    d = moments.variables
    rows, sums, products = gram[:d, :, :d, :], gram[d:, :, :d, :], gram[d:, :, d:, :]
    counted = np.maximum(rows, 1.0)
    mean = _diagonal(sums) / _diagonal(counted)
    shift = mean[:, :, None, None] * _transposed(sums)
    both = mean[:, :, None, None] * mean
    square = products / counted
    covariance = square - (shift + _transposed(shift)) / counted + both * (rows / counted)
    matrix, informative = _normalise(covariance, square)
    absence = moments.usable / _diagonal(counted)[:, 0] - 1.0
    return LaggedCorrelation(_mended(matrix), rows[:, :, :, 0], informative, absence)


def _normalise(covariance: Floats, square: Floats) -> tuple[Floats, Bools]:
    """The correlation matrix, and which variables are informative."""
    variance = _diagonal(covariance)
    floor = np.maximum(RESOLUTION, CANCELLATION * _diagonal(square))
    varies: Bools = np.all(variance > floor, axis=1)
    spread = np.sqrt(np.where(varies[:, None], variance, 1.0))
    matrix = covariance / (spread[:, :, None, None] * spread)
    matrix[~varies] = 0.0
    informative = varies & ~twins(matrix[:, 0, :, 0])
    _isolate(matrix, ~informative)
    return matrix, informative


def _isolate(matrix: Floats, variables: Bools) -> None:
    """Make these variables uncorrelated with everything, themselves at other lags included."""
    matrix[variables] = 0.0
    matrix[:, :, variables] = 0.0
    _as_square(matrix)[np.diag_indices(matrix.shape[0] * matrix.shape[1])] = 1.0


def _mended(matrix: Floats) -> Floats:
    """The same matrix, or the nearest that pairs of columns could have been taken from."""
    square = _as_square(matrix)
    if is_positive_definite(square):
        return matrix
    mended: Floats = nearest_correlation(square).reshape(matrix.shape)
    return mended


def _diagonal(matrix: Floats) -> Floats:
    """(variable, lag) of (variable, lag, variable, lag)."""
    diagonal: Floats = np.diagonal(_as_square(matrix)).reshape(matrix.shape[:2])
    return diagonal


def _transposed(matrix: Floats) -> Floats:
    return matrix.transpose(2, 3, 0, 1)


def _as_square(matrix: Floats) -> Floats:
    columns = matrix.shape[0] * matrix.shape[1]
    return matrix.reshape(columns, columns)
