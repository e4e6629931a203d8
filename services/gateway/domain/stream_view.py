"""What is known of one stream, folded from its definition, windows and graphs."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scarcity.causal import Graph
from scarcity.events import (
    DefinitionOrigin,
    GraphUpdated,
    ReferenceEdge,
    StreamDefined,
    Variable,
    VariableKind,
    WindowSealed,
)
from scarcity.graphs import graph_of
from services.gateway.domain.accuracy import Accuracy, accuracy
from services.gateway.domain.quality import ColumnQuality, column_qualities, counts

RATE_SPAN = timedelta(seconds=30)
MIN_STEPS = 2
HISTORY = 500
"""Points of accuracy that are kept; when there are more, every second one goes."""


class StreamView:
    """The newest of everything about one stream.

    Windows may overlap. What a window counts is shared out evenly over its steps, and only the
    steps that no window before it had are counted.
    """

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.definition: StreamDefined | None = None
        self.graph: Graph | None = None
        self.update: GraphUpdated | None = None
        self.history: list[Accuracy] = []
        self._begin()

    def _begin(self) -> None:
        self._described: tuple[Variable, ...] = ()
        self.epoch = 0
        self._cadence_s: float | None = None
        self.windows = 0
        self.late = 0
        self._newest: WindowSealed | None = None
        self.last_window_at: datetime | None = None
        self.last_record_at: datetime | None = None
        self._totals: defaultdict[str, float] = defaultdict(float)
        self._flaws: defaultdict[str, float] = defaultdict(float)
        self._recent: deque[tuple[datetime, float]] = deque()
        self._begun: datetime | None = None
        self._last_window = (-1, -1)
        self._next_step = 0

    def on_definition(self, definition: StreamDefined) -> None:
        if _supersedes(definition, self.definition):
            self.definition = definition
            # Who defines a stream need not know its variables, epoch and cadence: these stand.
            self._described = definition.variables or self._described
            self.epoch = max(self.epoch, definition.epoch)
            self._cadence_s = definition.cadence_s or self._cadence_s

    def forget(self) -> None:
        """Drop what its definition and windows said: a later record starts the stream anew."""
        self.definition = None
        self._begin()

    def on_window(self, window: WindowSealed, *, now: datetime) -> bool:
        """Count a window; False when it was counted before."""
        place = (window.epoch, window.start_step)
        if place <= self._last_window:
            return False
        share = self._new_share(window)
        self._last_window = place
        self.epoch = max(self.epoch, window.epoch)
        self.windows += 1
        self._count(window, share)
        self._newest = replace(window, values=b"", validity=b"")
        self.last_window_at = now
        self.last_record_at = window.end_time
        self._recent.append((now, share * window.records))
        if self._begun is None:
            # The first window took as long to fill as its records span.
            self._begun = now - min(window.end_time - window.start_time, RATE_SPAN)
        return True

    def on_graph(self, update: GraphUpdated) -> None:
        known = self.update
        if known and (update.epoch, update.version) <= (known.epoch, known.version):
            return
        self.update = update
        self.graph = graph_of(update)
        if self.truth:
            self.history.append(accuracy(self.graph, self.truth, at=update.as_of))
            if len(self.history) > HISTORY:
                self.history = [*self.history[:-1:2], self.history[-1]]

    def forget_graph(self) -> None:
        """Drop the graph."""
        self.graph = None
        self.update = None
        self.history = []

    @property
    def cadence_s(self) -> float | None:
        """Seconds between two records, as measured; of a stream defined by hand, in a window."""
        newest = self._newest
        if self._cadence_s or newest is None or newest.steps < MIN_STEPS:
            return self._cadence_s
        return (newest.end_time - newest.start_time).total_seconds() / (newest.steps - 1) or None

    @property
    def records(self) -> int:
        return self.totals["records"]

    @property
    def totals(self) -> Mapping[str, int]:
        """Return the records, and the cells: all, those without a value, those out of range."""
        names = ("records", "cells", "missing", "out_of_range")
        return {name: round(self._totals[name]) for name in names}

    @property
    def flaws(self) -> Mapping[str, int]:
        return {reason: round(count) for reason, count in self._flaws.items()}

    @property
    def paused(self) -> bool:
        return self.definition is not None and self.definition.paused

    @property
    def truth(self) -> tuple[ReferenceEdge, ...]:
        return self.definition.reference_edges if self.definition else ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of its newest window."""
        return self._newest.columns if self._newest else ()

    @property
    def quality(self) -> Mapping[str, ColumnQuality]:
        """What its newest window says of each of its columns."""
        return column_qualities(self._newest) if self._newest else {}

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns of its windows; before the first one, of its definition."""
        return self.columns or tuple(
            v.name for v in self._described if v.kind is not VariableKind.CATEGORICAL
        )

    @property
    def described(self) -> tuple[Variable, ...]:
        """The variables as they were last described; the columns where they never were."""
        return self._described or tuple(map(Variable, self.columns))

    @property
    def cross_edges(self) -> int:
        """How many accepted edges link two variables."""
        return sum(edge.is_cross for edge in self.graph.edges) if self.graph else 0

    def rate(self, *, now: datetime) -> float:
        """Return records per second over the last half minute, or since the stream began."""
        while self._recent and now - self._recent[0][0] > RATE_SPAN:
            self._recent.popleft()
        span = min(RATE_SPAN, now - self._begun) if self._begun else RATE_SPAN
        return sum(records for _, records in self._recent) / max(span.total_seconds(), 1.0)

    def _new_share(self, window: WindowSealed) -> float:
        """Return which share of the window's steps no window before it had."""
        seen = self._next_step if window.epoch == self._last_window[0] else 0
        end = window.start_step + window.steps
        self._next_step = max(seen, end)
        return min(window.steps, max(0, end - seen)) / max(1, window.steps)

    def _count(self, window: WindowSealed, share: float) -> None:
        found = counts(window)
        for name, count in (
            ("records", window.records),
            ("cells", found.cells),
            ("missing", found.missing),
            ("out_of_range", found.out_of_range),
        ):
            self._totals[name] += share * count
        for reason, count in window.flaws.items():
            self._flaws[reason] += share * count


def _supersedes(new: StreamDefined, known: StreamDefined | None) -> bool:
    """Say whether a definition stands from now on.

    What somebody wants can have the version of what was inferred meanwhile. It stands: the Stream
    Manager follows it and says both together, as a later version.
    """
    if known is None or new.version != known.version:
        return known is None or new.version > known.version
    explicit = DefinitionOrigin.EXPLICIT
    return known.origin is not explicit or new.origin is explicit
