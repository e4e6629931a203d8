from collections.abc import Iterable

import pytest

from scarcity.causal import Coverage, Edge, Graph
from scarcity.causal.diff import DeadBand, EdgeChange
from scarcity.causal.edges import EdgeTable, State


def edge(effect: float, *, se: float = 0.01, state: State = "accepted", target: str = "b") -> Edge:
    return Edge(
        source="a",
        target=target,
        lag=1,
        effect=effect,
        se=se,
        ci=(effect - 2 * se, effect + 2 * se),
        p_value=0.0,
        q_value=0.0,
        score=abs(effect) / se,
        stability=1.0,
        state=state,
        oriented=True,
        windows=1,
        first_seen=None,
        last_seen=None,
    )


def graph(edges: Iterable[Edge]) -> Graph:
    variables = ("a", "b", "c")
    return Graph(variables, 1, 100, 1, Coverage(6, 6, 6), EdgeTable.of(variables, edges))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (edge(0.3), edge(0.4), "strengthened"),
        (edge(-0.3), edge(-0.4), "strengthened"),
        (edge(0.4), edge(0.3), "weakened"),
        (edge(0.3), edge(-0.3), "flipped"),
        (edge(0.3, state="rejected"), edge(0.3), "appeared"),
        (edge(0.3, state="untested"), edge(0.3), "appeared"),
        (edge(0.3), edge(0.3, state="rejected"), "vanished"),
    ],
)
def test_a_change_has_a_kind_and_both_sides(before: Edge, after: Edge, kind: str) -> None:
    (change,) = graph([after]).diff(graph([before]))

    assert change == EdgeChange(kind, before, after)  # type: ignore[arg-type]
    assert change.key == ("a", "b", 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (edge(0.3), edge(0.3)),
        (edge(0.3), edge(0.34)),
        (edge(0.3, se=0.1), edge(0.5, se=0.1)),
        (edge(0.3, state="rejected"), edge(0.9, state="rejected")),
    ],
)
def test_wavering_is_no_change(before: Edge, after: Edge) -> None:
    assert graph([after]).diff(graph([before])) == ()


def test_a_side_that_is_not_listed_is_none() -> None:
    listed, empty = graph([edge(0.3)]), graph([])

    (appeared,) = listed.diff(empty)
    (vanished,) = empty.diff(listed)

    assert appeared == EdgeChange("appeared", None, edge(0.3))
    assert vanished == EdgeChange("vanished", edge(0.3), None)
    assert appeared.key == vanished.key


def test_the_dead_band_can_be_chosen() -> None:
    before, after = graph([edge(0.3)]), graph([edge(0.34)])

    (change,) = after.diff(before, DeadBand(sigmas=1.0, least=0.0))

    assert change.kind == "strengthened"


def test_vanished_edges_come_last() -> None:
    before = graph([edge(0.9, target="c")])
    after = graph([edge(0.2)])

    assert [change.kind for change in after.diff(before)] == ["appeared", "vanished"]
