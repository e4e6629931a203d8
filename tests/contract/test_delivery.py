"""What the loop promises every service, whatever the bus: nothing lost, nothing twice."""

import asyncio

import pytest

from adder import Adder, told
from harness import Bench
from scarcity.bus.base import Bus, Message
from scarcity.events import DeadLettered, StreamDefined

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


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
        [event] = await bench.published(StreamDefined.topic.name, 1)

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
        await bench.published(StreamDefined.topic.name, 1)
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
        await bench.published(StreamDefined.topic.name, 1)

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
            await bench.published(StreamDefined.topic.name, len(keys))

            assert {**first.sums, **second.sums} == dict.fromkeys(keys, 10)
            assert first.sums.keys().isdisjoint(second.sums.keys())


async def test_events_carry_the_trace_of_the_record_they_came_from(bench: Bench) -> None:
    async with bench.working(Adder(bench).service()):
        await bench.send("a", [b"10"], (("traceparent", TRACE.encode()),))
        [message] = await bench.messages(StreamDefined.topic.name, 1)

    [span] = bench.spans.get_finished_spans()
    assert span.parent is not None
    assert format(span.parent.span_id, "016x") == "b7ad6b7169203331"
    assert message.header("traceparent") == (
        f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"
    )
    assert span.attributes is not None
    assert span.attributes["messaging.destination.name"] == bench.raw.name


async def test_a_key_in_a_second_partition_is_refused_and_not_mixed_up(bench: Bench) -> None:
    adder = Adder(bench)
    async with bench.working(adder.service()):
        key = bench.key("a")
        first, second = (Message(bench.raw.name, key, b"4", partition=n) for n in (1, 2))
        await bench.bus.publish([first])
        while not adder.sums:
            await asyncio.sleep(0.01)
        await bench.bus.publish([second, first])
        [letter] = await bench.published(DeadLettered.topic.name, 1)
        while adder.sums != {"a": 8}:
            await asyncio.sleep(0.01)

    assert isinstance(letter, DeadLettered)
    assert (letter.reason, letter.origin_partition) == ("split-stream", 2)
