"""What is said of an edge: why it is believed or not, in words that are true."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from scarcity.causal import Edge, Engine, Graph
from scarcity.causal.explanation import conditions, why

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ROWS = 3000


@pytest.fixture(scope="module")
def graph() -> Graph:
    """A chain, an edge within a step, a square, a whiff of an effect, and two that say little.

    x0 -1-> x1 -2-> x2 -0- x3;  x0² -1-> x4;  x0 -1-> x5, hardly;  x6 never changes;  x7 is rare
    """
    values = np.random.default_rng(3).normal(size=(ROWS, 8))
    values[1:, 1] += 0.5 * values[:-1, 0]
    values[2:, 2] -= 0.5 * values[:-2, 1]
    values[:, 3] += 0.7 * values[:, 2]
    values[1:, 4] += 0.6 * (values[:-1, 0] ** 2 - 1.0)
    values[1:, 5] += 0.07 * values[:-1, 0]
    values[:, 6] = 1.0
    values[5:, 7] = np.nan
    engine = Engine([f"x{n}" for n in range(8)])
    for first in range(0, ROWS, 300):
        engine.update(values[first : first + 300], at=NOON)
    return engine.graph()


def edge(graph: Graph, source: str, target: str, lag: int) -> Edge:
    found = graph.edge(source, target, lag)
    assert found is not None
    return found


def said(graph: Graph, source: str, target: str, lag: int) -> str:
    return why(graph, edge(graph, source, target, lag))


def test_an_accepted_edge_tells_size_interval_basis_surety_and_since_when(graph: Graph) -> None:
    found = edge(graph, "x0", "x1", 1)

    text = why(graph, found)

    assert text.startswith("x0 drives x1 moderately, 1 step later. Effect +0.4")
    low, high = found.ci
    assert f"95 % interval {low:+.2f} to {high:+.2f}" in text
    assert f"about {found.rows:,} rows, in 10 windows" in text
    assert "at most 1 in 1000 are false or too weak (q = " in text
    assert "100% of recent windows agreed; first believed at 2026-01-31 12:00:00 UTC." in text
    assert "regime" not in text


def test_the_sign_of_an_effect_is_shown(graph: Graph) -> None:
    assert "x1 drives x2 moderately, 2 steps later. Effect -0." in said(graph, "x1", "x2", 2)


def test_what_is_held_fixed_is_named_without_the_edge_itself(graph: Graph) -> None:
    parents = dict(zip(graph.variables, graph.parents, strict=True))["x2"]
    assert ("x1", 2) in parents

    assert ("x1", 2) not in conditions(graph, edge(graph, "x1", "x2", 2))
    assert ("x1", 2) in conditions(graph, edge(graph, "x0", "x2", 3))
    assert "x1 2 steps before" in said(graph, "x0", "x2", 3)


def test_of_many_conditions_a_few_are_named_and_the_others_counted(graph: Graph) -> None:
    many = replace(graph, parents=(tuple(("x0", lag) for lag in range(1, 8)),) * 8)

    text = said(many, "x1", "x2", 2)

    assert "with x0 1 step before, x0 2 steps before, x0 3 steps before, x0 4 steps before" in text
    assert " and 3 more held fixed" in text


def test_a_graph_that_does_not_know_its_parents_claims_none(graph: Graph) -> None:
    unknown = replace(graph, parents=())

    assert conditions(unknown, edge(graph, "x1", "x2", 2)) == ()
    assert "nothing else held fixed" in said(unknown, "x1", "x2", 2)


def test_an_edge_within_a_step_says_that_its_direction_is_not_decided(graph: Graph) -> None:
    (linked,) = [each for each in graph.edges if each.lag == 0]

    undecided = why(graph, linked._replace(oriented=False))
    decided = why(graph, linked._replace(oriented=True))

    assert {linked.source, linked.target} == {"x2", "x3"}
    assert "within the same step; the data do not decide which one drives" in undecided
    assert f"{linked.source} drives {linked.target} strongly, within the same step." in decided


def test_a_quadratic_edge_says_that_its_numbers_are_those_of_the_square(graph: Graph) -> None:
    text = said(graph, "x0", "x4", 1)

    assert "per standard deviation of the square of x0" in text
    assert "values far from its usual one, on either side, raise x4" in text


def test_an_indirect_edge_is_explained_by_the_others(graph: Graph) -> None:
    text = said(graph, "x0", "x2", 3)

    assert "is not believed: there is next to nothing that the others do not explain" in text


def test_an_edge_that_is_there_but_weak_is_said_to_be_too_weak(graph: Graph) -> None:
    weak = edge(graph, "x0", "x5", 1)
    assert weak.state == "rejected"

    sure = why(graph, weak._replace(score=9.0))

    assert "there is something, but perhaps too weak to matter" in sure


def test_an_edge_that_may_be_anything_is_not_sure_enough(graph: Graph) -> None:
    weak = edge(graph, "x0", "x5", 1)
    vague = weak._replace(score=2.5, ci=(0.05, 0.45), q_value=0.4)

    text = why(graph, vague)

    assert "the data are not sure enough" in text
    assert f"Among {graph.coverage.tested} edges tested" in text
    assert "up to 40% are false or too weak (q = 0.4)." in text


@pytest.mark.parametrize("other", ["x6", "x7"])
def test_an_edge_that_could_not_be_tested_says_what_is_missing(graph: Graph, other: str) -> None:
    text = said(graph, "x0", other, 1)

    assert text == (
        f"That x0 drives {other} 1 step later has not been tested: there are too few values of x0 "
        f"and {other} together, or one of them never changes."
    )


def test_before_the_first_window_there_are_no_values() -> None:
    assert said(Engine(["a", "b"]).graph(), "a", "b", 2).endswith("there are no values yet.")


def test_an_edge_that_was_believed_once_says_until_when(graph: Graph) -> None:
    gone = edge(graph, "x0", "x2", 3)._replace(first_seen=NOON, last_seen=NOON)

    assert "It was believed until 2026-01-31 12:00:00 UTC." in why(graph, gone)


def test_a_graph_of_a_later_regime_says_so(graph: Graph) -> None:
    assert "rows of regime 2, in" in said(replace(graph, regime=2), "x0", "x1", 1)


def test_a_variable_and_its_own_past_are_said_in_words_of_their_own(graph: Graph) -> None:
    own = edge(graph, "x0", "x0", 1)

    assert why(graph, own).startswith("That x0 carries on from its own value 1 step before is not")
    assert why(graph, own._replace(state="accepted", effect=0.2)).startswith(
        "x0 drives itself weakly, 1 step later."
    )


def test_something_is_said_of_every_edge_and_the_same_over_json(graph: Graph) -> None:
    again = Graph.from_dict(json.loads(graph.to_json(state="all")))

    for each in graph.all_edges:
        text = why(graph, each)
        assert text == why(again, edge(again, *each.key))
        assert text.endswith(".")
        assert "nan" not in text
