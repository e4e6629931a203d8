"""A stream that gains variables: the engine is as if they had always been there without a value."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.causal import Engine, EngineConfig, Graph
from worlds import cases, var
from worlds.findings import findings
from worlds.var import Floats

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ROWS = 400
CONFIG = EngineConfig(max_lag=2, alpha=0.05, stability_span=5)
WORLD = var.comparison(np.random.default_rng(81), 5, ROWS)

cuts = st.lists(st.integers(1, ROWS - 1), min_size=1, max_size=6, unique=True).map(sorted)


def named(count: int, first: int = 0) -> list[str]:
    return [f"x{index}" for index in range(first, first + count)]


def assert_same(graph: Graph, expected: Graph) -> None:
    """Equal to rounding, whatever order rounding puts equal scores in."""
    one, other = findings(graph, first_lag=0), findings(expected, first_lag=0)
    assert one.effect == pytest.approx(other.effect, rel=1e-9, abs=1e-12, nan_ok=True)
    assert one.se == pytest.approx(other.se, rel=1e-9, nan_ok=True)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-7, abs=1e-300, nan_ok=True)
    assert remembered(graph) == remembered(expected)
    assert graph.coverage == expected.coverage
    assert (graph.variables, graph.rows, graph.windows) == (
        expected.variables,
        expected.rows,
        expected.windows,
    )


def remembered(graph: Graph) -> object:
    return {
        edge.key: (
            edge.state,
            edge.windows,
            round(edge.stability, 9),
            edge.first_seen,
            edge.last_seen,
        )
        for edge in graph.all_edges
    }


def with_holes(rng: np.random.Generator, share: float) -> Floats:
    values = var.with_missing_values(rng, WORLD, share=share).values
    values[rng.random(ROWS) < share / 10] = np.nan
    return values


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.02, 0.2]),
    cuts,
    st.integers(0, 7),
    st.integers(1, 3),
    st.sampled_from(["values", "nothing"]),
)
@settings(max_examples=60, deadline=None)
def test_an_extended_engine_is_one_that_was_wide_from_the_start(
    seed: int, share: float, cut_at: list[int], turn: int, added: int, brought: str
) -> None:
    rng = np.random.default_rng(seed)
    values = with_holes(rng, share)
    edges = [0, *cut_at, ROWS]
    turn = min(turn, len(cut_at) + 1)
    known = 5 - added
    values[: edges[turn], known:] = np.nan
    if brought == "nothing":
        values[:, known:] = np.nan
    gaps = np.cumsum(rng.integers(0, 2, len(edges)) * rng.integers(1, 6, len(edges))).tolist()
    wide, grown = Engine(named(5), CONFIG), Engine(named(known), CONFIG)

    for index, (first, last) in enumerate(pairwise(edges)):
        if index == turn:
            grown.extend(named(added, known))
            assert_same(grown.graph(), wide.graph())
        window, start = values[first:last], first + gaps[index]
        at = NOON + timedelta(minutes=index)
        wide.update(window, start, at=at)
        grown.update(window[:, : len(grown.variables)], start, at=at)
    if turn == len(cut_at) + 1:
        grown.extend(named(added, known))

    assert_same(grown.graph(), wide.graph())
    assert grown.next_step == wide.next_step


@given(cuts, st.sampled_from([0.0, 0.02]))
@settings(max_examples=20, deadline=None)
def test_an_extended_engine_survives_its_snapshot(cut_at: list[int], share: float) -> None:
    values = with_holes(np.random.default_rng(82), share)
    steady = Engine(named(3), CONFIG)
    steady.update(values[: cut_at[0], :3], at=NOON)
    steady.extend(named(2, 3))

    restarted = Engine.restore(steady.snapshot())

    assert restarted.variables == tuple(named(5))
    assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")
    for engine in (steady, restarted):
        engine.update(values[cut_at[0] :], at=NOON)
    assert restarted.snapshot() == steady.snapshot()
    assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")


@pytest.mark.parametrize("case", ["contemporaneous", "quadratic", "missing"])
@pytest.mark.parametrize("turn", [512, 2560])
def test_a_variable_may_be_added_to_a_stream_of_any_age(case: str, turn: int) -> None:
    values = cases.make(case, 2, d=5, rows=4096).values
    values[:turn, 4:] = np.nan
    wide, grown = Engine(named(5)), Engine(named(4))

    for first in range(0, 4096, 256):
        window = values[first : first + 256]
        if first == turn:
            grown.extend(["x4"])
            assert_same(grown.graph(), wide.graph())
        wide.update(window)
        grown.update(window[:, : len(grown.variables)])

    assert_same(grown.graph(), wide.graph())


def test_extending_twice_is_extending_once() -> None:
    once, twice = Engine(named(2)), Engine(named(2))
    for engine in (once, twice):
        engine.update(WORLD.values[:200, :2])
        engine.update(WORLD.values[210:250, :2], 210)

    once.extend(["x2", "x3", "x4"])
    twice.extend(["x2"])
    twice.extend(["x3", "x4"])

    assert twice.snapshot() == once.snapshot()


def test_the_evidence_stays_and_the_newcomer_is_untested_until_it_has_some() -> None:
    engine = Engine(named(3))
    engine.update(WORLD.values[:, :3], at=NOON)
    before = engine.graph()
    written = before.to_json(state="all")

    engine.extend(["new"])

    after = engine.graph()
    assert before.to_json(state="all") == written
    assert [edge.key for edge in after.edges] == [edge.key for edge in before.edges]
    assert after.diff(before) == ()
    fresh = [edge for edge in after.all_edges if "new" in (edge.source, edge.target)]
    assert len(fresh) == 3 * (2 * 3 + 1) + 3
    assert {(edge.state, edge.windows, edge.score, edge.first_seen) for edge in fresh} == {
        ("untested", 0, 0.0, None)
    }


@pytest.mark.parametrize("names", [["x1"], ["new", "new"], [], "new"])
def test_only_new_names_can_be_added_and_a_refusal_changes_nothing(names: list[str]) -> None:
    engine = Engine(named(3))
    engine.update(WORLD.values[:, :3])
    before = engine.snapshot()

    with pytest.raises(ValueError, match="names"):
        engine.extend(names)

    assert engine.snapshot() == before
