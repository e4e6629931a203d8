"""Raw messages become windows; what cannot is a dead letter with a reason."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from harness import Bench
from scarcity.bus.base import Message
from scarcity.bus.embedded import EmbeddedBus
from scarcity.events import (
    RAW,
    DeadLettered,
    DefinitionOrigin,
    RecordLate,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.runtime.service import Route, Service, Timer, route
from services.stream_manager.handlers import StreamManager
from worlds import records, var

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bus = EmbeddedBus()
    await bus.start()
    made = Bench(bus)
    await made.provision()
    yield made
    await bus.close()


def service(*, size: int = 50, idle_s: float = 60.0) -> Service:
    manager = StreamManager(WindowPolicy(size=size), timedelta(seconds=idle_s))
    return Service(
        "stream_manager",
        consumes=(Route(RAW, manager.on_record),),
        follows=(route(StreamDefined, manager.on_definition),),
        timers=(Timer(idle_s, manager.seal_silent),),
        state=manager,
    )


def lines(rows: int, *, seed: int = 1) -> list[bytes]:
    return records.lines(var.independent_noise(np.random.default_rng(seed), 3, rows))


BAD = {
    "broken-json": b"{",
    "not-an-object": b"7",
    "empty": None,
    "bad-timestamp": b'{"ts": "soon", "x": 1}',
    "future-timestamp": b'{"ts": 99999999999999, "x": 1}',
}


async def test_bad_records_are_dead_letters_and_the_next_good_ones_count(bench: Bench) -> None:
    good = lines(50)
    async with bench.working(service()):
        for number, value in enumerate(BAD.values()):
            await bench.send("s", [value, *good[10 * number : 10 * number + 10]])
        letters = await bench.published(DeadLettered.topic.name, len(BAD))
        [window] = await bench.published(WindowSealed.topic.name, 1)

    assert {letter.reason for letter in letters if isinstance(letter, DeadLettered)} == set(BAD)
    assert isinstance(window, WindowSealed)
    assert (window.records, window.columns) == (50, ("x0", "x1", "x2"))


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "../up"])
async def test_a_record_without_a_proper_stream_id_is_a_dead_letter(bench: Bench, key: str) -> None:
    async with bench.working(service()):
        await bench.send(key, [b'{"x": 1}'])
        [letter] = await bench.published(DeadLettered.topic.name, 1)

    assert isinstance(letter, DeadLettered)
    assert letter.reason == "bad-stream-id"


async def test_the_definition_is_inferred_and_published(bench: Bench) -> None:
    async with bench.working(service()):
        await bench.send("s", lines(50))
        [definition] = await bench.published(StreamDefined.topic.name, 1)

    assert isinstance(definition, StreamDefined)
    assert definition.origin is DefinitionOrigin.INFERRED
    assert definition.variables == (Variable("x0"), Variable("x1"), Variable("x2"))


async def test_an_explicit_definition_is_known_before_the_first_record(bench: Bench) -> None:
    explicit = StreamDefined(
        "s", 1, AT, DefinitionOrigin.EXPLICIT, (Variable("x1"),), WindowPolicy(size=20)
    )
    publisher = bench.worker(service())._around.publisher
    await publisher.publish([explicit])
    await bench.send("s", lines(50))

    async with bench.working(service()):
        windows = await bench.published(WindowSealed.topic.name, 2)

    assert [w.columns for w in windows if isinstance(w, WindowSealed)] == [("x1",)] * 2


async def test_a_late_record_is_kept_apart(bench: Bench) -> None:
    good = lines(51)
    async with bench.working(service()):
        await bench.send("s", [*good[1:], good[0]])
        [late] = await bench.published(RecordLate.topic.name, 1)

    assert isinstance(late, RecordLate)
    assert late.original == good[0]
    assert late.origin_offset == 50


async def test_a_silent_stream_is_sealed_short(bench: Bench) -> None:
    async with bench.working(service(idle_s=0.1)):
        await bench.send("s", lines(30))
        [window] = await bench.published(WindowSealed.topic.name, 1)

    assert isinstance(window, WindowSealed)
    assert window.steps == 30


async def test_windows_are_the_same_whatever_crashes_in_between(bench: Bench) -> None:
    sent = lines(500)
    reference = Bench(EmbeddedBus())
    await reference.bus.start()
    await reference.provision()
    async with reference.working(service()):
        await reference.send("s", sent)
        expected = await reference.published(WindowSealed.topic.name, 10)
    await reference.bus.close()

    rng = np.random.default_rng(3)
    for part in np.array_split(np.arange(500), np.sort(rng.choice(500, 4, replace=False))):
        await bench.send("s", [sent[number] for number in part])
        if len(part):
            await bench.crash_after(service(), 1)
    async with bench.working(service()):
        await asyncio.sleep(0.3)
        found = {event.event_id: event for event in await bench.published(WINDOWS, 10)}

    assert list(found.values()) == expected


WINDOWS = WindowSealed.topic.name


async def test_interleaved_streams_do_not_touch_each_other(bench: Bench) -> None:
    a, b = lines(100, seed=4), lines(100, seed=5)
    mixed = [
        Message(RAW.name, key, line)
        for pair in zip(a, b, strict=True)
        for key, line in zip("ab", pair, strict=True)
    ]
    async with bench.working(service()):
        await bench.bus.publish(mixed)
        windows = await bench.published(WINDOWS, 4)

    alone = Bench(EmbeddedBus())
    await alone.bus.start()
    await alone.provision()
    async with alone.working(service()):
        await alone.send("a", a)
        expected = await alone.published(WINDOWS, 2)
    await alone.bus.close()
    assert [w for w in windows if isinstance(w, WindowSealed) and w.stream == "a"] == expected


async def test_a_definition_that_came_while_the_service_was_away_is_followed(
    bench: Bench,
) -> None:
    sent = lines(60)
    async with bench.working(service()) as worker:
        await bench.send("s", sent[:20])
        while worker.handled < 20:
            await asyncio.sleep(0.01)
    explicit = StreamDefined(
        "s", 1, AT, DefinitionOrigin.EXPLICIT, (Variable("x2"),), WindowPolicy(size=20)
    )
    await bench.worker(service())._around.publisher.publish([explicit])

    async with bench.working(service()):
        await bench.send("s", sent[20:])
        windows = await bench.published(WINDOWS, 3)

    assert [w.columns for w in windows if isinstance(w, WindowSealed)][1:] == [("x2",)] * 2
    assert [w.records for w in windows if isinstance(w, WindowSealed)] == [20, 20, 20]


async def test_a_huge_record_is_refused_and_only_its_beginning_is_kept(bench: Bench) -> None:
    huge = b'{"x": 1, "note": "' + b"n" * 10_000_000 + b'"}'
    async with bench.working(service()):
        await bench.send("s", [huge])
        [letter] = await bench.published(DeadLettered.topic.name, 1)

    assert isinstance(letter, DeadLettered)
    assert letter.reason == "too-large"
    assert letter.original_bytes == len(huge)
    assert letter.original == huge[: 1024 * 1024]


@pytest.mark.parametrize("stamp", [1_769_860_800_250_000, 2**62, -(2**62)])
async def test_a_message_whose_own_timestamp_is_absurd_is_a_dead_letter(
    bench: Bench, stamp: int
) -> None:
    async with bench.working(service()):
        await bench.bus.publish([Message(RAW.name, "s", b'{"x": 1}', timestamp_ms=stamp)])
        await bench.send("s", lines(50))
        [letter] = await bench.published(DeadLettered.topic.name, 1)
        [window] = await bench.published(WINDOWS, 1)

    assert isinstance(letter, DeadLettered)
    assert letter.reason == "bad-timestamp"
    assert isinstance(window, WindowSealed)
    assert window.records == 50
