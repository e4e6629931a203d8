"""Events as a person wants to see them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.models.base import Strict
from services.gateway.models.graphs import ChangeModel


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


class EdgeEventModel(ChangeModel):
    """The same of a change of an edge, with what it changed."""

    kind: Literal["edge"]
    subject: str


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
