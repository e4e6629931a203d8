"""A variable without values, or with few, costs nobody else an edge, and claims nothing itself."""

import numpy as np
import pytest

from scarcity.causal import Coverage, Engine, Graph
from scarcity.causal.decision import hypotheses
from worlds import cases, scores, var
from worlds.findings import discover, findings
from worlds.var import Floats, World

WORLD = var.comparison(np.random.default_rng(91), 4, 2000)
CHAIN = {("x0", "x1", 1), ("x1", "x2", 1), ("x2", "x3", 1)}


def graph_of(values: Floats) -> Graph:
    return discover(World(values, np.zeros((1, *2 * (values.shape[1],)), np.bool_)))


def cross(graph: Graph) -> set[tuple[str, str, int]]:
    return {edge.key for edge in graph.edges if edge.is_cross}


def states(graph: Graph, variable: str) -> set[str]:
    return {edge.state for edge in graph.all_edges if variable in (edge.source, edge.target)}


def assert_others_as_without(graph: Graph, values: Floats, column: int) -> None:
    """The graph of all columns says of the others what a graph without this one would say."""
    alone = findings(graph_of(np.delete(values, column, axis=1)), first_lag=0)
    found = findings(graph, first_lag=0)
    effect, se, p_value = (
        np.delete(np.delete(each, column, axis=1), column, axis=2)
        for each in (found.effect, found.se, found.p_value)
    )
    assert effect == pytest.approx(alone.effect, rel=1e-9, abs=1e-12, nan_ok=True)
    assert se == pytest.approx(alone.se, rel=1e-9, nan_ok=True)
    assert p_value == pytest.approx(alone.p_value, rel=1e-7, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("column", [0, 2, 4])
def test_a_variable_that_never_comes_changes_nothing_for_the_others(column: int) -> None:
    values = np.insert(WORLD.values, column, np.nan, axis=1)

    graph = graph_of(values)

    assert_others_as_without(graph, values, column)
    assert states(graph, f"x{column}") == {"untested"}
    assert graph.coverage == Coverage(hypotheses(4, 3), hypotheses(5, 3), hypotheses(4, 3))


def test_beside_a_variable_that_never_comes_copies_and_sums_are_still_left_out() -> None:
    total = WORLD.values @ [1.0, -2.0, 0.5, 1.0]
    copied = var.with_redundant_columns(World(np.column_stack([WORLD.values, total]), WORLD.truth))
    values = np.column_stack([copied.values, np.full(len(total), np.nan)])

    graph = graph_of(values)

    assert_others_as_without(graph, values, 7)
    assert {edge.state for edge in graph.all_edges if edge.source == "x4"} == {"untested"}
    assert states(graph, "x5") == states(graph, "x6") == states(graph, "x7") == {"untested"}


@pytest.mark.parametrize("column", [0, 4])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 40, 100, 500])
@pytest.mark.parametrize("when", ["early", "late"])
def test_few_values_of_one_do_not_move_the_edges_of_the_others(
    column: int, count: int, when: str
) -> None:
    values = np.insert(WORLD.values, column, np.nan, axis=1)
    rows = slice(-count, None) if when == "late" else slice(count)
    values[rows, column] = np.random.default_rng(92).normal(size=count)

    graph = graph_of(values)

    assert_others_as_without(graph, values, column)
    if count <= 100:
        assert states(graph, f"x{column}") == {"untested"}
    assert f"x{column}" not in {
        name for source, target, _ in cross(graph) for name in (source, target)
    }


def test_the_evidence_about_the_others_goes_on_when_one_falls_silent() -> None:
    world = var.chain(np.random.default_rng(93), 4, 4000)
    values = world.values.copy()
    values[2500:, 3] = np.nan
    engine = Engine(world.variables)
    se = []

    for window in np.split(values, 8):
        engine.update(window)
        edge = engine.graph().edge("x0", "x1", 1)
        assert edge is not None
        se.append(edge.se)

    assert se == sorted(se, reverse=True)
    assert se[-1] == pytest.approx(findings(discover(world)).se[0, 0, 1], rel=0.02)
    assert cross(engine.graph()) == CHAIN
    windows = {edge.key: edge.windows for edge in engine.graph().all_edges}
    assert windows["x0", "x1", 1] == 8
    assert windows["x2", "x3", 1] == 5


def test_the_edges_of_one_that_is_long_gone_stay_and_are_no_weight_to_others() -> None:
    world = var.chain(np.random.default_rng(94), 4, 6000)
    values = world.values.copy()
    values[1500:, 1] = np.nan

    graph = graph_of(values)

    assert_others_as_without(graph, values, 1)
    assert cross(graph) >= CHAIN


def test_a_newcomer_finds_its_place() -> None:
    world = var.chain(np.random.default_rng(95), 4, 8000)
    engine = Engine(world.variables[:3])
    engine.update(world.values[:6000, :3])
    assert cross(engine.graph()) == CHAIN - {("x2", "x3", 1)}

    engine.extend(["x3"])
    for window in np.split(world.values[6000:], 8):
        engine.update(window)
        assert CHAIN - {("x2", "x3", 1)} <= cross(engine.graph()) <= CHAIN

    assert cross(engine.graph()) == CHAIN


@pytest.mark.parametrize("overlap", [0, 5, 30])
@pytest.mark.parametrize("turn", [1000, 2000, 3000])
def test_a_variable_that_is_renamed_costs_no_edge_and_makes_none(turn: int, overlap: int) -> None:
    values = var.chain(np.random.default_rng(100), 4, 4000).values
    renamed = np.column_stack([values, values[:, 1]])
    renamed[turn + overlap :, 1] = np.nan
    renamed[:turn, 4] = np.nan

    graph = graph_of(renamed)

    assert cross(graph) == CHAIN | {("x0", "x4", 1), ("x4", "x2", 1)}
    assert {
        edge.state for edge in graph.all_edges if {edge.source, edge.target} == {"x1", "x4"}
    } == {"untested"}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("place", [1, 4])
def test_a_copy_with_missing_values_is_a_copy(seed: int, place: int) -> None:
    rng = np.random.default_rng([97, seed])
    values = var.chain(rng, 4, 2000).values
    copied = np.insert(values, place, 3.0 * values[:, 1] + 1.0, axis=1)
    copied[rng.random(2000) < 0.1 * (seed + 1), place] = np.nan

    graph = graph_of(copied)

    assert states(graph, f"x{place}") == {"untested"}
    assert_others_as_without(graph, copied, place)


def test_newcomers_to_noise_find_nothing() -> None:
    small = []
    for seed in range(6):
        calm = var.autocorrelated_noise(np.random.default_rng([98, seed]), 8, 4000)
        calm.values[:3000, 6:] = np.nan
        found = findings(discover(calm))
        assert found.cross == 0
        assert not np.isnan(found.p_value).any()
        small.append(np.mean(found.p_value[:, ~np.eye(8, dtype=np.bool_)] < 0.05))

    assert np.mean(small) < 0.06


def test_variables_at_half_the_pace_are_tested_with_the_others() -> None:
    world = var.chain(np.random.default_rng(99), 3, 4000)
    values = world.values.copy()
    values[::2, 0] = np.nan

    found = findings(graph_of(values))

    assert found.accepted[0, 0, 1]
    assert found.accepted[0, 1, 2]
    assert found.cross == 2
    assert np.isnan(found.p_value[0, 0, 0])


@pytest.mark.parametrize("seed", range(3))
def test_a_variable_that_never_comes_leaves_the_nonlinear_edges_alone(seed: int) -> None:
    world = cases.make("quadratic", seed, d=6)
    values = np.column_stack([np.full(len(world.values), np.nan), world.values])

    graph = graph_of(values)

    assert_others_as_without(graph, values, 0)
    assert "quadratic" in {edge.form for edge in graph.edges if edge.is_cross}


@pytest.mark.parametrize("seed", range(3))
def test_an_outage_of_a_whole_window_costs_a_long_stream_no_edge(seed: int) -> None:
    world = cases.make("quadratic", seed, d=6, rows=4000)
    values = world.values.copy()
    values[2560:2816, 3] = np.nan

    found = findings(graph_of(values))

    assert scores.f1(world.truth, found.accepted) > 0.9
    assert scores.recall(world.truth, found.accepted) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_that_a_variable_falls_silent_is_no_change_of_regime(seed: int) -> None:
    world = cases.make("linear", seed, d=6, rows=3000)
    values = world.values.copy()
    values[1500:, 2] = np.nan
    values[2500:, 4] = np.nan

    assert graph_of(values).regime == 0
