"""What happened: over all kinds of events, newest first, and each of them whole."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query

from scarcity.events import Role
from services.gateway.access.declaring import Caller, allow
from services.gateway.access.identity import Identity
from services.gateway.context import Context
from services.gateway.domain.journal import KINDS, Entry, Kind
from services.gateway.domain.telling import event_details, event_document, stream_of
from services.gateway.models import (
    NOT_FOUND,
    EdgeEventDetailsModel,
    EventDetailsModel,
    EventsModel,
)
from services.gateway.models.base import Moment
from services.gateway.paging import Pager, pager
from services.gateway.problems import Problem
from services.gateway.reading import whole

Kinds: TypeAlias = Annotated[
    list[Kind | Literal["all"]],
    Query(alias="type", max_length=20, description="kinds of events, or all; may be repeated"),
]


@dataclass(frozen=True)
class Wanted:
    """Which events are wanted; None = whatever it is."""

    stream: str | None
    since: Moment | None
    until: Moment | None
    trace_id: str | None

    def __contains__(self, entry: Entry) -> bool:
        at = entry.event.occurred_at
        return (
            (self.stream is None or stream_of(entry.event) == self.stream)
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
            and self.trace_id in (None, entry.trace_id)
        )


def router(context: Context) -> APIRouter:
    """Return the routes about events."""
    api = APIRouter(tags=["events"], dependencies=[allow(Role.VIEWER, narrows=True)])
    views = context.views

    @api.get("/events", operation_id="listEvents", response_model=EventsModel)
    async def list_events(
        page: Annotated[Pager, Depends(pager(context.cursors))],
        caller: Caller,
        wanted: Annotated[Wanted, Depends(_wanted)],
        kinds: Kinds = ["edge"],  # noqa: B006 - as OpenAPI shows it; nobody changes it
    ) -> dict[str, object]:
        """Return the newest events; without `type`, the changes of edges.

        Of each kind the newest 1000 are kept; of definitions, components and learning 200. What was
        said of streams that are forgotten stays out of sight. A key for some streams is shown
        what is about those; dead letters are shown to operators.
        """
        asked = KINDS if "all" in kinds else tuple(dict.fromkeys(k for k in kinds if k != "all"))
        entries = (e for e in views.journal.of(*asked) if e in wanted and is_visible(e, caller))
        items, following = page.cut(entries, lambda entry: entry.place)
        return {"items": [event_document(entry) for entry in items], "next": following}

    @api.get(
        "/events/{id:path}",
        operation_id="getEvent",
        response_model=EdgeEventDetailsModel | EventDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_event(
        id: str,  # noqa: A002 - a path parameter
        caller: Caller,
    ) -> dict[str, object]:
        """Return an event with all that it says."""
        entry = views.journal.find(id, *KINDS)
        if entry is None or not is_visible(entry, caller):
            raise Problem(404, f"there is no event {id!r} among the newest that are kept")
        event = await whole(context.bus, entry)
        if event is None:
            raise Problem(404, f"the bus has forgotten the event {id!r}")
        return event_details(entry, event)

    def is_visible(entry: Entry, caller: Identity) -> bool:
        """Say whether somebody is to see an event: of a stream, neither forgotten nor others'.

        Dead letters hold what producers sent; whoever may not read those is not shown them here.
        """
        if entry.kind == "dead-letter" and not caller.role.covers(Role.OPERATOR):
            return False
        stream = stream_of(entry.event)
        if caller.streams and (stream is None or not caller.sees(stream)):
            return False
        of_known = entry.kind in ("edge", "definition", "trial")
        return not of_known or views.known(stream or "") is not None

    return api


async def _wanted(
    stream: str | None = None,
    since: Annotated[Moment | None, Query(description="at that time or later")] = None,
    until: Annotated[Moment | None, Query(description="before")] = None,
    trace_id: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
) -> Wanted:
    return Wanted(stream, since, until, trace_id)
