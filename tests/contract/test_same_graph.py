"""Same input, same graph, bit for bit: whatever the bus, and however many share the streams.

What handlers say that are called for one window after another is what instances say on a bus, one
alone or three, though streams go from one to another while they work, and though one dies.
"""

import asyncio
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from opentelemetry.sdk.trace import TracerProvider

from contract import engine_process
from faults import ShakyBus
from harness import LONG_S, Bench, until
from scarcity.bus.base import Bus, Follow, Message, Retention, Writer, partition_of
from scarcity.bus.embedded import EmbeddedBus
from scarcity.causal import Engine
from scarcity.events import (
    EdgeChanged,
    Event,
    EvidenceGathered,
    GraphUpdated,
    OutcomeMeasured,
    WindowSealed,
    encode,
    state_topic,
)
from scarcity.events.codec import from_bytes
from scarcity.runtime.process import Platform, spec, specs
from scarcity.runtime.service import Service
from scarcity.runtime.worker import Worker
from scarcity.stats.threads import use_one_thread
from scarcity.wire.v1 import causal_pb2, envelope_pb2
from services.mpie.handlers import Mpie
from services.mpie.main import build
from services.mpie.settings import MpieSettings
from worlds import sealed

SEED = 7102
SAID: tuple[type[Event], ...] = (EdgeChanged, GraphUpdated, EvidenceGathered, OutcomeMeasured)
"""All that follows from windows."""
SAID_IN = tuple(event.topic.name for event in SAID)
RESTARTS = (5, 9)
"""After so many windows of each stream an engine goes on in another process."""
CHILD_S = 240.0
"""Until that one is given up; it may have to compile the engine first."""
FATES = ("before", "within", "after")
GRAPHS = (GraphUpdated.topic.name,)

Streams = Mapping[str, list[WindowSealed]]


@dataclass(frozen=True, slots=True)
class Said:
    """An event as it is on the bus."""

    type: str
    stream: str
    event_id: str
    payload: bytes
    """Without the processor time that a window took: the one thing that may differ."""
    producer: str


Story = Mapping[tuple[str, str], list[Said]]
"""What was said, in order, by type and stream."""


@dataclass
class MortalBus(ShakyBus):
    """The bus of a worker that dies at a publish, with all that it has in hand."""

    fate: str = ""
    """How it dies: before, within or after the publish; "" while it is to live."""

    async def writer(self, name: str) -> Writer:
        return MortalWriter(self, await self.bus.writer(name))


@dataclass
class MortalWriter:
    """A writer whose publish may be the last thing that its worker does."""

    mortal: MortalBus
    writer: Writer

    async def publish(self, messages: Sequence[Message]) -> None:
        if self.mortal.fate == "before":
            await self.mortal.die()
        if self.mortal.fate == "within" and not self.mortal.is_dead:
            self.mortal.is_dead = True
            self.mortal.kill()  # felt by the publish as soon as that waits for something
        await self.writer.publish(messages)
        if self.mortal.fate == "after":
            await self.mortal.die()

    async def close(self) -> None:
        await self.writer.close()


@dataclass
class Crowd:
    """Instances of the service that share the streams of a test."""

    bench: Bench
    stack: AsyncExitStack
    joined: int = 0
    living: list[tuple[MortalBus, Worker]] = field(default_factory=list)
    """The oldest first."""

    async def join(self) -> None:
        """Let one more begin."""
        own = replace(self.bench, instance=f"{self.bench.name}/{self.joined}")
        bus = MortalBus(own.bus)
        worker = await self.stack.enter_async_context(own.doomed(mpie(own), bus))
        self.living.append((bus, worker))
        self.joined += 1

    async def settle(self) -> None:
        """Wait until each has its share."""
        await until(lambda: all(worker.ready for _, worker in self.living))

    async def lose_the_oldest(self, fate: str, windows: Iterable[WindowSealed]) -> None:
        """Let it die of the next windows that it gets."""
        bus, _ = self.living.pop(0)
        bus.fate = fate
        await put(self.bench, windows)
        await until(lambda: bus.is_dead)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Calculate as every process of the platform does."""
    use_one_thread()


@pytest.fixture(scope="module", params=[SEED], ids="seed={}".format)
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(request.param)


@pytest.fixture(scope="module")
def streams(rng: np.random.Generator) -> Streams:
    return sealed.streams(rng)


@pytest.fixture(scope="module")
def windows(rng: np.random.Generator, streams: Streams) -> list[WindowSealed]:
    return sealed.interleaved(rng, list(streams.values()))


@pytest.fixture(scope="module")
def expected(windows: list[WindowSealed]) -> Story:
    """What handlers say that are called directly."""
    settings = MpieSettings()
    direct = Mpie(
        settings.engine_config(),
        lambda _variables: settings.budget(),
        evidence_every=settings.evidence_every,
        processor_time=lambda: 0.0,
    )
    events = (event for window in windows for event in direct.on_window(window))
    return story(said(event.key, encode(event, producer="nobody")) for event in events)


@pytest.fixture
async def bench(bus: Bus, topic: str) -> Bench:
    made = Bench(bus, topic, instance=f"{topic}/0")
    wanted = [*specs(), spec(made.raw), spec(state_topic(topic))]
    if isinstance(bus, EmbeddedBus):
        # It forgets old graphs at once, a broker those of an hour ago.
        wanted = [
            replace(each, retention=Retention.DELETE) if each.name in SAID_IN else each
            for each in wanted
        ]
    await bus.provision(wanted)
    return made


def test_the_streams_have_what_makes_a_state_hard_to_move(
    streams: Streams, expected: Story
) -> None:
    graphs = {name: graphs_of(expected, name) for name in streams}
    regimes = [graph.regime for graph in graphs["s4"]]

    assert {partition_of(name, 8) for name in streams} == set(range(8))
    assert {len(each[-1].variables) for each in graphs.values()} >= {2, 12}
    assert all(expected["EdgeChanged", name] for name in streams)
    assert {0, 1} <= set(regimes)
    assert regimes[-1] == 0, "the first structure did not return"
    for name in ("s6", "s7"):
        assert any(np.isnan(window.matrix()).any() for window in streams[name])
    assert streams["s8"][-1].start_step + sealed.ROWS > graphs["s8"][-1].rows
    assert len(graphs["s9"][0].variables) < len(graphs["s9"][-1].variables)


async def test_one_instance_says_what_handlers_say_that_are_called_directly(
    bench: Bench, windows: list[WindowSealed], expected: Story
) -> None:
    await put(bench, windows)
    async with bench.working(mpie(bench)):
        await until_all_is_said(bench, expected)

    assert differences(await heard(bench), expected) == []


async def test_three_instances_say_the_same_though_one_after_another_dies(
    bench: Bench, windows: list[WindowSealed], expected: Story
) -> None:
    alone, joined, *fatal, last = parts(windows, 3 + len(FATES))
    async with AsyncExitStack() as stack:
        crowd = Crowd(bench, stack)
        await crowd.join()
        await put(bench, alone)
        await heard(bench, len(alone), of=GRAPHS)
        await put(bench, joined)  # to be at work when streams are handed over
        await crowd.join()
        await crowd.join()
        for fate, part in zip(FATES, fatal, strict=True):
            await crowd.settle()
            await crowd.lose_the_oldest(fate, part)
            await crowd.join()
        await crowd.settle()
        await put(bench, last)
        await until_all_is_said(bench, expected)

    found = await heard(bench)
    assert differences(found, expected) == []
    speakers = {key: {each.producer for each in events} for key, events in found.items()}
    assert len(set.union(*speakers.values())) >= 3
    assert all(len(speakers["GraphUpdated", window.stream]) > 1 for window in windows)


def test_an_engine_restored_in_a_fresh_process_goes_on_to_the_same_graph(
    streams: Streams, tmp_path: Path
) -> None:
    graphs, states = {}, {}
    for name, windows in streams.items():
        engine = Engine(windows[0].columns)
        for done, window in enumerate(windows):
            if done in RESTARTS:
                engine_process.leave(tmp_path / f"{name} {done}", engine, windows[done:])
            engine_process.feed(engine, [window])
        graphs[name], states[name] = engine.graph().to_json(state="all"), engine.snapshot()

    subprocess.run([sys.executable, engine_process.__file__, tmp_path], check=True, timeout=CHILD_S)

    for folder in sorted(tmp_path.iterdir()):
        name, _ = folder.name.split()
        assert (folder / "graph").read_text() == graphs[name], f"windows done: {folder.name}"
        assert (folder / "after").read_bytes() == states[name], f"windows done: {folder.name}"


def test_what_is_lost_comes_twice_or_differs_is_named(expected: Story) -> None:
    key = "GraphUpdated", "s0"
    first, second, third, *others = expected[key]
    flipped = first.payload[:-1] + bytes([first.payload[-1] ^ 1])

    wrong = {**expected, key: [replace(first, payload=flipped), third, third, *others]}
    swapped = {**expected, key: [second, first, third, *others]}

    assert differences(expected, expected) == []
    assert differences(wrong, expected) == [
        f"{second.event_id} is lost",
        f"{third.event_id} is too much",
        f"{first.event_id} differs",
    ]
    assert differences(swapped, expected) == ["GraphUpdated of s0 came in another order"]


def mpie(bench: Bench) -> Service:
    """Return the service as it is, with an input and a group of this test's own."""
    service = build(Platform(bench.bus, TracerProvider()))
    [route] = service.consumes
    return replace(service, name=bench.name, consumes=(replace(route, topic=bench.raw),))


def parts(windows: list[WindowSealed], count: int) -> list[list[WindowSealed]]:
    """Cut into equal parts."""
    size = len(windows) // count
    return [windows[size * n : size * (n + 1)] for n in range(count)]


async def put(bench: Bench, windows: Iterable[WindowSealed]) -> None:
    await bench.bus.publish(
        [Message(bench.raw.name, each.key, encode(each, producer=bench.name)) for each in windows]
    )


async def until_all_is_said(bench: Bench, expected: Story) -> None:
    """Wait for as many events as are expected, but not for ever: what is lost will be named."""
    with suppress(TimeoutError):
        await heard(bench, sum(map(len, expected.values())))


async def heard(bench: Bench, count: int | None = None, *, of: tuple[str, ...] = SAID_IN) -> Story:
    """Return what this test's instances said: so many events, waiting for them, or all so far."""
    found: list[Said] = []
    async with asyncio.timeout(LONG_S), aclosing(bench.bus.follow(Follow(of))) as batches:
        async for batch in batches:
            events = [said(message.key, message.value or b"") for message in batch]
            # Others may say something of streams of these names on the same broker.
            found += [event for event in events if event.producer.startswith(bench.name)]
            is_enough = not batch if count is None else len(found) >= count
            if is_enough:
                break
    return story(found)


def said(stream: str, value: bytes) -> Said:
    envelope = envelope_pb2.Envelope.FromString(value)
    payload = envelope.payload
    if envelope.type == OutcomeMeasured.__name__:
        outcome = causal_pb2.OutcomeMeasured.FromString(payload)
        outcome.ClearField("seconds")
        payload = outcome.SerializeToString(deterministic=True)
    return Said(envelope.type, stream, envelope.event_id, payload, envelope.producer)


def story(events: Iterable[Said]) -> Story:
    told: defaultdict[tuple[str, str], list[Said]] = defaultdict(list)
    for event in events:
        told[event.type, event.stream].append(event)
    return dict(told)


def differences(found: Story, expected: Story) -> list[str]:
    """Name every event that is lost, too much, out of order, or not the same to the last bit."""
    named: list[str] = []
    for key in sorted(found.keys() | expected.keys()):
        here = [event.event_id for event in found.get(key, [])]
        there = {event.event_id: event.payload for event in expected.get(key, [])}
        named += [f"{name} is lost" for name in there if name not in here]
        named += [f"{name} is too much" for name in (Counter(here) - Counter(there.keys()))]
        named += [
            f"{event.event_id} differs"
            for event in found.get(key, [])
            if event.payload != there.get(event.event_id, event.payload)
        ]
        if sorted(here) == sorted(there) and here != list(there):
            named.append("{} of {} came in another order".format(*key))
    return named


def graphs_of(told: Story, stream: str) -> list[GraphUpdated]:
    return [from_bytes(GraphUpdated, event.payload) for event in told["GraphUpdated", stream]]
