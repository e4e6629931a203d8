"""What an engine found, as arrays to compare with the truth of a world."""

from dataclasses import dataclass

import numpy as np

from scarcity.causal import Engine, EngineConfig, Graph
from worlds.var import Bools, Floats, World

DEFAULTS = EngineConfig()


def discover(world: World, config: EngineConfig = DEFAULTS, *, window: int = 256) -> Graph:
    """The graph of a world, streamed in windows of this many rows."""
    engine = Engine(world.variables, config)
    for first in range(0, len(world.values), window):
        engine.update(world.values[first : first + window], first)
    return engine.graph()


@dataclass(frozen=True, slots=True)
class Findings:
    """A graph as arrays (lag - 1, source, target); NaN and False where untested."""

    effect: Floats
    se: Floats
    p_value: Floats
    score: Floats
    accepted: Bools

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


def findings(graph: Graph) -> Findings:
    """Lay a graph out."""
    position = {name: index for index, name in enumerate(graph.variables)}
    shape = (graph.max_lag, len(position), len(position))
    numbers = np.full((4, *shape), np.nan)
    accepted = np.zeros(shape, dtype=np.bool_)
    for edge in graph.all_edges:
        place = edge.lag - 1, position[edge.source], position[edge.target]
        numbers[(slice(None), *place)] = edge.effect, edge.se, edge.p_value, edge.score
        accepted[place] = edge.is_accepted
    return Findings(numbers[0], numbers[1], numbers[2], numbers[3], accepted)
