"""Whatever comes in, the engine answers, and says what it could not test."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scarcity.causal import Coverage, Engine, EngineConfig
from scarcity.causal.decision import hypotheses
from worlds import var
from worlds.findings import discover, findings


def test_copies_and_constants_are_left_out_and_reported_as_untested() -> None:
    world = var.comparison(np.random.default_rng(41), 4, 1000)
    plain = findings(discover(world))

    graph = discover(var.with_redundant_columns(world))

    found = findings(graph)
    assert graph.coverage == Coverage(hypotheses(4, 3), hypotheses(6, 3), hypotheses(4, 3))
    assert found.effect[:, :4, :4] == pytest.approx(plain.effect, rel=1e-9, abs=1e-12)
    assert np.isnan(found.effect[:, 4:, :]).all()
    assert np.isnan(found.effect[:, :, 4:]).all()
    assert {edge.state for edge in graph.all_edges if edge.source == "x5"} == {"untested"}


def test_a_delayed_copy_is_seen_as_driven() -> None:
    source = np.random.default_rng(42).normal(size=500)
    engine = Engine(["source", "copy"], EngineConfig(max_lag=2))

    engine.update(np.column_stack([source[1:], source[:-1]]))

    graph = engine.graph()
    edge = graph.edge("source", "copy", 1)
    blocked = graph.edge("copy", "copy", 1)
    assert edge is not None
    assert edge.effect == pytest.approx(1.0)
    assert np.isfinite(edge.score)
    assert {each.key for each in graph.edges if each.is_cross} == {edge.key}
    assert blocked is not None
    assert blocked.state == "untested"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spread", [None, 1.0])
def test_a_sum_of_other_variables_does_not_break_the_test_of_the_rest(
    seed: int, spread: float | None
) -> None:
    world = var.chain(np.random.default_rng([43, seed]), 3, 1000)
    parts = world.values if spread is None else world.values / world.values.std(axis=0)
    total = parts @ [1.0, -2.0, 0.5]
    engine = Engine(["x0", "x1", "x2", "total"])

    engine.update(np.column_stack([world.values, total]))

    graph = engine.graph()
    states = {edge.state for edge in graph.all_edges if "total" in (edge.source, edge.target)}
    assert {edge.key for edge in graph.edges} == {("x0", "x1", 1), ("x1", "x2", 1)}
    assert states == {"untested"}


@pytest.mark.parametrize("seed", range(4))
def test_a_delayed_sum_is_driven_by_its_parts_and_drives_nothing(seed: int) -> None:
    parts = np.random.default_rng([40, seed]).normal(size=(800, 3))
    total = np.concatenate([[0.0], parts[:-1].sum(axis=1)])

    graph = discover(var.World(np.column_stack([parts, total]), np.zeros((1, 4, 4), np.bool_)))

    found = {edge.key for edge in graph.edges}
    assert found >= {("x0", "x3", 1), ("x1", "x3", 1), ("x2", "x3", 1)}
    assert all(edge.target == "x3" for edge in graph.edges)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4, 10, 14])
def test_too_few_rows_test_nothing(rows: int) -> None:
    engine = Engine(["a", "b", "c"])

    engine.update(np.random.default_rng(44).normal(size=(rows, 3)))

    graph = engine.graph()
    assert not graph.edges
    assert not graph.paths
    assert graph.coverage == Coverage(tested=0, possible=hypotheses(3, 3), fresh=0)
    assert {edge.state for edge in graph.all_edges} == {"untested"}
    assert all(edge.score == 0.0 for edge in graph.all_edges)


def test_testing_begins_with_ten_rows_to_spare() -> None:
    values = np.random.default_rng(45).normal(size=(30, 3))
    engine = Engine(["a", "b", "c"])
    tested = []

    for row in values:
        engine.update([row])
        tested.append(engine.graph().coverage.tested)
        spare = [edge.rows for edge in engine.graph().all_edges if edge.state != "untested"]
        assert min(spare, default=10) >= 10

    assert tested[13] == 0
    assert tested[-1] == hypotheses(3, 3)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_any_number_of_variables_will_do(d: int) -> None:
    world = var.comparison(np.random.default_rng([46, d]), d, 300)

    graph = discover(world, window=64)

    assert graph.coverage == Coverage(hypotheses(d, 3), hypotheses(d, 3), hypotheses(d, 3))
    assert {edge.source for edge in graph.edges} == set(world.variables)


def test_one_variable_has_only_its_own_past() -> None:
    world = var.comparison(np.random.default_rng(47), 1, 300)

    (edge,) = discover(world).edges

    assert edge.key == ("x0", "x0", 1)


def test_huge_and_tiny_values_do_not_overflow() -> None:
    world = var.chain(np.random.default_rng(48), 3, 1000)
    standard = (world.values - world.values.mean(0)) / world.values.std(0)

    extreme = discover(var.World(standard * [1e300, 1e-300, 1.0], world.truth))

    assert findings(extreme).effect == pytest.approx(
        findings(discover(var.World(standard, world.truth))).effect, rel=1e-6, abs=1e-9
    )


def test_a_single_outlier_of_any_size_is_survived() -> None:
    values = np.random.default_rng(49).normal(size=(500, 2))
    values[250, 0] = 1.7e308
    values[251, 1] = -1.7e308

    graph = discover(var.World(values, np.zeros((1, 2, 2), np.bool_)), window=100)

    assert "NaN" not in graph.to_json(state="all")
    assert graph.rows == 500


wild = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1.0, -1.0, 1e300, -1e300, 1e-300, 5e-324]),
)


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(0, 60), st.integers(1, 3)), elements=wild),
    st.integers(1, 25),
    st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_no_stream_of_numbers_breaks_the_engine(
    values: np.ndarray, window: int, max_lag: int
) -> None:
    engine = Engine(list("abc")[: values.shape[1]], EngineConfig(max_lag=max_lag))

    for first in range(0, len(values), window):
        engine.update(values[first : first + window])

    graph = engine.graph()
    assert "NaN" not in graph.to_json(state="all")
    assert engine.rows == len(values)
    assert all(0.0 <= edge.stability <= 1.0 for edge in graph.all_edges)
    assert all(0.0 <= edge.p_value <= edge.q_value + 1e-12 <= 1.1 for edge in graph.edges)
    assert Engine.restore(engine.snapshot()).graph().to_json() == graph.to_json()
