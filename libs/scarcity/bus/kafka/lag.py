"""How far a group is behind on a Kafka cluster, in offsets.

Kafka's offsets count the markers of transactions too. A group that has read everything is not
behind by them, since its members commit past them (see `progress`); among messages that are still
to be read they count like messages.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient

from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.settings import KafkaSettings, reading
from scarcity.errors import Transient


class Span(NamedTuple):
    """What is kept of a partition and can be read, and where in it a group is."""

    begin: int
    end: int
    committed: int
    """-1 stands for a group that never committed."""

    def after(self, offset: int) -> int:
        """Return how many offsets lie from one on."""
        return max(self.end - max(offset, self.begin), 0)


async def spans(
    consumer: AIOKafkaConsumer,
    admin: AIOKafkaAdminClient,
    group: str,
    sources: Sequence[KafkaPartition],
) -> Mapping[KafkaPartition, Span]:
    """Ask the brokers. What is committed is asked for first, so that it is not beyond the end.

    A partition that has no leader yet, as when its topic has just been made, is left out.
    """
    found = await admin.list_consumer_group_offsets(group, partitions=list(sources))
    if not found.keys() >= set(sources):
        # aiokafka passes over the error of an answer as a whole, such as a coordinator that loads.
        raise Transient(f"the coordinator of group {group} does not know its offsets yet")
    begins = await consumer.beginning_offsets(sources)
    ends = await consumer.end_offsets(sources)
    return {
        source: Span(begins[source], ends[source], found[source].offset)
        for source in sources
        if source in begins and source in ends
    }


class Backlogs:
    """Measures groups that need have no member here, through a consumer that never reads."""

    def __init__(self, settings: KafkaSettings, admin: AIOKafkaAdminClient) -> None:
        self._settings = settings
        self._admin = admin
        self._consumer: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()

    async def of(self, topic: str, group: str, *, partitions: int) -> Mapping[int, int]:
        """Return, by partition, what the group has yet to commit of what it ever committed in."""
        sources = [KafkaPartition(topic, number) for number in range(partitions)]
        with translated():
            async with asyncio.timeout(self._settings.request_timeout):
                found = await spans(await self._connected(), self._admin, group, sources)
        return {
            source.partition: span.after(span.committed)
            for source, span in found.items()
            if span.committed >= 0
        }

    async def close(self) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(**reading(self._settings))
                try:
                    await consumer.start()
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
            return self._consumer
