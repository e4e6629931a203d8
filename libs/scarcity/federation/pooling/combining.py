"""What every rule is told, and what it answers; weighted means, of which most rules are made."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scarcity.federation.pooling.arrays import ratio
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.stats.arrays import Bools, Floats

Reason = Literal[
    "opposes-own", "outlier", "clone", "coalition", "too-few-rows", "nothing-tested", "not-chosen"
]
"""Why a peer's beliefs were not used; stable, so that it can be counted and searched for."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule is told besides the beliefs."""

    own: int | None = None
    """which peer asks; the root of trust of the rules that have one"""
    bad: int = 0
    """how many peers may be dishonest: f, for the rules that need it"""
    counts_own: bool = True
    """whether the asking peer's beliefs are part of the result, or only judge the others"""


@dataclass(frozen=True, eq=False)
class Combined:
    """What a rule makes of the beliefs."""

    effect: Floats
    """(edge), NaN where too few peers tested it"""
    se: Floats
    """(edge)"""
    shares: Floats
    """(peer, edge): of which peers the effect is made, summing to 1; NaN where nobody counts"""
    reasons: tuple[Reason | None, ...]
    """(peer): why its beliefs were not used, None where they were"""

    @property
    def used(self) -> Bools:
        """(peer)"""
        return np.array([reason is None for reason in self.reasons])


def weighted(
    beliefs: Beliefs, weights: Floats, reasons: tuple[Reason | None, ...] = ()
) -> Combined:
    """The mean Σ w β / Σ w, with se² = Σ w² se² / (Σ w)²; weights (peer, edge) of at least 0."""
    weights = np.where(beliefs.tested, weights, 0.0)
    shares = ratio(weights, weights.sum(axis=0))
    return Combined(
        effect=_over_peers(shares * beliefs.effect, shares),
        se=np.sqrt(_over_peers((shares * beliefs.se) ** 2, shares)),
        shares=shares,
        reasons=reasons or (None,) * beliefs.peers,
    )


def _over_peers(values: Floats, shares: Floats) -> Floats:
    """(edge): sums of what was tested, NaN where nobody counts."""
    added: Floats = np.nansum(values, axis=0)
    return np.where(np.isnan(shares[0]), np.nan, added)


def need_own(terms: Terms, peers: int, rule: str) -> int:
    """The asking peer, which the rule cannot do without."""
    if terms.own is None:
        raise ValueError(f"{rule} trusts the asking peer's own evidence: say which peer that is")
    if not 0 <= terms.own < peers:
        raise ValueError(f"own must be one of {peers} peers, not {terms.own}")
    return terms.own


def need_peers(peers: int, least: int, terms: Terms, rule: str) -> None:
    """Refuse a rule where its guarantee does not hold."""
    if terms.bad < 0:
        raise ValueError(f"the number of bad peers cannot be {terms.bad}")
    if peers < least:
        raise ValueError(f"{rule} needs {least} peers to bear {terms.bad} bad ones, not {peers}")


def counted(beliefs: Beliefs, terms: Terms) -> Floats:
    """(peer, 1): 1 for who counts, by what the terms say of the asking peer."""
    counts = np.ones((beliefs.peers, 1))
    if terms.own is not None and not terms.counts_own:
        counts[terms.own] = 0.0
    return counts
