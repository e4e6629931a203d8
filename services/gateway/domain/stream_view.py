"""What is known of one stream, folded from its definition, windows and graphs."""

from collections import Counter, deque
from datetime import datetime, timedelta

from scarcity.causal import Graph
from scarcity.events import (
    GraphUpdated,
    ReferenceEdge,
    StreamDefined,
    WindowSealed,
)
from scarcity.graphs import graph_of
from services.gateway.domain.accuracy import Accuracy, accuracy

RATE_SPAN = timedelta(seconds=30)
HISTORY = 500
"""Points of accuracy that are kept; when there are more, every second one goes."""


class StreamView:
    """The newest of everything about one stream."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.definition: StreamDefined | None = None
        self.windows = 0
        self.records = 0
        self.late = 0
        self.flaws: Counter[str] = Counter()
        self.columns: tuple[str, ...] = ()
        self.last_window_at: datetime | None = None
        self.last_record_at: datetime | None = None
        self.graph: Graph | None = None
        self.update: GraphUpdated | None = None
        self.history: list[Accuracy] = []
        self._recent: deque[tuple[datetime, int]] = deque()
        self._begun: datetime | None = None
        self._next_step = (-1, 0)

    def on_definition(self, definition: StreamDefined) -> None:
        if self.definition is None or definition.version >= self.definition.version:
            self.definition = definition

    def on_window(self, window: WindowSealed, *, now: datetime) -> bool:
        """Count a window; False when it was counted before."""
        place = (window.epoch, window.start_step)
        if place < self._next_step:
            return False
        self._next_step = (window.epoch, window.start_step + window.steps)
        self.windows += 1
        self.records += window.records
        self.flaws.update(window.flaws)
        self.columns = window.columns
        self.last_window_at = now
        self.last_record_at = window.end_time
        self._recent.append((now, window.records))
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

    @property
    def truth(self) -> tuple[ReferenceEdge, ...]:
        return self.definition.reference_edges if self.definition else ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns of its windows; before the first one, those of its definition."""
        if self.columns or self.definition is None:
            return self.columns
        return tuple(variable.name for variable in self.definition.variables)

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
