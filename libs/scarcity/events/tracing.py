"""What is told of traces: the spans that ended, for whoever wants to see a trace whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from scarcity.events.base import Topic


@dataclass(frozen=True, slots=True)
class SpanEnded:
    """A piece of work inside a trace. Times are nanoseconds since 1970."""

    trace_id: str
    """32 hexadecimal digits"""
    span_id: str
    """16 hexadecimal digits"""
    parent_id: str
    """Empty where it has none, or one that is not ours."""
    name: str
    component: str
    key: str
    """Of the message that was handled: a stream, mostly."""
    topic: str
    """Where that message was; empty for a request."""
    partition: int
    offset: int
    start_ns: int
    end_ns: int
    error: str
    """Empty = it went well."""


@dataclass(frozen=True, slots=True)
class SpansEnded:
    """The spans that ended in a process of late."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.spans", "pieces of work, to see traces whole")

    instance: str
    at: datetime
    sequence: int
    spans: tuple[SpanEnded, ...]
    dropped: int
    """How many more there were: of some traces all spans are kept, of others none."""

    @property
    def key(self) -> str:
        return self.instance

    @property
    def event_id(self) -> str:
        return f"{self.instance}/spans/{self.sequence}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
