"""What every bus promises about the log: order, durability, size, content, replay, errors."""

import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from contract.members import collect, everything_in, read_until, until_caught_up, values
from scarcity.bus.base import (
    MAX_MESSAGE_BYTES,
    Bus,
    Follow,
    Message,
    Retention,
    Start,
    TopicPartition,
    TopicSpec,
    partition_of,
)
from scarcity.errors import BusClosed, ConfigError

Publish = Callable[[Sequence[Message]], Coroutine[None, None, None]]

TRACEPARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(params=["bus", "writer"])
async def publish(request: pytest.FixtureRequest, bus: Bus, topic: str) -> Publish:
    """Both ways to publish."""
    return bus.publish if request.param == "bus" else (await bus.writer(topic)).publish


async def test_messages_of_one_key_arrive_in_the_order_they_were_published(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 4)])
    keys = [f"plant-{n}" for n in range(10)]
    for begin in range(0, 100, 20):
        await bus.publish(
            [Message(topic, key, str(n).encode()) for n in range(begin, begin + 20) for key in keys]
        )

    reader = await bus.subscribe([topic], group=topic)
    deliveries = await collect(reader, 1000)

    for key in keys:
        assert [int(d.value or b"") for d in deliveries if d.key == key] == list(range(100))


async def test_a_key_decides_the_partition_alike_on_every_bus(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 4)])
    await bus.publish([Message(topic, f"plant-{n}", b"") for n in range(20)])

    reader = await bus.subscribe([topic], group=topic)
    deliveries = await collect(reader, 20)

    assert {d.key: d.partition for d in deliveries} == {
        f"plant-{n}": partition_of(f"plant-{n}", 4) for n in range(20)
    }


async def test_a_message_may_name_its_partition(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 4)])
    await bus.publish([Message(topic, "plant-1", b"", partition=n) for n in range(4)])

    reader = await bus.subscribe([topic], group=topic)

    assert sorted(d.partition for d in await collect(reader, 4)) == [0, 1, 2, 3]
    with pytest.raises(ConfigError, match="no partition 4"):
        await bus.publish([Message(topic, "plant-1", b"", partition=4)])


async def test_offsets_of_a_partition_count_up_from_zero(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    await bus.publish([Message(topic, "k", b"") for _ in range(5)])

    reader = await bus.subscribe([topic], group=topic)

    assert [d.offset for d in await collect(reader, 5)] == [0, 1, 2, 3, 4]


async def test_headers_and_trace_context_come_back_as_they_went(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    headers = (("traceparent", TRACEPARENT), ("blob", b"\x00\xff"), ("blob", b""))

    await bus.publish([Message(topic, "k", b"v", headers=headers)])

    (delivery,) = await collect(await bus.subscribe([topic], group=topic), 1)
    assert delivery.headers == headers
    assert delivery.header("traceparent") == TRACEPARENT.decode()


async def test_a_timestamp_is_kept_however_old_or_early(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    year_2001, tomorrow = 1_000_000_000_000, (int(time.time_ns() / 1e6) + 86_400_000)

    await bus.publish([Message(topic, "k", b"", timestamp_ms=t) for t in (0, year_2001, tomorrow)])

    deliveries = await collect(await bus.subscribe([topic], group=topic), 3)
    assert [d.timestamp_ms for d in deliveries] == [0, year_2001, tomorrow]


async def test_a_message_without_a_timestamp_gets_the_time_of_publishing(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])

    before = time.time_ns() // 1_000_000
    await bus.publish([Message(topic, "k", b"")])
    after = time.time_ns() // 1_000_000

    (delivery,) = await collect(await bus.subscribe([topic], group=topic), 1)
    assert before <= delivery.timestamp_ms <= after


async def test_a_null_value_is_not_an_empty_one(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])

    await bus.publish([Message(topic, "", None), Message(topic, "clé", b"")])

    deliveries = await collect(await bus.subscribe([topic], group=topic), 2)
    assert [(d.key, d.value) for d in deliveries] == [("", None), ("clé", b"")]


async def test_the_largest_message_passes_and_a_larger_one_is_refused_whole(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    largest = bytes(MAX_MESSAGE_BYTES)

    with pytest.raises(ConfigError, match="over the limit"):
        await bus.publish([Message(topic, "k", b"before"), Message(topic, "k", largest + b"x")])
    await bus.publish([Message(topic, "k", largest), Message(topic, "k", b"after")])

    deliveries = await collect(await bus.subscribe([topic], group=topic), 2)
    assert [d.value for d in deliveries] == [largest, b"after"]


async def test_publishing_nothing_is_nothing(bus: Bus) -> None:
    await bus.publish([])


async def test_a_follower_reads_everything_then_says_so_then_goes_on(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 3)])
    await bus.publish([Message(topic, f"k{n}", b"old") for n in range(50)])

    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        old = await until_caught_up(batches)
        await bus.publish([Message(topic, "k", b"new")])
        new = await anext(batches)

    assert sorted(d.key for d in old) == sorted(f"k{n}" for n in range(50))
    assert [d.value for d in new] == [b"new"]


async def test_a_follower_of_nothing_has_caught_up_at_once(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 2)])

    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        assert await anext(batches) == []


async def test_a_follower_from_the_end_sees_only_what_comes(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 2)])
    await bus.publish([Message(topic, f"k{n}", b"old") for n in range(10)])

    async with aclosing(bus.follow(Follow((topic,), Start.LATEST))) as batches:
        assert await anext(batches) == []
        await bus.publish([Message(topic, "k1", b"new")])
        assert [d.value for d in await anext(batches)] == [b"new"]


async def test_a_follower_may_ask_for_some_partitions_only(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 4)])
    await bus.publish([Message(topic, "k", b"", partition=n) for n in range(4)])

    async with aclosing(bus.follow(Follow((topic,), partitions=frozenset({1, 3})))) as batches:
        deliveries = await until_caught_up(batches)

    assert {d.partition for d in deliveries} == {1, 3}


async def test_a_follower_may_begin_at_an_offset(bus: Bus, topic: str, publish: Publish) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    for n in range(20):
        await publish([Message(topic, "k", str(n).encode())])
    await read_until(bus, topic, last=19)

    async with aclosing(bus.follow(Follow((topic,), 7))) as batches:
        found = await until_caught_up(batches)

    assert found
    assert found == [d for d in await everything_in(bus, topic) if d.offset >= 7]


async def test_a_follower_from_an_offset_that_is_still_to_come_waits_for_it(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    await bus.publish([Message(topic, "k", b"old") for _ in range(3)])

    async with aclosing(bus.follow(Follow((topic,), 5))) as batches:
        assert await anext(batches) == []
        await bus.publish([Message(topic, "k", str(n).encode()) for n in range(3, 7)])
        first = await anext(batches)

    assert first[0].offset == 5


async def test_a_follower_from_a_time_begins_with_the_first_message_not_before_it(
    bus: Bus, topic: str, publish: Publish
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    noon = datetime(2009, 6, 1, 12, tzinfo=UTC)
    minutes = [0, 1, 2, 5, 3, 6]
    for n in minutes:
        at = int((noon + timedelta(minutes=n)).timestamp() * 1000)
        await publish([Message(topic, "k", str(n).encode(), timestamp_ms=at)])
    await read_until(bus, topic, last=minutes[-1])

    for start, expected in (
        (timedelta(), minutes),
        (timedelta(minutes=2), [2, 5, 3, 6]),
        (timedelta(minutes=2, microseconds=1), [5, 3, 6]),
        (timedelta(minutes=6), [6]),
        (timedelta(minutes=7), []),
    ):
        async with aclosing(bus.follow(Follow((topic,), noon + start))) as batches:
            assert values(await until_caught_up(batches)) == expected


async def test_a_follower_from_a_time_to_come_passes_over_what_is_before_it(
    bus: Bus, topic: str
) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    noon = datetime(2009, 6, 1, 12, tzinfo=UTC)
    at = int(noon.timestamp() * 1000)

    async with aclosing(bus.follow(Follow((topic,), noon))) as batches:
        assert await anext(batches) == []
        await bus.publish([Message(topic, "k", b"", timestamp_ms=at - 1)])
        await bus.publish([Message(topic, "k", b"", timestamp_ms=at)])

        assert [d.timestamp_ms for d in await anext(batches)] == [at]


async def test_followers_and_groups_do_not_disturb_each_other(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    await bus.publish([Message(topic, "k", b"v")])
    reader = await bus.subscribe([topic], group=topic)

    for _ in range(2):
        async with aclosing(bus.follow(Follow((topic,)))) as batches:
            assert len(await until_caught_up(batches)) == 1

    assert len(await collect(reader, 1)) == 1
    assert await reader.lag() == {TopicPartition(topic, 0): 1}


async def test_the_newest_of_each_key_is_in_a_compacted_topic(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 2, Retention.COMPACT)])
    for n in range(5):
        await bus.publish([Message(topic, key, str(n).encode()) for key in "abc"])
    await bus.publish([Message(topic, "b", None)])

    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        newest = {d.key: d.value for d in await until_caught_up(batches)}

    assert newest == {"a": b"4", "b": None, "c": b"4"}


async def test_provisioning_again_changes_nothing(bus: Bus, topic: str) -> None:
    specs = [TopicSpec(topic, 2), TopicSpec(f"{topic}.c", 3, Retention.COMPACT)]
    await bus.provision(specs)
    await bus.publish([Message(topic, "k", b"v")])

    await bus.provision(specs)

    assert len(await collect(await bus.subscribe([topic], group=topic), 1)) == 1


@pytest.mark.parametrize("retention", list(Retention))
async def test_a_topic_of_another_shape_is_a_config_error(
    bus: Bus, topic: str, retention: Retention
) -> None:
    await bus.provision([TopicSpec(topic, 2, retention)])
    (other,) = set(Retention) - {retention}

    with pytest.raises(ConfigError, match="exists with"):
        await bus.provision([TopicSpec(topic, 3, retention)])
    with pytest.raises(ConfigError, match="exists with"):
        await bus.provision([TopicSpec(topic, 2, other)])


async def test_an_unknown_topic_is_a_config_error(bus: Bus, topic: str) -> None:
    with pytest.raises(ConfigError, match=topic):
        await bus.publish([Message(topic, "k", b"")])
    with pytest.raises(ConfigError, match=topic):
        await bus.subscribe([topic], group=topic)
    with pytest.raises(ConfigError, match=topic):
        await anext(bus.follow(Follow((topic,))))
    with pytest.raises(ConfigError, match=topic):
        await bus.backlog(topic, group=topic)


async def test_a_closed_bus_refuses_everything_but_closing(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    reader = await bus.subscribe([topic], group=topic)

    await bus.close()
    await bus.close()

    with pytest.raises(BusClosed):
        await bus.publish([Message(topic, "k", b"")])
    with pytest.raises(BusClosed):
        await bus.subscribe([topic], group=topic)
    with pytest.raises(BusClosed):
        await anext(bus.follow(Follow((topic,))))
    with pytest.raises(BusClosed):
        await bus.backlog(topic, group=topic)
    with pytest.raises(BusClosed):
        await reader.fetch(limit=1, wait=0.0)
    with pytest.raises(BusClosed):
        await reader.commit({TopicPartition(topic, 0): 1})


async def test_a_follower_ends_when_the_bus_closes(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 1)])
    batches = bus.follow(Follow((topic,)))
    assert await anext(batches) == []

    await bus.close()

    with pytest.raises(StopAsyncIteration):
        await anext(batches)
