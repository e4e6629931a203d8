"""Rules that look at all of a peer's beliefs at once, as one vector x_k in units (`geometry`).

geometric median    argmin_v Σ ‖x_k - v‖, by Weiszfeld's iteration, smoothed:
                    w_k = 1 / max(ν, ‖x_k - v‖).
                    K. Pillutla, S. M. Kakade, Z. Harchaoui, "Robust aggregation for federated
                    learning", IEEE Trans. Signal Processing 70 (2022).
Krum, Multi-Krum    score(k) = Σ ‖x_k - x_j‖² over the K - f - 2 nearest others; the one with the
                    least, or the mean of the K - f with the least.
                    P. Blanchard, E. M. El Mhamdi, R. Guerraoui, J. Stainer, "Machine learning with
                    adversaries: Byzantine tolerant gradient descent", NeurIPS 2017.
Bulyan              Krum chooses K - 2f, one by one; of each edge, the mean of the K - 4f nearest to
                    their median. E. M. El Mhamdi, R. Guerraoui, S. Rouault, "The hidden
                    vulnerability of distributed learning in Byzantium", ICML 2018.
centred clipping    v ← v + mean of (x_k - v) min(1, r / ‖x_k - v‖), r the median distance.
                    S. P. Karimireddy, L. He, M. Jaggi, "Learning from history for Byzantine robust
                    optimization", ICML 2021.
FLTrust             weights max(0, cos(x_k, x_own)), each x_k scaled to the norm of x_own.
                    X. Cao, M. Fang, J. Liu, N. Z. Gong, "FLTrust: Byzantine-robust federated
                    learning via trust bootstrapping", NDSS 2021.
"""

from dataclasses import replace

import numpy as np

from scarcity.federation.pooling.arrays import median, ratio
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import (
    Combined,
    Reason,
    Terms,
    need_own,
    need_peers,
    weighted,
)
from scarcity.federation.pooling.coordinates import central, places, trimmed_share
from scarcity.federation.pooling.geometry import cosines, distances, products, unit, vectors
from scarcity.stats.arrays import Bools, Floats

ITERATIONS = 100
CLOSE = 1e-8
"""Mean squares: a centre that moves less has been found."""
SMOOTH = 1e-3
"""ν, in units of a root mean square."""
CLIPPINGS = 5
TIE = 1e-9
"""Weight of what decides between equals."""


def geometric_median(beliefs: Beliefs, _terms: Terms) -> Combined:
    """The point with the least sum of distances to all peers."""
    x = vectors(beliefs)
    centre = median(x)
    for _ in range(ITERATIONS):
        weights = 1.0 / np.maximum(SMOOTH, _from_centre(x, centre))
        before, centre = centre, _mean_of(x, weights)
        if np.nanmean((centre - before) ** 2) < CLOSE:
            break
    return weighted(beliefs, weights[:, None])


def krum(beliefs: Beliefs, terms: Terms) -> Combined:
    """The beliefs of the one peer whose neighbours are nearest; needs 2 f + 3 peers."""
    need_peers(beliefs.peers, 2 * terms.bad + 3, terms, "Krum")
    return _of_chosen(beliefs, scores(vectors(beliefs), terms.bad), 1)


def multi_krum(beliefs: Beliefs, terms: Terms) -> Combined:
    """The mean of the K - f peers whose neighbours are nearest; needs 2 f + 3 peers."""
    need_peers(beliefs.peers, 2 * terms.bad + 3, terms, "Multi-Krum")
    return _of_chosen(beliefs, scores(vectors(beliefs), terms.bad), beliefs.peers - terms.bad)


def bulyan(beliefs: Beliefs, terms: Terms) -> Combined:
    """Of Krum's choice, what is nearest to the median of each edge; needs 4 f + 3 peers."""
    need_peers(beliefs.peers, 4 * terms.bad + 3, terms, "Bulyan")
    chosen = _chosen_one_by_one(vectors(beliefs), terms.bad)
    selected = beliefs.silenced(~chosen)
    count = selected.tested.sum(axis=0)
    away = np.abs(selected.effect - median(selected.effect))
    kept = selected.tested & (places(away) < count - 2 * terms.bad)
    found = central(selected, kept, trimmed_share(terms.bad, count))
    return replace(found, reasons=_reasons(chosen, "not-chosen"))


def centred_clipping(beliefs: Beliefs, _terms: Terms) -> Combined:
    """The mean of all peers, each drawn to the centre as far as it is away more than half are."""
    x = vectors(beliefs)
    centre = median(x)
    for _ in range(CLIPPINGS):
        away = _from_centre(x, centre)
        weights = np.minimum(1.0, np.median(away) / np.maximum(away, SMOOTH))
        moves = np.where(np.isnan(x), 0.0, weights[:, None] * (x - centre))
        centre = centre + moves.sum(axis=0) / np.maximum((~np.isnan(x)).sum(axis=0), 1)
    return replace(weighted(beliefs, weights[:, None]), effect=centre * unit(beliefs))


def fltrust(beliefs: Beliefs, terms: Terms) -> Combined:
    """The mean of peers scaled to the asking one, by how much they agree with it."""
    own = need_own(terms, beliefs.peers, "FLTrust")
    x = vectors(beliefs)
    trust = np.maximum(0.0, cosines(x, x[[own]])[:, 0])
    trust[own] = float(terms.counts_own)
    scale = _to_norm_of(x, own)[:, None]
    scaled = Beliefs(beliefs.effect * scale, beliefs.se * scale, beliefs.rows)
    return replace(
        weighted(scaled, trust[:, None]), reasons=_reasons(trust > 0.0, "opposes-own", own)
    )


def scores(x: Floats, bad: int) -> Floats:
    """(peer): Krum's score, the sum of distances to the K - f - 2 nearest others.

    Two that are each other's only neighbour have equal scores; whichever is nearer to all others
    then has the lesser, so that the order of peers makes no difference.
    """
    apart = distances(x, x)
    np.fill_diagonal(apart, 0.0)
    ordered = np.sort(apart, axis=1)  # each comes first to itself
    nearest = ordered[:, : max(len(x) - bad - 1, 2)]
    score: Floats = nearest.sum(axis=1) + TIE * ordered.sum(axis=1)
    return score


def _chosen_one_by_one(x: Floats, bad: int) -> Bools:
    """(peer): which K - 2f Krum chooses, each among those not chosen yet."""
    left = list(range(len(x)))
    for _ in range(len(x) - 2 * bad):
        left.pop(int(np.argmin(scores(x[left], bad))))
    chosen = np.ones(len(x), np.bool_)
    chosen[left] = False
    return chosen


def _of_chosen(beliefs: Beliefs, score: Floats, count: int) -> Combined:
    """The mean of so many peers with the least scores."""
    chosen = np.zeros(beliefs.peers, np.bool_)
    chosen[np.argsort(score, kind="stable")[:count]] = True
    return weighted(beliefs, chosen[:, None].astype(float), _reasons(chosen, "not-chosen"))


def _reasons(used: Bools, reason: Reason, own: int | None = None) -> tuple[Reason | None, ...]:
    """None for who is used, and for the asking peer, who is never suspected."""
    return tuple(None if is_used or peer == own else reason for peer, is_used in enumerate(used))


def _from_centre(x: Floats, centre: Floats) -> Floats:
    """(peer): root mean square distances."""
    away: Floats = np.sqrt(distances(x, centre[None])[:, 0])
    return away


def _mean_of(x: Floats, weights: Floats) -> Floats:
    """(edge): the mean by weights (peer) of those that tested it."""
    return ratio(weights @ np.nan_to_num(x), weights @ (~np.isnan(x)).astype(float))


def _to_norm_of(x: Floats, own: int) -> Floats:
    """(peer): the factor that gives each the norm of the asking peer, on what both tested."""
    norms = np.sqrt(products(x**2, np.where(np.isnan(x[[own]]), np.nan, 1.0))[0][:, 0])
    mine = np.sqrt(products(np.where(np.isnan(x), np.nan, 1.0), x[[own]] ** 2)[0][:, 0])
    factors = ratio(mine, norms)
    return np.where(np.isnan(factors), 1.0, factors)
