"""Producers of aiokafka, as publisher and writers use them: bounded in flight, ended in any case.

Two traps of the idempotent producer are dealt with here and in those who use this:

* A batch that the broker refuses leaves a gap in the sequence numbers of its partition, and every
  later batch is refused as out of order. So a producer that saw a refusal is replaced.
* It tries for ever while the broker is gone, in `stop` too. So every wait has a deadline, and a
  producer that cannot be stopped in good order is abandoned.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import zip_longest
from typing import TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.producer import sender
from aiokafka.producer.message_accumulator import BatchBuilder

from scarcity.bus.base import MAX_MESSAGE_BYTES, Message, partition_of
from scarcity.bus.kafka.settings import MAX_REQUEST_BYTES, MIB, KafkaSettings, connection
from scarcity.bus.kafka.topics import Topics
from scarcity.errors import ConfigError

IN_FLIGHT_BYTES = 32 * MIB
"""aiokafka sends what waits for a broker as one request, and brokers refuse one over 100 MB."""
T = TypeVar("T")

BATCH_BYTES = 512 * 1024
"""Brokers take up to 1 MiB at a time."""
FLUSH_TIMEOUT = 5.0
ABANDON_TIMEOUT = 1.0
MESSAGE_OVERHEAD = 64

# A transaction cannot begin until the markers of the one before are written, some 4 ms after its
# commit. aiokafka would ask again every 20 ms, and keep windows waiting that are sealed in a row.
sender.BACKOFF_OVERRIDE = 0.004

Placed = tuple[Message, int]
"""A message and its partition."""


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


async def place(messages: Sequence[Message], topics: Topics) -> list[Placed]:
    """Return each message with its partition; ConfigError for one that no topic can take."""
    partitions = await topics.partitions_of({message.topic for message in messages})
    return [_placed(message, partitions[message.topic]) for message in messages]


async def started(
    settings: KafkaSettings, *, transactional_id: str | None = None
) -> AIOKafkaProducer:
    """Return a connected producer; one with a transactional id has taken it from its holder."""
    producer = AIOKafkaProducer(
        **connection(settings),
        enable_idempotence=True,
        transactional_id=transactional_id,
        transaction_timeout_ms=settings.transaction_timeout_ms,
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


async def send(producer: AIOKafkaProducer, part: Sequence[Placed]) -> None:
    """Send the messages, in order per partition; return when all are acknowledged."""
    lanes: defaultdict[tuple[str, int], list[Message]] = defaultdict(list)
    for message, partition in part:
        lanes[message.topic, partition].append(message)
    batches = [[(lane, batch) for batch in _batches(producer, lanes[lane])] for lane in lanes]
    sent: list[asyncio.Future[object]] = []
    try:
        # One batch of each partition waits in aiokafka at a time: no partition is behind another.
        for (topic, partition), batch in _in_turns(batches):
            sent.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
    finally:
        _forget(sent)


async def stop(producer: AIOKafkaProducer) -> None:
    """Flush and disconnect, as far as the brokers still answer; it is gone in any case."""
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_TIMEOUT):
                await producer.flush()
                await producer.stop()
    finally:
        await abandon(producer)


async def abandon(producer: AIOKafkaProducer) -> None:
    """Disconnect at once, whatever is on its way."""
    # There is no public way: `stop` would wait for ever for what was never acknowledged.
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(ABANDON_TIMEOUT):
                await producer._sender.close()  # noqa: SLF001
    finally:
        producer._closed = True  # noqa: SLF001
        await producer.client.close()


def size_of(part: Sequence[Placed]) -> int:
    """Return about how many bytes the messages take on their way."""
    return sum(map(_size, part))


def slices(messages: Sequence[Placed], limit: int) -> Iterator[Sequence[Placed]]:
    """Cut into runs of at most `limit` bytes; a larger message is a run of its own."""
    begin, size = 0, 0
    for end, placed in enumerate(messages):
        size += _size(placed)
        if size > limit and end > begin:
            yield messages[begin:end]
            begin, size = end, _size(placed)
    yield messages[begin:]


def _batches(producer: AIOKafkaProducer, messages: Iterable[Message]) -> Iterator[BatchBuilder]:
    """Pack messages of one partition: by the batch they cost far less than one by one."""
    batch = producer.create_batch()
    for message in messages:
        if not _took(batch, message):
            yield batch
            batch = producer.create_batch()
            _took(batch, message)
    yield batch


def _took(batch: BatchBuilder, message: Message) -> bool:
    """Append a message unless the batch is full; an empty one takes any."""
    taken = batch.append(
        timestamp=message.timestamp_ms,
        key=message.key.encode(),
        value=message.value,
        headers=list(message.headers),
    )
    return taken is not None


def _in_turns(lanes: Sequence[Sequence[T]]) -> Iterator[T]:
    """Yield the first of every lane, then the second of those that have one, and so on."""
    for row in zip_longest(*lanes):
        yield from (entry for entry in row if entry is not None)


def _forget(sent: Iterable[asyncio.Future[object]]) -> None:
    """Let go of what may still fail, or has, without the loop complaining that nobody looked."""
    for future in sent:
        if not future.cancel() and not future.cancelled():
            future.exception()


def _placed(message: Message, partitions: int) -> Placed:
    if message.value is not None and len(message.value) > MAX_MESSAGE_BYTES:
        raise ConfigError(
            f"a value of {len(message.value)} bytes for {message.topic} is over the limit of "
            f"{MAX_MESSAGE_BYTES} bytes; send less at a time"
        )
    number = message.partition
    if number is None:
        number = partition_of(message.key, partitions)
    if not 0 <= number < partitions:
        raise ConfigError(f"topic {message.topic} has no partition {number}")
    return message, number


def _size(placed: Placed) -> int:
    message = placed[0]
    headers = sum(len(name) + len(value) for name, value in message.headers)
    return MESSAGE_OVERHEAD + len(message.key) + len(message.value or b"") + headers
