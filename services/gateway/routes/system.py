"""The state of the system: resources, federations, learning, and the live feed."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response, StreamingResponse

from scarcity.events import Event, Role
from services.gateway.access.declaring import Caller, allow
from services.gateway.context import Context
from services.gateway.models import FederationModel, GovernorModel, LearningModel
from services.gateway.paging import Pager, Place, pager


def router(context: Context) -> APIRouter:
    """Return the routes about the system as a whole."""
    api = APIRouter(tags=["system"], dependencies=[allow(Role.VIEWER)])
    views = context.views
    pages = pager(context.cursors)

    @api.get("/drg", operation_id="readGovernor", response_model=GovernorModel)
    async def drg(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return what every instance has and may spend, and the newest decisions with why."""
        decisions, following = page.cut(views.governor.decisions, _newest_first)
        return {**views.governor.document(decisions), "next": following}

    @api.get("/federation", operation_id="readFederation", response_model=FederationModel)
    async def federation(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return the newest round of every membership, edge by edge, and those before in short."""
        rounds, following = page.cut(views.federation.rounds, _newest_first)
        return {**views.federation.document(rounds), "next": following}

    @api.get("/meta", operation_id="readMetaLearning", response_model=LearningModel)
    async def meta(page: Annotated[Pager, Depends(pages)]) -> Mapping[str, object]:
        """Return what streams of each domain teach each other, and what was tried in engines."""
        trials, following = page.cut(views.meta.trials, _newest_first)
        return {**views.meta.document(trials), "next": following}

    @api.get(
        "/stream",
        operation_id="followEvents",
        response_class=Response,
        responses={200: {"content": {"text/event-stream": {}}}},
        summary="Live events; Last-Event-ID resumes without loss",
    )
    async def stream(
        caller: Caller, last_event_id: Annotated[str | None, Header()] = None
    ) -> Response:
        # fastapi.sse would frame this too, but logs an error when a reader leaves as it sends.
        return StreamingResponse(
            context.desk.while_welcome(caller, context.feed.frames(last_event_id)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )

    return api


def _newest_first(event: Event) -> Place:
    return -int(event.occurred_at.timestamp() * 1e6), event.event_id
