"""Traces: what led to what, from service to service."""

from datetime import datetime

from pydantic import Field

from services.gateway.models.base import Strict


class TraceModel(Strict):
    """A trace in short."""

    trace_id: str
    at: datetime
    name: str = Field(description="of its first piece of work")
    duration_ms: float
    streams: list[str] = Field(description="that it is about")
    components: list[str] = Field(description="in the order in which they came to it")
    span_count: int
    has_failed: bool


class TracesModel(Strict):
    """The newest traces."""

    items: list[TraceModel]
    next: str | None


class SpanModel(Strict):
    """A piece of work."""

    span_id: str
    parent_id: str | None = Field(description="what led to it; null, or not kept, for the first")
    depth: int
    name: str
    component: str
    key: str | None = Field(description="of the message that was handled")
    topic: str | None = Field(description="where that message was; null for a request")
    partition: int | None
    offset: int | None
    start_ms: float = Field(description="since the trace began")
    duration_ms: float
    error: str | None


class TraceDetailsModel(TraceModel):
    """A trace with all its work, each piece behind that which led to it."""

    spans: list[SpanModel]
