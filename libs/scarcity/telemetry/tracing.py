"""W3C trace context across the bus: one trace from the record to the graph change.

A span for every record would cost more than handling it, so a span is made only for what had an
effect: when handling a message led to events, or failed. It begins when the handling began, its
parent is the context in the message's headers, and the events carry its own context on.
"""

import time
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scarcity.telemetry.spans import SpanBox

TRACEPARENT = "traceparent"
LONGEST = 512
"""Characters of one; those of today have 55."""

_propagator = TraceContextTextMapPropagator()


def provider(
    exporter: SpanExporter | None, *, version: str, box: SpanBox | None = None
) -> TracerProvider:
    """Return a provider that sends its spans to the exporter, and puts them into the box."""
    made = TracerProvider(
        resource=Resource.create({"service.name": "scarcity", "service.version": version})
    )
    if exporter is not None:
        made.add_span_processor(BatchSpanProcessor(exporter))
    if box is not None:
        made.add_span_processor(box)
    return made


def context_of(traceparent: str | None) -> Context:
    """Return the context that a traceparent names; an empty one when there is none.

    One that is too long to be any is passed over without a word: whoever sends it could otherwise
    fill the log.
    """
    carrier = {TRACEPARENT: traceparent} if traceparent and len(traceparent) <= LONGEST else {}
    return _propagator.extract(carrier, context=Context())


def traceparent_of(span: Span) -> str:
    """Return the traceparent that makes later spans children of this one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, trace.set_span_in_context(span, Context()))
    return carrier.get(TRACEPARENT, "")


def now_ns() -> int:
    """Return the time as spans count it."""
    return time.time_ns()


def effect_span(
    tracer: Tracer,
    name: str,
    *,
    parent: str | None,
    start_ns: int,
    attributes: Mapping[str, str | int],
    error: Exception | None = None,
) -> Span:
    """Return an ended CONSUMER span for something that was handled since `start_ns`."""
    span = tracer.start_span(
        name,
        context=context_of(parent),
        kind=SpanKind.CONSUMER,
        start_time=start_ns,
        attributes=dict(attributes),
    )
    if error is not None:
        span.set_status(StatusCode.ERROR, str(error))
        span.set_attribute("error.type", type(error).__name__)
    span.end()
    return span
