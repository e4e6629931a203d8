"""The governor over a real Kafka: how soon its grants bind an engine, and what its silence leaves.

`drg` and the broker are processes of their own. The engines are made up, many in this process: each
says what it uses and takes what it is granted, on the product's bus and under the product's lease.
They have no reflex, so that nothing but `drg` cuts, and no work, which nothing has to wait for.

reactions  from the moment at which an engine first measures memory above the target until a smaller
           share binds it. Memory rises at a moment that has nothing to do with when samples go out:
           as often as services send them, once a second, and also at once when the target is passed
silences   `drg` is killed, stopped, or cut off from the broker, in turn. All engines have to be at
           the safe share one tick after their lease ran out. Then another one takes over, and the
           old one comes back beside it. Sessions on Kafka are short, as in `chaos.member`
"""

import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from pathlib import Path

import numpy as np

from chaos.instance import SHORT_SESSION, Instance
from ports import free_port
from realkafka.base import SINGLE_NODE, BrokerUnavailable, listening
from realkafka.bus import opened
from realkafka.jvm import JvmBroker
from scarcity.bus.base import Bus, Follow, Message, Start
from scarcity.clock import SystemClock
from scarcity.events import BudgetGranted, ResourceSample, ResourcesSampled, decode, encode
from scarcity.governor.law import TICK_S
from scarcity.governor.lease import FULL, Lease
from scarcity.governor.policy import Policy
from scarcity.runtime.governed import SAMPLE_S

POLICY = Policy()
GIB = float(2**30)
CALM, BAD = 0.2, 0.9
"""Loads of memory, without any reserve."""
PATIENCE_S = 60.0
LOOK_S = 0.002

AT_ONCE = 20
"""How many engines are governed at once while reactions are measured."""
CALM_S = 1.0
GOAL_P99_S = 1.0

FAULTS = ("kill", "stop", "partition")
ENGINES = 10
LEASE_S = 1.0
EVERY_S = 0.3
FENCED = b"somebody else writes as"
"""What `drg` says once it was refused."""
WATCH_S = 1.5
"""How long the one that comes back may try to win."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When an engine says what it uses."""

    every_s: float
    at_once: bool = False
    """also when memory passes the target"""


RHYTHMS = {
    "as_services": Rhythm(SAMPLE_S),
    "once_a_second": Rhythm(1.0),
    "also_at_once": Rhythm(SAMPLE_S, at_once=True),
}


class Engine:
    """An instance as its own process would know it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.load = CALM
        self.lease = Lease()
        self.highest = -1
        """The highest epoch that has been granted."""
        self.fallen_in: int | None = None
        """The highest epoch when it fell to the safe share; None while it is governed."""
        self.wins: Counter[str] = Counter()
        """What should not have changed anything, and did."""
        self.hurry = asyncio.Event()
        self.is_cut = asyncio.Event()

    @property
    def share(self) -> float:
        """What may be done now."""
        return self.lease.bound(POLICY, FULL, time.monotonic()).share

    @property
    def due(self) -> float:
        """When the lease runs out."""
        assert self.lease.grant is not None
        return self.lease.arrived + self.lease.grant.ttl_s

    def take(self, grant: BudgetGranted) -> None:
        """Take note of a grant."""
        before = self.lease
        self.lease = before.after(grant, time.monotonic())
        if self.lease is not before:
            self.wins["stale"] += grant.epoch < self.highest
            self.wins["late"] += self.fallen_in is not None and grant.epoch <= self.fallen_in
        self.highest = max(self.highest, grant.epoch)
        if self.share < 1.0:
            self.is_cut.set()

    def message(self) -> Message:
        """Say what is used now."""
        sample = ResourceSample(memory_used=self.load * GIB, memory_limit=GIB)
        told = ResourcesSampled(self.name, "mpie", SystemClock().now(), sample, self.share)
        return Message(told.topic.name, told.key, encode(told, producer=self.name))


class Fleet:
    """Engines on one bus."""

    def __init__(self, bus: Bus, rhythm: Rhythm) -> None:
        self._bus = bus
        self.rhythm = rhythm
        self._engines: dict[str, Engine] = {}

    @property
    def engines(self) -> list[Engine]:
        return list(self._engines.values())

    def join(self, name: str) -> Engine:
        """Return another engine."""
        engine = self._engines[name] = Engine(name)
        return engine

    async def follow(self) -> None:
        """Hand every grant to whom it is for, for ever."""
        wanted = Follow((BudgetGranted.topic.name,), Start.LATEST)
        async for batch in self._bus.follow(wanted):
            for delivery in batch:
                grant = decode(delivery.value or b"").event
                assert isinstance(grant, BudgetGranted)
                if grant.instance in self._engines:
                    self._engines[grant.instance].take(grant)

    async def tell(self, engine: Engine, *, after_s: float) -> None:
        """Say again and again what an engine uses, as a timer of a service does."""
        await asyncio.sleep(after_s)
        while True:
            await self._bus.publish([engine.message()])
            with suppress(TimeoutError):
                async with asyncio.timeout(self.rhythm.every_s):
                    await engine.hurry.wait()
            engine.hurry.clear()

    def is_governed(self, since: float) -> bool:
        """Whether every engine may do everything, by what was granted since a moment."""
        return all(each.share == 1.0 and each.lease.arrived > since for each in self.engines)


class Governor(Instance):
    """A `drg` in a process of its own."""

    def start(self) -> None:
        self.port = free_port()
        with self.log.open("ab") as log:
            command = [*self.command, "run", "drg"]
            self.process = subprocess.Popen(
                command, env=self._environment(), stdout=log, stderr=log
            )


@dataclass(frozen=True, slots=True)
class Ways:
    """Two ways to one broker: directly, and through a wire that can be cut; each a `host:port`."""

    direct: str
    wire: str
    behind: str
    """where the wire leads to"""

    @classmethod
    def free(cls) -> "Ways":
        return cls(*(f"127.0.0.1:{free_port()}" for _ in range(3)))

    def broker(self) -> JvmBroker:
        """Return a broker at the end of both, serving."""
        controller = f"127.0.0.1:{free_port()}"
        placed = listening(client=self.direct, advertised=self.direct, controller=controller)
        protocols = "listener.security.protocol.map"
        settings = {
            **placed,
            "listeners": f"{placed['listeners']},WIRE://{self.behind}",
            "advertised.listeners": f"{placed['advertised.listeners']},WIRE://{self.wire}",
            protocols: f"{SINGLE_NODE[protocols]},WIRE:PLAINTEXT",
        }
        broker = JvmBroker(settings=settings)
        broker.start()
        return broker


class Wire:
    """Carries bytes; while it is cut, connections stay as they are, and nothing gets through."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._is_whole = asyncio.Event()
        self._is_whole.set()

    def cut(self) -> None:
        self._is_whole.clear()

    def heal(self) -> None:
        """Let through what comes, and what has come meanwhile."""
        self._is_whole.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[None]:
        """Serve at its near end."""
        host, port = self._ways.wire.split(":")
        async with await asyncio.start_server(self._carry, host, int(port)):
            yield

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._ways.behind.split(":")
        with suppress(OSError), closing(writer):
            await self._is_whole.wait()
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            with closing(far_writer):
                await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._is_whole.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one silence."""

    fault: str
    excess_s: float
    """from the end of a lease until its engine is at the safe share; the longest"""
    safe_after_s: float
    """from the fault until all engines are at the safe share"""
    late: int
    """grants of the silent one that came all the same, after that"""
    taken_over_s: float
    """from the start of the successor until it has granted everything, in a higher epoch"""
    was_fenced: bool
    """the old one came back, tried to go on, and was refused"""
    has_died: bool
    """the old one ended by itself, or did not end in good order"""

    @property
    def is_safe(self) -> bool:
        return self.excess_s <= TICK_S and not self.late


@dataclass
class Silences:
    """The engines, the wire, and one governor after the other."""

    fleet: Fleet
    wire: Wire
    ways: Ways
    logs: Path
    rng: np.random.Generator
    governors: list[Governor] = field(default_factory=list)

    def governor(self, fault: str) -> Governor:
        """Return one that has not begun, and that this fault can befall."""
        bootstrap = self.ways.wire if fault == "partition" else self.ways.direct
        environment = {"SCARCITY_DRG_LEASE_S": str(LEASE_S)}
        log = self.logs / f"drg-{len(self.governors)}"
        governor = Governor(bootstrap, log, SHORT_SESSION, environment)
        self.governors.append(governor)
        return governor

    async def run(self, rounds: int) -> list[Round]:
        """Silence one governor after the other."""
        faults = [FAULTS[number % len(FAULTS)] for number in range(rounds + 1)]
        found = []
        try:
            old = self.governor(faults[0])
            old.start()
            for fault, next_fault in pairwise(faults):
                new = self.governor(next_fault)
                found.append(await self._round(fault, old, new))
                sys.stderr.write(f"bus, silence {len(found)} of {rounds}: {found[-1]}\n")
                old = new
        finally:
            for each in self.governors:
                each.kill()
        return found

    async def _round(self, fault: str, old: Governor, new: Governor) -> Round:
        now = time.monotonic()
        await until(lambda: self.fleet.is_governed(now), "every engine to be governed")
        await asyncio.sleep(self.rng.uniform(0.0, EVERY_S))
        before = {each.name: each.highest for each in self.fleet.engines}
        late = wins(self.fleet, "late")
        self._silence(fault, old)
        silent = time.monotonic()
        excess_s = await fallen(self.fleet.engines, silent)
        safe_after_s = time.monotonic() - silent

        def has_taken_over() -> bool:
            engines = self.fleet.engines
            return all(each.highest > before[each.name] and each.share == 1.0 for each in engines)

        began = time.monotonic()
        new.start()
        is_taken_over = await comes_true(has_taken_over)
        taken_over_s = time.monotonic() - began if is_taken_over else float("inf")
        late = wins(self.fleet, "late") - late
        for each in self.fleet.engines:
            each.fallen_in = None
        has_died = await self._back(fault, old)
        was_fenced = FENCED in old.log.read_bytes()
        return Round(fault, excess_s, safe_after_s, late, taken_over_s, was_fenced, has_died)

    def _silence(self, fault: str, governor: Governor) -> None:
        match fault:
            case "kill":
                governor.kill()
            case "stop":
                governor.freeze()
            case _:
                self.wire.cut()

    async def _back(self, fault: str, governor: Governor) -> bool:
        """Let it come back beside its successor, then end it; return whether it had died."""
        if fault == "kill":
            return False
        self.wire.heal()
        governor.thaw()
        await asyncio.sleep(WATCH_S)
        has_died = governor.last_words() is not None
        code = await asyncio.to_thread(governor.stop)
        return has_died or code != 0


async def fallen(engines: Sequence[Engine], since: float) -> float:
    """Wait for all to be at the safe share; return how long after its lease the last one was."""
    excesses: dict[str, float] = {}
    while len(excesses) < len(engines):
        now = time.monotonic()
        if now - since > PATIENCE_S:
            return float("inf")
        for each in engines:
            if each.name not in excesses and each.share <= POLICY.safe:
                excesses[each.name] = now - max(each.due, since)
                each.fallen_in = each.highest
        await asyncio.sleep(LOOK_S)
    return max(excesses.values())


def wins(fleet: Fleet, kind: str) -> int:
    """Return how many grants of a kind changed something."""
    return sum(each.wins[kind] for each in fleet.engines)


async def comes_true(is_so: Callable[[], bool]) -> bool:
    """Wait for something; False if it has not come true after a while."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(LOOK_S)
    return True


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something; AssertionError if it never comes true."""
    assert await comes_true(is_so), f"waited {PATIENCE_S:g} s in vain for {what}"


@asynccontextmanager
async def meanwhile(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do these for as long as the block lasts."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@contextmanager
def serving() -> Iterator[tuple[Ways, Path]]:
    """A broker, and a folder for logs."""
    ways = Ways.free()
    with closing(ways.broker()), tempfile.TemporaryDirectory() as folder:
        yield ways, Path(folder)


def measure(silences: int, reactions: int) -> dict[str, object] | None:
    """So many silences, and so many reactions in each way; None where no Kafka can be had."""
    # A topic that was just made has no leader for a moment, about which the client has much to say.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        with serving() as (ways, logs):
            reacted = asyncio.run(react(ways.direct, logs, reactions))
        with serving() as (ways, logs):
            silenced = asyncio.run(endure(ways, logs, silences))
    except BrokerUnavailable as why:
        sys.stderr.write(f"bus: {why}\n")
        return None
    return {"reaction": reacted, "silence": silenced}


async def react(bootstrap: str, logs: Path, count: int) -> dict[str, object]:
    """Return quantiles of the seconds of so many reactions in each way."""
    governor = Governor(bootstrap, logs / "drg")
    report: dict[str, object] = {"goal_p99_s": GOAL_P99_S}
    async with opened(bootstrap) as bus:
        governor.start()
        try:
            for name, rhythm in RHYTHMS.items():
                sys.stderr.write(f"bus, reactions {name} ...\n")
                fleet = Fleet(bus, rhythm)
                async with meanwhile(fleet.follow()):
                    found = await reactions_of(fleet, name, count)
                report[name] = {"every_s": rhythm.every_s, **quantiles(found)}
        finally:
            governor.kill()
    return report


async def reactions_of(fleet: Fleet, name: str, count: int) -> list[float]:
    """Return the seconds of so many reactions, each of another engine."""
    rng, every_s = np.random.default_rng(count), fleet.rhythm.every_s
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> float:
        phase_s, calm_s = rng.uniform(0.0, every_s, 2)
        async with turns:
            engine = fleet.join(f"bench-{name}-{number}")
            async with meanwhile(fleet.tell(engine, after_s=phase_s)):
                await until(lambda: engine.highest >= 0, "the first grant")
                await asyncio.sleep(CALM_S + calm_s)
                return await reaction(engine, fleet.rhythm)

    return await asyncio.gather(*(one(number) for number in range(count)))


async def reaction(engine: Engine, rhythm: Rhythm) -> float:
    """Return the seconds from too much memory to less share."""
    engine.is_cut.clear()
    engine.load = BAD
    began = time.monotonic()
    if rhythm.at_once:
        engine.hurry.set()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await engine.is_cut.wait()
    except TimeoutError:
        return float("inf")
    return time.monotonic() - began


def quantiles(seconds: Sequence[float]) -> Mapping[str, float | bool]:
    """Return what is told of reactions."""
    median, p99 = np.quantile(seconds, [0.5, 0.99])
    return {
        "reactions": len(seconds),
        "median_s": round(float(median), 3),
        "p99_s": round(float(p99), 3),
        "largest_s": round(max(seconds), 3),
        "met": bool(p99 <= GOAL_P99_S),
    }


async def endure(ways: Ways, logs: Path, rounds: int) -> dict[str, object]:
    """Return what came of so many silences."""
    rng, wire = np.random.default_rng(rounds), Wire(ways)
    async with opened(ways.direct) as bus, wire.laid():
        fleet = Fleet(bus, Rhythm(EVERY_S))
        engines = [fleet.join(f"bench-{number}") for number in range(ENGINES)]
        phases = rng.uniform(0.0, EVERY_S, ENGINES)
        telling = (
            fleet.tell(engine, after_s=float(phase))
            for engine, phase in zip(engines, phases, strict=True)
        )
        async with meanwhile(fleet.follow(), *telling):
            found = await Silences(fleet, wire, ways, logs, rng).run(rounds)
    by = {fault: summary([each for each in found if each.fault == fault]) for fault in FAULTS}
    return {**summary(found), "stale_wins": wins(fleet, "stale"), "lease_s": LEASE_S, "by": by}


def summary(found: Sequence[Round]) -> dict[str, object]:
    """Return what is told of rounds."""
    return {
        "rounds": len(found),
        "safe_in_time": sum(each.is_safe for each in found),
        "largest_excess_s": longest([each.excess_s for each in found]),
        "longest_until_safe_s": longest([each.safe_after_s for each in found]),
        "late_grants": sum(each.late for each in found),
        "taken_over": sum(isfinite(each.taken_over_s) for each in found),
        "longest_takeover_s": longest([each.taken_over_s for each in found]),
        "fenced": sum(each.was_fenced for each in found),
        "died": sum(each.has_died for each in found),
    }


def longest(seconds: Sequence[float]) -> float:
    """Return the longest, to the tenth of a millisecond."""
    return round(max(seconds, default=0.0), 4)
