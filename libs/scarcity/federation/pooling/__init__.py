"""Evidence of many peers about the same edges, put together by each peer for itself.

    >>> import numpy as np
    >>> from scarcity.federation.pooling import Beliefs, pool
    >>> rng = np.random.default_rng(0)
    >>> truth = np.repeat([0.3, 0.0], [10, 90])
    >>> effect = truth + 0.1 * rng.normal(size=(8, 100))
    >>> effect[5:] = -3.0 * truth  # three peers lie
    >>> pooled = pool(Beliefs(effect, np.full((8, 100), 0.1), np.full(8, 100.0)), own=0)
    >>> [int(np.sum(pooled.accepted[:10])), int(np.sum(pooled.accepted[10:]))]
    [10, 0]
    >>> pooled.reasons[4:]
    (None, 'opposes-own', 'opposes-own', 'opposes-own')

From beliefs to a verdict, one module each:

    beliefs        what peers say, and the bounds on how sure they may claim to be
    arrays         sums over peers, of which some did not test an edge
    combining      what a rule is told, and what it answers
    averages       rules that trust everybody
    coordinates    rules that leave out the extremes of each edge
    geometry vectors   rules that compare peers as a whole
    trusted        the default: own evidence is the root of trust
    rules          all rules, by name
    heterogeneity  how much peers differ
    pool           effect, interval, and state of every edge; weight of every peer
    prior          what it leads one to expect here, for `causal.prior`

Nothing here has a clock, a thread, a log or a file.
"""

from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import Combined, Reason, Terms
from scarcity.federation.pooling.pool import Pooled, State, pool
from scarcity.federation.pooling.prior import edge_prior, expected
from scarcity.federation.pooling.rules import RULES, Rule

__all__ = [
    "RULES",
    "Beliefs",
    "Combined",
    "Pooled",
    "Reason",
    "Rule",
    "State",
    "Terms",
    "edge_prior",
    "expected",
    "pool",
]
