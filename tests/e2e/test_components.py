"""Components: what they do, and what is wanted of them while they run."""

from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import orjson

from running import System, eventually


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
