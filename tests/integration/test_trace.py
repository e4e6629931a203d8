"""One trace runs from the record, as it came in over HTTP, to the change of the graph."""

import asyncio
from typing import Any, cast

import httpx
import numpy as np
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from scarcity.bus.base import Follow
from scarcity.bus.embedded import EmbeddedBus
from scarcity.events import EdgeChanged, GraphUpdated, decode
from scarcity.runtime.process import Listening, Platform, Process
from scarcity.telemetry.spans import SpanBox
from scarcity.telemetry.tracing import provider
from services.gateway.main import build as build_gateway
from services.mpie.main import build as build_mpie
from services.stream_manager.main import build as build_stream_manager
from worlds import records, var

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TOKEN = "a-token-for-tests-only"
CALLER = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


async def test_one_trace_from_the_record_to_the_graph_change() -> None:
    spans = InMemorySpanExporter()
    box = SpanBox()
    tracing = provider(None, version="1", box=box)
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    bus = EmbeddedBus()
    platform = Platform(bus=bus, tracing=tracing, token=TOKEN, spans=box)
    builders = (build_stream_manager, build_mpie, build_gateway)
    process = Process(platform, [build(platform) for build in builders], Listening())

    async with asyncio.TaskGroup() as group:
        group.create_task(process.run())
        await process.ready.wait()
        await send(process.port)
        change = await first(bus, EdgeChanged.topic.name)
        graph = await first(bus, GraphUpdated.topic.name)
        shown = await whole_trace(process.port, graph)
        process.stop()

    assert change == graph == TRACE_ID
    chain = {span.name: span for span in spans.get_finished_spans()}
    request, record, window = (
        chain["POST /streams/{stream}/records"],
        chain["process scarcity.v1.raw"],
        chain["process scarcity.v1.windows"],
    )
    assert request.parent is not None
    assert format(request.parent.span_id, "016x") == "00f067aa0ba902b7"
    assert record.parent is not None
    assert record.parent.span_id == request.context.span_id
    assert window.parent is not None
    assert window.parent.span_id == record.context.span_id
    assert {span.context.trace_id for span in chain.values()} == {int(TRACE_ID, 16)}
    assert [(span["component"], span["depth"]) for span in shown["spans"]] == [
        ("gateway", 0),
        ("stream_manager", 1),
        ("mpie", 2),
    ]
    assert [span["topic"] for span in shown["spans"]] == [
        None,
        "scarcity.v1.raw",
        "scarcity.v1.windows",
    ]
    assert shown["streams"] == ["traced"]
    assert not shown["has_failed"]


async def whole_trace(port: int, trace_id: str) -> dict[str, Any]:
    """What the gateway shows of a trace, once it has all three spans; and that it is listed."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1") as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        async with asyncio.timeout(20):
            while True:
                answer = await client.get(f"/traces/{trace_id}")
                if answer.is_success and answer.json()["span_count"] == 3:
                    break
                await asyncio.sleep(0.1)
        listed = (await client.get("/traces", params={"stream": "traced"})).json()["items"]
        assert trace_id in [each["trace_id"] for each in listed]
        assert (await client.get(f"/traces/{'0' * 32}")).status_code == 404
    return cast(dict[str, Any], answer.json())


async def send(port: int) -> None:
    world = var.chain(np.random.default_rng(1), 3, 256)
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://127.0.0.1:{port}/api/v1/streams/traced/records",
            content=b"\n".join(records.lines(world)),
            headers={"Authorization": f"Bearer {TOKEN}", "traceparent": CALLER},
        )
    assert answer.status_code == 202


async def first(bus: EmbeddedBus, topic: str) -> str:
    """Return the trace id of the first event of a topic, in its header and in its envelope."""
    async with asyncio.timeout(20):
        async for batch in bus.follow(Follow((topic,))):
            for message in batch:
                traceparent = message.header("traceparent")
                assert traceparent is not None
                assert decode(message.value or b"").traceparent == traceparent
                return traceparent.split("-")[1]
    raise AssertionError("the bus was closed")
