import builtins
import csv
import io
from datetime import UTC, datetime
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest

from scarcity.causal import Engine, Graph
from scarcity.causal.exports import FIELDS

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LISTED = 4 * 3 * 4 + 6
"""Hypotheses of 4 variables: every pair at lags 1 to 3, and at lag 0 once."""
NAMES = ['speed "rpm"', "heat <°C> & more", "a,b\\c\nd", "dull"]


@pytest.fixture(scope="module")
def graph() -> Graph:
    noise = np.random.default_rng(81).normal(size=(800, 3))
    noise[1:, 1] += 0.7 * noise[:-1, 0]
    noise[2:, 1] += 0.5 * noise[:-2, 0]
    noise[3:, 2] -= 0.7 * noise[:-3, 1]
    engine = Engine(NAMES)
    engine.update(np.column_stack([noise, np.zeros(800)]), at=NOON)
    return engine.graph()


def links(graph: nx.MultiDiGraph) -> set[tuple[str, str]]:
    return {(source, target) for source, target, _ in graph.edges}


def test_networkx_gets_one_edge_per_lag(graph: Graph) -> None:
    network = graph.to_networkx()

    assert list(network.nodes) == NAMES
    assert network.number_of_edges(NAMES[0], NAMES[1]) == 2
    strongest = network.edges[NAMES[0], NAMES[1], 1]
    assert strongest["effect"] == graph.edge(NAMES[0], NAMES[1], 1).effect  # type: ignore[union-attr]
    assert strongest["first_seen"] == "2026-01-31T12:00:00Z"


def test_networkx_can_write_every_hypothesis_as_graphml(graph: Graph) -> None:
    everything = graph.to_networkx("all")

    assert everything.number_of_edges() == LISTED
    assert "".join(nx.generate_graphml(everything))


@pytest.mark.parametrize("state", ["accepted", "all"])
def test_graphml_is_read_by_others(graph: Graph, state: str) -> None:
    chosen = graph.select(state)  # type: ignore[arg-type]

    read = nx.parse_graphml(graph.to_graphml(state), force_multigraph=True)  # type: ignore[arg-type]

    assert list(read.nodes) == NAMES
    assert read.number_of_edges() == len(chosen)
    data = next(each for *ends, each in read.edges(data=True) if ends == [NAMES[1], NAMES[2]])
    assert data["lag"] in (1, 2, 3)
    assert isinstance(data["oriented"], bool)


def test_graphml_is_the_same_graph(graph: Graph) -> None:
    read = nx.parse_graphml(graph.to_graphml(), force_multigraph=True)

    edge = graph.edge(NAMES[1], NAMES[2], 3)
    assert edge is not None
    (data,) = read.get_edge_data(NAMES[1], NAMES[2]).values()
    assert (data["lag"], data["effect"], data["ci_high"]) == (3, edge.effect, edge.ci[1])
    assert links(read) == {(NAMES[0], NAMES[1]), (NAMES[1], NAMES[2])}


def test_graphml_holds_no_character_that_xml_forbids() -> None:
    graph = Engine(["a\x00b", "c"]).graph()

    assert list(nx.parse_graphml(graph.to_graphml()).nodes) == ["a\ufffdb", "c"]


def test_dot_quotes_names_and_shows_effect_and_lag(graph: Graph) -> None:
    lines = graph.to_dot().splitlines()

    edge = graph.edge(NAMES[1], NAMES[2], 3)
    assert edge is not None
    assert lines[0] == "digraph scarcity {"
    assert lines[-1] == "}"
    assert r'  "speed \"rpm\"";' in lines
    assert rf'  "heat <°C> & more" -> "a,b\\c\nd" [label="{edge.effect:+.2f} @ 3"];' in lines
    assert len(lines) == 1 + 4 + len(graph.edges) + 1


def test_dot_marks_squares_and_links_without_a_direction() -> None:
    noise = np.random.default_rng(82).normal(size=(1000, 3))
    noise[:, 1] += 0.8 * noise[:, 0]
    noise[1:, 2] += noise[:-1, 1] ** 2
    engine = Engine(["a", "b", "c"])
    engine.update(noise)

    lines = engine.graph().to_dot().splitlines()

    (link,) = (line for line in lines if "@ 0" in line)
    (square,) = (line for line in lines if '"b" -> "c"' in line)
    assert link.endswith(", dir=none];")
    assert '² @ 1"' in square


def test_csv_has_a_line_per_edge_and_leaves_unknowns_empty(graph: Graph) -> None:
    accepted = list(csv.DictReader(io.StringIO(graph.to_csv())))
    everything = list(csv.DictReader(io.StringIO(graph.to_csv("all"))))

    assert len(accepted) == len(graph.edges)
    assert len(everything) == LISTED
    assert float(accepted[0]["effect"]) == graph.edges[0].effect
    assert accepted[0]["source"] in NAMES
    assert accepted[0]["oriented"] == "true"
    assert everything[-1]["state"] == "untested"
    assert everything[-1]["p_value"] == everything[-1]["first_seen"] == ""


def test_polars_gets_types_and_nulls(graph: Graph) -> None:
    frame = graph.to_polars("all")

    assert frame.shape == (LISTED, len(FIELDS))
    assert frame.schema["lag"] == pl.Int64
    assert frame["effect"][0] == graph.edges[0].effect
    assert frame["first_seen"][0] == NOON
    assert frame["effect"].null_count() == frame.filter(pl.col("state") == "untested").height


def test_an_empty_graph_exports_too() -> None:
    graph = Engine(["a", "b"]).graph()

    assert graph.to_polars().shape == (0, len(FIELDS))
    assert graph.to_networkx().number_of_edges() == 0
    assert len(graph.to_csv().splitlines()) == 1
    assert graph.to_dot().count("->") == 0
    assert nx.parse_graphml(graph.to_graphml()).number_of_nodes() == 2


def test_without_networkx_the_error_says_what_to_install(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> object:
        if name == "networkx":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(ImportError, match=r"scarcity\[graph\]"):
        graph.to_networkx()
