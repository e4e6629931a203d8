"""A bus on a broker, with everything provisioned that the services expect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scarcity.bus.base import Bus
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.runtime.process import specs


@asynccontextmanager
async def opened(bootstrap: str) -> AsyncIterator[Bus]:
    """Open a bus on which all topics are."""
    async with connected(KafkaBus(KafkaSettings(bootstrap))) as bus:
        yield bus


@asynccontextmanager
async def connected(bus: Bus) -> AsyncIterator[Bus]:
    """Open this bus, and make all topics on it."""
    await bus.start()
    try:
        await bus.provision(specs())
        yield bus
    finally:
        await bus.close()
