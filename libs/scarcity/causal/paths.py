"""Causal paths: chains of accepted cross edges, best first.

    x0 --1--> x3 --2--> x5      effect = e₁ · e₂ ,  delay = 1 + 2 ,  score = min(s₁, s₂) ,
                                confidence = 1 - max(q₁, q₂)

A chain is as sure as its weakest edge, and lengthening it can only lower that. So a queue ordered
by score meets the chains in their final order: each one taken is the best not yet taken, and the
search stops after k of them. It begins with the surest edges alone: k chains found among these
are better than any with a weaker edge. A path proposes a mechanism; it is not tested as a whole.

Between two variables, a chain stands in the queue as the best that can still become of it,

    min(score, best score from its end to the target) ,   length + fewest steps to the target ,

which is never worse than what does become of it, so that the order is the final one again.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import inf, prod
from typing import NamedTuple

from scarcity.causal.edges import Edge

Chain = tuple[Edge, ...]
Steps = Mapping[str, list[Edge]]
"""The edges at each variable: those that leave it, or those that lead to it."""
Ranked = tuple[float, int, bool, float, Chain, float]
"""An entry of the queue: by what the chain may become its -score, its length and whether it is that
now; its -strength; the chain, of which no two are equal; and its own score."""

MOST_CHAINS = 20_000
"""Chains, complete or not, that a search between two variables looks at before it gives up."""


@dataclass(frozen=True, slots=True)
class Path:
    """Accepted edges in a row, no variable twice."""

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


class PathsFound(NamedTuple):
    """What a search between two variables has found."""

    paths: tuple[Path, ...]
    """the best ones, best first; a single edge is one too"""
    complete: bool
    """whether these are all that there are"""


class _Ahead(NamedTuple):
    """What a way from a variable to the target has at best; no two of these need go together."""

    score: float
    steps: int


_ANYWHERE = _Ahead(inf, 0)


def best_paths(edges: Iterable[Edge], limit: int) -> tuple[Path, ...]:
    """The `limit` best chains of two or more of these accepted edges.

    Among equals, the shorter, then the stronger.
    """
    chains: tuple[Chain, ...] = ()
    for surest in _more_and_more(edges, limit):
        leaving = _by(surest, lambda edge: edge.source)
        found = (chain for chain in _chains(surest, leaving) if len(chain) > 1)
        chains = tuple(islice(found, limit))
        if len(chains) == limit:
            break
    return tuple(map(_path, chains))


def paths_between(
    edges: Iterable[Edge], source: str, target: str, limit: int, most_chains: int = MOST_CHAINS
) -> PathsFound:
    """The `limit` best chains of these accepted edges that lead from one variable to another.

    Among equals, the shorter, then the stronger. After `most_chains` chains the search gives up:
    what it has found by then is the best that there is.
    """
    # A chain that leaves the target, or comes back to the source, cannot end well.
    inner = [edge for edge in edges if edge.source != target and edge.target != source]
    best: list[Chain] = []
    room = most_chains
    for surest in _more_and_more(inner, limit):
        found, looked_at = _search(surest, (source, target), limit + 1, room)
        room -= looked_at
        best = max(best, found, key=len)
        if len(best) > limit or room <= 0:
            return PathsFound(tuple(map(_path, best[:limit])), complete=False)
    return PathsFound(tuple(map(_path, best)), complete=True)


def _search(
    edges: Iterable[Edge], ends: tuple[str, str], limit: int, room: int
) -> tuple[list[Chain], int]:
    """The best chains between two variables, and how many were looked at for that."""
    source, target = ends
    ahead = _ahead(edges, target)
    leaving = _by((edge for edge in edges if edge.target in ahead), lambda edge: edge.source)
    begun = leaving.get(source, [])
    found: list[Chain] = []
    looked_at = len(begun)
    for chain in _chains(begun, leaving, ahead):
        end = chain[-1].target
        if end == target:
            found.append(chain)
        looked_at += len(leaving.get(end, ()))
        if len(found) == limit or looked_at > room:
            break
    return found, looked_at


def _more_and_more(edges: Iterable[Edge], first: int) -> Iterator[list[Edge]]:
    """The surest of the cross edges, at least so many, then twice as many, until all are in.

    With an edge come all that are as sure.
    """
    cross = sorted((edge for edge in edges if edge.is_cross), key=lambda edge: -edge.score)
    count = first
    while count < len(cross):
        while count < len(cross) and cross[count].score == cross[count - 1].score:
            count += 1
        yield cross[:count]
        count *= 2
    yield cross


def _chains(
    begun: Iterable[Edge], leaving: Steps, ahead: Mapping[str, _Ahead] | None = None
) -> Iterator[Chain]:
    """Every chain that begins with one of some edges, the one that may become the best first."""

    def ranked(chain: Chain, score: float, strength: float) -> Ranked:
        best = _ANYWHERE if ahead is None else ahead[chain[-1].target]
        hope, length = min(score, best.score), len(chain) + best.steps
        return -hope, length, best.steps == 0, -strength, chain, score

    queue = [ranked((edge,), edge.score, abs(edge.effect)) for edge in begun]
    heapq.heapify(queue)
    while queue:
        _, _, _, weakness, chain, score = heapq.heappop(queue)
        yield chain
        visited = {edge.source for edge in chain}
        for edge in leaving.get(chain[-1].target, ()):
            if edge.target not in visited:
                longer = ranked((*chain, edge), min(score, edge.score), abs(weakness * edge.effect))
                heapq.heappush(queue, longer)


def _ahead(edges: Iterable[Edge], target: str) -> dict[str, _Ahead]:
    """What lies ahead of each variable from which the target can be reached."""
    entering = _by(edges, lambda edge: edge.target)
    scores = _best_scores(entering, target)
    steps = _fewest_steps(entering, target)
    return {name: _Ahead(score, steps[name]) for name, score in scores.items()}


def _best_scores(entering: Steps, target: str) -> dict[str, float]:
    """Of each variable: the score of the surest way to the target."""
    scores: dict[str, float] = {}
    queue = [(-inf, target)]
    while queue:
        negative, name = heapq.heappop(queue)
        if name in scores:
            continue
        scores[name] = -negative
        for edge in entering.get(name, ()):
            heapq.heappush(queue, (-min(edge.score, -negative), edge.source))
    return scores


def _fewest_steps(entering: Steps, target: str) -> dict[str, int]:
    """Of each variable: how many edges the shortest way to the target has."""
    steps = {target: 0}
    queue = deque([target])
    while queue:
        name = queue.popleft()
        for edge in entering.get(name, ()):
            if edge.source not in steps:
                steps[edge.source] = steps[name] + 1
                queue.append(edge.source)
    return steps


def _by(edges: Iterable[Edge], end: Callable[[Edge], str]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(end(edge), []).append(edge)
    return found


def _path(chain: Chain) -> Path:
    return Path(
        variables=(chain[0].source, *(edge.target for edge in chain)),
        lags=tuple(edge.lag for edge in chain),
        effect=prod(edge.effect for edge in chain),
        delay=sum(edge.lag for edge in chain),
        score=min(edge.score for edge in chain),
        confidence=1.0 - max(edge.q_value for edge in chain),
    )
