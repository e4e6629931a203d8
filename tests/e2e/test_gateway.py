"""The front door: probes, problems, and graphs in every form."""

import httpx
import numpy as np
import pytest

from running import System, eventually
from services.gateway.models import EdgeDetailsModel, GraphModel, StreamDetailsModel
from worlds import records, var


def test_probes_and_metrics_are_open_and_true(system: System) -> None:
    assert httpx.get(f"{system.url}/livez").text == "alive\n"
    assert httpx.get(f"{system.url}/readyz").json()["ready"] is True

    def has_heard() -> bool | None:
        handled = 'scarcity_events_handled_total{component="core_manager"'
        return handled in httpx.get(f"{system.url}/metrics").text or None

    assert eventually(has_heard, "the core manager to have heard of the others")


def test_the_page_may_load_nothing_from_elsewhere(system: System) -> None:
    answer = httpx.get(system.url)

    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_unknown_addresses_are_problems(system: System) -> None:
    for path in ("/streams/nobody", "/streams/nobody/graph", "/nowhere"):
        answer = system.http.get(path)
        assert answer.status_code == 404
        assert answer.json()["title"] == "Not Found"


def test_the_graph_is_what_openapi_says_and_is_not_sent_twice(system: System) -> None:
    world = var.comparison(np.random.default_rng(9), 4, 600)
    system.send("etag", records.lines(world))
    GraphModel.model_validate(system.graph("etag", rows=600))
    StreamDetailsModel.model_validate(system.get("/streams/etag"))

    first = system.http.get("/streams/etag/graph")
    again = system.http.get("/streams/etag/graph", headers={"If-None-Match": first.headers["etag"]})

    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")


def test_an_edge_says_why_it_is_believed_and_what_became_of_it(system: System) -> None:
    world = var.chain(np.random.default_rng(17), 3, 768)
    system.send("why", records.lines(world))
    graph = system.graph("why", rows=768)

    edge = EdgeDetailsModel.model_validate(system.get("/streams/why/edges/x0/x1", lag="1"))
    surest = system.get("/streams/why/edges/x0/x1")
    indirect = EdgeDetailsModel.model_validate(system.get("/streams/why/edges/x0/x2", lag="2"))

    def appeared() -> list[str] | None:
        changes = system.get("/streams/why/edges/x0/x1", lag="1")["changes"]
        return [change["window_id"] for change in changes] or None

    (listed,) = [
        e for e in graph["edges"] if (e["source"], e["target"], e["lag"]) == edge_key(edge)
    ]
    assert listed.items() <= system.get("/streams/why/edges/x0/x1", lag="1").items()
    assert (surest["lag"], surest["state"]) == (1, "accepted")
    assert edge.why.startswith("x0 drives x1")
    assert (edge.stream, edge.form, edge.version) == ("why", "linear", graph["version"])
    assert ("x1", 1) in indirect.conditions
    assert "is not believed" in indirect.why
    assert eventually(appeared, "the change")[-1] in {"why/0/0-256", "why/0/256-256"}
    assert all(change.source == "x0" for change in edge.changes)


def edge_key(edge: EdgeDetailsModel) -> tuple[str, str, int]:
    return edge.source, edge.target, edge.lag


def test_a_pair_within_a_step_is_one_edge_in_either_direction(system: System) -> None:
    system.send("pair", records.lines(var.chain(np.random.default_rng(18), 3, 512)))
    system.graph("pair", rows=512)

    forth = system.get("/streams/pair/edges/x0/x1", lag="0")
    back = system.get("/streams/pair/edges/x1/x0", lag="0")

    assert forth == back
    assert forth["lag"] == 0


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("x0/nobody", "no edge x0 -> nobody:"),
        ("x0/x1?lag=9", "no edge x0 -> x1 at lag 9:"),
        ("x0/x0?lag=0", "no edge x0 -> x0 at lag 0:"),
    ],
)
def test_an_edge_that_cannot_be_is_a_problem_that_says_which_can(
    system: System, path: str, says: str
) -> None:
    system.send("few", records.lines(var.chain(np.random.default_rng(19), 2, 256)))
    system.graph("few", rows=256)

    answer = system.http.get(f"/streams/few/edges/{path}")

    assert answer.status_code == 404
    assert says in answer.json()["detail"]
    assert "lags up to 3, and x0, x1" in answer.json()["detail"]
    assert system.http.get("/streams/nobody/edges/a/b").status_code == 404


@pytest.mark.parametrize(
    ("form", "mark"), [("graphml", "<graphml"), ("dot", "digraph"), ("csv", "source,")]
)
def test_a_graph_can_be_taken_elsewhere(system: System, form: str, mark: str) -> None:
    system.send("exports", records.lines(var.chain(np.random.default_rng(10), 4, 600)))
    system.graph("exports", rows=600)

    answer = system.http.get(f"/streams/exports/graph.{form}")

    assert mark in answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="exports.{form}"'
