"""An instance works while it is wanted, rests when it is not, and loses nothing by it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from adder import Adder
from harness import Bench, embedded, until
from scarcity.errors import ConfigError
from scarcity.events import ComponentConfigured, Event, InstanceState
from scarcity.governor.policy import Policy
from scarcity.governor.tuning import Governing, Tuning
from scarcity.runtime.instance import Instance
from scarcity.runtime.service import Service, Timer

IMPOSSIBLE = 0.123
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with embedded() as made:
        yield made


async def want(
    bench: Bench,
    version: int,
    *,
    enabled: bool = True,
    paused: bool = False,
    settings: str = "{}",
    component: str = "mpie",
) -> None:
    wish = ComponentConfigured(component, version, enabled, paused, settings, "somebody", AT)
    await bench.around("core_manager").publisher.publish([wish])


@asynccontextmanager
async def at_work(bench: Bench, service: Service) -> AsyncIterator[Instance]:
    instance, stop = Instance(service, bench.around(service.name)), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(instance.run(stop))
        yield instance
        stop.set()


def is_in(instance: Instance, state: InstanceState) -> Callable[[], bool]:
    return lambda: instance.state is state


def handled(instance: Instance, count: int) -> Callable[[], bool]:
    return lambda: instance.handled == count


async def test_switched_off_and_on_again_it_goes_on_where_it_was(bench: Bench) -> None:
    adder = Adder(bench)
    async with at_work(bench, adder.service()) as instance:
        await until(is_in(instance, InstanceState.RUNNING))
        for turn in range(3):
            await bench.send("a", [b"1"] * 10)
            await until(handled(instance, 20 * turn + 10))
            await want(bench, 2 * turn + 1, enabled=False)
            await until(is_in(instance, InstanceState.OFF))
            assert instance.ready
            assert await instance.measure_lag() == 0
            await bench.send("a", [b"1"] * 10)
            await asyncio.sleep(0.05)
            assert instance.handled == 20 * turn + 10
            await want(bench, 2 * turn + 2)
            await until(handled(instance, 20 * turn + 20))
        assert adder.sums == {"a": 60}


async def test_paused_it_keeps_its_place_and_takes_nothing(bench: Bench) -> None:
    adder = Adder(bench)
    async with at_work(bench, adder.service()) as instance:
        await until(is_in(instance, InstanceState.RUNNING))
        await want(bench, 1, paused=True)
        await until(is_in(instance, InstanceState.PAUSED))
        await bench.send("a", [b"1"] * 10)
        await asyncio.sleep(0.6)
        assert instance.handled == 0
        await want(bench, 2)
        await until(lambda: instance.handled == 10)


async def test_what_was_wanted_before_it_started_holds_from_its_first_moment(bench: Bench) -> None:
    await want(bench, 1, enabled=False)
    await bench.send("a", [b"1"])
    fired: list[datetime] = []

    def fire(now: datetime) -> Iterable[Event]:
        fired.append(now)
        return ()

    async with at_work(bench, Adder(bench).service(timers=(Timer(0.01, fire),))) as instance:
        await until(is_in(instance, InstanceState.OFF))
        await asyncio.sleep(0.1)

    assert instance.handled == 0
    assert not fired


class Tuned:
    """Remembers all that it is told."""

    def __init__(self) -> None:
        self.heard: list[Governing] = []

    @property
    def tuning(self) -> Governing:
        told = self.heard[-1].policy if self.heard else None
        return Governing(policy=told or Policy())

    def tune(self, tuning: Tuning) -> None:
        assert isinstance(tuning, Governing)
        if tuning.policy and tuning.policy.floor == IMPOSSIBLE:
            raise ConfigError("safe must be at least floor")
        self.heard.append(tuning)


async def test_it_is_tuned_by_the_newest_wish_for_its_component(bench: Bench) -> None:
    tuned = Tuned()
    async with at_work(bench, Service("mpie", tunable=tuned)) as instance:
        assert '"dry_run":false' in instance.settings
        await want(bench, 2, settings='{"policy": {"dry_run": true}}')
        await until(lambda: instance.configured == 2)
        assert '"dry_run":true' in instance.settings
        await want(bench, 1)
        await want(bench, 9, component="drg")
        await want(bench, 3, settings='{"policy": {"dry_run": 7}}')
        await want(bench, 3, settings=f'{{"policy": {{"floor": {IMPOSSIBLE}}}}}')
        await want(bench, 4)
        await until(lambda: instance.configured == 4)

    assert [each.policy and each.policy.dry_run for each in tuned.heard] == [True, None]
    assert '"dry_run":false' in instance.settings


async def test_a_bug_ends_it(bench: Bench) -> None:
    def fail(_now: datetime) -> Iterable[Event]:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        async with at_work(bench, Adder(bench).service(timers=(Timer(0.01, fail),))):
            await asyncio.sleep(10.0)

    assert caught.group_contains(ZeroDivisionError)
