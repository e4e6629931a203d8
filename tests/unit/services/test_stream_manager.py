"""Raw messages become windows; what cannot is a dead letter with a reason."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest

from harness import Bench, embedded
from scarcity.bus.base import Message, partition_of
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
from scarcity.runtime.service import Home, Route, Service, Timer
from services.stream_manager.domain import murmur2_partition
from services.stream_manager.handlers import StreamManager
from worlds import records, var

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with embedded() as made:
        yield made


def service(*, size: int = 50, idle_s: float = 60.0, lateness_s: float = 0.0) -> Service:
    policy = WindowPolicy(size=size, lateness_s=lateness_s)
    return service_of(StreamManager(policy, timedelta(seconds=idle_s)), idle_s=idle_s)


def service_of(
    manager: StreamManager, *, idle_s: float = 60.0, home: Home = partition_of
) -> Service:
    return Service(
        "stream_manager",
        consumes=(Route(RAW, manager.on_records),),
        follows=(Route(StreamDefined.topic, manager.on_definitions),),
        timers=(Timer(idle_s, manager.seal_silent),),
        state=manager,
        home=home,
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
        found = await bench.published(WINDOWS, 10)

    assert found == expected


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


async def test_a_stream_that_comes_in_several_partitions_is_put_together_at_home(
    bench: Bench,
) -> None:
    sent = lines(200)
    home = partition_of("s", RAW.partitions)
    elsewhere = (home + 3) % RAW.partitions
    spread = [
        Message(RAW.name, "s", line, partition=home if number % 2 else elsewhere)
        for number, line in enumerate(sent)
    ]
    # Far more than the lateness apart: the partitions are read one after the other.
    async with bench.working(service(lateness_s=5.0)):
        await bench.bus.publish(spread[:2])
        await bench.messages(RAW.name, 3)
        await bench.bus.publish([*spread[3::2], *spread[2::2]])
        windows = await bench.published(WINDOWS, 3)

    found = np.concatenate([w.matrix() for w in windows if isinstance(w, WindowSealed)])
    expected = [list(orjson.loads(line)["values"].values()) for line in sent]
    np.testing.assert_array_equal(found, expected[: len(found)])


async def test_producers_of_another_partitioner_need_no_second_way(bench: Bench) -> None:
    home = murmur2_partition("s", RAW.partitions)
    manager = StreamManager(WindowPolicy(size=50), timedelta(seconds=60))
    async with bench.working(service_of(manager, home=murmur2_partition)):
        await bench.bus.publish(
            [Message(RAW.name, "s", line, partition=home) for line in lines(50)]
        )
        await bench.published(WINDOWS, 1)
        raw = await bench.messages(RAW.name, 50)

    assert len(raw) == 50


async def test_a_forgotten_stream_begins_anew_in_a_higher_epoch(bench: Bench) -> None:
    sent = lines(150)
    async with bench.working(service()) as worker:
        await bench.send("s", sent[:70])
        await bench.published(WINDOWS, 1)
        handled = worker.handled
        await bench.bus.publish([Message(StreamDefined.topic.name, "s", None)])
        while worker.handled == handled:
            await asyncio.sleep(0.01)
        await bench.send("s", sent[70:120])
        windows = await bench.published(WINDOWS, 2)

    ids = [w.window_id for w in windows if isinstance(w, WindowSealed)]
    assert ids == ["s/0/0-50", "s/1/0-50"]
    assert [w.records for w in windows if isinstance(w, WindowSealed)] == [50, 50]


async def test_records_of_a_paused_stream_are_passed_over(bench: Bench) -> None:
    sent = lines(150)
    policy = WindowPolicy(size=50)
    paused, resumed = (
        StreamDefined("s", version, AT, DefinitionOrigin.EXPLICIT, (), policy, paused=version == 5)
        for version in (5, 6)
    )
    publisher = bench.worker(service())._around.publisher
    manager = StreamManager(policy, timedelta(seconds=60))
    async with bench.working(service_of(manager)):
        await bench.send("s", sent[:50])
        for number, definition in enumerate((paused, resumed), start=1):
            while "s" not in manager._streams or manager._streams["s"]._arrivals < 50 * number:
                await asyncio.sleep(0.01)
            await publisher.publish([definition])
            while (known := manager._streams["s"].definition) is None or (
                known.paused is not definition.paused
            ):
                await asyncio.sleep(0.01)
            await bench.send("s", sent[50 * number : 50 * number + 50])
        windows = await bench.published(WINDOWS, 2)

    starts = [orjson.loads(sent[number])["values"]["x0"] for number in (0, 100)]
    assert [w.matrix()[0, 0] for w in windows if isinstance(w, WindowSealed)] == starts
    assert [w.session for w in windows if isinstance(w, WindowSealed)] == [0, 1]
