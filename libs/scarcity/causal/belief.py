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

An edge that own evidence shows stays, whatever a prior says. Others are added, *imported*, where
the prior has a say and the posterior, of the prior's sign, passes. Where several priors speak of an
edge, the one with most weight is heard alone: they may rest on the same rows. Of lag 0 and of
squares priors say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scarcity.causal.decision import Estimate
from scarcity.causal.effects import Effects
from scarcity.causal.prior import Expected, Normal
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg

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
    """of these"""
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
    both = _doubted(heard.with_evidence(effect, se), heard.precision > 0.0)
    p_value, q_value = _values(estimate, both, se, alpha)
    is_new = (heard.precision > 0.0) & (both.mean * heard.mean > 0.0) & (q_value <= alpha)
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
    each = [prior.weighed(effect, se, trust) for prior, trust in zip(priors, trusts, strict=True)]
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
    z = (both.mean * np.sqrt(both.precision))[heard]
    if len(z) < MANY_EDGES:
        return both
    width = max(1.0, NORMAL_MAD * float(np.median(np.abs(z - np.median(z)))))
    return Normal(both.mean, np.where(heard, both.precision / width**2, both.precision))


def _values(estimate: Estimate, both: Normal, se: Floats, alpha: float) -> tuple[Floats, Floats]:
    """(target, column): p and q of the edges between different variables, NaN elsewhere.

    Most edges are surely not accepted, and of these p and q are 1. A q above α is an upper bound:
    only p-values up to α can make one that is not.
    """
    rho = estimate.min_effect
    width = rho * np.sqrt(estimate.tests.freedom / (1.0 - rho**2)) * se
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
