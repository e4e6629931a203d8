"""Reading partitions of a Kafka cluster without a group."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from scarcity.bus.base import Delivery, Follow, Start
from scarcity.bus.beginning import Beginning, milliseconds
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.records import deliveries_of
from scarcity.errors import BusClosed

BATCH = 1000
WAIT_MS = 1000


class Follower:
    """Yields every message once, in order per partition, and says when it has caught up."""

    def __init__(
        self, consumer: AIOKafkaConsumer, what: Follow, *, partitions: Mapping[str, int]
    ) -> None:
        self._consumer = consumer
        self._start = what.start
        self._sources = [
            KafkaPartition(topic, number)
            for topic in what.topics
            for number in range(partitions[topic])
            if what.partitions is None or number in what.partitions
        ]
        self._beginning = Beginning(what.start, self._sources)
        self._behind: dict[KafkaPartition, int] | None = None

    async def begin(self) -> None:
        """Connect and go to where reading starts."""
        await self._consumer.start()
        self._consumer.assign(self._sources)
        ends = await self._consumer.end_offsets(self._sources)
        begins = await self._begins(ends)
        for source in self._sources:
            self._consumer.seek(source, begins[source])
        self._behind = {source: ends[source] for source in self._sources}

    async def next(self) -> Sequence[Delivery] | None:
        """Return the next batch, or the one empty one that says "caught up"; None when closed."""
        while True:
            if await self._just_caught_up():
                return []
            try:
                with translated():
                    found = await self._consumer.getmany(timeout_ms=WAIT_MS, max_records=BATCH)
            except BusClosed:
                return None
            if rest := self._beginning.rest(deliveries_of(found.values())):
                return rest

    async def close(self) -> None:
        await self._consumer.stop()

    async def _begins(self, ends: Mapping[KafkaPartition, int]) -> Mapping[KafkaPartition, int]:
        """Return where to seek: at or before the beginning, and never where Kafka cannot read."""
        start = self._start
        if start is Start.LATEST:
            return ends
        begins: Mapping[KafkaPartition, int]
        begins = await self._consumer.beginning_offsets(self._sources)
        if isinstance(start, Start):
            return begins
        if isinstance(start, datetime):
            return await self._since(max(milliseconds(start), 0), ends)
        return {source: min(max(start, begins[source]), ends[source]) for source in self._sources}

    async def _since(
        self, timestamp_ms: int, ends: Mapping[KafkaPartition, int]
    ) -> Mapping[KafkaPartition, int]:
        # Markers of transactions have timestamps too, so that the first message may come later.
        asked = dict.fromkeys(self._sources, timestamp_ms)
        found = await self._consumer.offsets_for_times(asked)
        return {
            source: found[source].offset if found[source] else ends[source]
            for source in self._sources
        }

    async def _just_caught_up(self) -> bool:
        """Return True once: when every partition has reached the end it had at the beginning."""
        if self._behind is None:
            return False
        # Positions, not messages, since aborted and compacted ones are passed over.
        self._behind = {
            source: end
            for source, end in self._behind.items()
            if await self._consumer.position(source) < end
        }
        if self._behind:
            return False
        self._behind = None
        return True
