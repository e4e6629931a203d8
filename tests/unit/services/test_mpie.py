"""One engine per stream: what a window changes, and what it must not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.bus.base import MAX_MESSAGE_BYTES
from scarcity.causal import EngineConfig
from scarcity.errors import PoisonEvent
from scarcity.events import (
    EdgeChange,
    EdgeChanged,
    Event,
    GraphUpdated,
    WindowSealed,
    encode,
    pack_matrix,
)
from scarcity.graphs import graph_of
from services.mpie.domain import MAX_STATE_BYTES, state_bytes
from services.mpie.handlers import Mpie
from worlds import var
from worlds.var import Floats

AT = datetime(2026, 1, 1, tzinfo=UTC)


def windows(values: Floats, *, size: int = 100, epoch: int = 0) -> list[WindowSealed]:
    return [window(values, first, size, epoch) for first in range(0, len(values), size)]


def window(values: Floats, first: int, size: int, epoch: int = 0) -> WindowSealed:
    part = values[first : first + size]
    packed, validity = pack_matrix(part)
    return WindowSealed(
        window_id=f"s/{epoch}/{first}",
        stream="s",
        epoch=epoch,
        start_step=first,
        steps=len(part),
        columns=tuple(f"x{n}" for n in range(values.shape[1])),
        values=packed,
        validity=validity,
        start_time=AT + timedelta(seconds=first),
        end_time=AT + timedelta(seconds=first + len(part) - 1),
        definition_version=1,
        records=len(part),
    )


def fed(mpie: Mpie, sealed: Sequence[WindowSealed]) -> list[Event]:
    return [event for each in sealed for event in mpie.on_window(each)]


def last_graph(events: Sequence[Event]) -> GraphUpdated:
    return [event for event in events if isinstance(event, GraphUpdated)][-1]


@pytest.fixture
def values() -> Floats:
    return var.chain(np.random.default_rng(1), 3, 600).values


def test_an_edge_appears_once_with_the_window_that_tipped_the_scales(values: Floats) -> None:
    events = fed(Mpie(EngineConfig()), windows(values))

    appeared = [
        event
        for event in events
        if isinstance(event, EdgeChanged)
        and event.change is EdgeChange.APPEARED
        and (event.edge.source, event.edge.target, event.edge.lag) == ("x0", "x1", 1)
    ]
    assert len(appeared) == 1
    assert appeared[0].edge.effect > 0.3
    assert appeared[0].window_id in {each.window_id for each in windows(values)}


def test_redelivered_and_overlapping_windows_change_nothing(values: Floats) -> None:
    once, again = Mpie(EngineConfig()), Mpie(EngineConfig())
    sealed = windows(values)
    expected = fed(once, sealed)

    events = fed(again, [*sealed[:3], *sealed[:3], *sealed[1:]])

    assert events == expected
    assert list(again.on_window(sealed[2])) == []


def test_a_window_that_overlaps_brings_only_its_new_rows(values: Floats) -> None:
    mpie = Mpie(EngineConfig())
    fed(mpie, [window(values, 0, 100), window(values, 100, 40)])

    graph = last_graph(fed(mpie, [window(values, 100, 100)]))

    assert graph.rows == 200


def test_a_restored_engine_goes_on_as_if_nothing_had_happened(values: Floats) -> None:
    straight, first = Mpie(EngineConfig()), Mpie(EngineConfig())
    sealed = windows(values)
    expected = fed(straight, sealed)
    begun = fed(first, sealed[:3])
    snapshot = first.snapshot("s")
    assert snapshot is not None

    second = Mpie(EngineConfig())
    second.restore("s", snapshot)

    assert begun + fed(second, sealed[3:]) == expected


def test_a_new_epoch_starts_the_evidence_anew_and_the_old_one_is_over(values: Floats) -> None:
    mpie = Mpie(EngineConfig())
    fed(mpie, windows(values))

    noise = var.independent_noise(np.random.default_rng(2), 2, 400).values
    events = fed(mpie, windows(noise, epoch=1))

    graph = last_graph(events)
    assert (graph.epoch, graph.rows, graph.variables) == (1, 400, ("x0", "x1"))
    assert not [edge for edge in graph_of(graph).edges if edge.is_cross]
    assert list(mpie.on_window(windows(values)[0])) == []


def test_a_window_with_other_columns_than_its_epoch_is_poison(values: Floats) -> None:
    mpie = Mpie(EngineConfig())
    fed(mpie, windows(values)[:1])

    with pytest.raises(PoisonEvent, match="other columns"):
        mpie.on_window(replace(windows(values)[1], columns=("a", "b", "c")))


def test_the_graph_survives_the_wire(values: Floats) -> None:
    event = last_graph(fed(Mpie(EngineConfig()), windows(values)))

    graph = graph_of(event)

    assert graph.rows == 600
    assert graph.coverage.tested == graph.coverage.possible == 18
    assert {("x0", "x1", 1), ("x1", "x2", 1)} <= {edge.key for edge in graph.edges}
    assert [edge.key for edge in graph.edges] == [
        edge.key for edge in graph.select("all") if edge.is_accepted
    ]


def test_a_graph_whose_columns_do_not_fit_is_poison(values: Floats) -> None:
    event = last_graph(fed(Mpie(EngineConfig()), windows(values)))

    with pytest.raises(PoisonEvent, match="edges of s"):
        graph_of(replace(event, edges=replace(event.edges, effect=b"short")))
    with pytest.raises(PoisonEvent, match="no variable"):
        graph_of(replace(event, variables=("x0",)))


def test_a_stream_too_wide_for_its_state_is_refused_with_what_to_do() -> None:
    wide = var.independent_noise(np.random.default_rng(3), 200, 10).values

    with pytest.raises(PoisonEvent, match="split the stream") as refused:
        Mpie(EngineConfig()).on_window(window(wide, 0, 10))

    assert refused.value.reason == "too-many-variables"


def test_the_widest_stream_that_is_taken_fits_the_bus_with_gaps_and_missing_values() -> None:
    widest = next(d for d in range(500, 0, -1) if state_bytes(d, 3) <= MAX_STATE_BYTES)
    world = var.independent_noise(np.random.default_rng(4), widest, 900)
    values = var.with_missing_values(np.random.default_rng(5), world, share=0.01).values
    mpie = Mpie(EngineConfig())

    events = fed(mpie, [window(values, 0, 300), window(values, 310, 590)])
    snapshot = mpie.snapshot("s")

    assert snapshot is not None
    assert MAX_STATE_BYTES / 2 < len(snapshot) <= MAX_STATE_BYTES
    assert len(encode(last_graph(events), producer="here")) < MAX_MESSAGE_BYTES
    assert last_graph(events).tested == 3 * widest * (widest - 1)
