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
from typing import NamedTuple

import numpy as np

from scarcity.causal.lagged import Ends, LaggedMoments
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
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

TILE = 8
"""How many targets share a pass over the products: as many numbers as memory delivers at once."""

WHOLE = 1e-9
"""A share of values missing that is rounding."""


class Selection(NamedTuple):
    """Which variables can be asked about."""

    varies: Bools
    """(variable)"""
    informative: Bools
    """(variable): varies, has values enough, neither repeats nor sums up ones that have as many"""


@dataclass(frozen=True, slots=True)
class LaggedCorrelation:
    """Correlations and counts of the lagged columns of one stream; lags 0 … L."""

    matrix: Floats
    """(variable, lag, variable, lag); of use among informative variables"""
    rows: Floats
    """(variable, lag, variable): in how many rows a lagged source and a target are both present"""
    known: Bools
    """(variable, lag, variable): whether these rows suffice for a correlation; if not, it is 0"""
    selection: Selection
    absence: Floats
    """(variable): the odds of a value being missing, missing / present"""
    is_complete: bool
    """whether no value is missing, so that rows are the same at all lags"""
    mean: Floats
    """(variable, lag)"""
    spread: Floats
    """(variable, lag): standard deviations

    They differ between the lags by a few rows at the ends: little, and yet much beside the noise of
    a variable that its past all but determines.
    """

    @property
    def informative(self) -> Bools:
        """(variable): which can be asked about."""
        return self.selection.informative

    @property
    def values(self) -> Floats:
        """(variable): in how many rows it is present."""
        return np.diagonal(self.rows[:, 0])

    @property
    def flat(self) -> Floats:
        """(column, column), a column being variable · (L+1) + lag."""
        size = self.matrix.shape[0] * self.matrix.shape[1]
        return self.matrix.reshape(size, size)

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
            selection=self.selection._replace(informative=members),
            absence=absence,
            is_complete=not absence.any(),
            mean=self.mean,
            spread=self.spread,
        )


def lagged_correlation(
    moments: LaggedMoments, before: Selection | None = None
) -> LaggedCorrelation:
    """The correlations of a stream so far.

    before  what was found a little while ago. Whether variables repeat each other is not asked
            again, as long as no value was ever missing, and the same variables vary
    """
    return _pairwise(moments) if moments.masked else _complete(moments, before)


def _complete(moments: LaggedMoments, before: Selection | None) -> LaggedCorrelation:
    d, lags = moments.variables, moments.max_lag + 1
    ends = moments.ends()
    # Numpy asks for huge pages where compiled code would not: half of the time is page faults.
    matrix = np.empty((d * lags, d * lags))
    mean, spread, varies = _correlate(moments.products, ends, max(moments.usable, 1.0), matrix)
    square = matrix.reshape(d, lags, d, lags)
    if before is not None and bool((before.varies == varies).all()):
        selection = before
    else:
        at_once = square[:, 0, :, 0]
        apart = ~twins(at_once) & ~_sums(at_once, varies, moments.usable)
        selection = Selection(varies, varies & apart)
    pairs = np.full((d, d), moments.worth)
    if moments.filled.any():
        seen = _seen(moments, moments.usable)
        pairs *= np.outer(seen, seen)
    return LaggedCorrelation(
        matrix=square,
        rows=np.ndarray((d, lags, d), np.float64, pairs, strides=(8 * d, 0, 8)),
        known=np.ndarray((d, lags, d), np.bool_, np.ones(1, np.bool_), strides=(0, 0, 0)),
        selection=selection,
        absence=np.zeros(d),
        is_complete=True,
        mean=mean,
        spread=spread,
    )


@compiled
def _correlate(
    products: Floats, ends: Ends, n: float, matrix: Floats
) -> tuple[Floats, Floats, Bools]:
    """Fill in correlations (column, column).

    Returns means, standard deviations (variable, lag), and which vary (variable).
    """
    lags, d = products.shape[0], products.shape[1] - 1
    mean, inverse, varies = _scales(products, ends, n)
    edge = np.zeros((lags, lags, d))
    turned = np.empty((lags, TILE, d))
    for first in range(0, d, TILE):
        tile = min(TILE, d - first)
        _turn(products, first, tile, turned)
        for place in range(tile):
            j = first + place
            _edges_of(edge, ends, j)
            for b in range(lags):
                row = matrix[j * lags + b].reshape(d, lags)
                for a in range(lags):
                    if b >= a:
                        _add(edge[b, a], products[b - a, j + 1, 1:])
                    else:
                        _add(edge[b, a], turned[a - b, place])
                    ours, theirs = (mean[b, j], inverse[b, j] / n), (mean[a], inverse[a])
                    _standardise(edge[b, a], n, ours, theirs, row[:, a])
    level, spread = np.empty((d, lags)), np.ones((d, lags))
    for j in range(d):
        for a in range(lags):
            level[j, a] = mean[a, j]
            if varies[j]:
                spread[j, a] = 1.0 / inverse[a, j]
    return level, spread, varies


@compiled
def _add(sums: Floats, block: Floats) -> None:
    for i in range(len(sums)):
        sums[i] += block[i]


@compiled
def _standardise(
    sums: Floats, n: float, ours: tuple[float, float], theirs: tuple[Floats, Floats], row: Floats
) -> None:
    """Correlations of one column with others, from sums of products, means and inverse sd."""
    mean, inverse = theirs
    level, scale = n * ours[0], ours[1]
    for i in range(len(sums)):
        row[i] = (sums[i] - level * mean[i]) * (scale * inverse[i])


@compiled
def _scales(products: Floats, ends: Ends, n: float) -> tuple[Floats, Floats, Bools]:
    """Means and inverse standard deviations (lag, variable), 0 of what does not vary; what does."""
    lags, d = products.shape[0], products.shape[1] - 1
    mean, inverse, varies = np.empty((lags, d)), np.empty((lags, d)), np.ones(d, np.bool_)
    for j in range(d):
        beyond = 0.0
        for a in range(lags):
            if a and len(ends.head):
                beyond += ends.head[lags - 1 - a, j + 1] ** 2 - ends.tail[lags - 1 - a, j + 1] ** 2
            square = products[0, j + 1, j + 1] + beyond
            if a and len(ends.closed):
                square += ends.closed[_place_of(a, 0, lags), j + 1, j + 1]
            mean[a, j] = products[a, j + 1, 0] / n
            variance = square / n - mean[a, j] * mean[a, j]
            varies[j] &= variance > max(RESOLUTION, CANCELLATION * square / n)
            inverse[a, j] = variance
        for a in range(lags):
            inverse[a, j] = 1.0 / np.sqrt(inverse[a, j]) if varies[j] else 0.0
    return mean, inverse, varies


@compiled
def _turn(products: Floats, first: int, count: int, turned: Floats) -> None:
    """Put the products of all sources with a few targets, from `first` on, in rows of their own."""
    for k in range(len(turned)):
        for i in range(turned.shape[2]):
            for place in range(count):
                turned[k, place, i] = products[k, i + 1, first + place + 1]


@compiled
def _edges_of(edge: Floats, ends: Ends, j: int) -> None:
    """E at (lag b of j, lag a, source).

    Going one step back along both lags adds one product at the head, and takes one at the tail.
    """
    lags, d = edge.shape[0], edge.shape[2]
    for b in range(1, lags):
        for a in range(1, lags):
            edge[b, a] = 0.0
            if a > 1 and b > 1:
                edge[b, a] = edge[b - 1, a - 1]
            if len(ends.head):
                begin, end = ends.head[lags - 1 - b, j + 1], ends.tail[lags - 1 - b, j + 1]
                first, last, into = ends.head[lags - 1 - a], ends.tail[lags - 1 - a], edge[b, a]
                for i in range(d):
                    into[i] += begin * first[i + 1] - end * last[i + 1]
    edge[0] = 0.0
    edge[:, 0] = 0.0
    if len(ends.closed):
        for a in range(1, lags):
            for k in range(lags - a):
                block = ends.closed[_place_of(a, k, lags)]
                edge[a + k, a] += block[j + 1, 1:]
                if k:
                    edge[a, a + k] += block[1:, j + 1]


@compiled
def _place_of(a: int, k: int, lags: int) -> int:
    """Where the block (a, k) is among those of finished segments."""
    return (a - 1) * lags - (a - 1) * a // 2 + k


def _pairwise(moments: LaggedMoments) -> LaggedCorrelation:
    gram, d, usable = moments.gram(), moments.variables, max(moments.usable, 1.0)
    rows = gram[:d, :, :d, :]
    sums = gram[d:, :, :d, :]
    covariance, square = _pairwise_covariance(rows, sums, gram[d:, :, d:, :])
    values = _diagonal(rows)[:, 0]
    chance = values[:, None, None, None] * values[:, None] / usable
    known = rows >= np.maximum(FEWEST_ROWS, SHARE_OF_CHANCE * chance)
    matrix, varies, spread = _normalise(np.where(known, covariance, 0.0), square)
    worth = moments.worth / usable
    noise = 1.0 / np.maximum(worth * rows[:, 0, :, 0], 1.0) - 1.0 / max(moments.worth, 1.0)
    scarce = moments.max_lag * _rank(values, varies) * np.diagonal(noise) > MOST_NOISE
    seen = _seen(moments, np.maximum(values, 1.0))
    both = worth * rows[:, :, :, 0] * np.outer(seen, seen)[:, None]
    np.einsum("iai->ai", both)[0] /= np.where(seen > 0.0, seen, 1.0)
    return LaggedCorrelation(
        matrix=matrix,
        rows=both,
        known=known[:, :, :, 0],
        selection=Selection(
            varies,
            varies
            & ~scarce
            & ~_copies(matrix[:, 0, :, 0], noise, values)
            & ~_sums(matrix[:, 0, :, 0], varies & (values > usable * (1.0 - WHOLE)), usable),
        ),
        absence=usable / np.maximum(values, 1.0) - 1.0,
        is_complete=False,
        mean=_diagonal(sums) / np.maximum(_diagonal(rows), 1.0),
        spread=spread,
    )


def _seen(moments: LaggedMoments, values: Floats | float) -> Floats:
    """(variable): the share of the values that were not filled in."""
    share: Floats = 1.0 - moments.filled / np.maximum(values, 1.0)
    return share


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
    return matrix, varies, spread


def _copies(correlation: Floats, noise: Floats, values: Floats) -> Bools:
    """Which variables cannot be told from a copy of one with as many values."""
    margin = SIGMAS_OF_COPY * np.sqrt(noise / 2.0)
    near = np.where(np.abs(correlation) > 1.0 - margin, np.sign(correlation), correlation)
    order = _falling(values)
    copies = np.zeros(len(values), np.bool_)
    copies[order] = twins(near[np.ix_(order, order)])
    return copies


def _sums(correlation: Floats, whole: Bools, rows: float) -> Bools:
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
