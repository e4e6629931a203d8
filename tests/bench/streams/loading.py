"""Putting raw records on a topic at little cost: whole batches, each of one partition."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from bench.streams.data import Line

BATCH_BYTES = 256 * 1024


class Loader:
    """Appends records in the order given, partition by partition."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    async def append(self, lines: Iterable[Line]) -> None:
        """Return when all are durable."""
        parts: dict[int, list[Line]] = defaultdict(list)
        for line in lines:
            parts[line.partition].append(line)
        await asyncio.gather(*(self._fill(number, part) for number, part in parts.items()))

    async def _fill(self, partition: int, lines: Sequence[Line]) -> None:
        waiting = list(reversed(lines))
        while waiting:
            batch = self._producer.create_batch()
            while waiting and _appended(batch, waiting[-1]):
                waiting.pop()
            sent = await self._producer.send_batch(batch, self._topic, partition=partition)
            await sent


@asynccontextmanager
async def loader(bootstrap: str, topic: str) -> AsyncIterator[Loader]:
    """Connect a loader to a topic that exists."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    try:
        yield Loader(producer, topic)
    finally:
        await producer.stop()


def _appended(batch: BatchBuilder, line: Line) -> bool:
    """Add a record to a batch, unless it is full."""
    taken = batch.append(key=line.stream.encode(), value=line.value, timestamp=line.time_us // 1000)
    return taken is not None
