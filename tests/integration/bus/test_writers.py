"""What becomes of writers that are killed or stopped, and of their brokers' crashes."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contract.members import PATIENCE, collect, values
from integration.bus.places import opened
from realkafka.base import Broker
from scarcity.bus.base import Bus, Delivery, Message, TopicSpec, Writer
from scarcity.bus.kafka import KafkaSettings, producing
from scarcity.bus.kafka import writer as writer_module
from scarcity.errors import BusUnavailable, ConfigError, Fenced

WRITER = Path(__file__).parent / "writer_process.py"
MIB = 1024 * 1024
on_kafka = pytest.mark.kafka


@pytest.fixture
def topic() -> str:
    return f"writers.{uuid4().hex[:12]}"


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=on_kafka)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a bus is, for processes that use it one after another."""
    if request.param == "embedded":
        return str(tmp_path)
    bootstrap: str = request.getfixturevalue("kafka_bootstrap")
    return bootstrap


@pytest.mark.parametrize("publishes", [1, 7, 30])
async def test_a_writer_killed_at_any_moment_leaves_only_whole_publishes(
    place: str, topic: str, publishes: int
) -> None:
    async with opened(place) as bus:
        await bus.provision([TopicSpec(topic, 2)])
    async with running(place, topic, "steady") as writer:
        confirmed = [int(await line(writer)) for _ in range(publishes)]
        writer.kill()
        await writer.wait()

    async with opened(place) as bus:
        successor = await bus.writer(topic)
        await successor.publish(pair(topic, -1))
        found = await up_to_the_last(bus, topic)

    for partition in (0, 1):
        numbers = values([d for d in found if d.partition == partition])
        # It may have finished some that it did not live to confirm.
        assert numbers[:-1] == list(range(len(numbers) - 1))
        assert len(numbers) - 1 >= len(confirmed)
    assert len({len([d for d in found if d.partition == p]) for p in (0, 1)}) == 1


@on_kafka
async def test_what_a_killed_writer_left_open_is_never_seen_and_blocks_nobody_once_taken_over(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        async with running(kafka_bootstrap, topic, "within") as writer:
            assert await line(writer) == "within"
            writer.kill()
        reader = await bus.subscribe([topic], group=topic)
        assert values(await collect(reader, 2)) == [0, 0]
        await bus.publish(pair(topic, 2))
        assert list(await reader.fetch(limit=10, wait=1.0)) == []  # the open one is in the way

        await bus.writer(topic)

        assert values(await collect(reader, 2)) == [2, 2]
        assert list(await reader.fetch(limit=10, wait=0.1)) == []


@on_kafka
@pytest.mark.parametrize("moment", ["before", "within"])
async def test_a_writer_that_slept_while_its_name_was_taken_is_fenced_and_appends_nothing(
    kafka_bootstrap: str, topic: str, moment: str
) -> None:
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        async with running(kafka_bootstrap, topic, moment) as zombie:
            assert await line(zombie) == moment
            zombie.send_signal(signal.SIGSTOP)
            holder = await bus.writer(topic)
            await holder.publish(pair(topic, 2))

            zombie.send_signal(signal.SIGCONT)
            go_on(zombie)
            assert await line(zombie) == "fenced"
            await asyncio.wait_for(zombie.wait(), PATIENCE)

        await holder.publish(pair(topic, -1))
        assert sorted(values(await up_to_the_last(bus, topic))) == [-1, -1, 0, 0, 2, 2]


@on_kafka
async def test_a_writer_whose_name_is_taken_between_two_of_its_messages_is_fenced(
    kafka_bootstrap: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        former = await bus.writer(topic)
        holders: list[Writer] = []

        async def send_on(producer: AIOKafkaProducer, part: list[producing.Placed]) -> None:
            holders.append(await bus.writer(topic))
            with suppress(KafkaError):
                await producing.send(producer, part[:1])
            await producing.send(producer, part[1:])

        with monkeypatch.context() as patched:
            patched.setattr(writer_module, "send", send_on)
            with pytest.raises(Fenced):
                await former.publish(pair(topic, 0))

        await holders[0].publish(pair(topic, -1))
        assert values(await up_to_the_last(bus, topic)) == [-1, -1]


@on_kafka
async def test_what_the_broker_refuses_of_a_writer_appends_nothing_and_spoils_nothing(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(choosy(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        writer = await bus.writer(topic)
        await writer.publish(pair(topic, 0))

        for _ in range(3):
            with pytest.raises(ConfigError, match="MessageSizeTooLarge"):
                await writer.publish([*pair(topic, 1), too_large(topic), *pair(topic, 1)])
            await writer.publish(pair(topic, 2))
        await writer.publish(pair(topic, -1))

        found = await up_to_the_last(bus, topic)
        for partition in (0, 1):
            mine = [d for d in found if d.partition == partition]
            assert values(mine) == [0, 2, 2, 2, -1]


@on_kafka
async def test_a_writer_that_was_refused_does_not_take_its_name_back_from_another(
    kafka_bootstrap: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(choosy(kafka_bootstrap)) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        former = await bus.writer(topic)
        holders: list[Writer] = []

        async def taken_meanwhile(producer: AIOKafkaProducer) -> None:
            monkeypatch.undo()
            await producing.stop(producer)
            holders.append(await bus.writer(topic))
            await holders[0].publish(pair(topic, 0))

        monkeypatch.setattr(writer_module, "stop", taken_meanwhile)

        with pytest.raises(Fenced, match="in the meantime"):
            await former.publish([too_large(topic)])

        with pytest.raises(Fenced):
            await former.publish(pair(topic, 1))
        # The holder cannot know that nothing was written: it has to look again, and may go on.
        with pytest.raises(Fenced):
            await holders[0].publish(pair(topic, 2))
        await (await bus.writer(topic)).publish(pair(topic, -1))
        assert sorted(values(await up_to_the_last(bus, topic))) == [-1, -1, 0, 0]


@on_kafka
async def test_a_cancelled_publish_is_undone_at_once_and_ends_the_writer(
    kafka_bootstrap: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        writer = await bus.writer(topic)

        async def send_and_wait(producer: AIOKafkaProducer, part: list[producing.Placed]) -> None:
            await producing.send(producer, part)
            await asyncio.sleep(PATIENCE)

        with monkeypatch.context() as patched:
            patched.setattr(writer_module, "send", send_and_wait)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await writer.publish(pair(topic, 0))

        with pytest.raises(Fenced, match="has lost the name"):
            await writer.publish(pair(topic, 1))
        await bus.publish(pair(topic, -1))
        assert values(await up_to_the_last(bus, topic)) == [-1, -1]


@on_kafka
async def test_a_writer_publishes_more_than_fits_one_request_whole(
    kafka_bootstrap: str, topic: str
) -> None:
    async with opened(kafka_bootstrap) as bus:
        await bus.provision([TopicSpec(topic, 8)])
        writer = await bus.writer(topic)

        await writer.publish([Message(topic, "k", bytes(15 * MIB), partition=n) for n in range(8)])

        reader = await bus.subscribe([topic], group=topic)
        assert sorted(d.partition for d in await collect(reader, 8)) == list(range(8))


@on_kafka
@pytest.mark.parametrize(("request_timeout_ms", "outage"), [(40_000, 0.0), (6_500, 15.0)])
async def test_a_broker_killed_amid_publishes_loses_tears_and_doubles_none(
    private_kafka: Broker, topic: str, request_timeout_ms: int, outage: float
) -> None:
    settings = KafkaSettings(
        private_kafka.bootstrap, request_timeout_ms=request_timeout_ms, drain_timeout_ms=1_000
    )
    diary = Diary()
    async with opened(settings) as bus:
        await bus.provision([TopicSpec(topic, 2)])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(write_on(bus, topic, diary))
            for published in (50, 100) if not outage else (50,):
                await diary.until_returned(published)
                private_kafka.kill()
                await asyncio.sleep(outage)
                await asyncio.to_thread(private_kafka.start)
            await diary.until_returned(150)
            diary.enough = True

        successor = await taken(bus, topic)
        await successor.publish(pair(topic, -1))
        found = await up_to_the_last(bus, topic)

    for partition in (0, 1):
        numbers = values([d for d in found if d.partition == partition])[:-1]
        assert numbers == sorted(set(numbers))
        assert set(diary.returned) <= set(numbers) <= set(diary.returned + diary.unclear)
    assert len({len([d for d in found if d.partition == p]) for p in (0, 1)}) == 1
    assert bool(diary.unclear) == bool(outage)


@dataclass
class Diary:
    """What came of the publishes of a writer."""

    returned: list[int] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    enough: bool = False

    async def until_returned(self, count: int) -> None:
        async with asyncio.timeout(4 * PATIENCE):
            while len(self.returned) < count:
                await asyncio.sleep(0.01)


async def write_on(bus: Bus, topic: str, diary: Diary) -> None:
    writer = await taken(bus, topic)
    n = 0
    while not diary.enough:
        try:
            await writer.publish(pair(topic, n))
        except Fenced:
            diary.unclear.append(n)
            writer = await taken(bus, topic)
        else:
            diary.returned.append(n)
        n += 1


async def taken(bus: Bus, name: str) -> Writer:
    """Take a name, however long the brokers are away."""
    while True:
        try:
            return await bus.writer(name)
        except BusUnavailable:
            await asyncio.sleep(0.1)


async def up_to_the_last(bus: Bus, topic: str) -> list[Delivery]:
    """Read two partitions up to the pair of -1 in them."""
    reader = await bus.subscribe([topic], group=topic)
    found: list[Delivery] = []
    async with asyncio.timeout(PATIENCE):
        while values(found).count(-1) < 2:
            found += await reader.fetch(limit=1000, wait=0.2)
    return found


def pair(topic: str, n: int) -> list[Message]:
    return [Message(topic, "k", str(n).encode(), partition=partition) for partition in (0, 1)]


def too_large(topic: str) -> Message:
    return Message(topic, "k", bytes(5000), partition=0)


def choosy(bootstrap: str) -> KafkaSettings:
    """Settings whose topics take small messages only."""
    return KafkaSettings(bootstrap, topic_configs={"max.message.bytes": "1000"})


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Process]:
    """A writer's process; its arguments are the bus's place, the topic (also the name), conduct."""
    place, topic, conduct = arguments
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(WRITER), place, topic, topic, conduct, stdin=PIPE, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()


def go_on(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
