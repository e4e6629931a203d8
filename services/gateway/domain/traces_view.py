"""Traces, whole: the spans of late, put together into a tree from record to graph change."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from scarcity.errors import ConfigError
from scarcity.events import (
    RAW,
    EdgeChanged,
    EvidenceGathered,
    GraphUpdated,
    OutcomeMeasured,
    RecordLate,
    SpanEnded,
    SpansEnded,
    StreamDefined,
    TrialJudged,
    WindowSealed,
)
from scarcity.streams.policy import check_stream_id
from services.gateway.domain.documents import moment

MOST_TRACES = 2000
MOST_SPANS = 200
"""Of one trace; later ones are not kept."""
REQUEST = ""
"""The topic of a span that handled no message; its key is the stream that was asked about."""
_ABOUT_STREAMS = (
    WindowSealed,
    RecordLate,
    StreamDefined,
    EdgeChanged,
    GraphUpdated,
    EvidenceGathered,
    OutcomeMeasured,
    TrialJudged,
)
OF_STREAMS = frozenset({REQUEST, RAW.name, *(each.topic.name for each in _ABOUT_STREAMS)})
"""The topics whose keys are streams."""

Kind: TypeAlias = tuple[str, str]
"""What begins a trace: the component, and the topic of what it handled."""


class Trace:
    """The spans of one trace that came so far, of which there is at least one."""

    def __init__(self, first: SpanEnded) -> None:
        self.id = first.trace_id
        self.spans = {first.span_id: first}
        self._first = first

    def add(self, span: SpanEnded) -> None:
        """Take a span in, if there is room; one that is there already changes nothing."""
        if len(self.spans) < MOST_SPANS:
            self.spans[span.span_id] = span
            self._first = min(self._first, span, key=lambda each: each.start_ns)

    @property
    def begun_ns(self) -> int:
        return self._first.start_ns

    @property
    def kind(self) -> Kind:
        return self._first.component, self._first.topic

    @property
    def has_failed(self) -> bool:
        return any(span.error for span in self.spans.values())

    @property
    def place(self) -> tuple[int | str, ...]:
        """Where it is listed: newest first."""
        return -self.begun_ns, self.id

    def is_about(self, stream: str) -> bool:
        """Whether a message of a stream was handled in it."""
        return any(_stream_of(span) == stream for span in self.spans.values())

    def summary(self) -> dict[str, Any]:
        """Return what there is to choose from."""
        ordered = [span for span, _ in self._in_order()]
        begun, ended = self.begun_ns, max(span.end_ns for span in ordered)
        return {
            "trace_id": self.id,
            "at": moment(datetime.fromtimestamp(begun / 1e9, UTC)),
            "name": ordered[0].name,
            "duration_ms": (ended - begun) / 1e6,
            "streams": sorted({name for span in ordered if (name := _stream_of(span))}),
            "components": list(dict.fromkeys(span.component for span in ordered)),
            "span_count": len(ordered),
            "has_failed": self.has_failed,
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
    """The newest traces of each kind. One that gets a span is kept for longer.

    When there are too many, the kind that has the most makes room, so that what is frequent does
    not crowd out what is rare.
    """

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}
        self._by_kind: dict[Kind, OrderedDict[str, Trace]] = {}

    def on_spans(self, told: SpansEnded) -> None:
        for span in told.spans:
            self._add(span)
        while len(self._traces) > MOST_TRACES:
            self._forget_one()

    def matching(self, stream: str | None = None, *, failed: bool | None = None) -> Sequence[Trace]:
        """Return the traces that are about a stream, and have failed or not; None = any."""
        return [
            each
            for each in self._traces.values()
            if (stream is None or each.is_about(stream)) and failed in (None, each.has_failed)
        ]

    def find(self, trace_id: str) -> Trace | None:
        """Return a trace, if it is kept."""
        return self._traces.get(trace_id)

    def _add(self, span: SpanEnded) -> None:
        trace = self._traces.get(span.trace_id)
        if trace is None:
            trace = self._traces[span.trace_id] = Trace(span)
        else:
            self._take_out(trace)
            trace.add(span)
        self._by_kind.setdefault(trace.kind, OrderedDict())[trace.id] = trace

    def _forget_one(self) -> None:
        most = max(self._by_kind.values(), key=len)
        oldest = next(iter(most.values()))
        self._take_out(oldest)
        del self._traces[oldest.id]

    def _take_out(self, trace: Trace) -> None:
        alike = self._by_kind[trace.kind]
        del alike[trace.id]
        if not alike:
            del self._by_kind[trace.kind]


def _stream_of(span: SpanEnded) -> str | None:
    """Return the stream that a span is about; None when it is about none, or about no name."""
    if span.topic not in OF_STREAMS:
        return None
    try:
        check_stream_id(span.key)
    except ConfigError:
        return None
    return span.key


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
