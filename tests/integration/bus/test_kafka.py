"""What only a real Kafka can show: crashes, outages, foreign clients, the broker's own rules."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from contract.members import PATIENCE, collect, values
from realkafka.base import Broker
from scarcity.bus.base import Delivery, Follow, Message, Retention, TopicPartition, TopicSpec
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.errors import BusClosed, BusUnavailable, ConfigError

pytestmark = pytest.mark.kafka

DOOMED = Path(__file__).parent / "doomed_member.py"
MIB = 1024 * 1024


@pytest.fixture
def topic() -> str:
    return f"kafka.{uuid4().hex[:12]}"


async def test_a_killed_members_uncommitted_messages_go_to_the_survivor(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        await bus.publish([numbered(topic, n, partition=n % 2) for n in range(20)])
        doomed = await asyncio.create_subprocess_exec(
            sys.executable, str(DOOMED), kafka_bootstrap, topic, "20", stdout=-1
        )
        assert doomed.stdout is not None
        assert await asyncio.wait_for(doomed.stdout.readline(), PATIENCE) == b"20\n"

        doomed.kill()
        await doomed.wait()

        survivor = await bus.subscribe([topic], group=topic)
        assert sorted(values(await collect(survivor, 20))) == list(range(20))


async def test_a_member_slow_to_take_over_and_slow_to_read_keeps_its_membership(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap, session_timeout_ms=3_000)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([numbered(topic, n) for n in range(2)])
        slow = Slow(seconds=4)
        reader = await bus.subscribe([topic], group=topic, rebalance=slow)
        await collect(reader, 1)

        await asyncio.sleep(slow.seconds)
        await reader.commit({TopicPartition(topic, 0): 1})

        assert slow.told == ["assigned"]
        assert await reader.lag() == {TopicPartition(topic, 0): 1}


async def test_an_outage_is_reported_and_over_when_the_broker_is_back(
    private_kafka: Broker, topic: str
) -> None:
    source = TopicPartition(topic, 0)
    async with opened(impatient(private_kafka)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([numbered(topic, n) for n in range(1000)])
        reader = await bus.subscribe([topic], group=topic)
        await collect(reader, 1000)
        await reader.commit({source: 500})

        private_kafka.kill()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(unavailable(bus.publish([numbered(topic, 1000)])))
            tasks.create_task(unavailable(reader.commit({source: 600})))
            tasks.create_task(unavailable(collect(reader, 1)))

        await asyncio.to_thread(private_kafka.start)

        await bus.publish([numbered(topic, 1001)])
        everything = values(await everything_in(bus, topic))
        # What failed may have been kept and sent later: at least once.
        assert everything[:1000] == list(range(1000))
        assert everything[-1] == 1001
        await reader.close()
        restarted = await bus.subscribe([topic], group=topic)
        assert values(await collect(restarted, 1))[0] in {500, 600}


async def test_closing_ends_although_the_broker_is_gone(private_kafka: Broker, topic: str) -> None:
    async with opened(impatient(private_kafka)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        reader = await bus.subscribe([topic], group=topic)
        private_kafka.kill()
        with pytest.raises(BusUnavailable):
            await bus.publish([numbered(topic, 1)])

        async with asyncio.timeout(PATIENCE):
            await reader.close()
            await bus.close()


async def test_nobody_at_the_address_is_unavailable_not_a_crash() -> None:
    bus = KafkaBus(KafkaSettings("127.0.0.1:1"))

    with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1"):
        await bus.start()


async def test_a_message_the_broker_refuses_does_not_spoil_the_next(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(
        KafkaSettings(kafka_bootstrap, topic_configs={"max.message.bytes": "1000"})
    ) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([numbered(topic, 0)])

        for _ in range(2):
            with pytest.raises(ConfigError, match="MessageSizeTooLarge"):
                await bus.publish([Message(topic, "k", bytes(5000))])
        await bus.publish([numbered(topic, 1)])

        reader = await bus.subscribe([topic], group=topic)
        assert values(await collect(reader, 2)) == [0, 1]


async def test_more_than_a_broker_takes_in_one_request_is_published_in_parts(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 8)])

        await bus.publish([Message(topic, "k", bytes(15 * MIB), partition=n) for n in range(8)])

        reader = await bus.subscribe([topic], group=topic)
        assert len(await collect(reader, 8)) == 8


async def test_compression_changes_nothing_for_readers(kafka_bootstrap: str, topic: str) -> None:
    async with opened(KafkaSettings(kafka_bootstrap, compression="gzip")) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        await bus.publish([numbered(topic, n) for n in range(100)])

        reader = await bus.subscribe([topic], group=topic)

        assert values(await collect(reader, 100)) == list(range(100))


async def test_a_follower_catches_up_on_a_log_that_was_compacted(
    kafka_bootstrap: str, topic: str
) -> None:
    eager = {
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "max.compaction.lag.ms": "200",
        "delete.retention.ms": "100",
    }
    async with opened(KafkaSettings(kafka_bootstrap, topic_configs=eager)) as bus:
        await bus.provision([TopicSpec(topic, 1, Retention.COMPACT)])
        for n in range(100):
            await bus.publish([numbered(topic, n, key=f"k{n % 10}")])
        await bus.publish([Message(topic, "k3", None)])

        async with asyncio.timeout(PATIENCE):
            found = await everything_in(bus, topic)
            while len(found) > 40:
                # A segment is closed, and so may be compacted, when something comes after it.
                await bus.publish([Message(topic, "tick", b"0")])
                await asyncio.sleep(0.3)
                found = await everything_in(bus, topic)

    newest = {delivery.key: delivery.value for delivery in found}
    assert newest.pop("k3", None) is None
    newest.pop("tick", None)
    assert newest == {f"k{n % 10}": str(n).encode() for n in range(90, 100) if n != 93}


async def test_aborted_transactions_of_others_are_never_read(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        async with AIOKafkaProducer(
            bootstrap_servers=kafka_bootstrap, transactional_id=topic
        ) as foreign:
            async with foreign.transaction():
                await foreign.send_and_wait(topic, b"0", key=b"k")
            await foreign.begin_transaction()
            await foreign.send_and_wait(topic, b"1", key=b"k")
            await foreign.abort_transaction()

        assert values(await everything_in(bus, topic)) == [0]


async def test_records_of_producers_that_know_nothing_of_us_are_read(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as foreign:
            await foreign.send_and_wait(topic, b"0")
            await foreign.send_and_wait(topic, b"1", key=b"\xff\x01")
            await foreign.send_and_wait(topic, b"2", key=b"\xfe", headers=[("h", None)])

        found = await everything_in(bus, topic)

    assert [delivery.key for delivery in found] == ["", "\\xff\x01", "\\xfe"]
    assert found[2].headers == (("h", b""),)


async def test_an_error_in_on_revoked_is_not_swallowed(kafka_bootstrap: str, topic: str) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        broken = await bus.subscribe([topic], group=topic, rebalance=Stumbling())

        await bus.subscribe([topic], group=topic)

        with pytest.raises(ArithmeticError, match="a bug in a handler"):
            await broken.fetch(limit=1, wait=PATIENCE)


async def test_an_error_in_the_last_on_revoked_comes_out_of_close_and_all_is_closed(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 1)])
        broken = await bus.subscribe([topic], group=topic, rebalance=Stumbling())
        sound = await bus.subscribe([topic], group=f"{topic}.sound")

        with pytest.raises(ArithmeticError, match="a bug in a handler"):
            await bus.close()

        for reader in (broken, sound):
            with pytest.raises(BusClosed):
                await reader.fetch(limit=1, wait=0.0)


async def test_a_member_that_does_not_let_go_in_time_is_stopped_before_others_begin(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(KafkaSettings(kafka_bootstrap, drain_timeout_ms=500)) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        clinging = Clinging()
        stuck = await bus.subscribe([topic], group=topic, rebalance=clinging)

        await bus.subscribe([topic], group=topic)

        assert clinging.stopped
        with pytest.raises(TimeoutError, match=r"within 0\.5 s"):
            await stuck.fetch(limit=1, wait=PATIENCE)


@dataclass
class Slow:
    seconds: float
    told: list[str] = field(default_factory=list)

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        await asyncio.sleep(self.seconds)
        self.told.append("assigned" if partitions else "nothing")

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        self.told.append("revoked" if partitions else "nothing")


class Stumbling:
    told = 0

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None: ...

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        self.told += 1
        if self.told == 1:
            raise ArithmeticError(f"a bug in a handler of {sorted(partitions)}")


class Clinging:
    def __init__(self) -> None:
        self.stopped: set[TopicPartition] = set()

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None: ...

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        if self.stopped:
            return
        try:
            await asyncio.sleep(3600)
        finally:
            self.stopped |= partitions


@asynccontextmanager
async def opened(settings: KafkaSettings) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(replace(settings, heartbeat_interval_ms=300))
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


async def unavailable(call: Coroutine[None, None, object]) -> None:
    with pytest.raises(BusUnavailable):
        await call


def impatient(broker: Broker) -> KafkaSettings:
    return KafkaSettings(broker.bootstrap, drain_timeout_ms=1_000, request_timeout_ms=6_500)


def numbered(topic: str, n: int, *, key: str = "k", partition: int | None = None) -> Message:
    return Message(topic, key, str(n).encode(), partition=partition)


async def everything_in(bus: KafkaBus, topic: str) -> list[Delivery]:
    """Read a topic up to its end."""
    read: list[Delivery] = []
    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        while batch := await anext(batches):
            read += batch
    return read
