"""The front door: what it answers, and a live feed that misses nothing."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest

from running import System, eventually
from services.gateway.models import EdgeDetailsModel, GraphModel, StreamDetailsModel
from worlds import records, var

API = "/api/v1"


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
        {"window": {"kind": "rolling"}},
        {"window": {"hop": 0}},
        {"window": {"size": 16, "hop": 17}},
        {"window": {"session_gap_s": 0}},
        {"windows": {}},
        {"variables": [{"name": ""}]},
        {"variables": [{"name": "a", "kind": "text"}]},
        {"variables": [{"name": "a", "low": 2, "high": 1}]},
        {"variables": [{"name": "a"}, {"name": "a"}]},
        {"reference_edges": [{"source": "a"}]},
    ],
)
def test_a_definition_that_cannot_be_is_refused(system: System, body: dict[str, object]) -> None:
    answer = system.http.put("/streams/undefinable", json=body)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_stream_says_how_each_of_its_variables_does(system: System) -> None:
    variables = [
        {"name": "wild", "unit": "m", "low": 0, "high": 10},
        {"name": "half"},
        {"name": "still"},
        {"name": "on", "kind": "boolean"},
        {"name": "place", "kind": "categorical"},
    ]
    policy = {"size": 32, "hop": 16, "session_gap_s": 3600}
    system.http.put("/streams/quality", json={"variables": variables, "window": policy})
    system.send(
        "quality",
        [
            orjson.dumps(
                {
                    "ts": 1_700_000_000_000 + 500 * step,
                    "values": {
                        "wild": 99.0 if step in (40, 41) else step % 7,
                        "half": step if step % 2 else None,
                        "still": 4.5,
                        "on": step % 3 == 0,
                        "place": "here",
                    },
                }
            )
            for step in range(49)
        ],
    )

    def complete() -> StreamDetailsModel | None:
        found = StreamDetailsModel.model_validate(system.get("/streams/quality"))
        return found if found.windows == 2 else None

    stream = eventually(complete, "two windows")
    told = {variable.name: variable for variable in stream.variable_details}
    quality = {name: variable.quality for name, variable in told.items() if variable.quality}

    assert stream.variables == list(quality) == ["wild", "half", "still", "on"]
    assert (told["wild"].unit, told["wild"].high, told["on"].kind) == ("m", 10, "boolean")
    assert told["place"].kind == "categorical"
    assert [found.out_of_range for found in quality.values()] == [2, 0, 0, 0]
    assert [found.missing for found in quality.values()] == [0.0, 0.5, 0.0, 0.0]
    assert [found.stuck for found in quality.values()] == [False, False, True, False]
    assert quality["still"].location == 4.5
    assert (stream.records, stream.totals.cells, stream.totals.missing) == (48, 4 * 48, 24)
    assert stream.window is not None
    assert (stream.window.hop, stream.window.session_gap_s) == (16, 3600)


def handled(system: System, topic: str) -> int:
    """Return how many messages of a topic the stream manager has handled."""
    metrics = httpx.get(f"{system.url}/metrics").text
    line = f'component="stream_manager",topic="scarcity.v1.{topic}"}} '
    found = re.search(re.escape(line) + r"([\d.e+]+)", metrics)
    return int(float(found.group(1))) if found else 0


def take_in(system: System, stream: str, lines: list[bytes]) -> None:
    """Send records, and wait until the stream manager has seen them."""
    before = handled(system, "raw")
    system.send(stream, lines)
    eventually(lambda: handled(system, "raw") >= before + len(lines) or None, "the records")


def command(system: System, method: str, path: str) -> httpx.Response:
    """Give a command, and wait until the stream manager has heard it."""
    before = handled(system, "streams")
    answer = system.http.request(method, path)
    if answer.is_success:
        eventually(lambda: handled(system, "streams") > before or None, path)
    return answer


def records_of(system: System, stream: str, count: int) -> dict[str, object]:
    """Return a stream once its windows hold that many records."""

    def enough() -> dict[str, object] | None:
        found = system.get(f"/streams/{stream}")
        return found if found["records"] >= count else None

    return eventually(enough, f"{count} records of {stream}")


def test_a_paused_stream_passes_its_records_over_until_it_goes_on(system: System) -> None:
    lines = records.lines(var.chain(np.random.default_rng(14), 3, 192))
    system.http.put("/streams/paused", json={"window": {"size": 64}})
    take_in(system, "paused", lines[:64])
    records_of(system, "paused", 64)

    paused = command(system, "POST", "/streams/paused/pause")
    take_in(system, "paused", lines[64:128])
    during = system.get("/streams/paused")
    resumed = command(system, "POST", "/streams/paused/resume")
    take_in(system, "paused", lines[128:])
    after = records_of(system, "paused", 128)

    assert paused.status_code == resumed.status_code == 202
    assert paused.json()["id"] == "paused"
    assert resumed.json()["version"] > paused.json()["version"]
    assert (during["state"], during["records"]) == ("paused", 64)
    assert during["variables"] == ["x0", "x1", "x2"]
    assert (after["state"], after["records"], after["windows"]) == ("running", 128, 2)


def test_a_redefinition_leaves_a_paused_stream_paused(system: System) -> None:
    system.http.put("/streams/kept", json={"window": {"size": 64}})
    system.http.post("/streams/kept/pause")

    system.http.put("/streams/kept", json={"window": {"size": 32}})
    still = system.get("/streams/kept")
    system.http.put("/streams/kept", json={"window": {"size": 32}, "paused": False})
    on = system.get("/streams/kept")

    assert (still["state"], on["state"]) == ("paused", "running")


def test_a_definition_is_not_made_over_somebody_elses(system: System) -> None:
    def define(size: int, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return system.http.put("/streams/shared", json={"window": {"size": size}}, headers=named)

    new = define(64, If_None_Match="*")
    read = system.http.get("/streams/shared").headers["ETag"]
    mine, theirs = define(32, If_Match=read), define(16, If_Match=read)
    again = define(8, If_None_Match="*")

    assert (new.status_code, new.headers["ETag"]) == (202, read)
    assert (mine.status_code, theirs.status_code, again.status_code) == (202, 412, 412)
    assert theirs.json()["version"] == mine.json()["version"]
    assert system.get("/streams/shared")["window"]["size"] == 32
    assert define(8, If_Match=mine.headers["ETag"]).status_code == 202
    assert define(8, If_Match="never given out").status_code == 412


def test_a_forgotten_stream_is_gone_and_may_begin_anew(system: System) -> None:
    lines = records.lines(var.chain(np.random.default_rng(15), 3, 640))
    system.http.put("/streams/fleeting", json={"window": {"size": 64}})
    take_in(system, "fleeting", lines[:320])
    system.graph("fleeting", rows=320)

    forgotten = command(system, "DELETE", "/streams/fleeting")

    assert (forgotten.status_code, forgotten.content) == (204, b"")
    for path in ("/streams/fleeting", "/streams/fleeting/graph"):
        assert system.http.get(path).status_code == 404
    assert system.http.delete("/streams/fleeting").status_code == 404
    assert "fleeting" not in {item["id"] for item in system.get("/streams")["items"]}

    system.http.put("/streams/fleeting", json={"window": {"size": 64}})
    take_in(system, "fleeting", lines[320:])
    graph = system.graph("fleeting", rows=320)
    stream = records_of(system, "fleeting", 320)

    assert (graph["rows"], stream["records"], stream["windows"]) == (320, 320, 5)
    assert stream["epoch"] == 1


def test_a_forgotten_stream_stays_forgotten_over_a_restart(tmp_path: Path) -> None:
    lines = records.lines(var.chain(np.random.default_rng(16), 3, 128))
    arguments = ["--no-demo", "--data-dir", str(tmp_path)]
    with System(arguments) as before:
        for stream in ("gone", "here"):
            before.http.put(f"/streams/{stream}", json={"window": {"size": 64}})
            take_in(before, stream, lines)
            before.graph(stream, rows=128)
        command(before, "DELETE", "/streams/gone")
    with System(arguments) as after:
        found = {item["id"] for item in after.get("/streams")["items"]}
        changes = {item["stream"] for item in after.get("/events")["items"]}

    assert found == {"here"}
    assert changes == {"here"}


def test_what_can_be_done_to_a_stream_needs_a_stream(system: System) -> None:
    for method, path in (
        ("POST", "/streams/nobody/pause"),
        ("POST", "/streams/nobody/resume"),
        ("DELETE", "/streams/nobody"),
    ):
        answer = system.http.request(method, path)

        assert answer.status_code == 404, path
        assert answer.json()["title"] == "Not Found"


def test_components_are_what_their_heartbeats_say(system: System) -> None:
    def all_up() -> list[dict[str, object]] | None:
        items = system.get("/components")["items"]
        return items if {item["status"] for item in items} == {"up"} and len(items) > 3 else None

    names = {item["name"] for item in eventually(all_up, "every component up")}

    core = {"stream_manager", "mpie", "drg", "core_manager", "gateway"}
    assert names == core | {"meta_learning"}


def test_the_governor_says_what_every_engine_has_and_may_spend(system: System) -> None:
    def granted() -> dict[str, Any] | None:
        found = (each for each in system.get("/drg")["instances"] if each["granted"])
        return next((each for each in found if each["component"] == "mpie"), None)

    instance = eventually(granted, "a grant for the engine")

    assert 0.0 < instance["share"] <= 1.0
    assert 0.0 < instance["granted"]["share"] <= 1.0
    assert 0 < instance["sample"]["memory_used"] < instance["sample"]["memory_limit"]
    assert instance["sample"]["loop_lag"] is not None
    assert isinstance(system.get("/drg", limit="5")["decisions"], list)


def test_the_governors_policy_is_changed_while_it_runs(system: System) -> None:
    """Both loops follow: DRG grants less, and the engine's own reflex holds less."""

    def share(at_most: float, at_least: float) -> dict[str, Any] | None:
        (engine,) = (e for e in system.get("/drg")["instances"] if e["component"] == "mpie")
        return engine if at_least <= engine["share"] <= at_most else None

    def wanted(name: str, settings: dict[str, Any], **headers: str) -> httpx.Response:
        body = {"settings": settings}
        return system.http.put(f"/components/{name}", json=body, headers=headers)

    def followed(name: str, version: int) -> dict[str, Any] | None:
        found = system.get(f"/components/{name}")
        beats = [beat["configured"] for beat in found["instances"]]
        return found if beats and set(beats) == {version} else None

    low = {"enter": [0.01, 0.02, 0.95, 0.96], "leave": [0.005, 0.01, 0.9, 0.95]}
    tight = {"target": 0.02, "ceiling": 0.03, "longest_pause_s": 0.0, **low}
    try:
        for name in ("drg", "mpie"):
            answer = wanted(name, {"policy": tight})
            assert (answer.status_code, answer.headers["etag"]) == (200, '"1"'), answer.text
        eventually(lambda: share(0.31, 0.0), "the engine to do less")
        found = eventually(lambda: followed("mpie", 1), "the engine to say that it follows")
        assert found["wanted"]["settings"] == {"policy": tight}
        assert found["commands"][0]["by"] == "token"
        assert "policy" in found["schema"]["properties"]
        assert found["pausable"] is True
        assert {name: found["in_force"]["policy"][name] for name in tight} == tight
        assert found["in_force"]["policy"]["floor"] > 0, "what was left out is told as well"
        assert system.get("/components/demo")["pausable"] is False
    finally:
        assert wanted("drg", {}, **{"If-Match": '"1"'}).headers["etag"] == '"2"'
        wanted("mpie", {})
    eventually(lambda: share(1.0, 1.0), "the engine to do all it can")
    for other in ('"1"', "never given out"):
        assert wanted("drg", {}, **{"If-Match": other}).status_code == 412


def test_an_engine_that_is_paused_or_switched_off_loses_nothing(system: System) -> None:
    rng = np.random.default_rng(5)
    values = np.cumsum(rng.normal(size=(1024, 2)), axis=0)

    def post(rows: np.ndarray[Any, Any]) -> None:
        lines = b"\n".join(orjson.dumps({"values": {"a": a, "b": b}}) for a, b in rows.tolist())
        headers = {"Content-Type": "application/x-ndjson"}
        answer = system.http.post("/streams/resting/records", content=lines, headers=headers)
        assert answer.json()["accepted"] == len(rows)

    def graph() -> int:
        answer = system.http.get("/streams/resting/graph")
        return int(answer.json()["windows"]) if answer.status_code == 200 else 0

    def sealed() -> int:
        answer = system.http.get("/streams/resting")
        return int(answer.json()["windows"]) if answer.status_code == 200 else 0

    def reaches(look: Callable[[], int], count: int) -> Callable[[], bool | None]:
        return lambda: look() == count or None

    def does(status: str) -> Callable[[], bool | None]:
        return lambda: system.get("/components/mpie")["status"] == status or None

    def want(**wanted: bool) -> None:
        assert system.http.put("/components/mpie", json=wanted).status_code == 200

    rests = {"paused": ({"paused": True}, {"paused": False})}
    rests["off"] = ({"enabled": False}, {"enabled": True})
    try:
        for turn, (name, (rest, again)) in enumerate(rests.items()):
            want(**rest)
            eventually(does(name), f"the engine to be {name}")
            post(values[512 * turn : 512 * (turn + 1)])
            eventually(reaches(sealed, 2 * (turn + 1)), "windows to be sealed")
            assert graph() == 2 * turn
            want(**again)
            eventually(does("up"), "the engine to be up")
            eventually(reaches(graph, 2 * (turn + 1)), "the graph to follow")
    finally:
        want(enabled=True, paused=False)


def test_what_cannot_be_wanted_of_a_component_is_refused_with_the_reason(system: System) -> None:
    def put(name: str, body: object, **headers: str) -> tuple[int, str]:
        answer = system.http.put(f"/components/{name}", json=body, headers=headers)
        return answer.status_code, answer.json()["detail"]

    nothing: dict[str, object] = {"settings": {}}
    eventually(
        lambda: system.http.get("/components/gateway").is_success or None, "the gateway's own beat"
    )
    assert put("nobody", nothing)[0] == 404
    assert put("drg", {"settings": {"lease_s": 0}})[1].startswith("lease_s: ")
    status, detail = put("gateway", nothing)
    assert (status, detail.split(";")[0]) == (422, "gateway cannot be changed while it runs")
    assert put("drg", {"enabled": "perhaps"})[0] == 422
    assert "switch it off instead" in put("demo", {"paused": True})[1]
    assert put("drg", nothing, **{"If-Match": "one"})[0] == 412
    assert put("drg", nothing, **{"Idempotency-Key": "a b"})[0] == 422


def test_a_command_that_is_sent_twice_is_done_once(system: System) -> None:
    def put(lease_s: float, key: str) -> dict[str, Any]:
        body, headers = {"settings": {"lease_s": lease_s}}, {"Idempotency-Key": key}
        answer = system.http.put("/components/drg", json=body, headers=headers)
        return dict(answer.json())

    first, other, again = put(20, "k1"), put(30, "k2"), put(20, "k1")

    assert other["version"] == first["version"] + 1
    assert again["version"] == first["version"]
    assert system.get("/components/drg")["wanted"]["settings"] == {"lease_s": 30}


class Follower(threading.Thread):
    """Reads the live feed in the background, as a screen does.

    With a credential of its own, if there is one, and with what the query asks for.
    """

    def __init__(
        self,
        system: System,
        *,
        last_id: str | None = None,
        credential: str | None = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[str, str, dict[str, object]]] = []
        self._client = httpx.Client(headers=dict(system.http.headers), timeout=30)
        if credential is not None:
            self._client.headers["Authorization"] = f"Bearer {credential}"
        self._address = str(httpx.URL(f"{system.url}{API}/stream", params=list(query)))
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
