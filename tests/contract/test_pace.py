"""What is not to be taken in hand waits on the bus: nothing is lost, and the group is not left."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest

from adder import Adder
from harness import Bench, until
from scarcity.bus.base import Bus, Delivery
from scarcity.events import Event
from scarcity.runtime.service import Route, Timer, each

FETCHES_S = 0.8
"""Several times as long as a fetch waits."""


@pytest.fixture
async def bench(bus: Bus, topic: str) -> Bench:
    made = Bench(bus, topic)
    await made.provision(topic)
    return made


async def test_a_paused_worker_takes_nothing_keeps_what_it_owns_and_then_loses_nothing(
    bench: Bench,
) -> None:
    adder, pace = Adder(bench), [1.0]
    async with bench.working(adder.service(pace=lambda: pace[0])) as worker:
        await bench.send("a", [b"1"])
        await until(lambda: adder.sums.get("a") == 1)
        owned = worker._share.owned
        pace[0] = 0.0
        await asyncio.sleep(FETCHES_S)
        await bench.send("a", [b"1"] * 50)
        await bench.send("b", [b"1"] * 50)
        await asyncio.sleep(FETCHES_S)
        while_paused, still_owned = dict(adder.sums), worker._share.owned
        pace[0] = 1.0
        await until(lambda: adder.sums == {"a": 51, "b": 50})

    assert while_paused == {"a": 1}
    # A partition that had gone and come back would be another object.
    assert [id(one) for one in still_owned] == [id(one) for one in owned]


async def test_no_more_is_taken_in_hand_at_once_than_the_pace_allows(bench: Bench) -> None:
    adder = Adder(bench)
    batches: list[int] = []

    def pace() -> float:
        batches.append(len(adder.seen))
        return 0.03

    await bench.send("a", [b"1"] * 20)
    async with bench.working(adder.service(batch=100, pace=pace)):
        await until(lambda: adder.sums.get("a") == 20)

    taken = [after - before for before, after in pairwise(batches)]
    assert max(taken) <= 3


async def test_what_takes_no_turn_goes_on_while_a_batch_is_handled(bench: Bench) -> None:
    adder, is_done = Adder(bench), threading.Event()
    fired: Counter[str] = Counter()

    def slow(delivery: Delivery) -> Iterable[Event]:
        is_done.wait(30.0)
        return adder.on_record(delivery)

    def note(name: str) -> Iterable[Event]:
        fired[name] += 1
        return ()

    service = adder.service(
        consumes=(Route(bench.raw, each(slow)),),
        timers=(
            Timer(0.02, lambda _now: note("apart"), takes_turn=False),
            Timer(0.02, lambda _now: note("in turn")),
        ),
        in_thread=True,
    )
    async with bench.working(service):
        await until(lambda: fired["in turn"] > 0)
        await bench.send("a", [b"1"])
        await until(lambda: fired["apart"] > fired["in turn"] + 20)
        while_busy = fired["in turn"]
        is_done.set()
        await until(lambda: fired["in turn"] > while_busy)
        await until(lambda: adder.sums == {"a": 1})
