"""What others' evidence, put together, leads one to expect here (`causal.prior`)."""

import numpy as np

from scarcity.causal.prior import Expected, Normal
from scarcity.federation.pooling.pool import Pooled
from scarcity.stats.arrays import Floats


def expected(pooled: Pooled) -> Expected:
    """(edge): the effect at a new peer, N(μ, τ² + se²)."""
    if pooled.own is not None and pooled.counts_own:
        raise ValueError("own evidence would count twice: pool with counts_own=False")
    spread = np.sqrt(np.nan_to_num(pooled.tau2) + pooled.se**2)
    return Expected(pooled.effect, spread, pooled.contested)


def edge_prior(pooled: Pooled, effect: Floats, se: Floats, weight: float) -> Normal:
    """The prior that others' evidence makes for own estimates (edge), at a weight from 0 to 1."""
    return expected(pooled).weighed(effect, se, weight)
