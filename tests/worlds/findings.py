"""What an engine found, as arrays to compare with the truth of a world."""

from dataclasses import dataclass

import numpy as np

from scarcity.causal import Engine, EngineConfig, Graph
from worlds.world import Bools, Floats, World

DEFAULTS = EngineConfig()


def discover(world: World, config: EngineConfig = DEFAULTS, *, window: int = 256) -> Graph:
    """The graph of a world, streamed in windows of this many rows."""
    engine = Engine(world.variables, config)
    for first in range(0, len(world.values), window):
        engine.update(world.values[first : first + window], first)
    return engine.graph()


@dataclass(frozen=True, slots=True)
class Findings:
    """A graph as arrays (lag - first lag, source, target); NaN and False where untested.

    An edge that is not oriented stands at one place only, as the graph lists it.
    """

    effect: Floats
    se: Floats
    low: Floats
    high: Floats
    p_value: Floats
    score: Floats
    accepted: Bools
    oriented: Bools

    @property
    def pairs(self) -> Bools:
        """(source, target): accepted at any lag."""
        found: Bools = np.any(self.accepted, axis=0)
        return found

    @property
    def pair_score(self) -> Floats:
        """(source, target): the surest lag."""
        surest: Floats = np.max(self.score, axis=0)
        return surest

    @property
    def cross(self) -> int:
        """How many edges between different variables were accepted."""
        d = self.accepted.shape[1]
        return int(np.sum(self.accepted & ~np.eye(d, dtype=np.bool_)))


def findings(graph: Graph, *, first_lag: int = 1) -> Findings:
    """Lay a graph out, from this lag on."""
    position = {name: index for index, name in enumerate(graph.variables)}
    shape = (graph.max_lag + 1, len(position), len(position))
    numbers = np.full((6, *shape), np.nan)
    states = np.zeros((2, *shape), dtype=np.bool_)
    for edge in graph.all_edges:
        place = edge.lag, position[edge.source], position[edge.target]
        known = (edge.effect, edge.se, *edge.ci, edge.p_value, edge.score)
        numbers[(slice(None), *place)] = known
        states[(slice(None), *place)] = edge.is_accepted, edge.oriented
    return Findings(*numbers[:, first_lag:], *states[:, first_lag:])
