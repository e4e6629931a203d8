"""Traces, whole: the spans of late, put together into a tree from record to graph change."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scarcity.events import SpanEnded, SpansEnded
from services.gateway.domain.documents import moment

MOST_TRACES = 2000
MOST_SPANS = 200
"""Of one trace; later ones are not kept."""


@dataclass(eq=False)
class Trace:
    """The spans of one trace that came so far, of which there is at least one."""

    id: str
    spans: dict[str, SpanEnded] = field(default_factory=dict)

    def add(self, span: SpanEnded) -> None:
        """Take a span in, if there is room; one that is there already changes nothing."""
        if len(self.spans) < MOST_SPANS:
            self.spans[span.span_id] = span

    @property
    def begun_ns(self) -> int:
        return min(span.start_ns for span in self.spans.values())

    @property
    def place(self) -> tuple[int | str, ...]:
        """Where it is listed: newest first."""
        return -self.begun_ns, self.id

    def is_about(self, stream: str) -> bool:
        """Whether a message of a stream was handled in it."""
        return any(span.key == stream for span in self.spans.values())

    def summary(self) -> dict[str, Any]:
        """Return what there is to choose from."""
        ordered = [span for span, _ in self._in_order()]
        begun, ended = self.begun_ns, max(span.end_ns for span in ordered)
        return {
            "trace_id": self.id,
            "at": moment(datetime.fromtimestamp(begun / 1e9, UTC)),
            "name": ordered[0].name,
            "duration_ms": (ended - begun) / 1e6,
            "streams": sorted({span.key for span in ordered if span.key}),
            "components": list(dict.fromkeys(span.component for span in ordered)),
            "span_count": len(ordered),
            "has_failed": any(span.error for span in ordered),
        }

    def document(self) -> dict[str, Any]:
        """Return all of it, each span behind that which led to it."""
        begun = self.begun_ns
        return {
            **self.summary(),
            "spans": [_span(span, depth, begun) for span, depth in self._in_order()],
        }

    def _in_order(self) -> Iterator[tuple[SpanEnded, int]]:
        """Each span and how deep it lies: depth first, by when they began."""
        spans = sorted(self.spans.values(), key=lambda span: (span.start_ns, span.span_id))
        by_parent: dict[str, list[SpanEnded]] = {}
        for span in spans:
            parent = span.parent_id if span.parent_id in self.spans else ""
            by_parent.setdefault(parent, []).append(span)
        # Spans that are each other's parents would belong nowhere.
        waiting = [(span, 0) for span in reversed(by_parent.get("", spans[:1]))]
        told: set[str] = set()
        while waiting:
            span, depth = waiting.pop()
            if span.span_id not in told:
                told.add(span.span_id)
                yield span, depth
                children = by_parent.get(span.span_id, [])
                waiting += [(child, depth + 1) for child in reversed(children)]


class TracesView:
    """The newest traces. One that gets a span is kept for longer."""

    def __init__(self) -> None:
        self._traces: OrderedDict[str, Trace] = OrderedDict()

    def on_spans(self, told: SpansEnded) -> None:
        for span in told.spans:
            self._traces.setdefault(span.trace_id, Trace(span.trace_id)).add(span)
            self._traces.move_to_end(span.trace_id)
        while len(self._traces) > MOST_TRACES:
            self._traces.popitem(last=False)

    def about(self, stream: str | None) -> Sequence[Trace]:
        """Return the traces about a stream, or all."""
        return [each for each in self._traces.values() if stream is None or each.is_about(stream)]

    def find(self, trace_id: str) -> Trace | None:
        """Return a trace, if it is kept."""
        return self._traces.get(trace_id)


def _span(span: SpanEnded, depth: int, begun: int) -> dict[str, Any]:
    return {
        "span_id": span.span_id,
        "parent_id": span.parent_id or None,
        "depth": depth,
        "name": span.name,
        "component": span.component,
        "key": span.key or None,
        "topic": span.topic or None,
        "partition": span.partition if span.topic else None,
        "offset": span.offset if span.topic else None,
        "start_ms": (span.start_ns - begun) / 1e6,
        "duration_ms": (span.end_ns - span.start_ns) / 1e6,
        "error": span.error or None,
    }
