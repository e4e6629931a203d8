"""KafkaBus: the Runtime Bus on an Apache Kafka cluster.

It keeps every promise of the port, with two remarks. Topics forget by size alone and do not wait
for slow groups, so `publish` never raises Overloaded for them. And `follow`, once begun, waits out
an outage of the brokers in silence; `fetch`, `commit` and `publish` report it.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from scarcity.bus.base import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Follow,
    Message,
    Rebalance,
    TopicSpec,
    partition_of,
)
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.follower import Follower
from scarcity.bus.kafka.publisher import Placed, Publisher
from scarcity.bus.kafka.settings import KafkaSettings, connection
from scarcity.bus.kafka.subscription import KafkaSubscription, group_consumer, reading
from scarcity.bus.kafka.topics import Topics
from scarcity.errors import BusClosed, BusUnavailable, ConfigError


class _Connected(NamedTuple):
    """What there is between `start` and `close`."""

    admin: AIOKafkaAdminClient
    publisher: Publisher
    topics: Topics
    readers: set[KafkaSubscription | Follower]


class KafkaBus:
    """A bus on a Kafka cluster, for one event loop."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._connected: _Connected | None = None

    async def start(self) -> None:
        admin = AIOKafkaAdminClient(**connection(self._settings))
        publisher = Publisher(self._settings)
        try:
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await admin.start()
            await publisher.start()
        except BusUnavailable as error:
            await admin.close()
            raise BusUnavailable(
                f"no Kafka answers at {self._settings.bootstrap}: start it, or name another "
                "with --bus or SCARCITY_BUS"
            ) from error
        except BaseException:
            await admin.close()
            raise
        self._connected = _Connected(admin, publisher, Topics(admin, self._settings), set())

    async def close(self) -> None:
        if self._connected is None:
            return
        connected, self._connected = self._connected, None
        async with AsyncExitStack() as closing:  # last in, first out, whatever fails on the way
            closing.push_async_callback(connected.admin.close)
            closing.push_async_callback(connected.publisher.close)
            for reader in connected.readers:
                closing.push_async_callback(reader.close)

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        await self._open().topics.provision(topics)

    async def publish(self, messages: Sequence[Message]) -> None:
        connected = self._open()
        partitions = await connected.topics.partitions_of({m.topic for m in messages})
        placed = [_placed(message, partitions[message.topic]) for message in messages]
        await connected.publisher.publish(placed)

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> KafkaSubscription:
        connected = self._open()
        await connected.topics.partitions_of(topics)
        member = KafkaSubscription(
            group_consumer(self._settings, group),
            connected.admin,
            group=group,
            rebalance=rebalance,
            settings=self._settings,
        )
        connected.readers.add(member)
        await member.join(topics)
        return member

    async def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        connected = self._open()
        partitions = await connected.topics.partitions_of(what.topics)
        consumer = AIOKafkaConsumer(**reading(self._settings))
        follower = Follower(consumer, what, partitions=partitions)
        connected.readers.add(follower)
        try:
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await follower.begin()
            while (batch := await follower.next()) is not None:
                yield batch
        finally:
            connected.readers.discard(follower)
            await follower.close()

    def _open(self) -> _Connected:
        if self._connected is None:
            raise BusClosed("the bus is not open")
        return self._connected


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
