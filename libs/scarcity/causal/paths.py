"""Causal paths: chains of accepted cross edges, best first.

    x0 --1--> x3 --2--> x5      effect = e₁ · e₂ ,  delay = 1 + 2 ,  score = min(s₁, s₂) ,
                                confidence = 1 - max(q₁, q₂)

A chain is as sure as its weakest edge, and lengthening it can only lower that. So a queue ordered
by score meets the chains in their final order: each one taken is the best not yet taken, and the
search stops after k of them. It begins with the surest edges alone: k chains found among these
are better than any with a weaker edge. A path proposes a mechanism; it is not tested as a whole.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod

from scarcity.causal.edges import Edge

Ranked = tuple[float, int, float, tuple[tuple[str, str, int], ...], tuple[Edge, ...]]
"""An entry of the queue: -score, length, -strength, name (no two are equal), the chain."""


@dataclass(frozen=True, slots=True)
class Path:
    """Two or more accepted edges in a row, no variable twice."""

    variables: tuple[str, ...]
    """source, mediators, target"""
    lags: tuple[int, ...]
    """of each step, in grid steps"""
    effect: float
    """product of the standardised effects along the way"""
    delay: int
    """sum of the lags, in grid steps"""
    score: float
    """of the weakest edge"""
    confidence: float
    """1 - the largest q-value"""


def best_paths(edges: Iterable[Edge], limit: int) -> tuple[Path, ...]:
    """The `limit` best chains of these accepted edges; among equals, the shorter, then stronger."""
    cross = sorted((edge for edge in edges if edge.is_cross), key=lambda edge: -edge.score)
    surest = limit
    while True:
        chains = tuple(islice(_chains(cross[:surest]), limit))
        if len(chains) == limit or surest >= len(cross):
            return tuple(_path(chain) for chain in chains)
        surest *= 2


def _chains(edges: Iterable[Edge]) -> Iterator[tuple[Edge, ...]]:
    """Every chain, best first."""
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    queue = [_ranked((edge,)) for steps in leaving.values() for edge in steps]
    heapq.heapify(queue)
    while queue:
        *_, chain = heapq.heappop(queue)
        if len(chain) > 1:
            yield chain
        visited = {edge.source for edge in chain}
        for edge in leaving.get(chain[-1].target, ()):
            if edge.target not in visited:
                heapq.heappush(queue, _ranked((*chain, edge)))


def _ranked(chain: tuple[Edge, ...]) -> Ranked:
    score = min(edge.score for edge in chain)
    strength = abs(prod(edge.effect for edge in chain))
    return -score, len(chain), -strength, tuple(edge.key for edge in chain), chain


def _path(chain: tuple[Edge, ...]) -> Path:
    return Path(
        variables=(chain[0].source, *(edge.target for edge in chain)),
        lags=tuple(edge.lag for edge in chain),
        effect=prod(edge.effect for edge in chain),
        delay=sum(edge.lag for edge in chain),
        score=min(edge.score for edge in chain),
        confidence=1.0 - max(edge.q_value for edge in chain),
    )
