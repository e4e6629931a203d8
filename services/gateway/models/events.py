"""Events as a person wants to see them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.models.base import Strict


class EventModel(Strict):
    """Something that happened."""

    id: str
    kind: Literal[
        "definition",
        "component",
        "command",
        "decision",
        "round",
        "learning",
        "trial",
        "dead-letter",
        "replay",
    ]
    type: str = Field(description="the event's name on the bus")
    at: datetime = Field(description="of what is in the data, in the time of the data")
    stream: str | None
    subject: str = Field(description="what it is about")
    summary: str = Field(description="what happened, in words")
    trace_id: str | None


class EdgeEventModel(Strict):
    """A change of an edge: what became of it with a window."""

    id: str
    kind: Literal["edge"]
    type: Literal["EdgeChanged"]
    at: datetime
    stream: str
    subject: str
    summary: str
    trace_id: str | None
    change: Literal["appeared", "strengthened", "weakened", "flipped", "vanished"]
    source: str
    target: str
    lag: int
    effect: float | None
    previous_effect: float | None
    imported: bool = Field(description="believed thanks to a prior only")
    regime: int
    window_id: str


class EventsModel(Strict):
    """A page of events, newest first: in the order in which they came onto the bus."""

    items: list[Annotated[EdgeEventModel | EventModel, Field(discriminator="kind")]]
    next: str | None


class Whole(Strict):
    """Where an event is on the bus, and all that it says."""

    topic: str
    partition: int
    offset: int
    payload: dict[str, Any] = Field(
        description="its fields, as docs/api/asyncapi.json has them; bytes are in base64"
    )


class EventDetailsModel(EventModel, Whole):
    """An event with all that it says."""


class EdgeEventDetailsModel(EdgeEventModel, Whole):
    """A change of an edge with all that it says."""
