"""The spans of a process, told on the bus once a second."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_span_id, format_trace_id

from scarcity.clock import Clock
from scarcity.errors import Overloaded, Transient
from scarcity.events import SpanEnded, SpansEnded
from scarcity.runtime.publisher import Publisher
from scarcity.telemetry.spans import SpanBox

INTERVAL_S = 1.0
MOST_TOLD = 256
"""In a second. All processes keep the traces whose ids are smallest, so most traces are whole or
not there at all."""
NOT_OURS = "gateway"
"""The component of a span that names none: a request."""


async def keep_telling(box: SpanBox, publisher: Publisher, clock: Clock, instance: str) -> None:
    """Tell of spans, for ever. What cannot be told now is dropped: it is for looking at."""
    for sequence in count(1):
        await asyncio.sleep(INTERVAL_S)
        spans, dropped = box.take()
        kept = _fewest_traces(spans)
        if not kept and not dropped:
            continue
        event = SpansEnded(
            instance=instance,
            at=clock.now(),
            sequence=sequence,
            spans=tuple(map(span_event, kept)),
            dropped=dropped + len(spans) - len(kept),
        )
        with suppress(Transient, Overloaded):
            await publisher.try_send([publisher.message(event)])


def span_event(span: ReadableSpan) -> SpanEnded:
    """Return what is told of a span."""
    context, attributes = span.get_span_context(), span.attributes or {}
    assert context is not None

    def text(name: str) -> str:
        return str(attributes.get(name, ""))

    return SpanEnded(
        trace_id=format_trace_id(context.trace_id),
        span_id=format_span_id(context.span_id),
        parent_id=format_span_id(span.parent.span_id) if span.parent else "",
        name=span.name,
        component=text("scarcity.component") or NOT_OURS,
        key=text("scarcity.key"),
        topic=text("messaging.destination.name"),
        partition=int(text("messaging.destination.partition.id") or 0),
        offset=int(text("messaging.kafka.offset") or 0),
        start_ns=span.start_time or 0,
        end_ns=span.end_time or 0,
        error=span.status.description or "" if not span.status.is_ok else "",
    )


def _fewest_traces(spans: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    if len(spans) <= MOST_TOLD:
        return list(spans)

    def trace_id(span: ReadableSpan) -> int:
        context = span.get_span_context()
        assert context is not None
        return context.trace_id

    return sorted(spans, key=trace_id)[:MOST_TOLD]
