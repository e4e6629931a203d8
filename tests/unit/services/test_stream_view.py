"""What the gateway shows of a stream, folded from events that may come twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.causal import EngineConfig
from scarcity.events import (
    DefinitionOrigin,
    GraphUpdated,
    ReferenceEdge,
    StreamDefined,
    WindowPolicy,
    WindowSealed,
    pack_matrix,
)
from services.gateway.domain.stream_view import StreamView
from services.mpie.handlers import Mpie
from worlds import var

AT = datetime(2026, 1, 1, tzinfo=UTC)


def window(first: int, *, epoch: int = 0) -> WindowSealed:
    values = var.chain(np.random.default_rng(1), 3, 1000).values[first : first + 100]
    packed, validity = pack_matrix(values)
    return WindowSealed(
        window_id=f"s/{epoch}/{first}",
        stream="s",
        epoch=epoch,
        start_step=first,
        steps=100,
        columns=("x0", "x1", "x2"),
        values=packed,
        validity=validity,
        start_time=AT,
        end_time=AT + timedelta(seconds=first),
        definition_version=1,
        records=100,
        flaws={"infinite": 2},
    )


def definition(origin: DefinitionOrigin) -> StreamDefined:
    truth = (ReferenceEdge("x0", "x1", 1), ReferenceEdge("x1", "x2", 1))
    return StreamDefined("s", 1, AT, origin, (), WindowPolicy(), reference_edges=truth)


def test_windows_count_once_however_often_they_come() -> None:
    view = StreamView("s")
    for each in (window(0), window(100), window(0), window(100), window(200)):
        view.on_window(each, now=AT)

    assert (view.windows, view.records, view.flaws) == (3, 300, {"infinite": 6})


def test_the_rate_is_that_of_the_last_half_minute_or_of_a_shorter_life() -> None:
    view = StreamView("s")
    for number in range(5):
        view.on_window(window(100 * number), now=AT + timedelta(seconds=10 * number))

    assert view.rate(now=AT + timedelta(seconds=40)) == pytest.approx(400 / 30)
    assert view.rate(now=AT + timedelta(seconds=55)) == pytest.approx(200 / 30)
    assert view.rate(now=AT + timedelta(seconds=99)) == 0.0
    young = StreamView("s")
    young.on_window(replace(window(0), end_time=AT + timedelta(seconds=5)), now=AT)
    assert young.rate(now=AT) == pytest.approx(100 / 5)


def test_the_newest_definition_holds_in_whatever_order_they_come() -> None:
    view = StreamView("s")
    newest = replace(definition(DefinitionOrigin.EXPLICIT), version=2)
    view.on_definition(newest)
    view.on_definition(definition(DefinitionOrigin.INFERRED))

    assert view.definition == newest


def test_accuracy_is_followed_as_the_graph_grows_and_an_old_graph_is_ignored() -> None:
    view, mpie = StreamView("s"), Mpie(EngineConfig())
    view.on_definition(definition(DefinitionOrigin.EXPLICIT))
    graphs = [
        event
        for number in range(5)
        for event in mpie.on_window(window(100 * number))
        if isinstance(event, GraphUpdated)
    ]
    for graph in (*graphs, graphs[0]):
        view.on_graph(graph)

    assert [point.rows for point in view.history] == [100, 200, 300, 400, 500]
    assert view.history[-1].recall == pytest.approx(1.0)
    assert view.graph is not None
    assert view.graph.rows == 500
