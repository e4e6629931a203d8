"""Rules that look at each edge alone and leave its extremes out.

Of k peers and a share a = f / k cut off at both ends, the trimmed mean of Gaussians has

    variance = se² / k · ( ∫ x² φ(x) dx over [-c, c]  +  2 a c² ) / (1 - 2 a)² ,   c = Φ⁻¹(1 - a) ,

which is that of the mean for a = 0 and π/2 times that for the median, a = ½.

Sources: D. Yin, Y. Chen, K. Ramchandran, P. Bartlett, "Byzantine-robust distributed learning:
towards optimal statistical rates", ICML 2018; P. J. Huber, "Robust Statistics" (1981) for the
variance.
"""

import numpy as np
from scipy.special import ndtri

from scarcity.federation.pooling.arrays import median as middle_of
from scarcity.federation.pooling.arrays import ratio
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import Combined, Terms, need_peers, weighted
from scarcity.stats.arrays import Bools, Floats


def trimmed_mean(beliefs: Beliefs, terms: Terms) -> Combined:
    """The mean of each edge without its f smallest and f largest; needs more than 2 f peers.

    An edge that no more than 2 f peers tested stays unknown.
    """
    need_peers(beliefs.peers, 2 * terms.bad + 1, terms, "the trimmed mean")
    place = places(beliefs.effect)
    count = beliefs.tested.sum(axis=0)
    kept = (place >= terms.bad) & (place < count - terms.bad)
    return central(beliefs, kept, trimmed_share(terms.bad, count))


def median(beliefs: Beliefs, _terms: Terms) -> Combined:
    """The middle peer of each edge, or the two of them."""
    place = places(beliefs.effect)
    count = beliefs.tested.sum(axis=0)
    kept = (place >= (count - 1) // 2) & (place <= count // 2)
    return central(beliefs, kept, np.where(count > 2, 0.5, 0.0))


def places(values: Floats) -> Floats:
    """(peer, edge): how many peers come before it; what is NaN comes last."""
    place: Floats = np.argsort(np.argsort(values, axis=0, kind="stable"), axis=0).astype(float)
    return place


def trimmed_share(cut: int, count: Floats) -> Floats:
    """(edge): a, the share cut off at either end."""
    return np.clip(ratio(np.asarray(float(cut)), count.astype(float)), 0.0, 0.5)


def central(beliefs: Beliefs, kept: Bools, share: Floats) -> Combined:
    """The mean of those kept (peer, edge), after a share (edge) was cut off at both ends."""
    found = weighted(beliefs, kept.astype(float))
    count = beliefs.tested.sum(axis=0)
    se = middle_of(beliefs.se) * np.sqrt(inflation(share) / np.maximum(count, 1))
    return Combined(
        found.effect, np.where(np.isnan(found.effect), np.nan, se), found.shares, found.reasons
    )


def inflation(share: Floats) -> Floats:
    """The variance of a trimmed mean of Gaussians, in that of their mean.

    >>> inflation(np.array([0.0, 0.25, 0.5])).round(3).tolist()
    [1.0, 1.195, 1.571]
    """
    a = np.clip(share, 1e-9, 0.5 - 1e-4)
    c = -ndtri(a)
    inside = 1.0 - 2.0 * a
    density = np.exp(-0.5 * c**2) / np.sqrt(2.0 * np.pi)
    variance: Floats = (inside - 2.0 * c * density + 2.0 * a * c**2) / inside**2
    return variance
