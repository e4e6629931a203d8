"""A stream that has not begun is told how fast those of its domain forget, and only then."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scarcity.events import (
    DefinitionOrigin,
    EngineBudget,
    EngineConfiguration,
    EngineConfigured,
    OutcomeMeasured,
    StreamDefined,
    Variable,
    WindowPolicy,
)
from scarcity.meta.forgetting import HALF_LIVES
from services.meta_learning.handlers import MetaLearning

AT = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = (14.30, 14.25, 14.20, 14.05, 14.10)
"""Nats a row: half-lives of 512 steps are best."""


def definition(stream: str, domain: str = "plants") -> StreamDefined:
    variables = (Variable("a"), Variable("b"))
    return StreamDefined(
        stream, 1, AT, DefinitionOrigin.EXPLICIT, variables, WindowPolicy(), domain
    )


def outcome(stream: str, rows: int = 5000) -> OutcomeMeasured:
    return OutcomeMeasured(
        stream=stream,
        epoch=0,
        window_id=f"{stream}/0/0",
        at=AT,
        regime=0,
        rows=rows + 2048,
        window_rows=100,
        score=-14.0,
        configuration=EngineConfiguration(3, 0.05, 0.05, nonlinear=True, half_life=None),
        seconds=0.01,
        budget=EngineBudget(1, None, 20, nonlinear=True, single=False),
        half_lives=HALF_LIVES,
        weights=(0.2,) * 5,
        losses=QUICK,
        shadow_rows=rows,
    )


def plants(others: int = 3, rows: int = 5000) -> MetaLearning:
    meta = MetaLearning(at_once=10)
    for place in range(others):
        meta.on_definition(definition(f"old-{place}"))
        meta.on_outcome(outcome(f"old-{place}", rows))
    meta.on_definition(definition("new"))
    return meta


def said(meta: MetaLearning) -> dict[str, EngineConfigured]:
    found = meta.news((), AT).events
    return {each.stream: each for each in found if isinstance(each, EngineConfigured)}


def test_a_new_stream_is_told_what_was_best_for_the_others_and_by_whom() -> None:
    (told,) = said(plants()).values()

    assert told.stream == "new"
    assert told.provenance == ("old-0", "old-1", "old-2")
    assert told.half_lives == HALF_LIVES
    assert sum(told.weights) == pytest.approx(1.0)
    assert max(told.weights) == told.weights[HALF_LIVES.index(512.0)] > 0.8
    assert min(told.weights) > 0.0
    assert told.trial is None


def test_it_is_said_once_and_anew_when_it_is_something_else() -> None:
    meta = plants()
    assert said(meta)

    assert said(meta) == {}
    for place in range(3):
        meta.on_outcome(replace(outcome(f"old-{place}"), losses=QUICK[::-1]))
    assert said(meta)["new"].weights[1] > 0.5


@pytest.mark.parametrize(
    "meta", [plants(others=2), plants(rows=300)], ids=["few others", "others know little"]
)
def test_nothing_is_said_where_little_is_known(meta: MetaLearning) -> None:
    assert said(meta) == {}


def test_a_stream_that_judges_for_itself_is_told_no_more() -> None:
    meta = plants()
    meta.on_outcome(outcome("new", rows=10))

    assert said(meta) == {}


def test_those_of_another_domain_or_of_none_say_nothing() -> None:
    meta = plants(others=2)
    for name, domain in (("far", "ships"), ("lone", "")):
        meta.on_definition(definition(name, domain))
        meta.on_outcome(outcome(name))

    assert said(meta) == {}


def test_a_forgotten_stream_says_nothing_any_more() -> None:
    meta = plants()
    meta.on_forgotten("old-0")

    assert said(meta) == {}
