"""A past and peers together: rows that each peer needs, M6.

A new kind of plant, of a family of which ten others are known, runs at ten deployments at once.
Their evidence is pooled as a federation does it, and what is pooled is looked at with the past.
"""

import numpy as np

from bench.meta.scores import Curves, between
from scarcity.federation.pooling import Beliefs, pool
from scarcity.meta import Evidence, judge, learn, shown_alone
from worlds.domains import evidence_of, family, simulated
from worlds.peers import between as off_diagonal
from worlds.world import Floats

GRID = (30, 40, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600)
PEERS = 10
PAST, PAST_ROWS = 10, 1000
SHARE = 0.8


def measure(first: int, seeds: int) -> dict[str, object]:
    """On so many seeds from the first on."""
    curves = Curves(GRID)
    for seed in range(first, first + seeds):
        _seed(curves, np.random.default_rng(seed))
    return curves.report()


def _seed(curves: Curves, rng: np.random.Generator) -> None:
    common = family(rng, SHARE)
    past = simulated(rng, np.stack([common.domain(rng) for _ in range(PAST)]), PAST_ROWS)
    domain = learn([evidence_of(f"past {k}", each) for k, each in enumerate(past)])
    structure = common.domain(rng)
    edges = structure[off_diagonal(len(structure))]
    values = simulated(rng, np.repeat(structure[None], PEERS, axis=0), GRID[-1])
    for rows in GRID:
        alone, together = _evidence(values[:, : rows + 1])
        for name, own in (("cold", alone), ("10 peers", together)):
            found = judge(domain.prior_for(own), own)
            curves.add(name, rows, (shown_alone(own), own.effect), edges)
            curves.add(f"{name}, prior", rows, (found.accepted, found.effect), edges)


def _evidence(values: Floats) -> tuple[Evidence, Evidence]:
    """Of the first peer, and of all together as it sees them."""
    each = [between(evidence_of("new", rows)) for rows in values]
    rows = np.full(len(each), float(values.shape[1] - 1))
    beliefs = Beliefs(np.stack([e.effect for e in each]), np.stack([e.se for e in each]), rows)
    pooled = pool(beliefs, 0)
    return each[0], Evidence("new", each[0].edges, pooled.effect, pooled.se)
