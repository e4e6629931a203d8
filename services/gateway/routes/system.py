"""The state of the system: resources, federations, learning, and the live feed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import StringConstraints

from scarcity.events import Event, Role
from scarcity.streams.policy import check_stream_id
from services.gateway.access.declaring import Caller, allow
from services.gateway.access.identity import Identity
from services.gateway.context import Context
from services.gateway.domain.telling import LIVE_KINDS
from services.gateway.feed import Item, Wants
from services.gateway.models import FederationModel, GovernorModel, LearningModel
from services.gateway.paging import Pager, Place, pager
from services.gateway.problems import Problem

_KIND = "|".join(LIVE_KINDS)
Kinds: TypeAlias = Annotated[
    list[Annotated[str, StringConstraints(pattern=f"^({_KIND})(,({_KIND}))*$", max_length=1000)]],
    Query(max_length=20, description="these kinds alone, with commas between them or repeated"),
]
Streams: TypeAlias = Annotated[
    list[str],
    Query(
        alias="stream",
        max_length=100,
        description="what is about these streams alone; may be repeated",
    ),
]


def router(context: Context) -> APIRouter:
    """Return the routes about the system as a whole."""
    api = APIRouter(tags=["system"])
    of_all = [allow(Role.VIEWER)]
    views = context.views
    pages = pager(context.cursors)

    @api.get("/drg", operation_id="readGovernor", dependencies=of_all, response_model=GovernorModel)
    async def drg(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return what every instance has and may spend, and the newest decisions with why."""
        decisions, following = page.cut(views.governor.decisions, _newest_first)
        return {**views.governor.document(decisions), "next": following}

    @api.get(
        "/federation",
        operation_id="readFederation",
        dependencies=of_all,
        response_model=FederationModel,
    )
    async def federation(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return the newest round of every membership, edge by edge, and those before in short."""
        rounds, following = page.cut(views.federation.rounds, _newest_first)
        return {**views.federation.document(rounds), "next": following}

    @api.get(
        "/meta", operation_id="readMetaLearning", dependencies=of_all, response_model=LearningModel
    )
    async def meta(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return what streams of each domain teach each other, and what was tried in engines."""
        trials, following = page.cut(views.meta.trials, _newest_first)
        return {**views.meta.document(trials), "next": following}

    @api.get(
        "/stream",
        operation_id="followEvents",
        response_class=Response,
        dependencies=[allow(Role.VIEWER, narrows=True)],
        responses={200: {"content": {"text/event-stream": {}}}},
        summary="Live events; Last-Event-ID resumes without loss",
    )
    async def stream(
        caller: Caller,
        kinds: Kinds = [],  # noqa: B006 - as OpenAPI shows it; nobody changes it
        streams: Streams = [],  # noqa: B006 - the same
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Send what happens as it happens: all of it, or some kinds of it, or of some streams.

        A key for some streams is sent what is about those. What is passed over counts as seen: ids
        go on with it.
        """
        frames = context.feed.frames(last_event_id, _wanted(caller, kinds, streams))
        # fastapi.sse would frame this too, but logs an error when a reader leaves as it sends.
        return StreamingResponse(
            context.desk.while_welcome(caller, frames),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )

    return api


def _newest_first(event: Event) -> Place:
    return -int(event.occurred_at.timestamp() * 1e6), event.event_id


def _wanted(caller: Identity, kinds: Sequence[str], streams: Sequence[str]) -> Wants:
    """Return what says which live events are for somebody; a problem for what is never for him."""
    for stream in streams:
        check_stream_id(stream)
        if not caller.sees(stream):
            raise Problem(
                403,
                f"{caller.name} is let in for {', '.join(caller.streams)} alone; leave {stream!r} "
                "out, or ask an admin for a key that is for more",
            )
    of_kinds = frozenset(kind for said in kinds for kind in said.split(",")) or LIVE_KINDS
    of_streams = frozenset(streams)

    def wants(item: Item) -> bool:
        if item.kind not in of_kinds:
            return False
        if of_streams:
            return item.stream in of_streams
        return not caller.streams or (item.stream is not None and caller.sees(item.stream))

    return wants
