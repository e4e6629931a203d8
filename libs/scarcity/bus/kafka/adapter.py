"""KafkaBus: the Runtime Bus on an Apache Kafka cluster.

It keeps every promise of the port, with three remarks. Topics forget by size alone and do not wait
for slow groups, so `publish` never raises Overloaded for them. `follow`, once begun, waits out an
outage of the brokers in silence; `fetch`, `commit` and `publish` report it. And lag is counted in
offsets, of which a writer's publish takes one more in each partition: it is 0 behind the last
message, and else an upper bound.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from scarcity.bus.base import Delivery, Follow, Message, Rebalance, TopicSpec
from scarcity.bus.kafka import escaping
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.follower import Follower
from scarcity.bus.kafka.knock import why_not
from scarcity.bus.kafka.lag import Backlogs
from scarcity.bus.kafka.producing import IN_FLIGHT_BYTES, InFlight, place
from scarcity.bus.kafka.publisher import Publisher
from scarcity.bus.kafka.settings import KafkaSettings, connection, reading
from scarcity.bus.kafka.subscription import KafkaSubscription, group_consumer
from scarcity.bus.kafka.topics import Topics
from scarcity.bus.kafka.writer import KafkaWriter
from scarcity.errors import BusClosed, BusUnavailable, ConfigError, ScarcityError


class _Connected(NamedTuple):
    """What there is between `start` and `close`."""

    admin: AIOKafkaAdminClient
    publisher: Publisher
    topics: Topics
    backlogs: Backlogs
    in_flight: InFlight
    """Of all writers together."""
    users: set[KafkaSubscription | Follower | KafkaWriter]
    """What ends with the bus."""


class KafkaBus:
    """A bus on a Kafka cluster, for one event loop."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._connected: _Connected | None = None

    async def start(self) -> None:
        escaping.install()
        admin = AIOKafkaAdminClient(**connection(self._settings))
        publisher = Publisher(self._settings)
        try:
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await admin.start()
                    # Until here nobody was asked but who is named; the brokers name themselves.
                    await admin.describe_cluster()
            await publisher.start()
        except BusUnavailable as error:
            await admin.close()
            raise await self._refused() from error
        except BaseException:
            await admin.close()
            raise
        self._connected = _Connected(
            admin,
            publisher,
            Topics(admin, self._settings),
            Backlogs(self._settings, admin),
            InFlight(IN_FLIGHT_BYTES),
            set(),
        )

    async def close(self) -> None:
        if self._connected is None:
            return
        connected, self._connected = self._connected, None
        async with AsyncExitStack() as closing:  # last in, first out, whatever fails on the way
            closing.push_async_callback(connected.admin.close)
            closing.push_async_callback(connected.publisher.close)
            closing.push_async_callback(connected.backlogs.close)
            for user in connected.users:
                closing.push_async_callback(user.close)

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        await self._open().topics.provision(topics)

    async def publish(self, messages: Sequence[Message]) -> None:
        connected = self._open()
        await connected.publisher.publish(await place(messages, connected.topics))

    async def writer(self, name: str) -> KafkaWriter:
        connected = self._open()
        writer = KafkaWriter(
            self._settings, name, topics=connected.topics, in_flight=connected.in_flight
        )
        connected.users.difference_update(
            [user for user in connected.users if isinstance(user, KafkaWriter) and user.closed]
        )
        connected.users.add(writer)
        await writer.take()
        return writer

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
        connected.users.add(member)
        await member.join(topics)
        return member

    async def backlog(self, topic: str, *, group: str) -> Mapping[int, int]:
        connected = self._open()
        partitions = (await connected.topics.partitions_of([topic]))[topic]
        return await connected.backlogs.of(topic, group, partitions=partitions)

    async def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        connected = self._open()
        partitions = await connected.topics.partitions_of(what.topics)
        consumer = AIOKafkaConsumer(**reading(self._settings))
        follower = Follower(consumer, what, partitions=partitions)
        connected.users.add(follower)
        try:
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await follower.begin()
            while (batch := await follower.next()) is not None:
                yield batch
        finally:
            connected.users.discard(follower)
            await follower.close()

    async def _refused(self) -> ScarcityError:
        """Return why nobody was reached: something to change, or something to wait for."""
        if why := await why_not(self._settings):
            return ConfigError(why)
        return BusUnavailable(
            f"no Kafka answers at {self._settings.bootstrap}: start it, or name another "
            "with --bus or SCARCITY_BUS"
        )

    def _open(self) -> _Connected:
        if self._connected is None:
            raise BusClosed("the bus is not open")
        return self._connected
