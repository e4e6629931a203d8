"""What one peer makes of all edges: as its process tells it, and as the library says it."""

from dataclasses import dataclass, replace

import numpy as np

from bench.federation.pooling import f1
from scarcity.events import PooledState, RoundJudged
from scarcity.federation.pooling import Beliefs, pool
from scarcity.federation.protocol.contract import Contract, EdgeKey
from scarcity.federation.protocol.statement import DTYPES, NEWEST
from worlds.world import Bools, Floats


@dataclass(frozen=True, eq=False)
class Verdict:
    """What one peer makes of all edges, in the order of the contract."""

    accepted: Bools
    effect: Floats
    """(edge): of the accepted ones, 0 for the others"""

    def f1(self, sign: Floats) -> float:
        return f1(self.accepted, self.effect, sign)

    def agrees(self, other: "Verdict") -> bool:
        """Whether both accept the same edges with the same signs."""
        return np.array_equal(np.sign(self.effect), np.sign(other.effect))


def read(judged: RoundJudged, agreed: Contract) -> Verdict:
    """Return the verdict that an event tells of."""
    effect, places = np.zeros(agreed.size), {name: i for i, name in enumerate(agreed.names)}
    for edge in judged.edges:
        if edge.state is PooledState.ACCEPTED:
            key = EdgeKey(places[edge.source], places[edge.target], edge.lag)
            effect[agreed.place(key)] = edge.effect
    return Verdict(effect != 0.0, effect)


def by_library(beliefs: Beliefs, place: int) -> Verdict:
    """Return the verdict of one peer by a call, without any process."""
    pooled = pool(beliefs, place)
    return Verdict(pooled.accepted, np.where(pooled.accepted, pooled.effect, 0.0))


def on_the_wire(beliefs: Beliefs) -> Beliefs:
    """Return beliefs as precise as they travel."""
    effect, se = (
        each.astype(DTYPES[NEWEST]).astype(np.float64) for each in (beliefs.effect, beliefs.se)
    )
    return replace(beliefs, effect=effect, se=se)


def only(beliefs: Beliefs, place: int) -> Beliefs:
    """Return the beliefs of one peer."""
    return beliefs.of(np.arange(beliefs.peers) == place)
