"""How well a graph agrees with edges that are known to be true.

Over ordered pairs of different variables, whatever the lag:

    precision = true found / found        recall = true found / true
    F1 = 2 · true found / (found + true)
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from scarcity.causal import Graph
from scarcity.events import ReferenceEdge


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The agreement of one graph with the truth."""

    rows: int
    at: datetime
    precision: float
    recall: float
    f1: float


def accuracy(graph: Graph, truth: Collection[ReferenceEdge], *, at: datetime) -> Accuracy:
    """Return how the accepted edges of a graph agree with the true ones.

    A graph without edges has precision 1: it says nothing false.
    """
    true = {(edge.source, edge.target) for edge in truth if edge.source != edge.target}
    found = {(edge.source, edge.target) for edge in graph.edges if edge.is_cross}
    hits = len(true & found)
    return Accuracy(
        rows=graph.rows,
        at=at,
        precision=hits / len(found) if found else 1.0,
        recall=hits / len(true) if true else 1.0,
        f1=2 * hits / (len(found) + len(true)) if found or true else 1.0,
    )
