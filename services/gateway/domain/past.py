"""The graph of a stream as it was: from the changes that are kept, and from the graph as it is.

Of each edge the last change at or before a moment says what it was then. Where there is none, the
first one after it says so backwards: an edge that then appeared was not there, any other was, with
the effect that it had before. An edge without changes is as the graph has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scarcity.causal import Edge, Graph
from scarcity.causal.diff import DEAD_BAND
from scarcity.causal.document import number
from scarcity.causal.edges import microseconds
from scarcity.events import EdgeChange
from services.gateway.domain.history import FORMS, KINDS, EdgeKey, StreamHistory, time_of

Numbers = NDArray[np.int64]
Difference = Literal["appeared", "vanished", "strengthened", "weakened", "flipped", "same"]

APPEARED = KINDS.index(EdgeChange.APPEARED)
VANISHED = KINDS.index(EdgeChange.VANISHED)


@dataclass(frozen=True, slots=True)
class EdgeThen:
    """An accepted edge at a moment. None is what is not known of it."""

    key: EdgeKey
    effect: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    score: float | None
    form: str
    imported: bool
    regime: int | None
    changed_at: datetime | None
    certain: bool
    """False when it is known backwards only, by what became of it later."""


class Point(NamedTuple):
    """What changed over one or more moments, and how many cross edges there were after it."""

    at: datetime
    counts: Mapping[EdgeChange, int]
    edges: int
    regime: int
    """the one that the last change is from"""


class EdgeDifference(NamedTuple):
    """An edge at two moments, and how often it changed between them."""

    edge: EdgeKey
    change: Difference
    before: float | None
    after: float | None
    changes: int
    is_at_either: bool


class Past:
    """What a stream's graph was, from `since` on.

    as_of   the moment that the graph is of
    begun   when the first graph of the epoch was, if that is known
    """

    def __init__(
        self, kept: StreamHistory, graph: Graph, *, as_of: datetime, begun: datetime | None
    ) -> None:
        self._rows = kept.rows
        self._edges = kept.edges
        self._graph = graph
        self._as_of = as_of
        first, last = (
            map(time_of, self._rows["at"][[0, -1]].tolist()) if len(kept) else (None, None)
        )
        known_from = (first or kept.dropped_at,) if kept.dropped_at else (begun, first)
        self.since = min(filter(None, known_from), default=as_of)
        """From when on all is known: the first graph, or the oldest change where some are gone."""
        self.until = max(as_of, last or as_of)
        """The moment of the newest change, or of the graph if that is later."""

    def __len__(self) -> int:
        """Return how many changes are kept."""
        return len(self._rows)

    def variables(self, *edges: Iterable[EdgeKey]) -> Sequence[str]:
        """Return the variables of the graph, and those that only some edges of the past name."""
        named = (name for some in edges for *ends, _ in some for name in ends)
        return tuple(dict.fromkeys((*self._graph.variables, *named)))

    def edges_at(self, at: datetime) -> dict[EdgeKey, EdgeThen]:
        """Return the accepted edges at a moment, the surest first as far as that is known."""
        split = self._split(at)
        edge, kind = self._rows["edge"], self._rows["kind"]
        last, first = self._around(split)
        known = np.flatnonzero(last >= 0)
        backwards = np.flatnonzero((last < 0) & (first < len(edge)))
        held = last[known][kind[last[known]] != VANISHED]
        held_before = first[backwards][kind[first[backwards]] != APPEARED]
        touched = {self._edges[number] for number in (*known.tolist(), *backwards.tolist())}
        found = [
            *(self._then(row) for row in self._rows[held]),
            *(self._before(row) for row in self._rows[held_before]),
            *(self._still(e, at) for e in self._graph.edges if e.key not in touched),
        ]
        found.sort(key=lambda then: (-(then.score or 0.0), then.key))
        return {then.key: then for then in found}

    def points(self, most: int) -> list[Point]:
        """Return what changed, oldest first, in at most so many points of about as many moments."""
        if not len(self):
            return []
        moments, which = np.unique(self._rows["at"], return_inverse=True)
        points = min(most, len(moments))
        places = which * points // len(moments)
        ends = np.flatnonzero(np.diff(places, append=points))
        counts = np.bincount(
            places * len(KINDS) + self._rows["kind"], minlength=points * len(KINDS)
        )
        begun, steps = self._cross_steps()
        edges = begun + np.cumsum(steps)[ends]
        return [
            Point(time_of(at), dict(zip(KINDS, counted, strict=True)), cross, regime)
            for at, counted, cross, regime in zip(
                self._rows["at"][ends].tolist(),
                counts.reshape(points, len(KINDS)).tolist(),
                edges.tolist(),
                self._rows["regime"][ends].tolist(),
                strict=True,
            )
        ]

    def differences(self, before: datetime, after: datetime) -> list[EdgeDifference]:
        """Return every edge that was there at one of two moments or changed between them.

        One that was there at neither has no effect before and none after.
        """
        old, new = self.edges_at(before), self.edges_at(after)
        between = self._rows["edge"][self._split(before) : self._split(after)]
        numbers, counts = np.unique(between, return_counts=True)
        changes = {
            self._edges[number]: count
            for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
        }
        return [
            _difference(edge, old.get(edge), new.get(edge), changes.get(edge, 0))
            for edge in dict.fromkeys((*new, *old, *changes))
        ]

    def _split(self, at: datetime) -> int:
        """Return how many changes there were at or before a moment."""
        return int(np.searchsorted(self._rows["at"], microseconds(at), side="right"))

    def _around(self, split: int) -> tuple[Numbers, Numbers]:
        """Return of each edge where its last change before a place is, and its first one after it.

        -1 says that there is none before, the number of changes that there is none after.
        """
        edge = self._rows["edge"]
        last = np.full(len(self._edges), -1)
        first = np.full(len(self._edges), len(edge))
        np.maximum.at(last, edge[:split], np.arange(split))
        np.minimum.at(first, edge[split:], np.arange(split, len(edge)))
        return last, first

    def _cross_steps(self) -> tuple[int, Numbers]:
        """Return how many cross edges there were before the first change, and each one's step."""
        edge, kind = self._rows["edge"], self._rows["kind"]
        after, before = kind != VANISHED, kind != APPEARED
        order = np.argsort(edge, kind="stable")
        again = np.diff(edge[order], prepend=-1) == 0
        # The first change of an edge says what was before; of later ones the one before does.
        before[order[again]] = after[order[np.flatnonzero(again) - 1]]
        cross = np.array([source != target for source, target, _ in self._edges], np.int64)
        begun = int(cross[edge[order[~again]]] @ before[order[~again]])
        touched = {self._edges[number] for number in edge[order[~again]].tolist()}
        begun += sum(e.is_cross and e.key not in touched for e in self._graph.edges)
        return begun, cross[edge] * (after.astype(np.int64) - before)

    def _then(self, row: np.void) -> EdgeThen:
        return EdgeThen(
            key=self._edges[row["edge"]],
            effect=number(float(row["effect"])),
            se=number(float(row["se"])),
            ci=(number(float(row["ci_low"])), number(float(row["ci_high"]))),
            score=number(float(row["score"])),
            form=FORMS[row["form"]],
            imported=bool(row["imported"]),
            regime=int(row["regime"]),
            changed_at=time_of(int(row["at"])),
            certain=True,
        )

    def _before(self, row: np.void) -> EdgeThen:
        """Return an edge as it was before its oldest change that is kept."""
        return EdgeThen(
            key=self._edges[row["edge"]],
            effect=number(float(row["previous"])),
            se=None,
            ci=(None, None),
            score=None,
            form=FORMS[row["form"]],
            imported=bool(row["imported"]),
            regime=None,
            changed_at=None,
            certain=False,
        )

    def _still(self, edge: Edge, at: datetime) -> EdgeThen:
        """Return an edge that is as the graph has it."""
        return EdgeThen(
            key=edge.key,
            effect=number(edge.effect),
            se=number(edge.se),
            ci=(number(edge.ci[0]), number(edge.ci[1])),
            score=number(edge.score),
            form=edge.form,
            imported=edge.imported,
            regime=self._graph.regime,
            changed_at=None,
            certain=at >= self._as_of,
        )


def _difference(
    edge: EdgeKey, before: EdgeThen | None, after: EdgeThen | None, changes: int
) -> EdgeDifference:
    return EdgeDifference(
        edge=edge,
        change=_kind(before, after),
        before=before.effect if before else None,
        after=after.effect if after else None,
        changes=changes,
        is_at_either=bool(before or after),
    )


def _kind(before: EdgeThen | None, after: EdgeThen | None) -> Difference:
    if before is None or after is None:
        return "appeared" if after else "vanished" if before else "same"
    old, new = before.effect or 0.0, after.effect or 0.0
    if old * new < 0.0:
        return "flipped"
    moved = abs(new) - abs(old)
    if abs(moved) <= DEAD_BAND.width(before.se or 0.0, after.se or 0.0):
        return "same"
    return "strengthened" if moved > 0.0 else "weakened"
