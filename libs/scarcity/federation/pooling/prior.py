"""What is imported, as a prior for this deployment's own evidence.

For an edge of which the others say μ, with standard error se and the variance τ² between peers, a
new peer's effect is N(μ, τ² + se²). Imported with a weight w, the gate's trust (`gate`), it becomes
a normal prior with

    mean μ ,     precision w / (τ² + se²) ,

a power prior (J. G. Ibrahim, M.-H. Chen, "Power prior distributions for regression models",
Statistical Science 15 (2000)). Rejected edges are imported too: they draw to about zero what is
nothing. A contested edge counts a tenth, and only where own evidence confirms it: z of the same
sign, beyond 1.64. Own evidence must be no part of what is imported, or it would count twice.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scarcity.federation.pooling.arrays import ratio
from scarcity.federation.pooling.pool import Pooled
from scarcity.stats.arrays import Floats
from scarcity.stats.multiplicity import benjamini_hochberg

CONTESTED_WEIGHT = 0.1
CONFIRMED = 1.6449
"""Standard errors: 5 % of those without effect are beyond, on the side of the import."""


@dataclass(frozen=True, eq=False)
class Normal:
    """Independent normal distributions, one per edge."""

    mean: Floats
    """(edge); 0 where the precision is 0"""
    precision: Floats
    """(edge): 1 / variance; 0 = nothing is known"""

    def with_evidence(self, effect: Floats, se: Floats) -> "Normal":
        """The posterior given own estimates (edge), NaN where not tested."""
        precision = np.where(np.isnan(se), 0.0, 1.0 / np.where(np.isnan(se), 1.0, se) ** 2)
        total = self.precision + precision
        known = self.precision * self.mean + precision * np.nan_to_num(effect)
        return Normal(np.nan_to_num(ratio(known, total)), total)

    def signs(self, q: float) -> Floats:
        """(edge): 1 or -1 of those that are not zero, at this false-discovery rate; 0 elsewhere."""
        sure = np.where(self.precision > 0.0, self.precision, np.nan)
        p_value = 2.0 * ndtr(-np.abs(self.mean) * np.sqrt(sure))
        return np.where(benjamini_hochberg(p_value) <= q, np.sign(self.mean), 0.0)


def edge_prior(pooled: Pooled, effect: Floats, se: Floats, weight: float) -> Normal:
    """The prior that others' evidence makes for own estimates (edge), at a weight from 0 to 1."""
    if pooled.own is not None and pooled.counts_own:
        raise ValueError("own evidence would count twice: pool with counts_own=False")
    if not 0.0 <= weight <= 1.0:
        raise ValueError(f"a weight lies between 0 and 1, so it is not {weight}")
    between = np.nan_to_num(pooled.tau2)
    confirmed = ratio(effect * np.sign(pooled.effect), se) > CONFIRMED
    trust = np.where(pooled.contested, CONTESTED_WEIGHT * confirmed, 1.0)
    precision = np.nan_to_num(weight * trust / (between + pooled.se**2))
    return Normal(np.where(precision > 0.0, np.nan_to_num(pooled.effect), 0.0), precision)


def edges_here(prior: Normal, effect: Floats, se: Floats, q: float) -> Floats:
    """(edge): 1 or -1 where this deployment has an edge, 0 elsewhere, from its own estimates.

    What own evidence shows by itself stays, whatever was imported: others can add an edge to it,
    and cannot take one away.
    """
    nothing = Normal(np.zeros(len(effect)), np.zeros(len(effect)))
    alone = nothing.with_evidence(effect, se).signs(q)
    return np.where(alone != 0.0, alone, prior.with_evidence(effect, se).signs(q))
