"""What the loop promises every service, whatever the bus: nothing lost, nothing twice."""

import asyncio

import pytest

from adder import Adder, Told, told
from harness import Bench, until
from scarcity.bus.base import Bus, Message, partition_of
from scarcity.events import DeadLettered
from scarcity.runtime.service import source_of

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEADERS = (("traceparent", TRACE.encode()),)


@pytest.fixture
async def bench(bus: Bus, topic: str) -> Bench:
    made = Bench(bus, topic)
    await made.provision(topic)
    return made


async def test_poison_becomes_a_dead_letter_with_its_reason_and_the_next_record_is_handled(
    bench: Bench,
) -> None:
    adder = Adder(bench)
    async with bench.working(adder.service()):
        await bench.send("a", [b"4", b"bad", b"6"])
        [letter] = await bench.published(DeadLettered.topic.name, 1)
        [event] = await bench.published(Told.topic.name, 1)

    assert isinstance(letter, DeadLettered)
    assert (letter.reason, letter.original, letter.origin_offset) == ("not-a-number", b"bad", 1)
    assert letter.message == "send a number"
    assert event == told(bench.key("a"), 10)


async def test_a_bug_ends_the_service_before_the_commit(bench: Bench) -> None:
    adder = Adder(bench)
    await bench.send("a", [b"1", b"bug", b"2"])

    with pytest.raises(ExceptionGroup) as ended:
        async with bench.working(adder.service()):
            await asyncio.sleep(5)

    assert ended.group_contains(ZeroDivisionError)
    again = Adder(bench)
    with pytest.raises(ExceptionGroup):
        async with bench.working(again.service()):
            await asyncio.sleep(5)
    assert again.seen[0] == ("a", b"1")


async def test_a_crash_neither_loses_nor_doubles_what_is_in_the_state(bench: Bench) -> None:
    await bench.send("a", [b"3"] * 7)
    await bench.send("b", [b"1"] * 5)
    await bench.crash_after(Adder(bench).service(), 12)
    await bench.send("a", [b"3"] * 3)

    restarted = Adder(bench)
    async with bench.working(restarted.service()):
        await bench.published(Told.topic.name, 1)
        while restarted.sums.get("a") != 30:
            await asyncio.sleep(0.01)

        assert restarted.sums == {"a": 30, "b": 5}


async def test_a_drained_worker_leaves_nothing_to_repeat(bench: Bench) -> None:
    await bench.send("a", [b"3"] * 7)
    first = Adder(bench)
    async with bench.working(first.service()) as worker:
        while worker.handled < 7:
            await asyncio.sleep(0.01)

    second = Adder(bench)
    async with bench.working(second.service()):
        await bench.send("a", [b"9"])
        await bench.published(Told.topic.name, 1)

        assert second.seen == [("a", b"9")]
        assert second.sums == {"a": 30}


async def test_state_moves_with_its_partition_to_another_instance(bench: Bench) -> None:
    keys = [f"key-{number}" for number in range(20)]
    first, second = Adder(bench), Adder(bench)
    async with bench.working(first.service()) as one:
        for key in keys:
            await bench.send(key, [b"4"])
        while one.handled < len(keys):
            await asyncio.sleep(0.01)
        async with bench.working(second.service()) as two:
            while not two.ready or not second.sums:
                await asyncio.sleep(0.01)
            for key in keys:
                await bench.send(key, [b"6"])
            await bench.published(Told.topic.name, len(keys))

            assert {**first.sums, **second.sums} == dict.fromkeys(keys, 10)
            assert first.sums.keys().isdisjoint(second.sums.keys())


async def test_events_carry_the_trace_of_the_record_they_came_from(bench: Bench) -> None:
    async with bench.working(Adder(bench).service()):
        await bench.send("a", [b"10"], HEADERS)
        [message] = await bench.messages(Told.topic.name, 1)

    [span] = bench.spans.get_finished_spans()
    assert span.parent is not None
    assert format(span.parent.span_id, "016x") == "b7ad6b7169203331"
    assert message.header("traceparent") == (
        f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"
    )
    assert span.attributes is not None
    assert span.attributes["messaging.destination.name"] == bench.raw.name


async def test_a_record_in_a_foreign_partition_is_moved_home_and_not_mixed_up(
    bench: Bench,
) -> None:
    adder = Adder(bench)
    home = partition_of(bench.key("a"), 8)
    strays = [
        Message(bench.raw.name, bench.key("a"), value, HEADERS, 1_700_000_000_000, partition=n)
        for n, value in enumerate([b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8"])
    ]
    async with bench.working(adder.service()):
        await bench.bus.publish(strays)
        await until(lambda: adder.sums == {"a": 36})

    at_home = [d for d in await bench.everything(bench.raw.name) if d.partition == home]
    assert sorted(d.value or b"" for d in at_home) == sorted(m.value or b"" for m in strays)
    assert {d.timestamp_ms for d in at_home} == {1_700_000_000_000}
    moved_from = {d.value: source_of(d) for d in at_home}
    assert moved_from == {stray.value: stray.partition for stray in strays}
    assert all(d.headers[: len(HEADERS)] == HEADERS for d in at_home)
    assert len(adder.seen) == 8


async def test_a_key_may_live_elsewhere_than_the_bus_would_put_it(bench: Bench) -> None:
    adder = Adder(bench)
    elsewhere = (partition_of(bench.key("a"), 8) + 1) % 8
    async with bench.working(adder.service(home=lambda _key, _partitions: elsewhere)):
        await bench.send("a", [b"4", b"6"])
        await until(lambda: adder.sums == {"a": 10})

    # Twice as they came, and twice at home: moved once, and for good.
    raw = await bench.everything(bench.raw.name)
    assert [d.partition for d in raw if source_of(d) != d.partition] == [elsewhere, elsewhere]
    assert len(raw) == 4


async def test_a_record_without_a_key_is_a_dead_letter(bench: Bench) -> None:
    adder = Adder(bench)
    async with bench.working(adder.service()):
        await bench.bus.publish([Message(bench.raw.name, "", b"1", partition=3)])
        [letter] = await bench.published(DeadLettered.topic.name, 1)

    assert isinstance(letter, DeadLettered)
    assert (letter.reason, letter.origin_partition) == ("bad-stream-id", 3)
    assert adder.seen == []
