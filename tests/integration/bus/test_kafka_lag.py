"""Lag on a real Kafka, whose logs contain what nobody is ever handed: markers, aborted messages."""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from contract.members import collect, values
from integration.bus.places import opened
from scarcity.bus.base import Message, TopicPartition, TopicSpec

pytestmark = pytest.mark.kafka


@pytest.fixture
def topic() -> str:
    return f"lag.{uuid4().hex[:12]}"


async def test_markers_and_aborted_messages_at_the_end_are_no_lag(
    kafka_bootstrap: str, topic: str
) -> None:
    source = TopicPartition(topic, 0)
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([Message(topic, "k", b"0")])
        reader = await bus.subscribe([topic], group=topic)
        await collect(reader, 1)
        await reader.commit({source: 1})

        await abort_some(kafka_bootstrap, topic)
        assert (await bus.backlog(topic, group=topic))[0] > 0  # nobody has looked at it yet
        assert list(await reader.fetch(limit=10, wait=1.0)) == []

        assert await reader.lag() == {source: 0}
        assert await bus.backlog(topic, group=topic) == {0: 0}


async def test_markers_are_no_lag_for_a_member_that_came_after_all_was_committed(
    kafka_bootstrap: str, topic: str
) -> None:
    source = TopicPartition(topic, 0)
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([Message(topic, "k", b"0")])
        former = await bus.subscribe([topic], group=topic)
        await collect(former, 1)
        await former.commit({source: 1})
        await former.close()
        await abort_some(kafka_bootstrap, topic)

        reader = await bus.subscribe([topic], group=topic)
        assert list(await reader.fetch(limit=10, wait=1.0)) == []

        assert await reader.lag() == {source: 0}
        assert await bus.backlog(topic, group=topic) == {0: 0}


async def test_lag_counts_what_was_handed_out_and_not_committed_though_markers_follow(
    kafka_bootstrap: str, topic: str
) -> None:
    source = TopicPartition(topic, 0)
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([Message(topic, "k", str(n).encode()) for n in range(3)])
        await abort_some(kafka_bootstrap, topic)
        reader = await bus.subscribe([topic], group=topic)
        await collect(reader, 3)
        await reader.commit({source: 2})
        assert list(await reader.fetch(limit=10, wait=0.5)) == []

        assert (await reader.lag())[source] > 0
        await reader.close()
        successor = await bus.subscribe([topic], group=topic)
        assert values(await collect(successor, 1)) == [2]


async def test_a_record_held_back_is_not_handed_out_while_its_partition_is_paused(
    kafka_bootstrap: str, topic: str
) -> None:
    source = TopicPartition(topic, 0)
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([Message(topic, "k", str(n).encode()) for n in range(5)])
        reader = await bus.subscribe([topic], group=topic)
        assert values(await collect(reader, 2)) == [0, 1]

        reader.pause(frozenset({source}))
        assert list(await reader.fetch(limit=10, wait=0.5)) == []
        reader.resume(frozenset({source}))

        assert values(await collect(reader, 3)) == [2, 3, 4]


async def abort_some(bootstrap: str, topic: str) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, transactional_id=f"{topic}.foreign"
    ) as foreign:
        for _ in range(3):
            await foreign.begin_transaction()
            await foreign.send_and_wait(topic, b"9", partition=0)
            await foreign.abort_transaction()
    # The markers come shortly after the producer is told.
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"{topic}.foreign"):
        pass
