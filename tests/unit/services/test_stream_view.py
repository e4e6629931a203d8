"""What the gateway shows of a stream, folded from events that may come twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.causal import Budget, EngineConfig
from scarcity.events import (
    DefinitionOrigin,
    GraphUpdated,
    ReferenceEdge,
    StreamDefined,
    Variable,
    VariableKind,
    WindowPolicy,
    WindowQuality,
    WindowSealed,
    pack_matrix,
)
from services.gateway.domain.documents import stream_details
from services.gateway.domain.stream_view import StreamView
from services.gateway.domain.views import Views
from services.gateway.models import StreamDetailsModel
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


def test_of_windows_that_overlap_each_step_counts_once() -> None:
    view = StreamView("s")
    for start in (0, 25, 50, 75, 50):
        view.on_window(window(start), now=AT)

    assert (view.windows, view.records) == (4, 175)
    assert view.flaws == {"infinite": 4}


def test_a_new_epoch_counts_from_its_own_first_step() -> None:
    view = StreamView("s")
    for each in (window(0), window(100), window(0, epoch=1), window(100)):
        view.on_window(each, now=AT)

    assert (view.windows, view.records, view.epoch) == (3, 300, 1)


def quality() -> WindowQuality:
    """Return that of a window of 100 steps, whose last column had no value at all."""
    return WindowQuality(
        valid=np.array([100, 75, 0], dtype="<u4").tobytes(),
        location=np.array([0.5, 2.0, np.nan], dtype="<f8").tobytes(),
        scale=np.array([1.0, 0.0, np.nan], dtype="<f8").tobytes(),
        drift=np.array([0.25, np.nan, np.nan], dtype="<f8").tobytes(),
        out_of_range=np.array([3, 0, 0], dtype="<u4").tobytes(),
        stuck=bytes([0, 1, 0]),
    )


def test_the_last_window_says_how_each_column_does() -> None:
    view = StreamView("s")
    named = (
        Variable("x0", unit="m", low=-1.0),
        Variable("place", kind=VariableKind.CATEGORICAL),
        Variable("x1", absent=True),
        Variable("x2"),
    )
    view.on_definition(replace(definition(DefinitionOrigin.INFERRED), variables=named))
    view.on_window(replace(window(0), quality=quality()), now=AT)
    view.on_window(replace(window(100), quality=quality()), now=AT)

    details = StreamDetailsModel.model_validate(stream_details(view, now=AT))

    found = {variable.name: variable for variable in details.variable_details}
    assert list(found) == ["x0", "place", "x1", "x2"]
    assert details.variables == ["x0", "x1", "x2"]
    assert (found["x0"].unit, found["x0"].low, found["x1"].absent) == ("m", -1.0, True)
    assert (found["place"].kind, found["place"].quality) == ("categorical", None)
    told = {name: variable.quality for name, variable in found.items() if variable.quality}
    assert [q.missing for q in told.values()] == [0.0, 0.25, 1.0]
    assert [q.location for q in told.values()] == [0.5, 2.0, None]
    assert [q.drift for q in told.values()] == [0.25, None, None]
    assert [q.out_of_range for q in told.values()] == [3, 0, 0]
    assert [q.stuck for q in told.values()] == [False, True, False]
    assert details.totals.model_dump() == {
        "records": 200,
        "cells": 600,
        "missing": 250,
        "out_of_range": 6,
    }


@pytest.mark.parametrize("told", [WindowQuality(), WindowQuality(valid=b"\1\0\0\0")])
def test_a_window_without_quality_says_nothing_of_its_columns(told: WindowQuality) -> None:
    view = StreamView("s")
    view.on_window(replace(window(0), quality=told), now=AT)

    assert view.quality == {}
    assert view.totals["cells"] == 0
    assert [variable.name for variable in view.described] == ["x0", "x1", "x2"]


def test_a_stream_defined_by_hand_has_the_cadence_of_its_newest_window() -> None:
    view = StreamView("s")
    view.on_definition(definition(DefinitionOrigin.EXPLICIT))
    assert view.cadence_s is None

    view.on_window(replace(window(0), end_time=AT + timedelta(seconds=49.5)), now=AT)

    assert view.cadence_s == 0.5  # 100 steps


def test_whoever_defines_a_stream_need_not_know_how_far_it_is() -> None:
    view = StreamView("s")
    measured = replace(
        definition(DefinitionOrigin.INFERRED), variables=(Variable("x0"),), epoch=3, cadence_s=0.5
    )
    view.on_definition(measured)
    view.on_definition(replace(definition(DefinitionOrigin.EXPLICIT), version=2, paused=True))

    details = stream_details(view, now=AT)

    assert (details["state"], details["epoch"], details["cadence_s"]) == ("paused", 3, 0.5)
    assert details["variables"] == ["x0"]


def test_a_forgotten_stream_is_out_of_sight_until_it_is_defined_anew() -> None:
    shown: list[str] = []
    views = Views(now=lambda: AT, show=lambda kind, *_: shown.append(kind))
    views.on_definition(definition(DefinitionOrigin.INFERRED))
    views.on_window(window(0))
    views.on_forgotten("s")
    views.on_forgotten("s")
    views.on_forgotten("nobody")
    views.on_window(window(100))

    assert views.known("s") is None
    assert shown == ["stream", "stream", "forgotten"]

    views.on_definition(replace(definition(DefinitionOrigin.INFERRED), epoch=1))
    view = views.known("s")

    assert view is not None
    assert (view.epoch, view.definition and view.definition.version) == (1, 1)


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


def test_what_somebody_wants_stands_against_what_was_inferred_meanwhile() -> None:
    view = StreamView("s")
    inferred = replace(definition(DefinitionOrigin.INFERRED), paused=True)
    wanted = definition(DefinitionOrigin.EXPLICIT)

    view.on_definition(wanted)
    view.on_definition(inferred)
    assert not view.paused

    view.on_definition(replace(inferred, version=2))
    assert view.paused


def test_accuracy_is_followed_as_the_graph_grows_and_an_old_graph_is_ignored() -> None:
    view = StreamView("s")
    mpie = Mpie(EngineConfig(), lambda _d: Budget(), evidence_every=4, processor_time=lambda: 0.0)
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
