"""What is tried in the engine of a stream is told decision by decision, and survives a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.causal import Budget, EngineConfig
from scarcity.events import (
    EngineConfigured,
    Event,
    GraphUpdated,
    OutcomeMeasured,
    TrialAction,
    TrialJudged,
    TrialStage,
    WindowSealed,
    pack_matrix,
)
from scarcity.graphs import graph_of
from scarcity.meta.forgetting import HALF_LIVES
from services.mpie.handlers import Mpie
from worlds.domains import drifting, wandering
from worlds.world import Floats

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 128


def made(*, room: bool = True) -> Mpie:
    return Mpie(
        EngineConfig(),
        lambda _variables: Budget(),
        evidence_every=4,
        processor_time=lambda: 0.0,
        may_try=lambda: room,
    )


def window(values: Floats, first: int) -> WindowSealed:
    part = values[first : first + SIZE]
    packed, validity = pack_matrix(part)
    return WindowSealed(
        window_id=f"s/0/{first}",
        stream="s",
        epoch=0,
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


def fed(mpie: Mpie, values: Floats, first: int = 0, last: int | None = None) -> list[Event]:
    firsts = range(first, len(values) if last is None else last, SIZE)
    return [event for at in firsts for event in mpie.on_window(window(values, at))]


def trials(events: list[Event]) -> list[TrialJudged]:
    return [event for event in events if isinstance(event, TrialJudged)]


def outcomes(events: list[Event]) -> list[OutcomeMeasured]:
    return [event for event in events if isinstance(event, OutcomeMeasured)]


def wanted(half_life: float, sequence: int = 1, *, at_once: bool = True) -> EngineConfigured:
    return EngineConfigured("s", sequence, AT, "gateway", (), (), (), half_life, at_once)


@pytest.fixture(scope="module")
def steady() -> Floats:
    return drifting(np.random.default_rng(5), 5119, None)


def test_what_does_harm_is_told_and_taken_back_to_the_same_graph(steady: Floats) -> None:
    never, mpie = made(), made()
    expected = fed(never, steady)
    before = fed(mpie, steady, 0, 3072)
    mpie.on_configured(wanted(20.0))

    after = fed(mpie, steady, 3072)

    assert trials(before) == []
    begun, back = trials(after)
    assert (begun.action, begun.stage, begun.running) == (
        TrialAction.BEGIN,
        TrialStage.CANARY,
        20.0,
    )
    assert (back.action, back.stage, back.running) == (
        TrialAction.ROLL_BACK,
        TrialStage.ROLLED_BACK,
        0.0,
    )
    assert back.by == "gateway"
    assert back.e_value >= 100.0
    assert back.gain < 0.0 < back.rows
    last, never_tried = (
        [graph_of(each) for each in events if isinstance(each, GraphUpdated)][-1]
        for events in (after, expected)
    )
    assert last.edges == never_tried.edges


def test_a_stream_that_drifts_tells_how_it_comes_to_forget() -> None:
    events = fed(made(), wandering(np.random.default_rng(3), 8191, speed=0.005))

    told = trials(events)
    assert [each.action for each in told][:4] == ["begin", "release", "promote", "settle"]
    assert {each.by for each in told} == {"engine"}
    assert all(sum(each.weights) == pytest.approx(1.0) for each in told)
    first, last = outcomes(events)[0], outcomes(events)[-1]
    assert first.configuration.half_life is None
    assert last.configuration.half_life == told[-1].running
    assert last.half_lives == HALF_LIVES
    assert last.losses[HALF_LIVES.index(told[-1].running)] < last.losses[0]


def test_a_trial_is_begun_once_and_goes_on_after_a_restart(steady: Floats) -> None:
    whole, first = made(), made()
    for mpie in (whole, first):
        fed(mpie, steady, 0, 3072)
        mpie.on_configured(wanted(512.0))
        fed(mpie, steady, 3072, 3328)
    state = first.snapshot("s")
    assert state is not None
    second = made()
    second.restore("s", state)
    second.on_configured(wanted(512.0))

    events = fed(second, steady, 3328)

    assert events == fed(whole, steady, 3328)
    assert TrialAction.BEGIN not in [each.action for each in trials(events)]


def test_nothing_is_tried_without_room(steady: Floats) -> None:
    mpie = made(room=False)
    fed(mpie, steady, 0, 3072)
    mpie.on_configured(wanted(20.0))

    assert trials(fed(mpie, steady, 3072)) == []


def test_what_others_expect_is_where_a_stream_begins(steady: Floats) -> None:
    told = (0.02, 0.02, 0.9, 0.03, 0.03)
    expectation = EngineConfigured(
        "s", 7, AT, "meta_learning", ("a", "b", "c"), HALF_LIVES, told, None, at_once=False
    )
    mpie, other = made(), made()
    mpie.on_configured(expectation)
    other.on_configured(replace(expectation, half_lives=(0.0, 1.0), weights=(0.5, 0.5)))

    heard, not_known = outcomes(fed(mpie, steady, 0, SIZE)), outcomes(fed(other, steady, 0, SIZE))

    assert heard[0].weights == pytest.approx(told)
    assert not_known[0].weights == pytest.approx([0.2] * 5)
