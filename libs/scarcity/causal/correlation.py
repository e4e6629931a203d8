"""From lagged moments to correlations between every two lagged columns.

Where no value was ever missing, all columns have the same n rows:

    c = S/n - μ μᵀ ,   μ = s/n .

Otherwise each pair (i, j) has its own N_ij rows, both present. With μ_i the mean of column i over
all its rows, A_ij the sum of column i over the rows where j is present,

    c_ij = (S_ij - μ_i A_ji - A_ij μ_j + μ_i μ_j N_ij) / N_ij .

Such correlations need not fit together and are mended when they do not. They rest on the values
being missing at random.

What rests on too few rows is not known. A correlation is taken for 0 when i and j were present
together in fewer than 10 rows, or in fewer than a quarter of those that chance would give them. A
variable with N_i values of n, the r-th in order of falling N, is left out while the noise of its
absences, summed over L lags of r variables, is not small, or while it cannot be told from a copy
of one with more values:

    L r (1/N_i - 1/n) > 0.1 ,   |c_ij| > 1 - 5 sqrt((1/N_ij - 1/n) / 2) ,

the square root being the standard error of the ratio of two standard deviations, one of them from
N_ij of the n rows. Without missing values neither excludes anything but exact copies; of those
variables that have all values, such as are a linear function of earlier ones are left out too.
"""

from dataclasses import dataclass

import numpy as np

from scarcity.causal.lagged import LaggedMoments
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.correlation import (
    independent_columns,
    is_positive_definite,
    nearest_correlation,
    twins,
)

RESOLUTION = 2.0**-92
"""The variance of rounding noise, in the units of scaling: 64 units in the last place, squared."""

CANCELLATION = 1e-13
"""A variance below this share of the mean square is what the subtraction of the mean left over."""

FEWEST_ROWS = 10
"""A correlation from fewer rows is noise."""

SHARE_OF_CHANCE = 0.25
"""Two variables that meet less often than this take turns."""

MOST_NOISE = 0.1
"""A share of the variable's own variance."""

SIGMAS_OF_COPY = 5.0


@dataclass(frozen=True, slots=True)
class LaggedCorrelation:
    """Correlations and counts of the lagged columns of one stream; lags 0 … L."""

    matrix: Floats
    """(variable, lag, variable, lag); of use among informative variables"""
    rows: Floats
    """(variable, lag, variable): in how many rows a lagged source and a target are both present"""
    known: Bools
    """(variable, lag, variable): whether these rows suffice for a correlation; if not, it is 0"""
    informative: Bools
    """(variable): varies, has values enough, neither repeats nor sums up ones that have as many"""
    absence: Floats
    """(variable): the odds of a value being missing, missing / present"""
    mean: Floats
    """(variable)"""
    spread: Floats
    """(variable): standard deviations"""

    @property
    def values(self) -> Floats:
        """(variable): in how many rows it is present."""
        return np.diagonal(self.rows[:, 0])

    @property
    def flat(self) -> Floats:
        """(column, column), a column being variable · (L+1) + lag."""
        size = self.matrix.shape[0] * self.matrix.shape[1]
        return np.ascontiguousarray(self.matrix.reshape(size, size))

    @property
    def falling(self) -> Ints:
        """The variables by falling number of values, equals in their own order."""
        return _falling(self.values)

    def among(self, members: Bools) -> "LaggedCorrelation":
        """The same of these variables alone: fitting together, the others isolated."""
        matrix = self.matrix.copy()
        _isolate(matrix, ~members)
        absence = np.where(members, self.absence, 0.0)
        return LaggedCorrelation(
            matrix=_mended(matrix) if absence.any() else matrix,
            rows=self.rows,
            known=self.known,
            informative=members,
            absence=absence,
            mean=self.mean,
            spread=self.spread,
        )


def lagged_correlation(moments: LaggedMoments) -> LaggedCorrelation:
    """The correlations of a stream so far."""
    return _pairwise(moments) if moments.masked else _complete(moments)


def _complete(moments: LaggedMoments) -> LaggedCorrelation:
    gram = moments.gram()
    n = max(moments.usable, 1)
    mean = gram[0, 0, 1:, :] / n
    square = gram[1:, :, 1:, :] / n
    covariance = square - mean[:, :, None, None] * mean
    matrix, varies, spread = _normalise(covariance, square)
    variables, lags = mean.shape
    shape = (variables, lags, variables)
    return LaggedCorrelation(
        matrix=matrix,
        rows=np.full(shape, float(moments.usable)) * _seen(moments, float(moments.usable)),
        known=np.ones(shape, np.bool_),
        informative=varies
        & ~twins(matrix[:, 0, :, 0])
        & ~_sums(matrix[:, 0, :, 0], varies, moments.usable),
        absence=np.zeros(variables),
        mean=mean[:, 0],
        spread=spread,
    )


def _pairwise(moments: LaggedMoments) -> LaggedCorrelation:
    gram, d, usable = moments.gram(), moments.variables, max(moments.usable, 1)
    rows = gram[:d, :, :d, :]
    sums = gram[d:, :, :d, :]
    covariance, square = _pairwise_covariance(rows, sums, gram[d:, :, d:, :])
    values = _diagonal(rows)[:, 0]
    chance = values[:, None, None, None] * values[:, None] / usable
    known = rows >= np.maximum(FEWEST_ROWS, SHARE_OF_CHANCE * chance)
    matrix, varies, spread = _normalise(np.where(known, covariance, 0.0), square)
    noise = 1.0 / np.maximum(rows[:, 0, :, 0], 1.0) - 1.0 / usable
    scarce = moments.max_lag * _rank(values, varies) * np.diagonal(noise) > MOST_NOISE
    return LaggedCorrelation(
        matrix=matrix,
        rows=rows[:, :, :, 0] * _seen(moments, np.maximum(values, 1.0)),
        known=known[:, :, :, 0],
        informative=varies
        & ~scarce
        & ~_copies(matrix[:, 0, :, 0], noise, values)
        & ~_sums(matrix[:, 0, :, 0], varies & (values == usable), usable),
        absence=usable / np.maximum(values, 1.0) - 1.0,
        mean=_diagonal(sums)[:, 0] / np.maximum(values, 1.0),
        spread=spread,
    )


def _seen(moments: LaggedMoments, values: Floats | float) -> Floats:
    """(variable, lag, variable): the share of pairs of which neither value was filled in."""
    share = 1.0 - moments.filled / np.maximum(values, 1.0)
    both = np.repeat(np.outer(share, share)[:, None], moments.max_lag + 1, axis=1)
    np.einsum("iai->ai", both)[0] = share
    return both


def _pairwise_covariance(rows: Floats, sums: Floats, products: Floats) -> tuple[Floats, Floats]:
    """Covariances, and mean products, of every two columns; 0 of columns that never met."""
    counted = np.maximum(rows, 1.0)
    mean = _diagonal(sums) / _diagonal(counted)
    shift = mean[:, :, None, None] * _transposed(sums)
    both = mean[:, :, None, None] * mean
    square = products / counted
    covariance = square - (shift + _transposed(shift)) / counted + both * (rows / counted)
    return covariance, square


def _normalise(covariance: Floats, square: Floats) -> tuple[Floats, Bools, Floats]:
    """The correlation matrix, which variables vary, and their standard deviations."""
    variance = _diagonal(covariance)
    floor = np.maximum(RESOLUTION, CANCELLATION * _diagonal(square))
    varies: Bools = np.all(variance > floor, axis=1)
    spread = np.sqrt(np.where(varies[:, None], variance, 1.0))
    matrix = covariance / (spread[:, :, None, None] * spread)
    matrix[~varies] = 0.0
    return matrix, varies, spread[:, 0]


def _copies(correlation: Floats, noise: Floats, values: Floats) -> Bools:
    """Which variables cannot be told from a copy of one with as many values."""
    margin = SIGMAS_OF_COPY * np.sqrt(noise / 2.0)
    near = np.where(np.abs(correlation) > 1.0 - margin, np.sign(correlation), correlation)
    order = _falling(values)
    copies = np.zeros(len(values), np.bool_)
    copies[order] = twins(near[np.ix_(order, order)])
    return copies


def _sums(correlation: Floats, whole: Bools, rows: int) -> Bools:
    """Which of these variables, without missing values, are a linear function of earlier ones."""
    sums = np.zeros(len(whole), np.bool_)
    if rows > whole.sum() + 1:
        sums[whole] = ~independent_columns(correlation[np.ix_(whole, whole)])
    return sums


def _rank(values: Floats, varies: Bools) -> Ints:
    """(variable): how many varying ones have at least as many values."""
    rank: Ints = np.sum(values[varies] >= values[:, None], axis=1)
    return rank


def _falling(values: Floats) -> Ints:
    return np.argsort(-values, kind="stable")


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
