"""All of a peer's beliefs as one vector, in units of the peers' median standard error.

Peers that tested different edges are compared on those both tested: distances and norms are means
over these, so that they do not depend on how many there are.
"""

import numpy as np

from scarcity.federation.pooling.arrays import median
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.stats.arrays import Floats


def unit(beliefs: Beliefs) -> Floats:
    """(edge): the median standard error."""
    return median(beliefs.se)


def vectors(beliefs: Beliefs) -> Floats:
    """(peer, edge): effects in units, NaN where not tested."""
    return beliefs.effect / unit(beliefs)


def products(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Of all pairs: Σ x y over the edges both tested, and how many these are. (left, right)"""
    both = (~np.isnan(left)).astype(float) @ (~np.isnan(right)).astype(float).T
    return np.nan_to_num(left) @ np.nan_to_num(right).T, both


def distances(left: Floats, right: Floats) -> Floats:
    """(left, right): the mean square of what lies between; infinite where nothing is shared."""
    crossed, both = products(left, right)
    mine = np.nan_to_num(left) ** 2 @ (~np.isnan(right)).astype(float).T
    its = (~np.isnan(left)).astype(float) @ (np.nan_to_num(right) ** 2).T
    apart = np.maximum(mine + its - 2.0 * crossed, 0.0)
    means: Floats = np.full(both.shape, np.inf)
    np.divide(apart, both, out=means, where=both > 0.0)
    return means


def cosines(left: Floats, right: Floats) -> Floats:
    """(left, right): of the angle between, on the edges both tested; 0 where nothing is shared."""
    crossed, _ = products(left, right)
    mine = np.nan_to_num(left) ** 2 @ (~np.isnan(right)).astype(float).T
    its = (~np.isnan(left)).astype(float) @ (np.nan_to_num(right) ** 2).T
    norms = np.sqrt(mine * its)
    found: Floats = np.zeros(norms.shape)
    np.divide(crossed, norms, out=found, where=norms > 0.0)
    return found
