"""What a stream is told by the others of its domain, and whether it is worth saying.

A stream is told what the evidence of others leads one to expect, and never its own: it is learnt
from the others alone. Its own evidence has one say, which families of them it is like.

    told       edges between different variables at lag 1 and more, by name, each with how probable
               it is that there is one (`meta.priors`); by streams whose steps are as long
    not told   a stream with too few others, or one that is like none of them: there "none" has more
               than half of the weight

A variable's own past is left out. How much variables remember is alike nearly everywhere, and what
that is worth for forecasts would earn trust for edges that are not alike.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from scarcity.causal.prior import Prior
from scarcity.errors import PoisonEvent
from scarcity.events import (
    EdgeForm,
    EvidenceGathered,
    StreamDefined,
    VariableKind,
    WindowKind,
)
from scarcity.meta import Edge, Evidence, MixturePrior, learn
from scarcity.meta.priors import INFORMED

ORIGIN = "meta_learning"
FEWEST_OTHERS = 3
"""So many streams are a past, if they are alike."""
MOST_OTHERS = 30
"""Those with most rows: thirty know little more than ten."""
ROWS_PER_COLUMN = 2.0
"""Evidence of fewer rows for each lagged source is surer of itself than it should be."""
ROUNDING = 1e-9
"""Of weights: before any evidence "none of them" has half, as a sum of others' halves may not."""
AS_LONG = 0.01
"""Of a step: by so much may those of two streams differ and be the same lag."""
GROWTH = 1.25
"""So many times as many rows make evidence new."""
SHARE_MOVED, MEAN_MOVED = 0.05, 0.02
"""What an edge's share, and what is expected of its effect, has to change by to be told anew."""
LINEAR = list(EdgeForm).index(EdgeForm.LINEAR) + 1
"""Its number in the proto file."""


class Mark(NamedTuple):
    """What has to change in a stream for it to be learnt from anew."""

    names: frozenset[str]
    types: tuple[tuple[str, str], ...]
    epoch: int
    regime: int
    size: int
    """the logarithm of its rows to the base GROWTH"""


@dataclass(frozen=True, eq=False)
class Stream:
    """What is known of one stream of a domain."""

    definition: StreamDefined
    gathered: EvidenceGathered | None = None

    @property
    def name(self) -> str:
        return self.definition.stream

    @property
    def domain(self) -> str:
        """Empty for a stream that has none."""
        return self.definition.domain

    @property
    def step_s(self) -> float | None:
        """Of its grid; None where a step is a row, or not known yet."""
        window = self.definition.window
        known = window.cadence_s or self.definition.cadence_s
        return known if window.kind is WindowKind.TIME else None

    def teaches(self, other: "Stream") -> bool:
        """Whether it may tell another anything, once its evidence counts."""
        if other.name == self.name or other.domain != self.domain:
            return False
        own, its = self.step_s, other.step_s
        return own is None or its is None or abs(own - its) <= AS_LONG * own

    @cached_property
    def names(self) -> frozenset[str]:
        """Of its variables."""
        told = () if self.gathered is None else self.gathered.variables
        return frozenset((*self.definition.columns, *told))

    @cached_property
    def types(self) -> dict[str, str]:
        """Of variables, as declared: the unit, or that it is true or false."""
        return {
            each.name: each.unit or each.kind.value
            for each in self.definition.variables
            if each.unit or each.kind is VariableKind.BOOLEAN
        }

    @cached_property
    def rows(self) -> int:
        """That its evidence rests on."""
        return 0 if self.gathered is None else max(self.gathered.edges.rows, default=0)

    @property
    def unused(self) -> str:
        """Why its evidence does not count; empty when it does."""
        if self.gathered is None:
            return "no-evidence"
        fewest = ROWS_PER_COLUMN * len(self.gathered.variables) * self.gathered.max_lag
        return "few-rows" if self.rows < fewest else ""

    @cached_property
    def mark(self) -> Mark:
        of = self.gathered
        epoch, regime = (-1, -1) if of is None else (of.epoch, of.regime)
        size = math.floor(math.log(max(self.rows, 1)) / math.log(GROWTH))
        return Mark(self.names, tuple(sorted(self.types.items())), epoch, regime, size)

    @cached_property
    def evidence(self) -> Evidence:
        """What its rows say of edges; nothing while they are too few to be believed."""
        if self.unused or self.gathered is None:
            return Evidence(self.name, (), np.empty(0), np.empty(0), self.types)
        found = _estimates(self.gathered)
        effect, se = np.array(list(found.values())).reshape(-1, 2).T
        return Evidence(self.name, tuple(found), effect, se, self.types)


@dataclass(frozen=True, eq=False)
class Lesson:
    """A stream that is to be told, and those that it is told by."""

    stream: Stream
    others: tuple[Stream, ...]

    @property
    def domain(self) -> str:
        return self.stream.domain


@dataclass(frozen=True, eq=False)
class Learned:
    """What a lesson came to."""

    lesson: Lesson
    prior: MixturePrior | None = None
    """None = nothing is said"""
    reason: str = ""
    """why nothing is"""
    weights: Mapping[str, float] = field(default_factory=dict)
    """by stream that it rests on, or would"""
    informative: float = 0.0
    """how much of the weight is not that of "none of them\""""

    @property
    def likely(self) -> int:
        """How many edges are likelier there than not."""
        return 0 if self.prior is None else int(np.sum(self.prior.expected().share > 0.5))

    def offer(self, sequence: int, at: datetime) -> Prior | None:
        """Return what is to be said, in the names of the stream; None if nothing is."""
        if self.prior is None:
            return None
        edges = self.prior.edges
        names = tuple(sorted({name for edge in edges for name in (edge.source, edge.target)}))
        place = {name: index for index, name in enumerate(names)}
        rows = {each.name: each.rows for each in self.lesson.others}
        return Prior(
            origin=ORIGIN,
            sequence=sequence,
            at=at,
            provenance=tuple(sorted(self.weights)),
            rows=sum(rows[name] for name in self.weights),
            variables=names,
            source=np.array([place[edge.source] for edge in edges], np.int64),
            target=np.array([place[edge.target] for edge in edges], np.int64),
            lag=np.array([edge.lag for edge in edges], np.int64),
            expected=self.prior.expected(),
        )


def studied(lesson: Lesson) -> Learned:
    """Return what a lesson comes to. It may take seconds."""
    others = [each.evidence for each in lesson.others]
    own = _asked(lesson.stream, others)
    if not own.edges:
        return Learned(lesson, reason="nothing-shared")
    prior = learn(others).prior_for(own)
    if prior.informative < INFORMED - ROUNDING:
        return Learned(lesson, None, "unlike", prior.provenance, prior.informative)
    return Learned(lesson, prior, "", prior.provenance, prior.informative)


def lessons_of(streams: Iterable[Stream]) -> Iterator[Lesson]:
    """Each stream of a domain, with those of it whose evidence counts; of many, the longest."""
    members: dict[str, list[Stream]] = defaultdict(list)
    for stream in streams:
        if stream.domain:
            members[stream.domain].append(stream)
    for each in members.values():
        able = sorted((s for s in each if not s.unused), key=lambda s: (-s.rows, s.name))
        for stream in each:
            others = list(islice((other for other in able if other.teaches(stream)), MOST_OTHERS))
            yield Lesson(stream, tuple(sorted(others, key=lambda s: s.name)))


def differs(new: Prior, old: Prior) -> bool:
    """Whether one offer says noticeably something else than another."""
    if (new.variables, new.provenance) != (old.variables, old.provenance):
        return True
    if any(
        not np.array_equal(getattr(new, name), getattr(old, name))
        for name in ("source", "target", "lag")
    ):
        return True
    here, there = new.expected, old.expected
    moved = np.abs(here.normal.mean - there.normal.mean)
    is_moved = (np.abs(here.share - there.share) > SHARE_MOVED) | (moved > MEAN_MOVED)
    return bool(is_moved.any())


def check(told: EvidenceGathered) -> None:
    """Raise PoisonEvent if evidence is not what it should be."""
    table, count = told.edges, len(told.edges.source)
    columns = (table.target, table.lag, table.form, table.rows)
    floats = (table.effect, table.se)
    sizes = {len(each) for each in columns} | {len(each) / 8 for each in floats}
    places = (*table.source, *table.target)
    if sizes != {count} or (count and max(places) >= len(told.variables)):
        raise PoisonEvent("evidence-shape", f"the columns of {told.event_id} do not fit together")


def _asked(stream: Stream, others: Sequence[Evidence]) -> Evidence:
    """Own evidence, and with nothing said the edges between its variables that others know."""
    own = stream.evidence
    place = {edge: index for index, edge in enumerate(own.edges)}
    names = stream.names
    told = {edge for each in others for edge in each.edges if {edge.source, edge.target} <= names}
    edges = tuple(sorted(told | place.keys()))
    at = np.array([place.get(edge, len(place)) for edge in edges], np.int64)
    effect, se = (np.append(each, np.nan)[at] for each in (own.effect, own.se))
    return Evidence(own.stream, edges, effect, se, own.types)


def _estimates(told: EvidenceGathered) -> dict[Edge, tuple[float, float]]:
    """Effect and standard error of each linear edge between different variables, lag 0 left out."""
    table, names = told.edges, told.variables
    numbers = np.frombuffer(table.effect, "<f8"), np.frombuffer(table.se, "<f8")
    effect, se = (each.tolist() for each in numbers)
    is_known = np.isfinite(numbers[0]) & np.isfinite(numbers[1]) & (numbers[1] > 0.0)
    return {
        Edge(names[source], names[target], lag): (effect[row], se[row])
        for row, (source, target, lag) in enumerate(
            zip(table.source, table.target, table.lag, strict=True)
        )
        if source != target and lag >= 1 and table.form[row] == LINEAR and is_known[row]
    }
