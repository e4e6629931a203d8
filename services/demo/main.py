"""Wires the demo's two producers to the bus."""

import asyncio
from collections.abc import Callable

import numpy as np
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
from scarcity.runtime.process import Platform
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import Service
from scarcity.runtime.settings import load
from services.demo import world
from services.demo.host import VARIABLES, Sampler
from services.demo.settings import DemoSettings

WINDOW = 64
"""Small windows, so that a person sees evidence come in."""

Sample = Callable[[], dict[str, float]]


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(DemoSettings)
    publisher, clock = platform.publisher("demo"), platform.clock

    async def show_host() -> None:
        sampler = Sampler.start(now=clock.now().timestamp())
        await publisher.publish([_definition("host", VARIABLES, clock)])
        period = 1 / settings.host_hz
        await asyncio.sleep(period)
        await _produce(
            "host",
            lambda: sampler.sample(now=clock.now().timestamp()),
            publisher=publisher,
            clock=clock,
            period=period,
        )

    async def show_world() -> None:
        steps = world.steps(np.random.default_rng(settings.seed))
        await publisher.publish([_definition("world", world.variables(), clock, world.truth())])
        await _produce(
            "world",
            lambda: next(steps),
            publisher=publisher,
            clock=clock,
            period=1 / settings.world_hz,
        )

    return Service(name="demo", tasks=(show_host, show_world))


def _definition(
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


async def _produce(
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
