"""Two groups of edges: those that are nothing, and those that are something.

An estimate b with standard error s is of an edge that exists with probability π, and then has an
effect β drawn from the slab N(m, v), of which only |β| > δ counts:

    b ~ (1 - π) N(0, s²) + π N(m, v + s²) P(|β| > δ | b) / P(|β| > δ) ,

    BF  =  N(b; m, v + s²) / N(b; 0, s²) · P(|β| > δ | b) / P(|β| > δ) ,

    P(exists | b)  =  π BF / (π BF + 1 - π) ,

    log marginal likelihood beside that of nothing  =  log( π BF + 1 - π ) .

δ is the margin below which the engine calls nothing an edge (`min_effect`). Without it, an effect
of nearly zero is an edge and none at once, and what many streams agree upon as nothing would pass
for an edge that they share.

Where many edges are exchangeable, π, m and v follow from all of them by expectation maximisation
(of m and v without regard to δ, since slabs are wide); κ edges of what was expected before count
along, so that few edges do not mislead.

Sources: B. Efron, "Microarrays, empirical Bayes and the two-groups model", Statistical Science 23
(2008); V. E. Johnson, D. Rossell, "On the use of non-local prior densities in Bayesian hypothesis
tests", J. R. Stat. Soc. B 72 (2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scarcity.stats.arrays import Bools, Floats, Ints

LARGEST_LOG = 50.0
"""Of a Bayes factor: beyond e⁵⁰ nothing changes any more, and nothing overflows."""
MARGIN = 0.05
"""δ, in standard deviations of the target per one of the source"""
SMALLEST_VARIANCE = 1e-4
"""Of a slab: effects a hundredth of a standard deviation apart are one effect."""
LEAST_SHARE, MOST_SHARE = 1e-4, 1.0 - 1e-4
STRENGTH = 10.0
"""κ"""
STEPS = 30


@dataclass(frozen=True, eq=False)
class Slab:
    """Two groups, for each edge or each block of edges; arrays of one shape."""

    share: Floats
    """π: how probable it is that an edge exists"""
    mean: Floats
    """m: of the effect of an edge that exists"""
    variance: Floats
    """v: of the effect, before it is estimated"""

    @property
    def columns(self) -> tuple[Floats, Floats, Floats]:
        return self.share, self.mean, self.variance

    def at(self, places: Ints | Bools) -> "Slab":
        """Those of some edges or blocks."""
        return Slab(self.share[places], self.mean[places], self.variance[places])

    def log_factor(self, effect: Floats, se: Floats) -> Floats:
        """Log BF of estimates; 0 where nothing was tested."""
        return log_factor(effect, se, self.mean, self.variance)

    def log_marginal(self, effect: Floats, se: Floats) -> Floats:
        """Log likelihood of estimates beside that of nothing; 0 where nothing was tested."""
        return np.log1p(self.share * np.expm1(self.log_factor(effect, se)))

    def exists(self, effect: Floats, se: Floats) -> Floats:
        """How probable it is that each edge exists, given its estimate; π where there is none."""
        odds = self.share / (1.0 - self.share) * np.exp(self.log_factor(effect, se))
        probable: Floats = odds / (1.0 + odds)
        return probable

    def effect_given(self, effect: Floats, se: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of the effect of each edge if it exists, given its estimate."""
        known = np.where(np.isnan(se), 0.0, 1.0 / np.where(np.isnan(se), 1.0, se) ** 2)
        precision = known + 1.0 / self.variance
        mean = (known * np.nan_to_num(effect) + self.mean / self.variance) / precision
        return mean, 1.0 / precision


BEFORE = Slab(np.array([0.05, 0.9]), np.array([0.0, 0.3]), np.array([0.03, 0.05]))
"""(kind): before anything is known. Of edges between variables one in twenty exists, with a sixth
of a standard deviation; of those of variables to themselves most do."""


def stacked(slabs: Sequence[Slab]) -> Slab:
    """(slab, edge): slabs of the same edges."""
    return Slab(*map(np.stack, zip(*(each.columns for each in slabs), strict=True)))


def joined(slabs: Sequence[Slab]) -> Slab:
    """(edge): slabs of different edges, one behind the other."""
    return Slab(*map(np.concatenate, zip(*(each.columns for each in slabs), strict=True)))


def merged(slab: Slab, edges: Floats, group: Ints, before: Slab) -> Slab:
    """(group): one slab for each group, with the moments of those in it.

    edges   (block): how many edges each stands for
    group   (block): which group it is in
    before  (group): of groups that nothing is in
    """
    groups = len(before.share)
    count = np.bincount(group, edges, groups)

    def averaged(values: Floats, otherwise: Floats) -> Floats:
        total = np.bincount(group, edges * values, groups)
        return np.where(count > 0.0, total / np.maximum(count, 1.0), otherwise)

    mean = averaged(slab.mean, before.mean)
    square = averaged(slab.variance + slab.mean**2, before.variance + before.mean**2)
    return Slab(
        averaged(slab.share, before.share), mean, np.maximum(square - mean**2, SMALLEST_VARIANCE)
    )


def log_factor(effect: Floats, se: Floats, mean: Floats, variance: Floats) -> Floats:
    """Log BF; 0 where nothing was tested. All arrays broadcast to the shape of effect."""
    wide = variance + se**2
    factor = 0.5 * ((effect / se) ** 2 - (effect - mean) ** 2 / wide - np.log(wide / se**2))
    kept = variance / wide
    after = _beyond(mean + kept * (effect - mean), np.sqrt(kept) * se)
    factor += np.log(after / _beyond(mean, np.sqrt(variance)))
    bounded: Floats = np.clip(np.nan_to_num(factor), -LARGEST_LOG, LARGEST_LOG)
    return bounded


def _beyond(mean: Floats, deviation: Floats) -> Floats:
    """P( |β| > δ ) of a normal β."""
    share: Floats = ndtr((mean - MARGIN) / deviation) + ndtr((-mean - MARGIN) / deviation)
    return np.maximum(share, np.finfo(float).tiny)


def exchangeable(effect: Floats, se: Floats, kind: Ints, before: Slab) -> Slab:
    """(edge): what one stream's estimates (edge) say of themselves; kind (edge), before (kind)."""
    return fitted(effect[None], se[None], kind, before).at(kind)


def fitted(effect: Floats, se: Floats, group: Ints, before: Slab) -> Slab:
    """(group): π, m and v of groups of edges.

    effect, se  (any, edge); NaN = not tested
    group       (edge): to which group it belongs
    before      (group): what is expected of each
    """
    slab = before
    for _ in range(STEPS):
        slab = _step(effect, se, group, slab, before)
    return slab


def _step(effect: Floats, se: Floats, group: Ints, slab: Slab, before: Slab) -> Slab:
    mine = slab.at(group)
    tested = ~np.isnan(effect)
    exists = np.where(tested, mine.exists(effect, se), 0.0)
    posterior, left = mine.effect_given(effect, se)
    groups = len(before.share)

    def total(values: Floats) -> Floats:
        summed: Floats = np.bincount(group, values.sum(axis=0), groups).astype(np.float64)
        return summed

    lent = STRENGTH * before.share
    counted = total(exists) + lent
    mean = (total(exists * posterior) + lent * before.mean) / counted
    apart = (posterior - mean[group]) ** 2 + left
    variance = (total(exists * apart) + lent * before.variance) / counted
    share = counted / (total(tested.astype(np.float64)) + STRENGTH)
    return Slab(
        np.clip(share, LEAST_SHARE, MOST_SHARE), mean, np.maximum(variance, SMALLEST_VARIANCE)
    )
