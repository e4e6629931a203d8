"""What is known of a stream is let go of once somebody wants it forgotten, and nothing else is."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from harness import Bench, embedded, until
from scarcity.bus.base import Delivery, Message
from scarcity.causal import Budget, EngineConfig
from scarcity.events import (
    GraphUpdated,
    StateSaved,
    StreamDefined,
    WindowSealed,
    encode,
    pack_matrix,
    state_topic,
)
from scarcity.events.codec import from_bytes
from scarcity.runtime.service import Effect, Route, Service
from services.mpie.handlers import Mpie

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 100
WISH_MS = 1000


def made() -> Mpie:
    return Mpie(
        EngineConfig(), lambda _variables: Budget(), evidence_every=4, processor_time=lambda: 0.0
    )


def window(number: int = 0, stream: str = "s", epoch: int = 0) -> bytes:
    values = np.random.default_rng(number).normal(size=(SIZE, 3))
    packed, validity = pack_matrix(values)
    sealed = WindowSealed(
        window_id=f"{stream}/{epoch}/{number}",
        stream=stream,
        epoch=epoch,
        start_step=SIZE * number,
        steps=SIZE,
        columns=("a", "b", "c"),
        values=packed,
        validity=validity,
        start_time=AT + timedelta(seconds=SIZE * number),
        end_time=AT + timedelta(seconds=SIZE * (number + 1)),
        definition_version=1,
        records=SIZE,
    )
    return encode(sealed, producer="tests")


def sealed(number: int, at_ms: int, *, stream: str = "s", epoch: int = 0) -> Delivery:
    value = window(number, stream, epoch)
    return Delivery(WindowSealed.topic.name, 0, number, stream, value, (), at_ms)


def wish(stream: str = "s", at_ms: int = WISH_MS) -> Delivery:
    return Delivery(StreamDefined.topic.name, 0, 0, stream, None, (), at_ms)


def tombstones(effects: Iterable[Effect]) -> list[Message]:
    return [message for effect in effects for message in effect.moved]


def test_what_was_heard_before_the_wish_is_dropped_with_its_graph() -> None:
    mpie = made()
    for stream in ("s", "t"):
        assert list(mpie.on_windows([sealed(0, 500, stream=stream)]))

    forgotten = tombstones(mpie.on_definitions([wish()]))

    assert forgotten == [Message(GraphUpdated.topic.name, "s", None)]
    assert mpie.snapshot("s") is None
    assert mpie.snapshot("t") is not None


def test_windows_that_were_on_their_way_when_the_wish_came_are_passed_over() -> None:
    mpie = made()
    list(mpie.on_windows([sealed(0, 500)]))
    list(mpie.on_definitions([wish()]))

    assert list(mpie.on_windows([sealed(1, WISH_MS)])) == []
    assert mpie.snapshot("s") is None
    assert list(mpie.on_windows([sealed(0, WISH_MS + 1, epoch=1)])), "it has begun anew"


def test_a_new_epoch_counts_from_its_first_window_though_clocks_differ() -> None:
    mpie = made()
    list(mpie.on_windows([sealed(0, 500, epoch=3)]))
    list(mpie.on_definitions([wish()]))

    assert list(mpie.on_windows([sealed(0, WISH_MS - 100, epoch=4)]))
    assert list(mpie.on_windows([sealed(9, WISH_MS + 100, epoch=2)])) == []


def test_a_stream_that_has_begun_anew_is_kept_however_late_the_wish_is_heard() -> None:
    mpie = made()
    list(mpie.on_windows([sealed(0, 500), sealed(0, WISH_MS + 1, epoch=1)]))

    assert tombstones(mpie.on_definitions([wish(), wish("nobody")])) == []
    assert mpie.snapshot("s") is not None


@pytest.mark.parametrize(("heard_ms", "kept"), [(WISH_MS, False), (WISH_MS + 1, True)])
def test_what_was_saved_before_the_wish_is_not_taken_up_again(heard_ms: int, *, kept: bool) -> None:
    before, after = made(), made()
    list(before.on_windows([sealed(0, heard_ms)]))
    state = before.snapshot("s")
    assert state is not None

    list(after.on_definitions([wish()]))
    after.restore("s", state)

    assert (after.snapshot("s") == state) is kept
    assert bool(list(after.on_windows([sealed(1, WISH_MS + 2)])))


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with embedded() as made:
        yield made


async def test_on_the_bus_nothing_is_left_of_a_forgotten_stream(bench: Bench) -> None:
    mpie = made()
    service = Service(
        name="mpie",
        consumes=(Route(WindowSealed.topic, mpie.on_windows),),
        follows=(Route(StreamDefined.topic, mpie.on_definitions),),
        state=mpie,
    )
    graphs, states = GraphUpdated.topic.name, state_topic("mpie").name

    async with bench.working(service) as worker:
        for stream in ("s", "t"):
            await bench.bus.publish([Message(WindowSealed.topic.name, stream, window(0, stream))])
        await until(lambda: worker.handled == 2)
        await bench.bus.publish([Message(StreamDefined.topic.name, "s", None)])
        await until(lambda: worker.handled == 3)

    newest = {each.key: each.value for each in await bench.everything(graphs)}
    assert {key for key, value in newest.items() if value is not None} == {"t"}
    saved = {
        each.key: from_bytes(StateSaved, each.value).state
        for each in await bench.everything(states)
        if each.value is not None
    }
    assert saved["s"] == b""
    assert len(saved["t"]) > 1000
