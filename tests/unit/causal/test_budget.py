"""A smaller budget makes the graph older, not the evidence poorer; and every graph says so."""

import numpy as np
import pytest

from scarcity.causal import Budget, Engine, EngineConfig, Graph
from worlds import cases, sparse
from worlds.world import Floats

WINDOW = 256
WINDOWS = 24
D = 12


@pytest.fixture(scope="module")
def values() -> Floats:
    return cases.make("linear", 21, d=D, rows=WINDOW * WINDOWS).values


def names(count: int) -> list[str]:
    return [f"x{index}" for index in range(count)]


def graphs(values: Floats, budget: Budget, config: EngineConfig | None = None) -> list[Graph]:
    engine = Engine(names(values.shape[1]), config or EngineConfig())
    found = []
    for first in range(0, len(values), WINDOW):
        engine.update(values[first : first + WINDOW], budget=budget)
        found.append(engine.graph())
    return found


def accepted(graph: Graph) -> set[tuple[str, str, int]]:
    return {edge.key for edge in graph.edges}


def test_a_graph_of_every_fourth_window_is_the_same_graph_but_older(values: Floats) -> None:
    full, seldom = graphs(values, Budget()), graphs(values, Budget(every=4))

    assert seldom[23].edges[0].rows == full[23].edges[0].rows
    assert accepted(seldom[23]) == accepted(full[23])
    assert seldom[22].edges == tuple(
        edge._replace(stability=then.stability, windows=then.windows)
        for edge, then in zip(seldom[19].edges, seldom[22].edges, strict=True)
    )
    assert (seldom[22].coverage.fresh, seldom[23].coverage.fresh) == (0, full[23].coverage.tested)
    assert seldom[22].rows == full[22].rows


def test_few_targets_at_a_time_are_all_looked_at_in_time(values: Floats) -> None:
    full, few = graphs(values, Budget())[-1], graphs(values, Budget(targets=3))[-1]

    assert full.coverage.fresh == full.coverage.tested
    assert 0 < few.coverage.fresh < few.coverage.tested == full.coverage.tested
    oldest = min(edge.rows for edge in few.all_edges)
    assert oldest > few.rows / 2
    missed = accepted(full) ^ accepted(few)
    assert len(missed) <= 0.1 * len(accepted(full))


@pytest.mark.parametrize("budget", [Budget(every=3), Budget(targets=3), Budget(single=True)])
@pytest.mark.parametrize("case", ["linear", "quadratic", "missing"])
def test_a_throttled_engine_survives_a_restart_bit_for_bit(budget: Budget, case: str) -> None:
    values = cases.make(case, 4, d=6, rows=WINDOW * 16).values
    steady, restarted = Engine(names(6)), Engine(names(6))

    for first in range(0, len(values), WINDOW):
        for engine in (steady, restarted):
            engine.update(values[first : first + WINDOW], budget=budget)
        restarted = Engine.restore(restarted.snapshot())

        assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")


def test_every_graph_says_under_which_budget_it_was_made(values: Floats) -> None:
    budget = Budget(every=2, targets=5, most_parents=7, nonlinear=False, single=True)

    graph = graphs(values, budget)[-1]

    assert graph.budget == budget
    assert Graph.from_dict(graph.to_dict(state="all")).budget == budget
    assert Graph.from_dict(graph.to_dict(state="all")).coverage == graph.coverage


def test_fewer_parents_are_chosen_when_fewer_are_allowed() -> None:
    values = cases.make("linear", 5, d=8, rows=WINDOW * 16).values

    graph = graphs(values, Budget(most_parents=2))[-1]

    lagged = [sum(lag > 0 for _, lag in given) for given in graph.parents]
    assert max(lagged) == 2


def test_single_precision_changes_digits_and_no_decision(values: Floats) -> None:
    double, single = graphs(values, Budget())[-1], graphs(values, Budget(single=True))[-1]

    by_key = {edge.key: edge.effect for edge in single.all_edges}
    differences = [abs(edge.effect - by_key[edge.key]) for edge in double.edges]
    assert accepted(double) == accepted(single)
    assert 0.0 < max(differences) < 1e-5


def test_a_full_budget_later_finds_what_a_small_one_left(values: Floats) -> None:
    poor = Engine(names(D))
    for first in range(0, len(values) - WINDOW, WINDOW):
        poor.update(values[first : first + WINDOW], budget=Budget(every=1000, targets=1))
    poor.update(values[-WINDOW:])
    rich = graphs(values, Budget())[-1]

    assert poor.graph().coverage == rich.coverage
    assert accepted(poor.graph()) == accepted(rich)


def test_under_a_small_budget_a_change_of_regime_is_still_seen() -> None:
    values = sparse.regimes(np.random.default_rng(9), 8, (WINDOW * 14, WINDOW * 8)).values

    found = graphs(values, Budget(every=4, targets=2))

    assert found[12].regime == 0
    assert found[16].regime == 1
    assert accepted(found[-1]) != accepted(found[12])


@pytest.mark.parametrize("name", ["every", "targets", "most_parents"])
def test_a_budget_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Budget(**{name: 0})  # type: ignore[arg-type]  # one of the numbers
