"""What the loop promises every service: nothing lost, nothing twice in the state, no silence."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from harness import Bench, provision

from scarcity.bus.base import Delivery, Message, Rebalance, Subscription, TopicPartition
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import BusUnavailable, PoisonEvent
from scarcity.events import RAW, DeadLettered, DefinitionOrigin, Event, StreamDefined, WindowPolicy
from scarcity.runtime.service import Route, Service, Timer, route

AT = datetime(2026, 1, 1, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bus = EmbeddedBus()
    await bus.start()
    await provision(bus)
    yield Bench(bus)
    await bus.close()


def told(stream: str, version: int) -> StreamDefined:
    """Return any event, to be recognised by its version."""
    return StreamDefined(stream, version, AT, DefinitionOrigin.INFERRED, (), WindowPolicy())


class Adder:
    """Adds up the numbers of each key and tells every multiple of ten; `bad` is poison."""

    def __init__(self) -> None:
        self.sums: dict[str, int] = {}
        self.seen: list[tuple[str, bytes]] = []

    def on_record(self, delivery: Delivery) -> Iterable[Event]:
        self.seen.append((delivery.key, delivery.value or b""))
        if delivery.value == b"bad":
            raise PoisonEvent("not-a-number", "send a number")
        if delivery.value == b"bug":
            raise ZeroDivisionError
        self.sums[delivery.key] = self.sums.get(delivery.key, 0) + int(delivery.value or b"0")
        if self.sums[delivery.key] % 10 == 0:
            yield told(delivery.key, self.sums[delivery.key])

    def snapshot(self, key: str) -> bytes | None:
        return str(self.sums[key]).encode() if key in self.sums else None

    def restore(self, key: str, data: bytes) -> None:
        self.sums[key] = int(data)

    def forget(self, key: str) -> None:
        self.sums.pop(key, None)

    def service(self, *, name: str = "mpie") -> Service:
        return Service(name, consumes=(Route(RAW, self.on_record),), state=self)


async def test_poison_becomes_a_dead_letter_with_its_reason_and_the_next_record_is_handled(
    bench: Bench,
) -> None:
    adder = Adder()
    async with bench.working(adder.service()):
        await bench.send("a", [b"4", b"bad", b"6"])
        [letter] = await bench.published(DeadLettered.topic.name, 1)
        [event] = await bench.published(StreamDefined.topic.name, 1)

    assert isinstance(letter, DeadLettered)
    assert (letter.reason, letter.original, letter.origin_offset) == ("not-a-number", b"bad", 1)
    assert letter.message == "send a number"
    assert event == told("a", 10)


async def test_a_bug_ends_the_service_before_the_commit(bench: Bench) -> None:
    adder = Adder()
    await bench.send("a", [b"1", b"bug", b"2"])

    with pytest.raises(ExceptionGroup) as ended:
        async with bench.working(adder.service()):
            await asyncio.sleep(5)

    assert ended.group_contains(ZeroDivisionError)
    again = Adder()
    with pytest.raises(ExceptionGroup):
        async with bench.working(again.service()):
            await asyncio.sleep(5)
    assert again.seen[0] == ("a", b"1")


async def test_a_crash_neither_loses_nor_doubles_what_is_in_the_state(bench: Bench) -> None:
    await bench.send("a", [b"3"] * 7)
    await bench.send("b", [b"1"] * 5)
    await bench.crash_after(Adder().service(), 12)
    await bench.send("a", [b"3"] * 3)

    restarted = Adder()
    async with bench.working(restarted.service()):
        await bench.published(StreamDefined.topic.name, 1)
        while restarted.sums.get("a") != 30:
            await asyncio.sleep(0.01)

        assert restarted.sums == {"a": 30, "b": 5}


async def test_a_drained_worker_leaves_nothing_to_repeat(bench: Bench) -> None:
    await bench.send("a", [b"3"] * 7)
    first = Adder()
    async with bench.working(first.service()) as worker:
        while worker.handled < 7:
            await asyncio.sleep(0.01)

    second = Adder()
    async with bench.working(second.service()):
        await bench.send("a", [b"9"])
        await bench.published(StreamDefined.topic.name, 1)

        assert second.seen == [("a", b"9")]
        assert second.sums == {"a": 30}


async def test_state_moves_with_its_partition_to_another_instance(bench: Bench) -> None:
    keys = [f"key-{number}" for number in range(20)]
    first, second = Adder(), Adder()
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
    async with bench.working(Adder().service()):
        headers = (("traceparent", TRACE.encode()),)
        await bench.bus.publish([Message(RAW.name, "a", b"10", headers)])
        [message] = await bench.messages(StreamDefined.topic.name, 1)

    [span] = bench.spans.get_finished_spans()
    assert span.parent is not None
    assert format(span.parent.span_id, "016x") == "b7ad6b7169203331"
    assert message.header("traceparent") == (
        f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"
    )
    assert span.attributes is not None
    assert span.attributes["messaging.destination.name"] == RAW.name


async def test_a_record_without_effect_makes_no_span(bench: Bench) -> None:
    async with bench.working(Adder().service()) as worker:
        await bench.send("a", [b"1"])
        while worker.handled < 1:
            await asyncio.sleep(0.01)

    assert not bench.spans.get_finished_spans()


async def test_what_is_followed_is_caught_up_before_anything_is_consumed(bench: Bench) -> None:
    order: list[str] = []

    def note(what: str) -> Iterable[Event]:
        order.append(what)
        return ()

    for version in range(50):
        await bench.bus.publish(
            [bench.worker(Service("x"))._around.publisher.message(told(f"s{version}", version))]
        )
    await bench.send("a", [b"1"])
    service = Service(
        "core_manager",
        consumes=(Route(RAW, lambda _delivery: note("record")),),
        follows=(route(StreamDefined, lambda _event: note("definition")),),
    )
    async with bench.working(service):
        while "record" not in order:
            await asyncio.sleep(0.01)

    assert order == ["definition"] * 50 + ["record"]


async def test_timers_publish_what_they_return(bench: Bench) -> None:
    service = Service("core_manager", timers=(Timer(0.01, lambda _now: [told("t", 1)]),))
    async with bench.working(service):
        [event] = await bench.published(StreamDefined.topic.name, 1)

    assert event == told("t", 1)


async def test_publishing_waits_for_slow_readers_and_nothing_is_lost() -> None:
    bus = EmbeddedBus(partition_bytes=2000, patience=0.01)
    await bus.start()
    await provision(bus)
    bench = Bench(bus)
    reader = await bus.subscribe([DeadLettered.topic.name], group="slow")

    async with bench.working(Adder().service()) as worker:
        for _ in range(30):
            await bench.send("a", [b"bad"])
            await asyncio.sleep(0.005)
        held_back = worker.handled
        letters: list[Delivery] = []
        while len(letters) < 30:
            letters += (batch := await reader.fetch(limit=5, wait=5))
            await reader.commit({found.source: found.offset + 1 for found in batch})
    await bus.close()

    assert held_back < 30
    assert [letter.offset for letter in letters] == list(range(30))


class ForgetfulBus:
    """An embedded bus whose broker does not answer the first commits."""

    def __init__(self, bus: EmbeddedBus, *, refused: int) -> None:
        self._bus = bus
        self.refused = refused
        self.follow = bus.follow
        self.publish = bus.publish

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> Subscription:
        subscription = await self._bus.subscribe(topics, group=group, rebalance=rebalance)
        commit = subscription.commit

        async def sometimes(offsets: Mapping[TopicPartition, int]) -> None:
            if self.refused:
                self.refused -= 1
                raise BusUnavailable("the broker does not answer")
            await commit(offsets)

        subscription.commit = sometimes  # type: ignore[method-assign]
        return subscription


async def test_a_commit_that_fails_costs_nothing_but_a_later_one(bench: Bench) -> None:
    assert isinstance(bench.bus, EmbeddedBus)
    forgetful = Bench(ForgetfulBus(bench.bus, refused=3))  # type: ignore[arg-type]
    adder = Adder()
    async with forgetful.working(adder.service()) as worker:
        for number in range(8):
            await bench.send("a", [b"5"])
            while worker.handled <= number:
                await asyncio.sleep(0.002)

    again = Adder()
    async with bench.working(again.service()):
        await bench.send("a", [b"10"])
        while not again.seen:
            await asyncio.sleep(0.01)
        assert again.sums == {"a": 50}
        assert again.seen == [("a", b"10")]
