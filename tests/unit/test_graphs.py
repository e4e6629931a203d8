"""Graphs as documents, exports and events: what an engine found comes through whole."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import networkx as nx
import numpy as np
import pytest

from scarcity import graphs
from scarcity.causal import Budget, Engine, Graph, Hyperedge
from scarcity.causal.edges import FORMS, STATES
from scarcity.causal.explanation import why
from scarcity.errors import PoisonEvent
from scarcity.events import EdgeForm, EvidenceGathered, GraphUpdated, WindowSealed
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.graphs import evidence_event, evidence_of, graph_event, graph_of
from worlds.priors import prior_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SQUARE, LINE = ("x0", "x1", 1), ("x1", "x2", 1)
WINDOW = WindowSealed(
    window_id="s/0/0-2000",
    stream="s",
    epoch=0,
    start_step=0,
    steps=0,
    columns=(),
    values=b"",
    validity=b"",
    start_time=NOON,
    end_time=NOON,
    definition_version=1,
    records=0,
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    """x0 drives x1 by its square, x1 drives x2, and x3 never changes."""
    values = np.random.default_rng(91).normal(size=(2000, 4))
    values[1:, 1] += 0.7 * values[:-1, 0] ** 2
    values[1:, 2] += 0.7 * values[:-1, 1]
    values[:, 3] = 1.0
    engine = Engine(["x0", "x1", "x2", "x3"])
    engine.update(values, at=NOON)
    joint = Hyperedge(
        (("x0", 1), ("x2", 3)), "x1", 0.2, 0.05, (0.1, 0.3), 0.001, 0.002, 4.0, "accepted", 900
    )
    budget = Budget(every=3, targets=2, most_parents=7, nonlinear=False, single=True)
    return replace(engine.graph(), regime=3, hyperedges=(joint,), budget=budget)


@pytest.fixture
def event(graph: Graph) -> GraphUpdated:
    return from_bytes(GraphUpdated, to_bytes(graph_event(graph, WINDOW, version=7)))


def test_an_edge_says_whether_its_numbers_are_those_of_a_square(graph: Graph) -> None:
    assert {edge.key: edge.form for edge in graph.edges} == {SQUARE: "quadratic", LINE: "linear"}


def test_joint_effects_budget_and_coverage_come_through(graph: Graph, event: GraphUpdated) -> None:
    again = graph_of(event)

    assert again.hyperedges == graph.hyperedges
    assert again.budget == graph.budget
    assert again.coverage == graph.coverage
    assert (
        graph_of(replace(event, budget=replace(event.budget, targets=None))).budget.targets is None
    )


def test_a_joint_effect_of_no_variable_is_refused(event: GraphUpdated) -> None:
    (joint,) = event.hyperedges

    with pytest.raises(PoisonEvent, match="edges of s"):
        graph_of(replace(event, hyperedges=(replace(joint, target=9),)))


def test_an_edge_says_on_how_many_rows_it_rests(graph: Graph) -> None:
    rows = {edge.rows for edge in graph.all_edges if edge.state != "untested"}

    assert max(rows) < 2000
    assert min(rows) > 1950
    assert {edge.rows for edge in graph.all_edges if edge.state == "untested"} == {0}


def test_a_document_keeps_forms_rows_regime_and_parents(graph: Graph) -> None:
    document = json.loads(graph.to_json("s", state="all"))

    again = Graph.from_dict(document)

    assert document["regime"] == again.regime == 3
    assert ["x1", 1] in document["parents"]["x2"]
    assert list(document["parents"]) == ["x0", "x1", "x2", "x3"]
    assert again.parents == graph.parents
    assert again.to_dict("s", state="all") == document
    assert [(edge.form, edge.rows) for edge in again.edges] == [
        (edge.form, edge.rows) for edge in graph.edges
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("regime", ...),
        ("parents", ...),
        ("parents", {"x9": []}),
        ("parents", {"x1": [["x9", 1]]}),
        ("parents", {"x1": ["x0"]}),
        ("parents", {"x1": [["x0", "soon"]]}),
    ],
)
def test_a_document_whose_parents_or_regime_cannot_be_is_refused(
    graph: Graph, field: str, value: object
) -> None:
    document = json.loads(graph.to_json())
    if value is ...:
        del document[field]
    else:
        document[field] = value

    with pytest.raises(ValueError, match=r"document|variable|unpack|int"):
        Graph.from_dict(document)


def test_a_document_with_an_unknown_form_is_refused(graph: Graph) -> None:
    document = json.loads(graph.to_json())
    document["edges"][0]["form"] = "cubic"

    with pytest.raises(ValueError, match="cubic"):
        Graph.from_dict(document)


def test_every_export_says_the_form(graph: Graph) -> None:
    table = list(csv.DictReader(io.StringIO(graph.to_csv())))
    frame = graph.to_polars()
    network = nx.parse_graphml(graph.to_graphml(), force_multigraph=True)

    forms = {(row["source"], row["target"]): row["form"] for row in table}
    assert forms == {("x0", "x1"): "quadratic", ("x1", "x2"): "linear"}
    assert frame["form"].to_list() == [edge.form for edge in graph.edges]
    assert frame["rows"].to_list() == [edge.rows for edge in graph.edges]
    for exported in (network, graph.to_networkx()):
        assert [data["form"] for *_, data in exported.edges(data=True)] == ["quadratic", "linear"]
    assert graph.to_dot().count("² @ 1") == 1


def test_dot_draws_no_arrowhead_where_the_direction_is_not_decided() -> None:
    values = np.random.default_rng(92).normal(size=(600, 2))
    values[:, 1] += values[:, 0]
    engine = Engine(["a", "b"])
    engine.update(values)
    (edge,) = engine.graph().edges

    assert (edge.lag, edge.oriented) == (0, False)
    assert engine.graph().to_dot().count("dir=none") == 1


def test_a_graph_survives_the_wire_whole(graph: Graph, event: GraphUpdated) -> None:
    again = graph_of(event)

    assert again.to_dict(state="all") == graph.to_dict(state="all")
    assert (again.regime, again.parents) == (3, graph.parents)
    assert again.diff(graph) == ()


@pytest.mark.parametrize("column", ["target", "source"])
def test_parents_that_are_no_variables_are_poison(event: GraphUpdated, column: str) -> None:
    wrong = replace(event.parents, **{column: (9,) * len(event.parents.lag)})

    with pytest.raises(PoisonEvent, match="parent"):
        graph_of(replace(event, parents=wrong))


def test_columns_that_do_not_fit_are_poison(event: GraphUpdated) -> None:
    count = len(event.edges.source)
    for edges in (
        replace(event.edges, form=b""),
        replace(event.edges, form=b"\0" * count),
        replace(event.edges, form=b"\3" * count),
        replace(event.edges, rows=(1,)),
    ):
        with pytest.raises(PoisonEvent, match="edges of s"):
            graph_of(replace(event, edges=edges))
    with pytest.raises(PoisonEvent, match="edges of s"):
        graph_of(replace(event, parents=replace(event.parents, lag=())))


def test_an_edge_in_an_event_says_its_form_and_rows(graph: Graph) -> None:
    edge = graph.edge(*SQUARE)
    assert edge is not None

    said = evidence_of(edge)

    assert (said.form, said.rows) == (EdgeForm.QUADRATIC, edge.rows)


def test_the_forms_and_states_of_events_are_those_of_the_engine() -> None:
    assert tuple(EdgeForm) == FORMS
    assert len(STATES) == 3


def test_evidence_is_every_tested_edge_with_what_the_data_say_of_it(graph: Graph) -> None:
    evidence = from_bytes(EvidenceGathered, to_bytes(evidence_event(graph, WINDOW)))

    edges = evidence.edges
    tested = [edge for edge in graph.all_edges if edge.state != "untested"]
    places = zip(edges.source, edges.target, edges.lag, strict=True)
    names = evidence.variables
    assert [(names[s], names[t], lag) for s, t, lag in places] == [edge.key for edge in tested]
    assert np.frombuffer(edges.effect, "<f8").tolist() == [edge.effect for edge in tested]
    assert np.frombuffer(edges.se, "<f8").tolist() == [edge.se for edge in tested]
    assert edges.rows == tuple(edge.rows for edge in tested)
    assert [FORMS[code - 1] for code in edges.form] == [edge.form for edge in tested]
    assert (evidence.stream, evidence.window_id, evidence.at) == ("s", "s/0/0-2000", NOON)
    assert (evidence.regime, evidence.rows, evidence.max_lag) == (3, 2000, 3)


def test_evidence_of_a_wide_stream_is_the_accepted_edges_and_the_surest_others(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evidence_event(graph, WINDOW).edges
    monkeypatch.setattr(graphs, "MAX_EDGES", 5)

    cut = evidence_event(graph, WINDOW).edges

    assert cut.source == whole.source[:5]
    assert (len(cut.effect), len(cut.rows), len(cut.form)) == (40, 5, 5)
    accepted = {edge.key for edge in graph.edges}
    assert {(f"x{cut.source[n]}", f"x{cut.target[n]}", cut.lag[n]) for n in range(2)} == accepted


def test_a_graph_without_values_has_no_evidence() -> None:
    evidence = evidence_event(Engine(["a", "b"]).graph(), WINDOW)

    assert (evidence.edges.source, evidence.edges.effect) == ((), b"")


@pytest.fixture(scope="module")
def believed() -> Graph:
    """What a prior adds to a short stream of a sparse world, and what it says of the rest."""
    rng = np.random.default_rng(1)
    effect = np.where(rng.random((8, 8)) < 0.15, 0.2, 0.0) * ~np.eye(8, dtype=np.bool_)
    values = rng.normal(size=(400, 8))
    for t in range(1, 400):
        values[t] += effect @ values[t - 1]
    engine = Engine([f"x{n}" for n in range(8)])
    engine.consider([prior_of(effect)])
    for first in range(0, 400, 100):
        engine.update(values[first : first + 100], at=NOON)
    return engine.believed()


def test_what_a_prior_adds_survives_the_wire_and_the_document(believed: Graph) -> None:
    event = from_bytes(GraphUpdated, to_bytes(graph_event(believed, WINDOW, version=7)))

    document = json.loads(believed.to_json(state="all"))
    for again in (graph_of(event), Graph.from_dict(document)):
        assert again.to_dict(state="all") == document
        assert again.priors == believed.priors
        assert again.diff(believed) == ()
    assert any(edge["imported"] for edge in document["edges"])
    assert {edge["state"] for edge in document["edges"] if edge["imported"]} == {"accepted"}
    assert [prior["origin"] for prior in document["priors"]] == ["federation:plants"]


def test_every_export_says_what_is_imported(believed: Graph) -> None:
    imported = [edge.imported for edge in believed.edges]
    table = list(csv.DictReader(io.StringIO(believed.to_csv())))

    assert [row["imported"] == "true" for row in table] == imported
    assert believed.to_polars()["imported"].to_list() == imported
    assert believed.to_dot().count("style=dashed") == sum(imported)
    origins = {row["prior_origin"] for row in table if row["imported"] == "true"}
    assert origins == {"federation:plants"}


def test_it_is_said_in_words_that_an_edge_came_from_elsewhere(believed: Graph) -> None:
    edge = next(edge for edge in believed.edges if edge.imported)

    said = why(believed, edge)

    assert "The data of this stream alone would not show it: federation:plants expects" in said
    assert evidence_of(edge).imported


def test_beliefs_that_do_not_fit_are_poison(believed: Graph) -> None:
    event = graph_event(believed, WINDOW, version=1)
    table = event.beliefs
    for beliefs in (
        replace(table, imported=b""),
        replace(table, effect=b"short"),
        replace(table, edge=(10**6, *table.edge[1:])),
        replace(table, prior=(9, *table.prior[1:])),
    ):
        with pytest.raises(PoisonEvent, match="edges of s"):
            graph_of(replace(event, beliefs=beliefs))
