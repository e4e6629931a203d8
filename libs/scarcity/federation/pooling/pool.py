"""The verdict on every edge, from the evidence of all peers: how strong, how sure, how disputed.

From what a rule makes of the beliefs (`rules`), with z = effect / se,

    p = 2 Φ( -|z| / s ) ,     s = max( 1, 1.4826 · median |z - median z| ) ,

and q after Benjamini and Hochberg. Most edges do not exist, so the middle of all z tells how wide
the null hypothesis really is; that only ever makes p larger, and needs many edges (B. Efron,
"Large-scale simultaneous hypothesis testing: the choice of a null hypothesis", J. Am. Stat. Assoc.
99 (2004)). An edge is

    rejected    q > α,
    contested   q ≤ α, I² > ½, and more than a third of the used peers are against it,
    accepted    otherwise.

A peer is for an edge if its estimate is nearer to the effect than to zero, and against it if not.
Where a lie of few peers makes an edge, the honest majority sits around zero, however large the lie
is. Where peers truly differ, most still have the edge: I² alone would call half of these contested.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from scarcity.federation.pooling.arrays import ratio
from scarcity.federation.pooling.averages import combined_by, inverse_variance
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import Combined, Reason, Terms, need_own
from scarcity.federation.pooling.heterogeneity import (
    QUANTILE,
    Spread,
    prediction_interval,
    spread,
)
from scarcity.federation.pooling.rules import RULES
from scarcity.federation.rule_name import RuleName
from scarcity.stats.arrays import Bools, Floats
from scarcity.stats.multiplicity import benjamini_hochberg

State = Literal["accepted", "contested", "rejected", "untested"]

Interval = tuple[Floats, Floats]
"""(edge), (edge): the lower and the upper ends, of 95 %."""

FEWEST_ROWS = 30.0
"""Evidence from fewer rows is not used: its standard errors say little."""
CONTESTED_I2 = 0.5
CONTESTED_SHARE = 1.0 / 3.0
MANY_EDGES = 50
"""From so many on, their middle tells the width of the null hypothesis."""
NORMAL_MAD = 1.4826
"""Standard deviations of a Gaussian per median absolute deviation."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """What one peer makes of the evidence of all."""

    effect: Floats
    """(edge), standardised; NaN where too few tested it"""
    se: Floats
    """(edge)"""
    tau2: Floats
    """(edge): the variance of the effect between the used peers"""
    i2: Floats
    """(edge): the share of what is seen between the used peers that is not chance"""
    i2_interval: Interval
    prediction: Interval
    """where the effect at a new peer is to be expected; NaN below three peers"""
    p_value: Floats
    """(edge)"""
    q_value: Floats
    """(edge)"""
    is_common: Bools
    """(edge): significant if all used peers share one effect"""
    holds_across: Bools
    """(edge): significant for peers like the used ones, which may differ"""
    accepted: Bools
    """(edge)"""
    contested: Bools
    """(edge)"""
    supports: Bools
    """(peer, edge): used, and for the edge"""
    opposes: Bools
    """(peer, edge): used, and against the edge"""
    rows: Floats
    """(edge): of the used peers that tested it"""
    weight: Floats
    """(peer): its mean share in the effects"""
    reasons: tuple[Reason | None, ...]
    """(peer): why its beliefs were not used, None where they were"""
    own: int | None
    counts_own: bool

    @property
    def interval(self) -> Interval:
        """95 % of the effect."""
        margin = QUANTILE * self.se
        return self.effect - margin, self.effect + margin

    @property
    def used(self) -> Bools:
        """(peer)"""
        return np.array([reason is None for reason in self.reasons])

    @property
    def states(self) -> tuple[State, ...]:
        """(edge)"""
        return tuple(map(_state, self.accepted, self.contested, np.isnan(self.q_value)))


def pool(
    beliefs: Beliefs,
    own: int | None,
    *,
    rule: RuleName = "trusted",
    q: float = 0.05,
    bad: int = 0,
    counts_own: bool = True,
) -> Pooled:
    """The verdict of one peer (own) on the evidence of all.

    q           the false-discovery rate to keep below
    bad         how many peers may lie, for the rules that have to be told
    counts_own  False = the asking peer judges the others, but is no part of the result, so that
                this can be a prior for its own evidence
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"q must lie between 0 and 1, not {q}")
    if rule not in RULES:
        raise ValueError(f"there is no rule {rule!r}; there are {', '.join(RULES)}")
    if own is not None:
        need_own(Terms(own), beliefs.peers, rule)
    combined = _combined(beliefs, Terms(own, bad, counts_own), rule)
    used = combined.used & (counts_own | (np.arange(beliefs.peers) != own))
    return _judged(beliefs, combined, used, q, Terms(own, bad, counts_own))


def _state(is_accepted: bool, is_contested: bool, is_untested: bool) -> State:  # noqa: FBT001
    if is_untested:
        return "untested"
    if is_accepted:
        return "accepted"
    return "contested" if is_contested else "rejected"


def _combined(beliefs: Beliefs, terms: Terms, rule: RuleName) -> Combined:
    """What the rule makes of the peers that have something to say."""
    peers = np.arange(beliefs.peers)
    is_silent = np.all(~beliefs.tested, axis=1)
    heard = np.logical_and(~is_silent, beliefs.rows >= FEWEST_ROWS)
    if terms.own is not None:
        heard[terms.own] = True
    if not heard.any():
        raise ValueError(f"no peer tested an edge on {FEWEST_ROWS:.0f} rows or more")
    place = None if terms.own is None else int(np.sum(heard[: terms.own]))
    found = RULES[rule](beliefs.of(heard), Terms(place, terms.bad, terms.counts_own))
    shares = np.where(np.isnan(found.shares[0]), np.nan, np.zeros(beliefs.effect.shape))
    shares[heard] = found.shares
    of_heard = iter(found.reasons)
    reasons = tuple(
        next(of_heard) if heard[k] else "nothing-tested" if is_silent[k] else "too-few-rows"
        for k in peers
    )
    return Combined(found.effect, found.se, shares, reasons)


def _judged(beliefs: Beliefs, combined: Combined, used: Bools, q: float, terms: Terms) -> Pooled:
    effect, se = combined.effect, combined.se
    bounded = beliefs.of(used).bounded() if used.any() else beliefs
    differ = spread(bounded)
    p_value = p_values(effect, se)
    q_value = benjamini_hochberg(p_value)
    supports, opposes = _sides(beliefs, effect, used)
    significant = q_value <= q
    contested = significant & _is_disputed(differ, supports, opposes)
    common = inverse_variance(bounded, Terms())
    across = combined_by(bounded, np.ones((bounded.peers, 1)))
    return Pooled(
        effect=effect,
        se=se,
        tau2=differ.tau2,
        i2=differ.i2,
        i2_interval=differ.i2_interval,
        prediction=prediction_interval(effect, se, differ.tau2, differ.freedom),
        p_value=p_value,
        q_value=q_value,
        is_common=_is_significant(common, q),
        holds_across=_is_significant(across, q),
        accepted=significant & ~contested,
        contested=contested,
        supports=supports,
        opposes=opposes,
        rows=(used * beliefs.rows) @ beliefs.tested,
        weight=_weight(combined.shares),
        reasons=combined.reasons,
        own=terms.own,
        counts_own=terms.counts_own,
    )


def p_values(effect: Floats, se: Floats) -> Floats:
    """(edge): against no effect, the null hypothesis as wide as the middle of all edges says."""
    z = ratio(effect, se)
    known = z[~np.isnan(z)]
    width = 1.0
    if len(known) >= MANY_EDGES:
        deviation = np.median(np.abs(known - np.median(known)))
        width = max(1.0, NORMAL_MAD * float(deviation))
    p_value: Floats = 2.0 * ndtr(-np.abs(z) / width)
    return p_value


def _is_significant(combined: Combined, q: float) -> Bools:
    significant: Bools = benjamini_hochberg(p_values(combined.effect, combined.se)) <= q
    return significant


def _sides(beliefs: Beliefs, effect: Floats, used: Bools) -> tuple[Bools, Bools]:
    """(peer, edge), (peer, edge): who is for, and who is against."""
    judged = used[:, None] & beliefs.tested & ~np.isnan(effect)
    is_near = beliefs.effect * np.sign(effect) > 0.5 * np.abs(effect)
    return judged & is_near, judged & ~is_near


def _is_disputed(differ: Spread, supports: Bools, opposes: Bools) -> Bools:
    """(edge): whether peers differ, and more than a third are against."""
    against, everyone = opposes.sum(axis=0), (supports | opposes).sum(axis=0)
    disputed: Bools = (differ.i2 > CONTESTED_I2) & (against > CONTESTED_SHARE * everyone)
    return disputed


def _weight(shares: Floats) -> Floats:
    """(peer): the mean share in all edges that anybody counts in."""
    counted = ~np.isnan(shares[0])
    weight: Floats = shares[:, counted].sum(axis=1) / max(int(counted.sum()), 1)
    return weight
