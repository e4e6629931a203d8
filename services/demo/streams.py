"""Streams of the demo: defined once, then one record after the other."""

import asyncio
from collections.abc import Callable

import orjson

from scarcity.bus.base import Message
from scarcity.clock import Clock
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    ReferenceEdge,
    StreamDefined,
    Variable,
    WindowPolicy,
)
from scarcity.runtime.publisher import Publisher

WINDOW = 64
"""Small windows, so that a person sees evidence come in."""

Sample = Callable[[], dict[str, float]]


def definition(
    stream: str,
    variables: tuple[Variable, ...],
    clock: Clock,
    truth: tuple[ReferenceEdge, ...] = (),
) -> StreamDefined:
    return StreamDefined(
        stream=stream,
        version=1,
        defined_at=clock.now(),
        origin=DefinitionOrigin.EXPLICIT,
        variables=variables,
        window=WindowPolicy(size=WINDOW),
        domain="demo",
        reference_edges=truth,
    )


async def produce(
    stream: str, sample: Sample, *, publisher: Publisher, clock: Clock, period: float
) -> None:
    """Send one record per period, for ever; a delay is made up for, not carried on."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        record = {"ts": clock.now().isoformat(), "values": sample()}
        await publisher.send([Message(RAW.name, stream, orjson.dumps(record))])
        due = max(due + period, loop.time() - 1.0)
        await asyncio.sleep(max(0.0, due - loop.time()))
