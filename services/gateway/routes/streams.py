"""Streams: what there is, and what it is said to be."""

from fastapi import APIRouter

from scarcity.events import (
    DefinitionOrigin,
    ReferenceEdge,
    StreamDefined,
    Variable,
    WindowKind,
    WindowPolicy,
)
from scarcity.streams import check_definition
from services.gateway.context import Context
from services.gateway.domain.documents import stream_details, stream_document
from services.gateway.models import (
    NOT_FOUND,
    DefinitionModel,
    StreamDetailsModel,
    StreamsModel,
)


def router(context: Context) -> APIRouter:
    """Return the routes about streams."""
    api = APIRouter(tags=["streams"])

    @api.get("/streams", operation_id="listStreams", response_model=StreamsModel)
    async def list_streams() -> dict[str, object]:
        now = context.clock.now()
        views = [context.views.streams[name] for name in sorted(context.views.streams)]
        return {"items": [stream_document(view, now=now) for view in views], "next": None}

    @api.get(
        "/streams/{stream}",
        operation_id="getStream",
        response_model=StreamDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_stream(stream: str) -> dict[str, object]:
        return stream_details(context.stream(stream), now=context.clock.now())

    @api.put("/streams/{stream}", operation_id="defineStream", status_code=202)
    async def define_stream(stream: str, definition: DefinitionModel) -> dict[str, object]:
        """Say what a stream is; it holds from the next record on."""
        event = _definition(context, stream, definition)
        # Once: a caller is told that the bus cannot take it, and does not hang.
        await context.publisher.try_send([context.publisher.message(event)])
        return {"id": stream, "version": event.version}

    return api


def _definition(context: Context, stream: str, wanted: DefinitionModel) -> StreamDefined:
    view = context.views.streams.get(stream)
    known = view.definition.version if view and view.definition else 0
    policy = WindowPolicy(
        kind=WindowKind(wanted.window.kind),
        size=wanted.window.size,
        lateness_s=wanted.window.lateness_s,
        cadence_s=wanted.window.cadence_s,
    )
    definition = StreamDefined(
        stream=stream,
        version=known + 1,
        defined_at=context.clock.now(),
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(Variable(v.name, v.unit) for v in wanted.variables),
        window=policy,
        domain=wanted.domain,
        reference_edges=tuple(
            ReferenceEdge(e.source, e.target, e.lag) for e in wanted.reference_edges
        ),
    )
    check_definition(definition)
    return definition
