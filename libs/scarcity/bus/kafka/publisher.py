"""Publishing to Kafka: idempotent, acknowledged by all replicas in sync, bounded in flight.

Two traps of the idempotent producer are dealt with here:

* A batch that the broker refuses leaves a gap in the sequence numbers of its partition, and every
  later batch is refused as out of order. So a producer that saw a refusal is replaced.
* It tries for ever while the broker is gone, in `stop` too. So every wait has a deadline, and a
  producer that cannot be stopped in good order is abandoned.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from scarcity.bus.base import Message
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.settings import MAX_REQUEST_BYTES, MIB, KafkaSettings, connection
from scarcity.errors import BusClosed

IN_FLIGHT_BYTES = 32 * MIB
"""aiokafka sends what waits for a broker as one request, and brokers refuse one over 100 MB."""
BATCH_BYTES = 128 * 1024
FLUSH_TIMEOUT = 5.0
MESSAGE_OVERHEAD = 64

Placed = tuple[Message, int]
"""A message and its partition."""


class Publisher:
    """The producing half of a KafkaBus."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._in_flight = InFlight(IN_FLIGHT_BYTES)
        self._closed = False

    async def start(self) -> None:
        """Connect. Raises BusUnavailable when the brokers do not answer."""
        with translated():
            await self._started()

    async def publish(self, messages: Sequence[Placed]) -> None:
        """Append the messages, in order per partition; all are durable on return."""
        if not messages:
            return
        for part in slices(messages, IN_FLIGHT_BYTES):
            async with self._in_flight.taking(sum(map(_size, part))):
                with translated():
                    await self._send(part)

    async def close(self) -> None:
        """Flush, as far as the brokers still answer, and disconnect."""
        self._closed = True
        if self._producer is not None:
            await self._retire(self._producer)

    async def _send(self, part: Sequence[Placed]) -> None:
        producer = await self._started()
        try:
            async with asyncio.timeout(self._settings.request_timeout):
                sent = [await _enqueue(producer, message, where) for message, where in part]
                await asyncio.gather(*sent)
        except KafkaTimeoutError:
            raise  # nothing was refused: there was no room in time
        except KafkaError:
            await self._retire(producer)
            raise

    async def _started(self) -> AIOKafkaProducer:
        async with self._renewing:
            if self._closed:
                raise BusClosed("the bus is closed")
            if self._producer is None:
                self._producer = await _new_producer(self._settings)
            return self._producer

    async def _retire(self, producer: AIOKafkaProducer) -> None:
        async with self._renewing:
            if self._producer is not producer:
                return  # another publisher saw the same refusal
            self._producer = None
        await _stop(producer)


class InFlight:
    """Lets a bounded number of bytes be on their way at a time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def taking(self, size: int) -> AsyncIterator[None]:
        """Wait for room, and hold it; what is larger than all the room goes alone."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._fits(size))
            self._taken += size
        try:
            yield
        finally:
            async with self._changed:
                self._taken -= size
                self._changed.notify_all()

    def _fits(self, size: int) -> bool:
        return self._taken == 0 or self._taken + size <= self._limit


async def _new_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        **connection(settings),
        enable_idempotence=True,
        acks="all",
        compression_type=settings.compression,
        max_request_size=MAX_REQUEST_BYTES,
        max_batch_size=BATCH_BYTES,
    )
    try:
        async with asyncio.timeout(settings.request_timeout):
            await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


async def _enqueue(
    producer: AIOKafkaProducer, message: Message, partition: int
) -> asyncio.Future[object]:
    queued: asyncio.Future[object] = await producer.send(
        message.topic,
        message.value,
        key=message.key.encode(),
        partition=partition,
        timestamp_ms=message.timestamp_ms,
        headers=list(message.headers),
    )
    return queued


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(FLUSH_TIMEOUT):
            await producer.flush()
    except TimeoutError:
        await _abandon(producer)
    else:
        await producer.stop()


async def _abandon(producer: AIOKafkaProducer) -> None:
    # There is no public way: `stop` would wait for ever for what was never acknowledged.
    try:
        async with asyncio.timeout(FLUSH_TIMEOUT):
            await producer._sender.close()  # noqa: SLF001
    finally:
        producer._closed = True  # noqa: SLF001
        await producer.client.close()


def slices(messages: Sequence[Placed], limit: int) -> Iterator[Sequence[Placed]]:
    """Cut into runs of at most `limit` bytes; a larger message is a run of its own."""
    begin, size = 0, 0
    for end, placed in enumerate(messages):
        size += _size(placed)
        if size > limit and end > begin:
            yield messages[begin:end]
            begin, size = end, _size(placed)
    yield messages[begin:]


def _size(placed: Placed) -> int:
    message = placed[0]
    headers = sum(len(name) + len(value) for name, value in message.headers)
    return MESSAGE_OVERHEAD + len(message.key) + len(message.value or b"") + headers
