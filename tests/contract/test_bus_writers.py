"""What every bus promises about writers: all or nothing, under a name with one holder at a time."""

import asyncio

import pytest

from contract.members import collect, everything_in, read_until, values
from scarcity.bus.base import MAX_MESSAGE_BYTES, Bus, Message, TopicSpec
from scarcity.errors import BusClosed, ConfigError, Fenced


async def test_a_writers_messages_are_seen_whole_in_every_topic_and_partition(
    bus: Bus, topic: str
) -> None:
    topics = (f"{topic}.events", f"{topic}.state")
    await bus.provision([TopicSpec(name, 3) for name in topics])
    writer = await bus.writer(topic)

    for begin in range(0, 60, 6):
        await writer.publish(
            [
                Message(name, "k", str(n).encode(), partition=n % 3)
                for name in topics
                for n in range(begin, begin + 6)
            ]
        )

    for name in topics:
        reader = await bus.subscribe([name], group=name)
        found = await collect(reader, 60)
        for number in range(3):
            mine = [d for d in found if d.partition == number]
            assert values(mine) == list(range(number, 60, 3))
        assert list(await reader.fetch(limit=1, wait=0.1)) == []


async def test_a_name_that_was_taken_over_appends_no_more(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    former = await bus.writer(topic)
    await former.publish([Message(topic, "k", b"0")])

    holder = await bus.writer(topic)

    for _ in range(2):
        with pytest.raises(Fenced):
            await former.publish([Message(topic, "k", b"1")])
    await holder.publish([Message(topic, "k", b"2")])
    assert await read_until(bus, topic, last=2) == [0, 2]


async def test_what_the_former_holder_published_can_be_read_when_a_name_is_taken(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    former = await bus.writer(topic)

    for n in range(5):
        await former.publish([Message(topic, "k", str(n).encode())])
        former = await bus.writer(topic)

        assert values(await everything_in(bus, topic)) == list(range(n + 1))


async def test_closing_a_former_holder_takes_nothing_from_the_new_one(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    former = await bus.writer(topic)
    holder = await bus.writer(topic)

    await former.close()
    await former.close()

    await holder.publish([Message(topic, "k", b"0")])
    assert await read_until(bus, topic, last=0) == [0]


async def test_writers_of_different_names_do_not_disturb_each_other(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    writers = [await bus.writer(f"{topic}-{n}") for n in range(3)]

    async with asyncio.TaskGroup() as tasks:
        for n, writer in enumerate(writers):
            tasks.create_task(writer.publish([Message(topic, "k", str(n).encode())]))
    await writers[0].publish([Message(topic, "k", b"3")])

    read = await read_until(bus, topic, last=3)
    assert sorted(read) == [0, 1, 2, 3]


async def test_a_writer_that_is_called_twice_at_once_publishes_both_whole(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    writer = await bus.writer(topic)

    async with asyncio.TaskGroup() as tasks:
        for n in range(4):
            pair = [Message(topic, "k", str(n).encode()) for _ in range(2)]
            tasks.create_task(writer.publish(pair))

    found = values(await collect(await bus.subscribe([topic], group=topic), 8))
    assert sorted(found) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert found[::2] == found[1::2]


async def test_what_a_writer_cannot_publish_is_refused_whole_and_the_next_is_accepted(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    writer = await bus.writer(topic)
    refused = [
        Message(topic, "k", bytes(MAX_MESSAGE_BYTES + 1)),
        Message(topic, "k", b"1", partition=1),
        Message(f"{topic}.unknown", "k", b"1"),
    ]

    for message in refused:
        with pytest.raises(ConfigError):
            await writer.publish([Message(topic, "k", b"1"), message])
    await writer.publish([Message(topic, "k", b"2")])

    assert await read_until(bus, topic, last=2) == [2]


async def test_a_writer_publishing_nothing_is_nothing(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    writer = await bus.writer(topic)

    await writer.publish([])

    assert await everything_in(bus, topic) == []


async def test_a_group_that_has_read_all_that_writers_wrote_has_no_lag(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 2)])
    writer = await bus.writer(topic)
    reader = await bus.subscribe([topic], group=topic)

    for n in range(10):
        await writer.publish([Message(topic, "k", str(n).encode(), partition=n % 2)])
    deliveries = await collect(reader, 10)
    await reader.commit({d.source: d.offset + 1 for d in deliveries})

    assert set((await reader.lag()).values()) == {0}
    assert await bus.backlog(topic, group=topic) == {0: 0, 1: 0}


async def test_a_closed_writer_and_one_of_a_closed_bus_refuse_to_publish(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    closed = await bus.writer(f"{topic}-closed")
    left_open = await bus.writer(f"{topic}-open")

    await closed.close()
    with pytest.raises(BusClosed):
        await closed.publish([Message(topic, "k", b"")])
    await bus.close()
    with pytest.raises(BusClosed):
        await left_open.publish([Message(topic, "k", b"")])
    with pytest.raises(BusClosed):
        await bus.writer(topic)
