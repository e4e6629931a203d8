"""What streams teach each other: where to begin, and which settings to run. No rows are shared.

    >>> import numpy as np
    >>> from scarcity.meta import Edge, Evidence, judge, learn, shown_alone
    >>> rng = np.random.default_rng(0)
    >>> edges = tuple(Edge(f"x{i}", f"x{j}", 1) for i in range(10) for j in range(10) if i != j)
    >>> truth = np.where(np.arange(90) < 9, 0.3, 0.0)
    >>> def seen(stream, se):
    ...     return Evidence(stream, edges, truth + se * rng.normal(size=90), np.full(90, se))
    >>> domain = learn([seen(f"plant {k}", 0.03) for k in range(5)])
    >>> new = seen("new plant", 0.15)
    >>> prior = domain.prior_for(new)
    >>> [round(prior.informative, 2), sorted(prior.provenance)[0]]
    [1.0, 'plant 0']
    >>> [int(found[:9].sum()) for found in (judge(prior, new).accepted, shown_alone(new))]
    [9, 0]

Where to begin, one module each:

    evidence      streams side by side, by the names and the types of their variables
    two_groups    edges that are nothing, and edges that are something
    hierarchy     what a family of streams leads one to expect of each edge
    families      which streams belong together
    priors        what a stream is told, how far that is used, and what it comes to
    reptile       another way to begin, to compare with
    recursive     a linear model that learns row by row, from wherever it begins

Which settings to run:

    hedge         those that can run in shadow, all at once
    forgetting    of half-lives that do, the one that foresees a stream best
    bandit        those that exclude each other
    descriptors   what a stream is like
    betting guard whether a change was for the worse, and the way back
    tuning        an engine whose half-life is learnt, tried and taken back while it runs

Nothing here has a clock, a thread, a log or a file; randomness is an argument.
"""

from scarcity.meta.evidence import Block, Edge, Evidence
from scarcity.meta.guard import Bounds, Decision, Guard, observe, propose, push
from scarcity.meta.hedge import Hedge, HedgeState
from scarcity.meta.priors import Domain, MixturePrior, Posterior, judge, learn, shown_alone

__all__ = [
    "Block",
    "Bounds",
    "Decision",
    "Domain",
    "Edge",
    "Evidence",
    "Guard",
    "Hedge",
    "HedgeState",
    "MixturePrior",
    "Posterior",
    "judge",
    "learn",
    "observe",
    "propose",
    "push",
    "shown_alone",
]
