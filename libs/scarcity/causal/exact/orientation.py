"""From skeleton to graph: lagged links point forward in time, lag-0 links by colliders and rules.

In an unshielded triple a — k — b (a, b not linked; a may lie in the past) either k separates a
from b or it is a collider, a → k ← b:

    none          collider if k is not in the set that separated a and b
    majority      of all sets of neighbours of b, and of a at lag 0, that separate them by MCI,
                  fewer than half contain k: collider; more: not; half, or no such set: ambiguous
    conservative  none of them does: collider; all do: not; otherwise ambiguous

Then, until nothing changes,

    R1   a → k o-o b, a and b not linked, not ambiguous:    k → b
    R2   a → k → b, a o-o b:                                a → b
    R3   a o-o k → b, a o-o l → b, k and l not linked, a o-o b:    a → b

A link that two orientations of the same phase contradict is conflicting, or, without resolution of
conflicts, keeps the first. Colliders and rules are found in the order of their numbers (target,
middle, source, lag), all of one kind before any is applied.

Source: J. Runge, "Discovering contemporaneous and lagged causal relations in autocorrelated
nonlinear time series datasets", UAI 2020, algorithm 2; C. Meek, "Causal inference and causal
explanation with background knowledge", UAI 1995.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations
from typing import Literal

import numpy as np

from scarcity.causal.exact.marks import Mark, Marks, Triple
from scarcity.causal.exact.momentary import Momentary
from scarcity.causal.exact.skeleton import Skeleton
from scarcity.stats.arrays import Bools

Rule = Literal["majority", "conservative", "none"]
Verdict = Literal["collider", "chain", "ambiguous"]


def unoriented(linked: Bools) -> Marks:
    """The graph of a skeleton: time orients the lagged links."""
    marks = np.where(linked, np.int8(Mark.DIRECTED), np.int8(Mark.NONE))
    marks[0][linked[0]] = Mark.UNDIRECTED
    return marks


def judged_triples(
    momentary: Momentary, skeleton: Skeleton, rule: Rule, alpha: float
) -> Iterator[tuple[Triple, Verdict]]:
    """Every unshielded triple, and what it is."""
    marks = unoriented(skeleton.linked)
    for triple in _unshielded(marks, (Mark.DIRECTED, Mark.UNDIRECTED)):
        lag, source, middle, target = triple
        if rule == "none":
            separator = skeleton.separators.get((lag, source, target), ())
            yield triple, "chain" if middle in separator else "collider"
            continue
        sets = _neighbour_sets(skeleton.linked[0], lag, source, target)
        separating = [
            each
            for each in sets
            if not momentary.test(lag, source, target, each).significant(alpha)
        ]
        yield triple, _vote(rule, [middle in each for each in separating])


def orient(
    marks: Marks, colliders: Iterable[Triple], ambiguous: Iterable[Triple], *, resolve: bool
) -> Marks:
    """Orient colliders, then what follows from them."""
    pen = _Pen(marks, resolve=resolve)
    for lag, source, middle, target in colliders:
        pen.point(target, middle)
        if lag == 0:
            pen.point(source, middle)
    return _closed(pen.marks, frozenset(ambiguous), resolve=resolve)


class _Pen:
    """Draws arrows; remembers its own."""

    def __init__(self, marks: Marks, *, resolve: bool) -> None:
        self.marks = marks.copy()
        self._resolve = resolve
        self._drawn: set[tuple[int, int]] = set()

    def point(self, source: int, target: int) -> None:
        """Draw source → target, unless there is an arrow of this pen already."""
        if (target, source) in self._drawn:
            if self._resolve:
                self._mark(source, target, Mark.CONFLICTING, Mark.CONFLICTING)
        elif (source, target) not in self._drawn:
            self._mark(source, target, Mark.DIRECTED, Mark.REVERSED)
            self._drawn.add((source, target))

    def _mark(self, source: int, target: int, there: Mark, back: Mark) -> None:
        self.marks[0, source, target] = there
        self.marks[0, target, source] = back


def _closed(marks: Marks, ambiguous: frozenset[Triple], *, resolve: bool) -> Marks:
    """Apply the three rules until none applies."""
    pen = _Pen(marks, resolve=resolve)
    rules: list[Callable[[Marks], Iterator[tuple[int, int]]]] = [
        lambda current: _away_from_arrow(current, ambiguous),
        _without_cycle,
        _without_collider,
    ]
    changing = True
    while changing:
        changing = False
        for rule in rules:
            for source, target in list(rule(pen.marks)):
                pen.point(source, target)
                changing = True
    return pen.marks


def _away_from_arrow(marks: Marks, ambiguous: frozenset[Triple]) -> Iterator[tuple[int, int]]:
    """R1."""
    for triple in _unshielded(marks, (Mark.DIRECTED,)):
        if triple not in ambiguous:
            yield triple[2:]


def _without_cycle(marks: Marks) -> Iterator[tuple[int, int]]:
    """R2."""
    directed, undirected = marks[0] == Mark.DIRECTED, marks[0] == Mark.UNDIRECTED
    for target in range(len(directed)):
        for middle in np.flatnonzero(directed[:, target]):
            for source in np.flatnonzero(directed[:, middle] & undirected[:, target]).tolist():
                yield source, target


def _without_collider(marks: Marks) -> Iterator[tuple[int, int]]:
    """R3."""
    directed, undirected = marks[0] == Mark.DIRECTED, marks[0] == Mark.UNDIRECTED
    for target in range(len(directed)):
        for source in np.flatnonzero(undirected[:, target]).tolist():
            between = np.flatnonzero(directed[:, target] & undirected[:, source])
            for first, second in combinations(between, 2):
                if marks[0, first, second] == Mark.NONE:
                    yield source, target


def _unshielded(marks: Marks, arriving: tuple[Mark, ...]) -> Iterator[Triple]:
    """Triples source … middle o-o target, the first link marked like this, the ends not linked."""
    for target in range(marks.shape[1]):
        for middle in np.flatnonzero(marks[0, :, target] == Mark.UNDIRECTED).tolist():
            ends = np.isin(marks[:, :, middle], arriving) & (marks[:, :, target] == Mark.NONE)
            ends[0, target] = False
            for source, lag in np.argwhere(ends.T).tolist():
                yield lag, source, middle, target


def _neighbour_sets(
    linked: Bools, lag: int, source: int, target: int
) -> dict[tuple[int, ...], None]:
    """All sets of lag-0 neighbours of the target, and of the source when it is at lag 0."""
    ends = (target,) if lag else (target, source)
    near = [np.flatnonzero(linked[:, end]).tolist() for end in ends]
    subsets = (combinations(each, size) for each in near for size in range(len(each) + 1))
    return dict.fromkeys(chain.from_iterable(subsets))


def _vote(rule: Rule, contained: list[bool]) -> Verdict:
    """From whether each separating set contains the middle."""
    if not contained:
        return "ambiguous"
    share = sum(contained) / len(contained)
    if share in (0.0, 1.0) or (rule == "majority" and share != 0.5):
        return "collider" if share < 0.5 else "chain"
    return "ambiguous"
