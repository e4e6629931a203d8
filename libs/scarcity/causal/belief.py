"""What is believed of edges when own evidence is taken together with what comes from elsewhere.

Own evidence of an edge is an estimate b with standard error s, a prior at the weight that it has
earned N(m, 1/λ): the posterior has precision λ + 1/s² and the mean that these weigh. Asked is the
same as of own evidence alone (`decision`): whether the effect is more than the margin, here
δ = ρ₀ s √(df / (1 - ρ₀²)) as an effect, at the same false-discovery rate among all edges between
different variables.

A prior may be wrong about many edges a little, and surer than it should be. Most edges do not
exist, so the middle of all z of posteriors that a prior has a say in tells how wide the null
hypothesis really is, as in the pooling of evidence: their standard deviations become

    max( 1, 1.4826 · median |z - median z| )

times as large (B. Efron, "Large-scale simultaneous hypothesis testing: the choice of a null
hypothesis", J. Am. Stat. Assoc. 99 (2004)). That only ever adds doubt.

Where a prior is not certain that there is an effect at all, but gives it a share π, mean m and
variance v, a normal distribution says little, and asked is how probable it is that there is one:

    P  =  τ π f / ( τ π f + 1 - τ π ) ,
    f  =  N(b; m, v + s²) / N(b; 0, s²) · P(|β| > δ | b) / P(|β| > δ) ,    β ~ N(m, v) ,

with τ the trust, how probable it is that what the prior says holds here at all, and s wider by the
middle of own z, since own evidence of few rows is too sure of itself. Added is the largest set of
edges that own evidence does not show, the most probable first, of which at most α are false by
these probabilities. As p such an edge has its 1 - P, as q the mean of 1 - P over all that are as
probable (B. Efron, "Microarrays, empirical Bayes and the two-groups model", Statistical Science 23
(2008)). The trust weighs the share and not P: it is below 1 - α most of the time for priors that
are right, too, and P could never be more.

An edge that own evidence shows stays, whatever a prior says. Others are added, *imported*, where
the prior has a say and the posterior, of the prior's sign, passes. Where several priors speak of an
edge, the one with most weight is heard alone: they may rest on the same rows. Of lag 0 and of
squares priors say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_ndtr, ndtri

from scarcity.causal.decision import Estimate
from scarcity.causal.effects import Effects
from scarcity.causal.prior import CONTESTED_WEIGHT, Expected, Normal, log_factor
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg, share_false

MANY_EDGES = 50
"""From so many on, their middle tells the width of the null hypothesis."""

NORMAL_MAD = 1.4826
"""Standard deviations of a Gaussian per median absolute deviation."""

SMALLEST_SCORE = 1e-9
"""Of |t|: what is nearer to zero is zero."""


@dataclass(frozen=True, eq=False)
class Belief:
    """What priors add to an estimate, and what they say of accepted edges; arrays (edge)."""

    added: Ints
    """positions target · columns + column, rising, of edges accepted thanks to a prior only"""
    posterior: Effects
    """of these"""
    p_value: Floats
    """of these; of edges that a prior is not certain of: how probable it is that there is none"""
    told: Ints
    """positions of accepted edges, the added among them, of which a prior says something"""
    prior: Ints
    """of these: the place of the prior that is heard"""
    mean: Floats
    """of these: what it expects"""
    se: Floats
    q_value: Floats
    """of these: of own evidence and prior taken together"""

    @property
    def q_added(self) -> Floats:
        return self.q_value[np.searchsorted(self.told, self.added)]


def believe(
    estimate: Estimate, priors: Sequence[Expected], trusts: Sequence[float], alpha: float
) -> Belief:
    """Take one or more priors (target, column), each with its trust, together with own evidence."""
    effect, se, askable = _own(estimate)
    heard, place = _heard(priors, trusts, effect, np.where(askable, se, np.nan))
    slabs = _slabs(priors, trusts, place)
    is_sparse = (heard.precision > 0.0) & (slabs.share < 1.0)
    heard = Normal(heard.mean, np.where(is_sparse, 0.0, heard.precision))
    both = _doubted(heard.with_evidence(effect, se), heard.precision > 0.0)
    p_value, q_value = _values(estimate, both, se, alpha)
    is_new = (heard.precision > 0.0) & (both.mean * heard.mean > 0.0) & (q_value <= alpha)
    if is_sparse.any():
        at, both, p_value, q_value = _with_probable(
            estimate, slabs, is_sparse, (both, p_value, q_value)
        )
        is_new[at] = q_value[at] <= alpha
    added = np.setdiff1d(np.flatnonzero(is_new), estimate.accepted, assume_unique=True)
    accepted = np.union1d(estimate.accepted, added)
    spoken = np.any([~np.isnan(each.mean) for each in priors], axis=0) & askable
    told = accepted[spoken.ravel()[accepted]]
    its = place.ravel()[told]
    mean, size = (
        np.stack([getattr(each, name).ravel() for each in priors]) for name in ("mean", "se")
    )
    return Belief(
        added=added,
        posterior=Effects(
            both.mean.ravel()[added],
            1.0 / np.sqrt(both.precision.ravel()[added]),
            estimate.tests.freedom.ravel()[added],
        ),
        p_value=p_value.ravel()[added],
        told=told,
        prior=its,
        mean=mean[its, told],
        se=size[its, told],
        q_value=q_value.ravel()[told],
    )


def _own(estimate: Estimate) -> tuple[Floats, Floats, Bools]:
    """Effects and standard errors, and which a prior has a say in; (target, column).

    A score may be less than effect / se, as an edge has to hold given the children too; then the
    standard error is so much larger.
    """
    tests, width = estimate.tests, estimate.width
    size = np.abs(tests.effect)
    se = np.maximum(tests.se, size / np.maximum(tests.score, SMALLEST_SCORE))
    askable = ~np.isnan(tests.score) & ~estimate.quadratic
    askable[:, ::width] = False
    return tests.effect, np.where(np.isnan(tests.score), np.nan, se), askable & ~_own_past(estimate)


def _own_past(estimate: Estimate) -> Bools:
    """(target, column): which are autocorrelations."""
    return np.repeat(np.eye(estimate.variables, dtype=np.bool_), estimate.width, axis=1)


def _heard(
    priors: Sequence[Expected], trusts: Sequence[float], effect: Floats, se: Floats
) -> tuple[Normal, Ints]:
    """Of every edge the prior with most weight, and its place, else that of the first that speaks.

    se is NaN where they have no say.
    """
    each = [
        prior.normal.weighed(effect, se, trust) for prior, trust in zip(priors, trusts, strict=True)
    ]
    place = np.argmax([~np.isnan(prior.mean) for prior in priors], axis=0)
    heard = each[0]
    for number, its in enumerate(each[1:], 1):
        is_more = its.precision > heard.precision
        place = np.where(is_more, number, place)
        mean = np.where(is_more, its.mean, heard.mean)
        heard = Normal(mean, np.maximum(its.precision, heard.precision))
    return Normal(heard.mean, np.where(np.isnan(se), 0.0, heard.precision)), place


def _doubted(both: Normal, heard: Bools) -> Normal:
    """The posterior, as much less sure where a prior was heard as its own middle says."""
    width = _width((both.mean * np.sqrt(both.precision))[heard])
    return Normal(both.mean, np.where(heard, both.precision / width**2, both.precision))


def _width(z: Floats) -> float:
    """How many times as wide as N(0, 1) the middle of these is, at least 1."""
    if len(z) < MANY_EDGES:
        return 1.0
    return max(1.0, NORMAL_MAD * float(np.median(np.abs(z - np.median(z)))))


Judged = tuple[Normal, Floats, Floats]
"""Posteriors, p and q; (target, column)."""


class _Slabs(NamedTuple):
    """What the prior that is heard says of each edge; arrays of one shape."""

    share: Floats
    """π"""
    mean: Floats
    """m"""
    spread: Floats
    """√v"""
    trust: Floats
    """τ"""


def _slabs(priors: Sequence[Expected], trusts: Sequence[float], place: Ints) -> _Slabs:
    """(target, column)"""

    def heard(values: Sequence[Floats]) -> Floats:
        found: Floats = np.take_along_axis(np.stack(values), place[None], axis=0)[0]
        return found

    return _Slabs(
        share=heard([prior.share for prior in priors]),
        mean=heard([prior.mean for prior in priors]),
        spread=heard([prior.se for prior in priors]),
        trust=heard(
            [
                trust * np.where(prior.contested, CONTESTED_WEIGHT, 1.0)
                for prior, trust in zip(priors, trusts, strict=True)
            ]
        ),
    )


def _with_probable(
    estimate: Estimate, slabs: _Slabs, is_sparse: Bools, judged: Judged
) -> tuple[tuple[Ints, ...], Normal, Floats, Floats]:
    """What is judged, with the edges that a prior is not certain of and own evidence does not show.

    is_sparse  (target, column): of which the prior that is heard is not certain
    returns    where those edges are; and posteriors, p and q of all
    """
    (both, p_value, q_value), (effect, se, _) = judged, _own(estimate)
    at = np.nonzero(is_sparse & ~_shown(estimate))
    wide = se[at] * _width((effect / se)[is_sparse])
    exists, mean, precision = _probable(
        _Slabs(*(each[at] for each in slabs)), effect[at], wide, _margin(estimate, se)[at]
    )
    both = Normal(_put(both.mean, at, mean), _put(both.precision, at, precision))
    return at, both, _put(p_value, at, 1.0 - exists), _put(q_value, at, share_false(exists))


def _put(values: Floats, at: tuple[Ints, ...], others: Floats) -> Floats:
    """The same values, but for these."""
    changed = values.copy()
    changed[at] = others
    return changed


def _probable(
    slabs: _Slabs, effect: Floats, se: Floats, margin: Floats
) -> tuple[Floats, Floats, Floats]:
    """(edge): P, and the mean and precision of the effect if there is one."""
    share, mean, spread, trust = slabs
    precision = 1.0 / spread**2 + 1.0 / se**2
    centre = (mean / spread**2 + effect / se**2) / precision
    log_f = log_factor(effect, se, mean, spread)
    log_f += _log_beyond(centre, precision**-0.5, margin)
    log_f -= _log_beyond(mean, spread, margin)
    believed = trust * share
    # Of share 0 the logarithm is -inf, and so is what follows from it: P = 0.
    with np.errstate(divide="ignore"):
        log_odds = np.log(believed) - np.log1p(-believed)
    return expit(log_odds + log_f), centre, precision


def _log_beyond(mean: Floats, deviation: Floats, margin: Floats) -> Floats:
    """Log P( |β| > δ ) of a normal β."""
    above, below = (mean - margin) / deviation, (-mean - margin) / deviation
    beyond: Floats = np.logaddexp(log_ndtr(above), log_ndtr(below))
    return beyond


def _shown(estimate: Estimate) -> Bools:
    """(target, column): which own evidence shows."""
    shown = np.zeros(estimate.tests.effect.shape, np.bool_)
    shown.ravel()[estimate.accepted] = True
    return shown


def _margin(estimate: Estimate, se: Floats) -> Floats:
    """(target, column): δ"""
    rho = estimate.min_effect
    return rho * np.sqrt(estimate.tests.freedom / (1.0 - rho**2)) * se


def _values(estimate: Estimate, both: Normal, se: Floats, alpha: float) -> tuple[Floats, Floats]:
    """(target, column): p and q of the edges between different variables, NaN elsewhere.

    Most edges are surely not accepted, and of these p and q are 1. A q above α is an upper bound:
    only p-values up to α can make one that is not.
    """
    width = _margin(estimate, se)
    p_value = np.where(np.isnan(se) | _own_past(estimate), np.nan, 1.0)
    family = int(np.sum(~np.isnan(p_value)))
    least = float(-ndtri(alpha))
    is_large = (np.abs(both.mean) - width) * np.sqrt(both.precision) >= least
    at = np.nonzero(is_large & ~np.isnan(p_value))
    large = Normal(both.mean[at], both.precision[at]).p_values(width[at])
    p_value[at] = np.minimum(1.0, large * (1.0 + estimate.quadratic[at]))
    q_value = p_value.copy()
    q_value[at] = np.minimum(1.0, benjamini_hochberg(p_value[at]) * family / max(len(large), 1))
    return p_value, q_value
