"""How the loop of a service goes about its work."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from adder import Adder, HeavyAdder, Told, told
from harness import Bench, embedded, until
from scarcity.bus.base import (
    Delivery,
    Message,
    Rebalance,
    Subscription,
    TopicPartition,
    partition_of,
)
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import BusUnavailable, ConfigError
from scarcity.events import RAW, DeadLettered, Event, state_topic
from scarcity.runtime.service import Route, Service, Timer, each, route

AT = datetime(2026, 1, 1, tzinfo=UTC)
STATE = state_topic("mpie").name
HEAVY = 20 * 1024 * 1024
"""Bytes of a state that takes three messages."""
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with embedded() as made:
        yield made


async def test_a_record_without_effect_makes_no_span(bench: Bench) -> None:
    async with bench.working(Adder(bench).service()) as worker:
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
        consumes=(Route(RAW, each(lambda _delivery: note("record"))),),
        follows=(route(Told, lambda _event: note("definition")),),
    )
    async with bench.working(service):
        while "record" not in order:
            await asyncio.sleep(0.01)

    assert order == ["definition"] * 50 + ["record"]


async def test_timers_publish_what_they_return(bench: Bench) -> None:
    service = Service("core_manager", timers=(Timer(0.01, lambda _now: [told("t", 1)]),))
    async with bench.working(service):
        [event] = await bench.published(Told.topic.name, 1)

    assert event == told("t", 1)


async def test_publishing_waits_for_slow_readers_and_nothing_is_lost() -> None:
    bus = EmbeddedBus(partition_bytes=2000, patience=0.01)
    await bus.start()
    bench = Bench(bus)
    await bench.provision()
    reader = await bus.subscribe([DeadLettered.topic.name], group="slow")

    async with bench.working(Adder(bench).service()) as worker:
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
        self.writer = bus.writer

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
    adder = Adder(bench)
    async with forgetful.working(adder.service()) as worker:
        for number in range(8):
            await bench.send("a", [b"5"])
            while worker.handled <= number:
                await asyncio.sleep(0.002)

    again = Adder(bench)
    async with bench.working(again.service()):
        await bench.send("a", [b"10"])
        while not again.seen:
            await asyncio.sleep(0.01)
        assert again.sums == {"a": 50}
        assert again.seen == [("a", b"10")]


async def test_a_state_larger_than_a_message_is_there_again_after_a_restart(bench: Bench) -> None:
    await bench.send("a", [b"10"])
    async with bench.working(HeavyAdder(bench, [HEAVY]).service()):
        await bench.published(Told.topic.name, 1)
    assert await saved(bench) == {"a", "a/1", "a/2", ""}

    again = HeavyAdder(bench, [HEAVY])
    async with bench.working(again.service()):
        await bench.send("a", [b"10"])
        await bench.published(Told.topic.name, 2)

    assert again.seen == [("a", b"10")]


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_state_that_shrinks_leaves_no_parts(bench: Bench, *, restarts: bool) -> None:
    adder = HeavyAdder(bench, [HEAVY])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bench.working(adder.service()))
        await bench.send("a", [b"10"])
        await bench.published(Told.topic.name, 1)
        if restarts:
            await stack.aclose()
            await stack.enter_async_context(bench.working(adder.service()))
            await until(lambda: adder.sums == {"a": 10})
        adder.sizes = [0]
        await bench.send("a", [b"10"])
        await bench.published(Told.topic.name, 2)
        assert await saved(bench) == {"a", ""}


async def test_a_worker_that_finds_a_state_without_all_its_parts_does_not_begin(
    bench: Bench,
) -> None:
    await bench.send("a", [b"10"])
    async with bench.working(HeavyAdder(bench, [HEAVY]).service()):
        await bench.published(Told.topic.name, 1)
    await bench.bus.publish([Message(STATE, "a/2", None, partition=partition_of("a", 8))])
    await bench.send("a", [b"1"])

    again = HeavyAdder(bench, [HEAVY])
    with pytest.raises(ExceptionGroup) as ended:
        async with bench.working(again.service()):
            await asyncio.sleep(5)

    assert ended.group_contains(ConfigError, match="number 3 is not in scarcity.v1.state-mpie")
    assert again.seen == []


async def saved(bench: Bench) -> set[str]:
    """Return under which keys there is any state."""
    return {found.key for found in await bench.everything(STATE) if found.value is not None}
