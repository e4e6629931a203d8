"""Streams: what they are said to be, how they do, and what can be done to them."""

import re
from pathlib import Path

import httpx
import numpy as np
import orjson
import pytest

from running import System, eventually
from services.gateway.models import StreamDetailsModel
from worlds import records, var


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
