"""Wires the demo's two producers to the bus."""

import asyncio

import numpy as np

from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service
from scarcity.runtime.settings import load
from services.demo import peers, world
from services.demo.host import VARIABLES, Sampler
from services.demo.settings import DemoSettings
from services.demo.streams import definition, produce


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(DemoSettings)
    publisher, clock = platform.publisher("demo"), platform.clock

    async def show_host() -> None:
        sampler = Sampler.start(now=clock.now().timestamp())
        await publisher.publish([definition("host", VARIABLES, clock)])
        period = 1 / settings.host_hz
        await asyncio.sleep(period)
        await produce(
            "host",
            lambda: sampler.sample(now=clock.now().timestamp()),
            publisher=publisher,
            clock=clock,
            period=period,
        )

    async def show_world() -> None:
        steps = world.steps(np.random.default_rng(settings.seed))
        await publisher.publish([definition("world", world.variables(), clock, world.truth())])
        await produce(
            "world",
            lambda: next(steps),
            publisher=publisher,
            clock=clock,
            period=1 / settings.world_hz,
        )

    tasks = [show_host, show_world]
    if settings.federation_dir is not None:
        peers.prepare(settings.federation_dir, settings.world_hz, clock.now())
        tasks += peers.tasks(settings.federation_dir, platform, settings)
    return Service(name="demo", tasks=tuple(tasks))
