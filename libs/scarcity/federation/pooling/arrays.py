"""Sums and medians over peers, of tables (peer, edge) in which NaN means: not tested.

Where no peer tested an edge the result is NaN.
"""

import numpy as np

from scarcity.stats.arrays import Floats


def median(values: Floats) -> Floats:
    """(edge): over the peers that tested it.

    >>> median(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    ordered = np.sort(values, axis=0)  # NaN comes last
    count = np.sum(~np.isnan(values), axis=0)
    edge = np.arange(values.shape[1])
    upper = np.minimum(count // 2, len(values) - 1)
    lower = np.maximum(count - 1, 0) // 2
    middle: Floats = 0.5 * (ordered[lower, edge] + ordered[upper, edge])
    return np.where(count > 0, middle, np.nan)


def total(values: Floats) -> Floats:
    """(edge): the sum over the peers that tested it; NaN where there is none."""
    added: Floats = np.nansum(values, axis=0)
    return np.where(np.all(np.isnan(values), axis=0), np.nan, added)


def ratio(above: Floats, below: Floats) -> Floats:
    """The quotient, NaN where there is nothing to divide by."""
    above, below = np.broadcast_arrays(above, below)
    quotient: Floats = np.full(below.shape, np.nan)
    np.divide(above, below, out=quotient, where=below > 0.0)
    return quotient
