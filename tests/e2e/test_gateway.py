"""The front door: who may come in, what it answers, and a live feed that misses nothing."""

import threading
from collections.abc import Iterator

import httpx
import numpy as np
import orjson
import pytest

from running import System, eventually
from services.gateway.models import GraphModel, StreamDetailsModel
from worlds import records, var

API = "/api/v1"


def calls(system: System) -> list[tuple[str, str]]:
    """Return every method and path that OpenAPI publishes."""
    paths = httpx.get(f"{system.url}{API}/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_every_call_needs_the_token(system: System) -> None:
    found = calls(system)
    assert len(found) >= 9

    for method, path in found:
        address = f"{system.url}{path.format(stream='s', format='csv')}"
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}):
            answer = httpx.request(method, address, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


def test_probes_and_metrics_are_open_and_true(system: System) -> None:
    assert httpx.get(f"{system.url}/livez").text == "alive\n"
    assert httpx.get(f"{system.url}/readyz").json()["ready"] is True
    metrics = httpx.get(f"{system.url}/metrics").text
    assert 'scarcity_events_handled_total{component="core_manager"' in metrics


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


@pytest.mark.parametrize(
    ("form", "mark"), [("graphml", "<graphml"), ("dot", "digraph"), ("csv", "source,")]
)
def test_a_graph_can_be_taken_elsewhere(system: System, form: str, mark: str) -> None:
    system.send("exports", records.lines(var.chain(np.random.default_rng(10), 4, 600)))
    system.graph("exports", rows=600)

    answer = system.http.get(f"/streams/exports/graph.{form}")

    assert mark in answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="exports.{form}"'


def test_a_definition_decides_variables_windows_and_truth(system: System) -> None:
    world = var.chain(np.random.default_rng(11), 4, 500)
    answer = system.http.put(
        "/streams/defined",
        json={
            "variables": [{"name": f"x{n}", "unit": "m"} for n in range(3)],
            "window": {"size": 50},
            "domain": "chains",
            "reference_edges": [
                {"source": "x0", "target": "x1", "lag": 1},
                {"source": "x1", "target": "x2", "lag": 1},
            ],
        },
    )
    assert answer.status_code == 202
    eventually(lambda: system.http.get("/streams/defined").is_success or None, "the definition")

    lines = records.lines(world)
    system.send("defined", lines[:250])
    system.graph("defined", rows=250)
    system.send("defined", lines[250:])
    graph = system.graph("defined", rows=500)
    stream = system.get("/streams/defined")

    assert graph["variables"] == ["x0", "x1", "x2"]
    assert graph["windows"] == 10
    assert stream["domain"] == "chains"
    assert stream["units"] == {"x0": "m", "x1": "m", "x2": "m"}
    assert stream["accuracy"]["recall"] == 1.0
    rows = [point["rows"] for point in stream["accuracy"]["history"]]
    assert rows == sorted(rows)
    assert {250, 500} <= set(rows)


@pytest.mark.parametrize(
    "body",
    [
        {"window": {"size": 1}},
        {"window": {"kind": "time"}},
        {"windows": {}},
        {"variables": [{"name": ""}]},
        {"reference_edges": [{"source": "a"}]},
    ],
)
def test_a_definition_that_cannot_be_is_refused(system: System, body: dict[str, object]) -> None:
    answer = system.http.put("/streams/undefinable", json=body)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_components_are_what_their_heartbeats_say(system: System) -> None:
    def all_up() -> list[dict[str, object]] | None:
        items = system.get("/components")["items"]
        return items if {item["status"] for item in items} == {"up"} and len(items) > 3 else None

    names = {item["name"] for item in eventually(all_up, "every component up")}

    assert names == {"stream_manager", "mpie", "core_manager", "gateway"}


class Follower(threading.Thread):
    """Reads the live feed in the background, as a screen does."""

    def __init__(self, system: System, *, last_id: str | None = None) -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[str, str, dict[str, object]]] = []
        self._client = httpx.Client(headers=dict(system.http.headers), timeout=30)
        self._address = f"{system.url}{API}/stream"
        self._last = {"Last-Event-ID": last_id} if last_id else {}
        self.connected = threading.Event()

    def run(self) -> None:
        with (
            self._client,
            self._client.stream("GET", self._address, headers=self._last) as answer,
        ):
            self.connected.set()
            try:
                for event in parse(answer.iter_lines()):
                    self.events.append(event)
            except httpx.HTTPError:
                return

    def seen(self, kind: str, **members: object) -> list[dict[str, object]]:
        return [
            data
            for found, _, data in list(self.events)
            if found == kind and members.items() <= data.items()
        ]


def parse(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield kind, id and data of every event."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields["event"], fields["id"], orjson.loads(fields["data"])
            fields = {}


def test_a_screen_that_lost_its_line_misses_nothing(system: System) -> None:
    lines = records.lines(var.chain(np.random.default_rng(12), 3, 1024))
    watching = Follower(system)
    watching.start()
    watching.connected.wait(10)
    system.send("feed", lines[:512])
    system.graph("feed", rows=512)
    eventually(lambda: watching.seen("graph", stream="feed", rows=512) or None, "the graph event")
    _, first_id, _ = watching.events[0]

    system.send("feed", lines[512:])
    system.graph("feed", rows=1024)
    eventually(lambda: watching.seen("graph", stream="feed", rows=1024) or None, "the next one")
    resumed = Follower(system, last_id=first_id)
    resumed.start()

    def caught_up() -> bool | None:
        return len(resumed.events) >= len(watching.events) - 1 or None

    eventually(caught_up, "all that was missed")
    missed = [identity for _, identity, _ in watching.events[1:]]
    assert [identity for _, identity, _ in resumed.events][: len(missed)] == missed
    assert watching.seen("edge", stream="feed", change="appeared", source="x0", target="x1")


def test_a_screen_from_another_run_is_told_to_start_afresh(system: System) -> None:
    follower = Follower(system, last_id="another-17")
    follower.start()

    eventually(lambda: follower.events or None, "the reset")
    assert follower.events[0][0] == "reset"
