"""The real engine on a real Kafka, in a memory cgroup that others fill: less for a while, no loss.

What fills it keeps clear of the limit, so that nothing is killed unless somebody makes a mistake.
"""

import asyncio
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from integration.cgroups import MIB, Cgroup, memory_cgroup
from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened
from running import service
from scarcity.bus.base import Bus, Follow, Message
from scarcity.causal import Budget
from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    EngineBudget,
    Event,
    GovernorLevel,
    GraphUpdated,
    ResourcesSampled,
    WindowSealed,
    decode,
    encode,
)
from scarcity.graphs import budget_event
from worlds import sealed

pytestmark = pytest.mark.kafka

E = TypeVar("E", bound=Event)

KINDS: tuple[type[Event], ...] = (GraphUpdated, ResourcesSampled, BudgetDecided, BudgetGranted)
FULL = budget_event(Budget())
SEED = 1206
MOST_WINDOWS = 400
"""of each stream; more than are sent"""
WARM_WINDOWS = 10
"""of each stream, after which the engine takes little more memory"""
EVERY_S = 0.4
"""Each stream gets a window so often."""
BEHIND = 5
"""So many windows of each stream do not wait unless none is taken in hand."""
PATIENCE_S = 60.0

ALONE = 0.5
"""The load of the engine alone."""
LOADED = 0.93
"""That with the ballast. What is foreseen, with the reserve, is more."""
LOADED_PER_S = 0.1
LOOK_S = 0.05

BALLAST = """
import mmap, sys
held = []
for line in sys.stdin:
    while len(held) < int(line):
        held.append(mmap.mmap(-1, 1 << 20))
        held[-1].write(b"x" * (1 << 20))
    while len(held) > int(line):
        held.pop().close()
    print(flush=True)
"""


@dataclass
class Sender:
    """Sends a window of each stream again and again, until that is enough."""

    streams: Mapping[str, Sequence[WindowSealed]]
    enough: bool = False
    sent: Counter[str] = field(default_factory=Counter)

    async def send(self, bus: Bus) -> None:
        turns = zip(*self.streams.values(), strict=True)
        while not self.enough:
            windows = next(turns)
            await bus.publish(
                [
                    Message(each.topic.name, each.key, encode(each, producer="me"))
                    for each in windows
                ]
            )
            self.sent.update(window.stream for window in windows)
            await asyncio.sleep(EVERY_S)


@dataclass
class Heard:
    """What the engine and its governors have said, in this order."""

    events: list[Event] = field(default_factory=list)

    async def listen(self, bus: Bus) -> None:
        topics = tuple(kind.topic.name for kind in KINDS)
        async with aclosing(bus.follow(Follow(topics))) as batches:
            async for batch in batches:
                self.events += [decode(each.value or b"").event for each in batch]

    def of(self, kind: type[E], begin: int = 0, end: int | None = None) -> list[E]:
        """Return those of a kind, of all or of a part."""
        return [event for event in self.events[begin:end] if isinstance(event, kind)]

    @property
    def handled(self) -> Counter[str]:
        """How many windows the newest graph of each stream rests on."""
        return Counter({graph.stream: graph.windows for graph in self.of(GraphUpdated)})

    async def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait for it; AssertionError, with what was heard last, after a while."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not done():
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            last = self.of(ResourcesSampled)[-1:], self.of(BudgetDecided)[-1:]
            raise AssertionError(f"waited in vain for {what}; heard last: {last}") from None


@dataclass
class Ballast:
    """A process that holds as many MiB as it is told to."""

    process: Process
    held: int = 0

    async def fill(self, group: Cgroup) -> None:
        """Fill the group, no faster than somebody could follow, and keep it full."""
        load = group.used / group.limit
        while True:
            load = min(load + LOADED_PER_S * LOOK_S, LOADED)
            missing = int((load * group.limit - group.used) / MIB)
            await self.hold(max(self.held + missing, 0))
            await asyncio.sleep(LOOK_S)

    async def hold(self, mebibytes: int) -> None:
        """Return when it does, so that nothing is asked for twice."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"%d\n" % mebibytes)
        assert await self.process.stdout.readline(), "the ballast has ended"
        self.held = mebibytes


@dataclass
class Scene:
    """All that a test looks at."""

    group: Cgroup
    sender: Sender
    heard: Heard = field(default_factory=Heard)

    async def warm_up(self) -> None:
        """Let the engine warm up, and set the limit by what it takes then."""
        await self.heard.until(self._is_warm, "a warm engine")
        self.group.limit = int(self.group.used / ALONE)
        await self.heard.until(self._is_limited, "an engine that knows its limit")

    async def see_less_done(self, since: int, governors: set[str]) -> None:
        """Wait until all governors pause, nothing is taken in hand, and a graph has cost less."""
        heard = self.heard
        await heard.until(lambda: self._is_full(since), "a full group")
        await heard.until(lambda: governors == self.pausing(since), "all governors to pause")
        await heard.until(lambda: self.shares(since)[-1] < 0.1, "a small share")
        await heard.until(self._is_behind, "windows that wait")
        await heard.until(
            lambda: any(is_less(each) for each in self.budgets(since)), "a cheap graph"
        )

    async def see_all_back(self, since: int) -> None:
        """Wait until the whole share is allowed, and a graph has cost what it does otherwise."""
        await self.heard.until(lambda: self.shares(since)[-1:] == [1.0], "the whole share")
        await self.heard.until(lambda: self.budgets(since)[-1:] == [FULL], "a graph in full")

    def shares(self, since: int) -> list[float]:
        return [each.share for each in self.heard.of(ResourcesSampled, since)]

    def budgets(self, since: int) -> list[EngineBudget]:
        return [graph.budget for graph in self.heard.of(GraphUpdated, since)]

    def pausing(self, since: int) -> set[str]:
        """Who has said that memory is nearly used up."""
        decided = [each for each in self.heard.of(BudgetDecided, since) if each.binding == "memory"]
        return {each.by for each in decided if each.level is GovernorLevel.PAUSE}

    def _is_warm(self) -> bool:
        handled = self.heard.handled
        is_known = all(handled[each] >= WARM_WINDOWS for each in self.sender.streams)
        return is_known and self.shares(0)[-1:] == [1.0]

    def _is_limited(self) -> bool:
        newest = self.heard.of(ResourcesSampled)[-1]
        return newest.share == 1.0 and newest.sample.memory_limit == self.group.limit

    def _is_full(self, since: int) -> bool:
        samples = [each.sample for each in self.heard.of(ResourcesSampled, since)]
        return any(
            (each.memory_used or 0.0) > (LOADED - 0.01) * self.group.limit for each in samples
        )

    def _is_behind(self) -> bool:
        waiting = self.sender.sent.total() - self.heard.handled.total()
        return waiting >= BEHIND * len(self.sender.streams)


@pytest.fixture
def group() -> Iterator[Cgroup]:
    with memory_cgroup() as made:
        yield made


@pytest.mark.parametrize("governors", [{"reflex"}, {"reflex", "drg"}], ids=["alone", "with drg"])
async def test_a_loaded_engine_does_less_until_the_load_is_gone_and_loses_nothing(
    group: Cgroup, private_kafka: Broker, tmp_path: Path, governors: set[str]
) -> None:
    sender = Sender(sealed.streams(np.random.default_rng(SEED), count=MOST_WINDOWS))
    scene = Scene(group, sender)
    heard = scene.heard
    with ExitStack() as stack:
        mpie = up(stack, "mpie", private_kafka, tmp_path)
        group.add(mpie.pid)
        if "drg" in governors:
            up(stack, "drg", private_kafka, tmp_path)
        async with opened(private_kafka.bootstrap) as bus, listening(heard, bus):
            async with sending(sender, bus):
                await scene.warm_up()
                loaded = len(heard.events)
                async with loading(group):
                    await scene.see_less_done(loaded, governors)
                released = len(heard.events)
                await scene.see_all_back(released)
            await heard.until(lambda: heard.handled >= sender.sent, "all windows")
        assert mpie.poll() is None

    assert group.kills == 0
    assert heard.handled == sender.sent
    granted = [each.share for each in heard.of(BudgetGranted, loaded, released)]
    assert any(share < 1.0 for share in granted) == ("drg" in governors)


def is_less(budget: EngineBudget) -> bool:
    """Whether a graph is to come more rarely, of fewer targets, from fewer parents."""
    is_partial = budget.targets is not None
    return budget.every > FULL.every and is_partial and budget.most_parents < FULL.most_parents


def up(stack: ExitStack, name: str, broker: Broker, logs: Path) -> subprocess.Popen[bytes]:
    """Start a service."""
    return stack.enter_context(service(name, broker.bootstrap, free_port(), logs))


@asynccontextmanager
async def listening(heard: Heard, bus: Bus) -> AsyncIterator[None]:
    """Hear everything meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        listen = tasks.create_task(heard.listen(bus))
        yield
        listen.cancel()


@asynccontextmanager
async def sending(sender: Sender, bus: Bus) -> AsyncIterator[None]:
    """Send meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.send(bus))
        yield
        sender.enough = True


@asynccontextmanager
async def loading(group: Cgroup) -> AsyncIterator[None]:
    """Let somebody else fill the group meanwhile; then he is killed."""
    command = group.running(sys.executable, "-ISc", BALLAST)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        async with asyncio.TaskGroup() as tasks:
            fill = tasks.create_task(Ballast(process).fill(group))
            yield
            fill.cancel()
    finally:
        process.kill()
        await process.communicate()
