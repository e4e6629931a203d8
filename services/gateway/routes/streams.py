"""Streams: what there is, what it is said to be, and how to pause, resume and forget it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from scarcity.bus.base import Message
from scarcity.events import (
    DefinitionOrigin,
    GraphUpdated,
    ReferenceEdge,
    Resample,
    Role,
    StreamDefined,
    Variable,
    VariableKind,
    WindowKind,
    WindowPolicy,
)
from scarcity.streams import check_definition
from services.gateway.access.declaring import Caller, allow
from services.gateway.context import Context
from services.gateway.domain.documents import stream_details, stream_document
from services.gateway.headers import IfMatch, IfNoneMatch, etag
from services.gateway.models import (
    NOT_FOUND,
    OVERTAKEN,
    REFUSED,
    AcceptedModel,
    DefinitionModel,
    StreamDetailsModel,
    StreamsModel,
    VariableModel,
    WindowPolicyModel,
)
from services.gateway.paging import MOST, Pager, pager
from services.gateway.problems import Problem


def router(context: Context) -> APIRouter:
    """Return the routes about streams."""
    api = APIRouter(tags=["streams"])
    views = context.views

    @api.get(
        "/streams",
        operation_id="listStreams",
        dependencies=[allow(Role.VIEWER, narrows=True)],
        response_model=StreamsModel,
    )
    async def list_streams(
        page: Annotated[Pager, Depends(pager(context.cursors, usual=MOST))],
        caller: Caller,
    ) -> dict[str, object]:
        """Return the streams by name; of a key for some streams those alone."""
        now = context.clock.now()
        names = filter(caller.sees, views.streams)
        known = [view for name in names if (view := views.known(name))]
        found, following = page.cut(known, lambda view: (view.stream,))
        return {"items": [stream_document(view, now=now) for view in found], "next": following}

    @api.get(
        "/streams/{stream}",
        operation_id="getStream",
        dependencies=[allow(Role.VIEWER)],
        response_model=StreamDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_stream(stream: str, response: Response) -> dict[str, object]:
        """Return what a stream is said to be, and how it does; the ETag is of its definition."""
        view = context.stream(stream)
        assert view.definition is not None
        response.headers["ETag"] = etag(view.definition.version)
        return stream_details(view, now=context.clock.now())

    @api.put(
        "/streams/{stream}",
        operation_id="defineStream",
        dependencies=[allow(Role.OPERATOR)],
        status_code=202,
        responses={**REFUSED, **OVERTAKEN},
    )
    async def define_stream(
        stream: str,
        definition: DefinitionModel,
        response: Response,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatch = None,
    ) -> AcceptedModel:
        """Say what a stream is; it holds from the next record on."""
        _refuse_overtaken(context, stream, if_match, if_none_match)
        accepted = await _say(context, _definition(context, stream, definition))
        response.headers["ETag"] = etag(accepted.version)
        return accepted

    @api.post(
        "/streams/{stream}/pause",
        operation_id="pauseStream",
        dependencies=[allow(Role.OPERATOR)],
        status_code=202,
        responses={**NOT_FOUND, **REFUSED},
    )
    async def pause_stream(stream: str) -> AcceptedModel:
        """Pass over the records of a stream from now on; they stay on the raw topic."""
        return await _say(context, _switched(context, stream, paused=True))

    @api.post(
        "/streams/{stream}/resume",
        operation_id="resumeStream",
        dependencies=[allow(Role.OPERATOR)],
        status_code=202,
        responses={**NOT_FOUND, **REFUSED},
    )
    async def resume_stream(stream: str) -> AcceptedModel:
        """Take the records of a stream in again, from now on."""
        return await _say(context, _switched(context, stream, paused=False))

    @api.delete(
        "/streams/{stream}",
        operation_id="forgetStream",
        dependencies=[allow(Role.ADMIN)],
        status_code=204,
        responses={**NOT_FOUND, **REFUSED},
    )
    async def forget_stream(stream: str) -> None:
        """Forget a stream: definition, state and graph. A later record starts it anew."""
        context.stream(stream)
        topics = (StreamDefined.topic, GraphUpdated.topic)
        await context.publisher.try_send([Message(topic.name, stream, None) for topic in topics])
        views.on_graph_forgotten(stream)
        views.on_forgotten(stream)

    return api


def _refuse_overtaken(
    context: Context, stream: str, if_match: str | None, if_none_match: str | None
) -> None:
    """Raise the problem with a definition that is not made of the newest one."""
    view = context.views.known(stream)
    now = 0 if view is None or view.definition is None else view.definition.version
    if now and if_none_match in ("*", etag(now)):
        raise Problem(412, f"there is a stream {stream}; its definition is {now}", version=now)
    if if_match is not None and if_match != etag(now):
        raise Problem(
            412,
            f"the definition of {stream} is {now or 'not there'} by now: read it anew, make the "
            "change to that, and send its ETag",
            version=now,
        )


async def _say(context: Context, definition: StreamDefined) -> AcceptedModel:
    """Publish a definition, and know it from now on: the next call must build on it."""
    # Once: a caller is told that the bus cannot take it, and does not hang.
    await context.publisher.try_send([context.publisher.message(definition)])
    context.views.on_definition(definition)
    return AcceptedModel(id=definition.stream, version=definition.version)


def _definition(context: Context, stream: str, wanted: DefinitionModel) -> StreamDefined:
    view = context.views.known(stream)
    known = view.definition if view else None
    paused = known is not None and known.paused
    definition = StreamDefined(
        stream=stream,
        version=known.version + 1 if known else 1,
        defined_at=context.clock.now(),
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(map(_variable, wanted.variables)),
        window=_policy(wanted.window),
        domain=wanted.domain,
        reference_edges=tuple(
            ReferenceEdge(e.source, e.target, e.lag) for e in wanted.reference_edges
        ),
        paused=paused if wanted.paused is None else wanted.paused,
    )
    check_definition(definition)
    return definition


def _switched(context: Context, stream: str, *, paused: bool) -> StreamDefined:
    """Return the definition that pauses or resumes a stream and changes nothing else."""
    known = context.stream(stream).definition
    assert known is not None
    # Variables that nobody named must stay free to change.
    inferred = known.origin is DefinitionOrigin.INFERRED
    return replace(
        known,
        version=known.version + 1,
        defined_at=context.clock.now(),
        origin=DefinitionOrigin.EXPLICIT,
        variables=() if inferred else known.variables,
        paused=paused,
        change="",
    )


def _variable(wanted: VariableModel) -> Variable:
    return Variable(
        name=wanted.name,
        unit=wanted.unit,
        kind=VariableKind(wanted.kind),
        resample=Resample(wanted.resample),
        low=wanted.low,
        high=wanted.high,
    )


def _policy(wanted: WindowPolicyModel) -> WindowPolicy:
    return WindowPolicy(
        kind=WindowKind(wanted.kind),
        size=wanted.size,
        lateness_s=wanted.lateness_s,
        cadence_s=wanted.cadence_s,
        hop=wanted.hop,
        session_gap_s=wanted.session_gap_s,
    )
