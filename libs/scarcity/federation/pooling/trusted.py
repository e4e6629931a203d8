"""The default rule: the asking peer's own evidence is the root of trust; no f has to be guessed.

Of K vectors x_k in units of the asking peer's standard errors (`geometry`), with n edges that two
peers both tested, those are left out, one test after the other, that

1. opposes-own  cos(x_k, x_own) is below a quarter of what is usual among those that agree. Who
                invents effects, or turns them around, has nothing in common with true ones.
2. clone        the mean square between two is less than (se_k² + se_j²) by 5 deviations of chance,
                1 - 5 sqrt(2 / n). Independent evidence cannot be so alike, so it is copied, or
                freed of its noise. The one with the most such likenesses goes first.
3. outlier      the mean square to the asking peer is far above the usual, and what chance allows.
4. coalition    what the others share. Residuals from the mean of all, scaled to equal lengths, have
                eigenvalues up to about (1 + sqrt(K / n))² as long as they are independent. A larger
                one is a direction in which some peers moved together: the peers are parted along
                it, and the side of the asking peer stays. To believe this of more than half of
                the peers more is needed than of fewer.

The others, their claims bounded by those of each other, are put together by random effects
(`averages`). Lies about few edges are not seen by any of these; that is what the state `contested`
is for (`pool`).

Sources: the root of trust is that of X. Cao et al., "FLTrust", NDSS 2021. That colluders leave a
spike in the spectrum: I. Diakonikolas et al., "Being robust (in high dimensions) can be practical",
ICML 2017; the edge of the noise: V. A. Marchenko, L. A. Pastur, Math. USSR Sbornik 1 (1967).
"""

from dataclasses import dataclass, replace

import numpy as np

from scarcity.federation.pooling.arrays import median
from scarcity.federation.pooling.averages import combined_by
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import (
    Combined,
    Reason,
    Terms,
    counted,
    need_own,
)
from scarcity.federation.pooling.geometry import cosines, distances, products
from scarcity.stats.arrays import Bools, Floats

USUAL_SHARE = 0.25
"""Of the usual agreement: who has less opposes."""
FEW_EDGES_DEVIATIONS = 2.0
"""By how many deviations of chance less agreement is enough where few edges are shared."""
CLONE_DEVIATIONS = 5.0
CLOSEST = 0.65
"""However many edges there are: standard errors are themselves estimates."""
FAR_DEVIATIONS = 4.0
NEAREST_OUTLIER = 1.3
"""However many edges there are, in the same units."""
SPIKE = 1.25
"""Of the edge of the noise. In 720 simulations of 5 to 40 honest peers, alike or not, with 60 to
1,000 rows of 20 variables, the most seen is 1.22."""
SPIKE_OF_MANY = 1.6
"""The same where the asking peer's side is the smaller."""
FEWEST = 4
"""Among fewer peers there is no telling sides apart."""
SMALLEST = float(np.finfo(float).tiny)
"""Keeps a division by nothing from failing."""
PRIOR_FREEDOM = 20.0
"""Of τ² (`averages`): who passed the screens is much alike."""


@dataclass(slots=True)
class _Jury:
    """Who is still trusted while the screens are passed."""

    own: int
    x: Floats
    """(peer, edge): in the asking peer's standard errors"""
    noise: Floats
    """(peer): mean se² in these units, but no more than the asking peer's"""
    keeps: Bools
    reasons: list[Reason | None]

    @property
    def others(self) -> Bools:
        """(peer): who is trusted, but for the asking peer."""
        others = self.keeps.copy()
        others[self.own] = False
        return others

    def leave_out(self, which: Bools, reason: Reason) -> None:
        for peer in np.flatnonzero(which & self.others):
            self.keeps[peer] = False
            self.reasons[peer] = reason


def trusted(beliefs: Beliefs, terms: Terms) -> Combined:
    """What the peers say together that are consistent with the asking one, and independent."""
    own = need_own(terms, beliefs.peers, "the rule trusted")
    if not beliefs.tested[own].any():
        raise ValueError("the asking peer tested no edge, so it cannot judge others")
    jury = _jury(beliefs, own)
    _leave_out_opponents(jury)
    _leave_out_clones(jury)
    _leave_out_outliers(jury)
    while _leaves_out_coalition(jury):
        pass
    found = _together(beliefs, jury.keeps, terms)
    return replace(found, reasons=tuple(jury.reasons))


def _jury(beliefs: Beliefs, own: int) -> _Jury:
    mine, tested = beliefs.se[own], beliefs.tested
    unit = np.where(np.isnan(mine), median(beliefs.se), mine)
    variance = np.minimum(1.0, beliefs.se / unit) ** 2
    return _Jury(
        own=own,
        x=beliefs.effect / unit,
        noise=np.nansum(variance, axis=1) / np.maximum(tested.sum(axis=1), 1),
        keeps=np.ones(beliefs.peers, np.bool_),
        reasons=[None] * beliefs.peers,
    )


def _leave_out_opponents(jury: _Jury) -> None:
    """Who has less in common with the asking peer than a quarter of what is usual."""
    mine = jury.x[[jury.own]]
    agreement = cosines(jury.x, mine)[:, 0]
    agreeing = agreement[jury.others & (agreement > 0.0)]
    usual = float(np.median(agreeing)) if len(agreeing) else 0.0
    chance = 1.0 / np.sqrt(_shared(jury.x, mine)[:, 0])
    slack = FEW_EDGES_DEVIATIONS * (chance - chance[jury.own])
    jury.leave_out(agreement <= USUAL_SHARE * usual - slack, "opposes-own")


def _leave_out_clones(jury: _Jury) -> None:
    """Who is more alike than independent evidence can be, the one alike to the most first."""
    apart = _apart(jury, jury.x, jury.noise)
    chance = np.sqrt(2.0 / _shared(jury.x, jury.x))
    alike = apart < np.minimum(CLOSEST, 1.0 - CLONE_DEVIATIONS * chance)
    np.fill_diagonal(alike, val=False)
    from_own = apart[:, jury.own]
    while True:
        likenesses = np.where(jury.others, alike[:, jury.keeps].sum(axis=1), 0)
        if not likenesses.any():
            return
        # Of equals the one farther from the asking peer goes, whatever the order of peers.
        first = np.lexsort((-from_own, -likenesses))[0]
        jury.leave_out(np.arange(len(likenesses)) == first, "clone")


def _leave_out_outliers(jury: _Jury) -> None:
    """Who is farther from the asking peer than usual, and than chance allows."""
    mine = [jury.own]
    apart = _apart(jury, jury.x[mine], jury.noise[mine])[:, 0]
    known = jury.others & np.isfinite(apart)
    if not known.any():
        return
    middle = np.median(apart[known])
    deviation = 1.4826 * np.median(np.abs(apart[known] - middle)) + 0.05 * middle
    chance = np.sqrt(2.0 / _shared(jury.x, jury.x[mine])[:, 0])
    least = np.maximum(NEAREST_OUTLIER, 1.0 + FAR_DEVIATIONS * chance)
    far = apart > np.maximum(middle + FAR_DEVIATIONS * deviation, least)
    jury.leave_out(far & known, "outlier")


def _leaves_out_coalition(jury: _Jury) -> bool:
    """Whether peers were left out that moved together, away from the asking one."""
    kept = np.flatnonzero(jury.keeps)
    if len(kept) < FEWEST:
        return False
    x = jury.x[kept]
    tested = ~np.isnan(x)
    residual = np.nan_to_num(x - np.nansum(x, axis=0) / np.maximum(tested.sum(axis=0), 1))
    lengths = np.sqrt((residual**2).sum(axis=1, keepdims=True))
    directions = residual / np.maximum(lengths, SMALLEST)
    sizes, vectors = np.linalg.eigh(directions @ directions.T)
    side = two_sides(vectors[:, -1])
    mine = side == side[kept == jury.own]
    spike = sizes[-1] / (1.0 + np.sqrt(len(kept) / _dimensions(residual))) ** 2
    if mine.sum() < 2 or spike < (SPIKE if 2 * mine.sum() >= len(kept) else SPIKE_OF_MANY):
        return False
    jury.leave_out(np.isin(np.arange(len(jury.x)), kept[~mine]), "coalition")
    return True


def two_sides(values: Floats) -> Bools:
    """Which are above the cut that leaves the least squares within both sides.

    >>> two_sides(np.array([0.1, 0.9, 0.2, 1.0])).tolist()
    [False, True, False, True]
    """
    ordered = np.sort(values)
    count = np.arange(1, len(values))
    below = np.cumsum(ordered)[:-1]
    between = below**2 / count + (ordered.sum() - below) ** 2 / (len(values) - count)
    above: Bools = values > ordered[int(np.argmax(between))]
    return above


def _dimensions(residual: Floats) -> float:
    """In how many edges peers differ, after (Σ v)² / Σ v² of the variances v of edges.

    Noise alone makes the v of K peers differ, by a factor of 1 + 2 / (K - 1) in Σ v².
    """
    variance = (residual**2).sum(axis=0)
    chance = 1.0 + 2.0 / (len(residual) - 1)
    evenness = chance * float(variance.sum()) ** 2 / max(float((variance**2).sum()), SMALLEST)
    return min(max(evenness, 1.0), float(len(variance)))


def _apart(jury: _Jury, others: Floats, noise: Floats) -> Floats:
    """(peer, other): mean squares between, in those to be expected of independent evidence."""
    return distances(jury.x, others) / np.maximum(jury.noise[:, None] + noise, SMALLEST)


def _shared(left: Floats, right: Floats) -> Floats:
    """(left, right): how many edges both tested, at least 1."""
    return np.maximum(products(left, right)[1], 1.0)


def _together(beliefs: Beliefs, keeps: Bools, terms: Terms) -> Combined:
    """Random effects of those trusted, whose claims only they bound."""
    se = beliefs.se.copy()
    se[keeps] = beliefs.of(keeps).bounded().se
    counting = keeps[:, None].astype(float) * counted(beliefs, terms)
    return combined_by(replace(beliefs, se=se), counting, PRIOR_FREEDOM)
