"""How far a member of a group has come, past what nobody is ever handed.

Transactions leave markers in the log, aborted ones messages too. They take up offsets, so whoever
has committed all that they were handed seems to be behind for ever. What may be committed instead
is the offset of the next record, or the end if there is none, because nothing lies between.

aiokafka's position is that offset only once the consumer was asked for more than there was. So one
record more than wanted is asked for; it is held back, and handed out first the next time.
"""

from collections.abc import Collection, Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka import TopicPartition as KafkaPartition

from scarcity.bus.base import Delivery
from scarcity.bus.kafka.records import deliveries_of

UNKNOWN = 2**63


class Progress:
    """Takes the records of one share from a consumer, and knows what of it was handed out."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._held: ConsumerRecord | None = None
        self._handed: dict[KafkaPartition, int] = {}
        """The offset after the last record handed out; missing where there was none."""

    async def take(self, *, limit: int, wait: float) -> list[Delivery]:
        """Return up to `limit` next records, waiting for the first."""
        held = self._held
        found = await self._consumer.getmany(
            timeout_ms=0 if held else int(wait * 1000), max_records=limit if held else limit + 1
        )
        batches = [[held], *found.values()] if held else list(found.values())
        self._held = None
        if sum(map(len, batches)) > limit:
            self._held = batches[-1].pop()
        for batch in batches:
            if batch:
                last = batch[-1]
                self._handed[KafkaPartition(last.topic, last.partition)] = last.offset + 1
        return deliveries_of(batches)

    async def past(self, source: KafkaPartition, offset: int) -> int:
        """Return the offset of the next record, if nothing was handed out after this one."""
        if offset < self._handed.get(source, 0):
            return offset
        return max(offset, await self.position(source))

    async def committing(self, offsets: Mapping[KafkaPartition, int]) -> dict[KafkaPartition, int]:
        """Return the offsets to commit in place of those that the owner asks for."""
        for source in offsets:
            # Nothing is known of what lies after an offset that was not handed out.
            self._handed.setdefault(source, UNKNOWN)
        return {source: await self.past(source, offset) for source, offset in offsets.items()}

    async def position(self, source: KafkaPartition) -> int:
        """Return the offset of the next record, or else where it will be at the earliest."""
        held = self._held
        if held and source == (held.topic, held.partition):
            return int(held.offset)
        return int(await self._consumer.position(source))

    def put_back(self, sources: Collection[KafkaPartition]) -> None:
        """Hold back nothing of these partitions."""
        held = self._held
        if held and (source := KafkaPartition(held.topic, held.partition)) in sources:
            self._consumer.seek(source, held.offset)
            self._held = None
