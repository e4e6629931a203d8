"""The windows of some streams, as a reader that sees only what is committed gets them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from scarcity.events import WindowSealed, decode

WAIT_MS = 500
TOPIC = WindowSealed.topic
SOURCES = [TopicPartition(TOPIC.name, number) for number in range(TOPIC.partitions)]


class WindowReader:
    """Keeps every window of the streams that it was made for, in the order of reading."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._consumer = consumer
        self._prefix = prefix.encode()
        self.found: list[WindowSealed] = []

    async def read(self) -> int:
        """Take what comes; returns how many windows there are now."""
        batches = await self._consumer.getmany(timeout_ms=WAIT_MS)
        for records in batches.values():
            self.found += [
                _window(record.value) for record in records if record.key.startswith(self._prefix)
            ]
        return len(self.found)

    async def read_until_all(self, wanted: Iterable[str], *, quiet_s: float) -> None:
        """Read until all these ids have come, or nothing new has for a while."""
        missing, taken = set(wanted), 0
        heard_at = time.monotonic()
        while missing and time.monotonic() - heard_at <= quiet_s:
            if await self.read() > taken:
                missing -= {window.window_id for window in self.found[taken:]}
                taken, heard_at = len(self.found), time.monotonic()

    async def read_to_the_end(self) -> None:
        """Read all that is committed by now."""
        ends = await self._consumer.end_offsets(SOURCES)
        for source, end in ends.items():
            while await self._consumer.position(source) < end:
                await self.read()


@asynccontextmanager
async def reading(bootstrap: str, prefix: str) -> AsyncIterator[WindowReader]:
    """Begin to read what comes from now on."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign(SOURCES)
        # Positions are looked up lazily: a window that comes before the first look would be missed.
        await consumer.seek_to_end(*SOURCES)
        await asyncio.gather(*map(consumer.position, SOURCES))
        yield WindowReader(consumer, prefix)
    finally:
        await consumer.stop()


def _window(value: bytes) -> WindowSealed:
    event = decode(value).event
    assert isinstance(event, WindowSealed)
    return event
