"""Buses by the place where they are, for tests that open one several times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from scarcity.bus.base import Bus
from scarcity.bus.embedded import EmbeddedBus
from scarcity.bus.kafka import KafkaBus, KafkaSettings


@asynccontextmanager
async def opened(place: str | KafkaSettings) -> AsyncIterator[Bus]:
    """A started bus: in a directory, or of a cluster by its address or by its settings."""
    if isinstance(place, str) and ":" in place:
        place = KafkaSettings(place)
    bus: Bus = EmbeddedBus(Path(place)) if isinstance(place, str) else KafkaBus(place)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()
