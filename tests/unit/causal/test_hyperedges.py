"""What two sources do jointly is part of the graph, of its documents, and of the engine's state."""

import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from scarcity.causal import Engine, EngineConfig, Graph
from scarcity.causal.explanation import why_jointly
from scarcity.cli.discover import edges_table, summary
from worlds.world import Floats

WINDOW = 256
PLANTED = (("a", 1), ("b", 2))


def world(rows: int) -> Floats:
    """Four variables: c follows the product of a and b, and d follows a."""
    rng = np.random.default_rng(61)
    values = rng.normal(size=(rows, 4))
    for t in range(2, rows):
        values[t, 0] += 0.4 * values[t - 1, 0]
        values[t, 2] += 0.5 * values[t - 1, 0] * values[t - 2, 1]
        values[t, 3] += 0.6 * values[t - 1, 0]
    return values


def fed(values: Floats, config: EngineConfig | None = None) -> Engine:
    engine = Engine(["a", "b", "c", "d"], config or EngineConfig())
    for first in range(0, len(values), WINDOW):
        engine.update(values[first : first + WINDOW])
    return engine


@pytest.fixture(scope="module")
def graph() -> Graph:
    return fed(world(6000)).graph()


def test_a_joint_effect_is_found_with_its_lags_and_size(graph: Graph) -> None:
    (found,) = [each for each in graph.hyperedges if each.state == "accepted"]

    assert (sorted(found.sources), found.target) == (sorted(PLANTED), "c")
    spread = np.sqrt(1.0 / (1.0 - 0.4**2))  # of a, and of the product
    truth = 0.5 * spread / np.sqrt(1.0 + (0.5 * spread) ** 2)
    assert found.ci[0] < truth < found.ci[1]
    assert found.q_value <= 0.05
    assert 3000 < found.rows < 4000  # those after selection


def test_a_joint_effect_says_why_it_is_believed(graph: Graph) -> None:
    (found,) = [each for each in graph.hyperedges if each.state == "accepted"]

    said, doubted = why_jointly(found), why_jointly(found._replace(state="rejected"))

    assert "a 1 step before" in said
    assert "b 2 steps before" in said
    assert "act on c jointly, beyond what each of them does." in said
    assert f"by {found.rows:,} rows that came after it was looked for." in said
    assert "is not believed" in doubted


def test_the_terminal_shows_joint_effects(graph: Graph) -> None:
    console = Console(width=120, record=True, file=StringIO())

    console.print(edges_table(graph, "accepted"))

    shown = console.export_text()
    assert " × " in shown
    assert "1 edges and 1 joint among 4 variables" in summary(graph)


def test_no_edge_is_made_of_it(graph: Graph) -> None:
    assert {(edge.source, edge.target) for edge in graph.edges if edge.is_cross} == {("a", "d")}


def test_json_has_what_is_accepted_and_all_on_demand(graph: Graph) -> None:
    again = Graph.from_dict(json.loads(graph.to_json(state="all")))
    (shown,) = graph.to_dict()["hyperedges"]

    assert again.hyperedges == graph.hyperedges
    assert shown["target"] == "c"
    assert sorted(shown["sources"]) == [["a", 1], ["b", 2]]


def test_a_restart_changes_no_bit_of_it() -> None:
    values = world(4000)
    steady, restarted = fed(values[:2560]), Engine.restore(fed(values[:2560]).snapshot())

    for engine in (steady, restarted):
        engine.update(values[2560:])

    assert restarted.graph().hyperedges == steady.graph().hyperedges != ()


def test_whoever_wants_straight_lines_alone_gets_them() -> None:
    assert fed(world(3000), EngineConfig(nonlinear=False)).graph().hyperedges == ()
