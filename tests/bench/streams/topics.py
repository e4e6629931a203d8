"""A Kafka as it is before a Stream Manager first runs on it, though it has run before."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from realkafka.bus import opened
from scarcity.bus.base import Message
from scarcity.events import (
    RAW,
    RecordLate,
    StreamDefined,
    WindowSealed,
    decode,
    encode,
    state_topic,
)

SERVICE = "stream_manager"
WRITTEN = (
    WindowSealed.topic.name,
    RecordLate.topic.name,
    StreamDefined.topic.name,
    state_topic(SERVICE).name,
)
"""What the service leaves behind, and the definitions."""


async def prepare(bootstrap: str, definitions: Sequence[StreamDefined] = ()) -> None:
    """Empty all but the raw topic, send the service back to its beginning, and define streams."""
    await _delete(bootstrap, WRITTEN)
    async with opened(bootstrap) as bus:
        await bus.publish(
            [
                Message(found.topic.name, found.key, encode(found, producer="bench"))
                for found in definitions
            ]
        )
    await _rewind(bootstrap)


async def sealed(bootstrap: str) -> tuple[int, int]:
    """Return how many windows there are, and how many with ids of their own."""
    topic = WindowSealed.topic
    sources = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
    await consumer.start()
    ids: list[str] = []
    try:
        consumer.assign(sources)
        await consumer.seek_to_beginning(*sources)
        for source, end in (await consumer.end_offsets(sources)).items():
            while await consumer.position(source) < end:
                found = await consumer.getmany(source, timeout_ms=500)
                ids += [decode(record.value).event_id for record in found.get(source, ())]
    finally:
        await consumer.stop()
    return len(ids), len(set(ids))


async def _delete(bootstrap: str, topics: Sequence[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = sorted(set(topics) & set(await admin.list_topics()))
        if there:
            await admin.delete_topics(there)
        while set(there) & set(await admin.list_topics()):
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def _rewind(bootstrap: str) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=SERVICE, enable_auto_commit=False
    )
    await consumer.start()
    try:
        sources = [TopicPartition(RAW.name, number) for number in range(RAW.partitions)]
        consumer.assign(sources)
        await consumer.commit(dict.fromkeys(sources, 0))
    finally:
        await consumer.stop()
