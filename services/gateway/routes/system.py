"""The state of the system: resources, dead letters, recent changes, and the live feed."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response, StreamingResponse

from services.gateway.context import Context
from services.gateway.domain.documents import (
    change_document,
    dead_letter_document,
)

Limit = Annotated[int, Query(ge=1, le=500)]


def router(context: Context) -> APIRouter:
    """Return the routes about the system as a whole."""
    api = APIRouter(tags=["system"])
    views = context.views

    @api.get("/drg", operation_id="readGovernor")
    async def drg(limit: Limit = 50) -> Mapping[str, object]:
        """Return what every instance has and may spend, and the newest decisions with why."""
        return views.governor.document(limit)

    @api.get("/federation", operation_id="readFederation")
    async def federation(limit: Limit = 50) -> Mapping[str, object]:
        """Return the newest round of every membership, edge by edge, and those before in short."""
        return views.federation.document(limit)

    @api.get("/meta", operation_id="readMetaLearning")
    async def meta(limit: Limit = 50) -> Mapping[str, object]:
        """Return what streams of each domain teach each other, and what was tried in engines."""
        return views.meta.document(limit)

    @api.get("/dead-letters", operation_id="listDeadLetters")
    async def dead_letters(limit: Limit = 50) -> dict[str, object]:
        newest = views.dead_letters.newest(limit)
        return {
            "items": [dead_letter_document(letter) for letter in newest],
            "counts": dict(views.reasons),
            "next": None,
        }

    @api.get("/events", operation_id="listEvents")
    async def events(limit: Limit = 50, stream: str | None = None) -> dict[str, object]:
        """Return the newest changes of edges, of one stream or of all that are known."""
        found = (c for c in views.changes if stream in (None, c.stream) and views.known(c.stream))
        return {"items": [change_document(c) for c in islice(found, limit)], "next": None}

    @api.get(
        "/stream",
        operation_id="followEvents",
        responses={200: {"content": {"text/event-stream": {}}}},
        summary="Live events; Last-Event-ID resumes without loss",
    )
    async def stream(last_event_id: Annotated[str | None, Header()] = None) -> Response:
        # fastapi.sse would frame this too, but logs an error when a reader leaves as it sends.
        return StreamingResponse(
            context.feed.frames(last_event_id),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )

    return api
