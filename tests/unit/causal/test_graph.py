import json
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from scarcity import causal
from scarcity.causal import Coverage, Engine, Graph
from worlds import var

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
FIELDS = (
    "source target lag effect se ci p_value q_value score stability state oriented windows "
    "first_seen last_seen form rows imported prior"
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    world = var.with_redundant_columns(var.chain(np.random.default_rng(71), 3, 600))
    engine = Engine(world.variables)
    engine.update(world.values, at=NOON)
    return engine.graph()


def test_the_library_exports_what_it_says() -> None:
    assert causal.__all__ == sorted(causal.__all__)
    assert all(hasattr(causal, name) for name in causal.__all__)


def test_the_document_of_a_graph_is_the_published_one(graph: Graph) -> None:
    as_of = NOON.astimezone(timezone(timedelta(hours=-5)))

    document = graph.to_dict("plant-1", 12, as_of=as_of)

    assert document["stream"] == "plant-1"
    assert document["version"] == 12
    assert document["as_of"] == "2026-01-31T12:00:00Z"
    assert document["rows"] == 600
    assert document["windows"] == 1
    assert document["variables"] == ["x0", "x1", "x2", "x3", "x4"]
    assert document["max_lag"] == 3
    assert document["regime"] == 0
    assert document["parents"]["x1"][0] == ["x0", 1]
    assert document["coverage"] == {"tested": 21, "possible": 70}
    assert [edge["source"] + edge["target"] for edge in document["edges"]] in (
        ["x0x1", "x1x2"],
        ["x1x2", "x0x1"],
    )
    assert " ".join(document["edges"][0]) == FIELDS
    assert document["edges"][0]["first_seen"] == "2026-01-31T12:00:00Z"
    assert [path["variables"] for path in document["paths"]] == [["x0", "x1", "x2"]]
    assert document["hyperedges"] == []


def test_a_graph_is_not_dated_without_a_time_zone(graph: Graph) -> None:
    with pytest.raises(ValueError, match="time zone"):
        graph.to_dict(as_of=NOON.replace(tzinfo=None))


def test_json_has_null_for_what_is_not_known(graph: Graph) -> None:
    def refuse(constant: str) -> float:
        raise AssertionError(constant)

    document = json.loads(graph.to_json(state="all"), parse_constant=refuse)

    untested = [edge for edge in document["edges"] if edge["state"] == "untested"]
    assert len(document["edges"]) == 85
    assert len(untested) == 85 - 30
    assert untested[0]["effect"] is None
    assert untested[0]["ci"] == [None, None]
    assert untested[0]["score"] == 0.0
    assert document["as_of"] is None


@pytest.mark.parametrize("state", ["accepted", "all"])
def test_a_graph_read_back_is_the_graph_that_was_written(
    graph: Graph, state: causal.edges.Selection
) -> None:
    document = graph.to_dict("s", 3, as_of=NOON, state=state)

    again = Graph.from_dict(json.loads(json.dumps(document)))

    assert again.to_dict("s", 3, as_of=NOON, state=state) == document
    assert again.edges == graph.edges
    assert again.paths == graph.paths
    assert again.parents == graph.parents
    assert again.regime == graph.regime
    assert again.coverage == Coverage(21, 70, 21)
    assert graph.diff(again) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("effect", ...),
        ("state", "maybe"),
        ("form", "cubic"),
        ("source", "x9"),
        ("ci", None),
        ("first_seen", "soon"),
    ],
)
def test_a_document_that_is_no_graph_is_refused(graph: Graph, field: str, value: object) -> None:
    document = json.loads(graph.to_json())
    if value is ...:
        del document["edges"][0][field]
    else:
        document["edges"][0][field] = value

    with pytest.raises(ValueError, match=r"document|state|form|variable|isoformat"):
        Graph.from_dict(document)


def test_a_hypothesis_is_found_by_its_name(graph: Graph) -> None:
    edge = graph.edge("x0", "x1", 1)

    assert edge is not None
    assert edge.is_accepted
    assert graph.edge("x0", "x1", 4) is None
    assert graph.edge("x0", "nobody", 1) is None


def test_the_accepted_edges_or_all_can_be_selected_and_nothing_else(graph: Graph) -> None:
    assert list(graph.select("accepted")) == list(graph.edges)
    assert len(graph.select("all")) == len(graph.all_edges) == 85
    assert list(graph.all_edges[:2]) == list(graph.edges)
    assert not graph.all_edges[-1].is_accepted
    with pytest.raises(ValueError, match="some"):
        graph.select("some")  # type: ignore[arg-type]
