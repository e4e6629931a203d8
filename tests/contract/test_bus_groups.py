"""What every bus promises about consumer groups: at least once, one reader, bounded, drained."""

import asyncio

import pytest

from contract.members import PATIENCE, Journal, Worker, collect, values
from scarcity.bus.base import Bus, Message, TopicPartition, TopicSpec
from scarcity.errors import BusClosed


async def test_a_new_group_starts_at_the_beginning(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=3)

    reader = await bus.subscribe([topic], group=topic)

    assert values(await collect(reader, 3)) == [0, 1, 2]


async def test_a_reader_gets_what_is_published_while_it_waits(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=0)
    reader = await bus.subscribe([topic], group=topic)

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(reader.fetch(limit=10, wait=PATIENCE))
        await asyncio.sleep(0.05)
        await bus.publish([Message(topic, "k", b"7")])

    assert values(waiting.result()) == [7]


async def test_fetching_nothing_returns_empty(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=0)
    reader = await bus.subscribe([topic], group=topic)

    assert list(await reader.fetch(limit=10, wait=0.1)) == []
    assert list(await reader.fetch(limit=10, wait=0.0)) == []


async def test_what_was_not_committed_is_delivered_again(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=5)
    crashed = await bus.subscribe([topic], group=topic)
    assert values(await collect(crashed, 5)) == [0, 1, 2, 3, 4]
    await crashed.commit({TopicPartition(topic, 0): 2})

    await crashed.close()

    restarted = await bus.subscribe([topic], group=topic)
    assert values(await collect(restarted, 3)) == [2, 3, 4]


async def test_what_was_committed_is_not_delivered_again(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=5)
    first = await bus.subscribe([topic], group=topic)
    await collect(first, 5)
    await first.commit({TopicPartition(topic, 0): 5})
    await first.close()

    second = await bus.subscribe([topic], group=topic)
    await bus.publish([Message(topic, "k", b"5")])

    assert values(await collect(second, 1)) == [5]


async def test_groups_do_not_share_their_offsets(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=3)
    one = await bus.subscribe([topic], group=f"{topic}.one")
    await collect(one, 3)
    await one.commit({TopicPartition(topic, 0): 3})

    other = await bus.subscribe([topic], group=f"{topic}.other")

    assert values(await collect(other, 3)) == [0, 1, 2]


async def test_a_fetch_hands_out_no_more_than_its_limit_and_the_rest_later(
    bus: Bus, topic: str
) -> None:
    await filled(bus, topic, count=100, partitions=4)
    reader = await bus.subscribe([topic], group=topic)

    batches = [await reader.fetch(limit=7, wait=PATIENCE)]
    while sum(len(batch) for batch in batches) < 100:
        batches.append(await reader.fetch(limit=7, wait=PATIENCE))

    assert max(len(batch) for batch in batches) <= 7
    assert sorted(value for batch in batches for value in values(batch)) == list(range(100))


async def test_a_paused_partition_stands_still_and_loses_nothing(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=40, partitions=2)
    paused, running = TopicPartition(topic, 0), TopicPartition(topic, 1)
    reader = await bus.subscribe([topic], group=topic)

    reader.pause(frozenset({paused}))
    first = await collect(reader, 20)
    nothing = await reader.fetch(limit=40, wait=0.3)
    reader.resume(frozenset({paused}))
    second = await collect(reader, 20)

    assert {d.source for d in first} == {running}
    assert list(nothing) == []
    assert values(second) == list(range(0, 40, 2))


async def test_lag_is_what_lies_after_the_committed_offset(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=10, partitions=2)
    reader = await bus.subscribe([topic], group=topic)
    even, odd = TopicPartition(topic, 0), TopicPartition(topic, 1)

    at_first = await reader.lag()
    await collect(reader, 10)
    uncommitted = await reader.lag()
    await reader.commit({even: 3, odd: 5})

    assert at_first == {even: 5, odd: 5}
    assert uncommitted == {even: 5, odd: 5}
    assert await reader.lag() == {even: 2, odd: 0}


async def test_the_backlog_of_a_group_is_what_it_has_not_committed_though_nobody_reads(
    bus: Bus, topic: str
) -> None:
    await filled(bus, topic, count=12, partitions=3)
    reader = await bus.subscribe([topic], group=topic)

    before = await bus.backlog(topic, group=topic)
    await collect(reader, 12)
    await reader.commit({TopicPartition(topic, 0): 4, TopicPartition(topic, 1): 1})
    await reader.close()
    after = await bus.backlog(topic, group=topic)
    await filled(bus, topic, count=3, partitions=3)

    assert before == {}
    assert after == {0: 0, 1: 3}
    assert await bus.backlog(topic, group=topic) == {0: 1, 1: 4}
    assert await bus.backlog(topic, group=f"{topic}.other") == {}


async def test_members_come_and_go_and_never_share_a_partition(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 8)])
    journal = Journal()

    async with asyncio.TaskGroup() as tasks:
        members = []
        for begin, name in enumerate(("first", "second", "third")):
            members.append(await Worker.joining(bus, topic, journal=journal, name=name))
            tasks.create_task(members[-1].work())
            await publish_range(bus, topic, range(begin * 200, (begin + 1) * 200))
        await journal.until_shared("first", "second", "third", partitions=8)
        await publish_range(bus, topic, range(600, 800))
        await journal.until_handled(800)
        for member in members:
            await member.close()

    journal.check_one_owner_at_a_time()
    assert journal.members_at_work() == {"first", "second", "third"}
    # Everybody committed as they were revoked, so nothing was delivered twice.
    assert sorted(journal.handled) == list(range(800))


async def test_members_of_two_topics_get_the_same_partitions_of_both(bus: Bus, topic: str) -> None:
    topics = [f"{topic}.windows", f"{topic}.priors"]
    await bus.provision([TopicSpec(name, 4) for name in topics])
    journal = Journal()

    first = await Worker.joining(bus, *topics, journal=journal, name="first")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first.work())
        second = await Worker.joining(bus, *topics, journal=journal, name="second")
        owned = await journal.until_shared("first", "second", partitions=8)
        await first.close()
    await second.close()

    for sources in owned:
        windows = {s.partition for s in sources if s.topic == topics[0]}
        assert windows == {s.partition for s in sources if s.topic == topics[1]}
        assert len(windows) == 2


async def test_closing_calls_on_revoked_and_commits_nothing_by_itself(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=3)
    journal = Journal()
    worker = await Worker.joining(bus, topic, journal=journal, name="leaver")
    await collect(worker.reader, 3)

    await worker.reader.close()
    await worker.reader.close()

    assert journal.owned_by("leaver") == frozenset()
    next_one = await bus.subscribe([topic], group=topic)
    assert values(await collect(next_one, 3)) == [0, 1, 2]


async def test_closing_the_bus_drains_its_members(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=1)
    journal = Journal()
    worker = await Worker.joining(bus, topic, journal=journal, name="drained")
    assert journal.owned_by("drained") == {TopicPartition(topic, 0)}

    await bus.close()

    assert journal.owned_by("drained") == frozenset()
    with pytest.raises(BusClosed):
        await worker.reader.fetch(limit=1, wait=0.0)


async def test_a_waiting_fetch_ends_when_the_member_closes(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=0)
    reader = await bus.subscribe([topic], group=topic)

    async def wait() -> None:
        with pytest.raises(BusClosed):
            await reader.fetch(limit=1, wait=PATIENCE)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(wait())
        await asyncio.sleep(0.05)
        await reader.close()


async def test_a_commit_for_a_partition_of_another_member_is_ignored(bus: Bus, topic: str) -> None:
    await filled(bus, topic, count=4, partitions=2)
    journal = Journal()
    first = await Worker.joining(bus, topic, journal=journal, name="first")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first.idle())
        second = await Worker.joining(bus, topic, journal=journal, name="second")
        (not_hers,), _ = await journal.until_shared("first", "second", partitions=2)

        await second.reader.commit({not_hers: 2})
        lag = await first.reader.lag()
        await first.close()

    assert lag == {not_hers: 2}


async def filled(bus: Bus, topic: str, *, count: int, partitions: int = 1) -> None:
    """Provision a topic and publish 0, 1, 2, ... to its partitions in turn."""
    await bus.provision([TopicSpec(topic, partitions)])
    await bus.publish(
        [Message(topic, "k", str(n).encode(), partition=n % partitions) for n in range(count)]
    )


async def publish_range(bus: Bus, topic: str, numbers: range) -> None:
    await bus.publish([Message(topic, f"k{n}", str(n).encode()) for n in numbers])
