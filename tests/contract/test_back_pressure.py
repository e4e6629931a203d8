"""Inputs wait while what they lead to is not read; nothing else does."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adder import Adder, Told
from faults import ShakyBus
from harness import Bench, until
from scarcity.bus.base import Bus, Delivery, Subscription, TopicPartition, partition_of
from scarcity.runtime.feeds import CHECK_S
from scarcity.runtime.service import Feed

LIMIT = 20


@pytest.fixture
async def bench(bus: Bus, topic: str) -> Bench:
    made = Bench(bus, topic)
    await made.provision(topic)
    return made


@dataclass
class Reader:
    """A slow group downstream of an adder."""

    subscription: Subscription
    name: str
    found: list[Delivery] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def of(cls, bench: Bench, *keys: str) -> AsyncIterator["Reader"]:
        """Join, and commit in the partitions of these keys, which is where things begin to wait."""
        subscription = await bench.bus.subscribe([Told.topic.name], group=f"{bench.name}.slow")
        reader = cls(subscription, bench.name)
        await reader.read(len(keys))
        yield reader
        await subscription.close()

    async def read(self, count: int) -> None:
        """Read and commit until so many more messages of this test have come."""
        until_now = len(self.found)
        while len(self.found) < until_now + count:
            batch = await self.subscription.fetch(limit=1000, wait=1.0)
            self.found += [d for d in batch if d.key.startswith(self.name)]
            await self.subscription.commit(ends(batch))


def ends(batch: Sequence[Delivery]) -> Mapping[TopicPartition, int]:
    return {delivery.source: delivery.offset + 1 for delivery in batch}


async def test_only_the_partitions_that_feed_a_slow_group_wait_and_all_go_on_when_it_has_read(
    bench: Bench,
) -> None:
    other = another_home(bench, "a")
    adder = Adder(bench)
    async with bench.working(adder.service(feeds=(feed(bench),), batch=5)) as worker:
        await bench.send("a", [b"10"])
        await bench.send(other, [b"10"])
        async with Reader.of(bench, "a", other) as reader:
            await bench.send("a", [b"10"] * (LIMIT + 1))
            await until(lambda: worker.held_back == 1)
            sums = []
            for turn in range(3):
                await bench.send("a", [b"10"])
                await bench.send(other, [b"10"])
                await until(lambda: adder.sums[other] == 10 * (turn + 2))  # noqa: B023
                sums.append(adder.sums["a"])
            metrics = bench.metrics.exposition().decode()
            await reader.read(sums[-1] // 10 - 1 + 3)
            await until(lambda: adder.sums["a"] == 10 * (LIMIT + 5))
            await until(lambda: worker.held_back == 0)

    # What was fetched before the pause may still have been handled after the first turn.
    assert sums[1] == sums[2] < 10 * (LIMIT + 5)
    assert f'scarcity_paused_partitions{{component="{bench.name}"}} 1.0' in metrics


async def test_a_worker_that_waits_keeps_its_membership_and_all_that_it_owns(bench: Bench) -> None:
    adder, shaky = Adder(bench), ShakyBus(bench.bus)
    async with bench.working(adder.service(feeds=(feed(bench),)), shaky) as worker:
        await bench.send("a", [b"10"])
        async with Reader.of(bench, "a") as reader:
            await bench.send("a", [b"10"] * (LIMIT + 1))
            await until(lambda: worker.held_back == 1)
            owned = worker._share.owned
            await bench.send("a", [b"5", b"5"])
            await looks(shaky, 3)
            still_owned = worker._share.owned
            await reader.read(LIMIT + 1)
            await until(lambda: adder.sums["a"] == 10 * (LIMIT + 3))

    # A partition that had gone and come back would be another object.
    assert [id(one) for one in still_owned] == [id(one) for one in owned]
    assert len(adder.seen) == LIMIT + 4


async def test_a_partition_that_changes_hands_while_it_waits_waits_on(bench: Bench) -> None:
    first, second = Adder(bench), Adder(bench)
    async with bench.working(first.service(feeds=(feed(bench),))) as one:
        await bench.send("a", [b"10"])
        async with Reader.of(bench, "a") as reader:
            await bench.send("a", [b"10"] * (LIMIT + 1))
            await until(lambda: one.held_back == 1)
            async with bench.working(second.service(feeds=(feed(bench),))) as two:
                await until(lambda: len(one._share.owned) == len(two._share.owned) == 4)
                await until(lambda: one.held_back + two.held_back == 1)
                await bench.send("a", [b"5", b"5"])
                await asyncio.sleep(2 * CHECK_S)
                while_held = {**first.sums, **second.sums}
                await reader.read(LIMIT + 1)
                await until(lambda: {**first.sums, **second.sums} == {"a": 10 * (LIMIT + 3)})

    assert while_held == {"a": 10 * (LIMIT + 2)}


async def test_a_group_that_never_read_holds_nobody_back(bench: Bench) -> None:
    adder, shaky = Adder(bench), ShakyBus(bench.bus)
    async with bench.working(adder.service(feeds=(feed(bench),)), shaky) as worker:
        await bench.send("a", [b"10"] * 3 * LIMIT)
        await until(lambda: adder.sums == {"a": 30 * LIMIT})
        await looks(shaky, 3)

        assert worker.held_back == 0


async def test_while_nobody_knows_how_much_waits_all_stays_as_it_is(bench: Bench) -> None:
    adder, shaky = Adder(bench), ShakyBus(bench.bus, is_blind=True)
    async with bench.working(adder.service(feeds=(feed(bench),)), shaky) as worker:
        await bench.send("a", [b"10"])
        async with Reader.of(bench, "a") as reader:
            await bench.send("a", [b"10"] * (LIMIT + 1))
            await until(lambda: len(adder.seen) == LIMIT + 2)
            await looks(shaky, 2)
            held_while_blind = worker.held_back
            shaky.is_blind = False
            await until(lambda: worker.held_back == 1)
            shaky.is_blind = True
            await reader.read(LIMIT + 1)
            await looks(shaky, 2)
            assert (held_while_blind, worker.held_back) == (0, 1)
            shaky.is_blind = False
            await until(lambda: worker.held_back == 0)


def feed(bench: Bench) -> Feed:
    return Feed(Told.topic, f"{bench.name}.slow", LIMIT)


def another_home(bench: Bench, key: str) -> str:
    """Return a key that lives in another partition."""
    home = partition_of(bench.key(key), 8)
    names = (f"other-{number}" for number in range(100))
    return next(name for name in names if partition_of(bench.key(name), 8) != home)


async def looks(shaky: ShakyBus, times: int) -> None:
    """Wait until a worker has looked that often, and has done what it does then."""
    before = shaky.looks
    await until(lambda: shaky.looks > before + times)
