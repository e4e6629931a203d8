"""Records over HTTP: each line is checked as the Stream Manager will, then put on the bus."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from fastapi import APIRouter, Request
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from scarcity.bus.base import Message
from scarcity.errors import Overloaded, PoisonEvent, Transient
from scarcity.events import RAW, Role
from scarcity.runtime.publisher import trace_headers
from scarcity.streams import Line, check_stream_id, parse_record, read_lines
from scarcity.telemetry.tracing import TRACEPARENT, context_of, traceparent_of
from services.gateway.access.declaring import allow
from services.gateway.context import Context
from services.gateway.models import IngestModel, ProblemModel, RefusedModel, WarningModel
from services.gateway.problems import Problem

BATCH = 2000
NAMED = 100
"""How many refused lines and warnings an answer names; all are counted."""


@dataclass
class Tally:
    """What became of the lines so far."""

    accepted: int = 0
    rejected: int = 0
    problems: list[RefusedModel] = field(default_factory=list)
    warnings: list[WarningModel] = field(default_factory=list)


def router(context: Context) -> APIRouter:
    """Return the route that takes records in."""
    api = APIRouter(tags=["streams"], dependencies=[allow(Role.OPERATOR)])

    @api.post(
        "/streams/{stream}/records",
        status_code=202,
        operation_id="ingestRecords",
        summary="Send records as NDJSON, a JSON array, or CSV",
        responses={
            400: {"model": ProblemModel},
            503: {"model": ProblemModel},
        },
        openapi_extra={
            "requestBody": {
                "content": {
                    kind: {"schema": {}}
                    for kind in ("application/x-ndjson", "application/json", "text/csv")
                },
            }
        },
    )
    async def ingest(stream: str, request: Request) -> IngestModel:
        check_stream_id(stream)
        parent = context_of(request.headers.get(TRACEPARENT))
        with context.tracer.start_as_current_span(
            "POST /streams/{stream}/records",
            context=parent,
            kind=SpanKind.SERVER,
            attributes={"scarcity.key": stream},
        ):
            body = await request.body()
            kind = request.headers.get("content-type", "application/x-ndjson")
            tally = Tally()
            messages = _check(context, stream, read_lines(body, content_type=kind), tally)
            await _publish(context, messages, tally)
        return IngestModel(
            accepted=tally.accepted,
            rejected=tally.rejected,
            problems=tally.problems,
            warnings=tally.warnings,
        )

    return api


def _check(context: Context, stream: str, lines: Iterator[Line], tally: Tally) -> Iterator[Message]:
    """Yield a message for every line that the Stream Manager will accept; count the others."""
    arrived = context.clock.now()
    stamp = int(arrived.timestamp() * 1000)
    headers = trace_headers(traceparent_of(trace.get_current_span()))
    for line in lines:
        try:
            record = parse_record(line.value, arrived=arrived)
        except PoisonEvent as refused:
            tally.rejected += 1
            context.metrics.records_refused.labels("gateway", refused.reason).inc()
            if len(tally.problems) < NAMED:
                found = RefusedModel(line=line.number, reason=refused.reason, message=str(refused))
                tally.problems.append(found)
            continue
        for variable, reason in record.flaws.items():
            if len(tally.warnings) < NAMED:
                warning = WarningModel(line=line.number, variable=variable, reason=reason)
                tally.warnings.append(warning)
        yield Message(RAW.name, stream, line.value, headers, stamp)


async def _publish(context: Context, messages: Iterator[Message], tally: Tally) -> None:
    for batch in _batches(messages):
        try:
            await context.publisher.try_send(batch)
        except (Overloaded, Transient) as error:
            raise Problem(
                503,
                f"{error}; the first {tally.accepted} accepted lines are in, "
                "send the rest again later",
                accepted=tally.accepted,
                rejected=tally.rejected,
            ) from error
        tally.accepted += len(batch)
        # A large body must not keep everybody else waiting.
        await asyncio.sleep(0)


def _batches(messages: Iterator[Message]) -> Iterator[list[Message]]:
    while batch := list(islice(messages, BATCH)):
        yield batch
