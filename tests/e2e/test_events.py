"""All that happened can be looked through: by kind, stream, time and trace; and shown whole."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from running import System, eventually
from scarcity.bus.base import Message
from scarcity.events import RAW
from services.gateway.domain.journal import KINDS
from unit.cli.commands import fill
from worlds import records, var

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
KEYS = {"id", "type", "at", "stream", "summary", "change", "effect", "source", "target", "lag"}


def listed(system: System, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.get("/events", limit="500", **query)["items"]
    return found


def test_without_a_kind_the_changes_of_edges_are_listed_and_follow_the_record_that_led_to_them(
    system: System,
) -> None:
    lines = records.lines(var.chain(np.random.default_rng(21), 3, 512))
    answer = system.http.post(
        "/streams/traced/records",
        content=b"\n".join(lines),
        headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
    )
    assert answer.status_code == 202
    found = eventually(lambda: listed(system, stream="traced") or None, "changes")

    assert all(event.keys() >= KEYS for event in found)
    assert {event["kind"] for event in found} == {"edge"}
    ids = [event["id"] for event in found]
    by_trace = [event["id"] for event in listed(system, trace_id=TRACE)]
    assert by_trace
    assert set(by_trace) <= {event["id"] for event in listed(system, stream="traced")}
    assert listed(system, trace_id="0" * 32) == []
    newest = found[0]
    whole = system.get(f"/events/{quote(newest['id'], safe='')}")
    assert newest.items() <= whole.items()
    assert whole["payload"]["edge"]["source"] == newest["source"]
    assert (whole["topic"], ids.count(newest["id"])) == ("scarcity.v1.edges", 1)


def test_every_kind_is_one_list_newest_first_page_by_page(system: System) -> None:
    system.http.put("/streams/said", json={"window": {"size": 64}})
    system.http.put("/streams/said", json={"window": {"size": 32}})
    system.http.put("/components/mpie", json={"paused": False})

    def both() -> list[dict[str, Any]] | None:
        found = listed(system, type="definition", stream="said")
        return found if len(found) == 2 else None

    definitions = eventually(both, "both definitions")
    commands = eventually(lambda: listed(system, type="command") or None, "the command")
    eventually(lambda: listed(system, type="component") or None, "the components")
    seen: list[dict[str, Any]] = []
    page = system.get("/events", type="all", limit="7")
    while True:
        assert len(page["items"]) <= 7
        seen += page["items"]
        if page["next"] is None:
            break
        page = system.get("/events", type="all", limit="7", cursor=page["next"])

    assert [event["summary"].partition(" is at")[2][:10] for event in definitions] == [
        " version 2",
        " version 1",
    ]
    assert commands[0]["summary"].startswith("token changed mpie to version ")
    assert {"definition", "component", "command"} <= {event["kind"] for event in seen}
    ids = [event["id"] for event in seen]
    assert len(set(ids)) == len(ids)
    assert {event["id"] for event in definitions} <= set(ids)
    since = definitions[0]["at"]
    assert definitions[0] in listed(system, type="definition", since=since)
    assert definitions[0] not in listed(system, type="definition", until=since)


def test_kinds_add_up_and_unknown_ones_are_refused(system: System) -> None:
    both = system.http.get("/events", params=[("type", "command"), ("type", "component")])
    wrong = system.http.get("/events", params={"type": "gossip"})
    naive = system.http.get("/events", params={"since": "2026-01-01T00:00:00"})
    nobody = system.http.get("/events/nobody")

    assert {event["kind"] for event in both.json()["items"]} <= {"command", "component"}
    assert (wrong.status_code, naive.status_code, nobody.status_code) == (422, 422, 404)
    assert all(kind in wrong.json()["detail"] for kind in KINDS)


def test_what_is_said_of_a_forgotten_stream_is_out_of_sight(system: System) -> None:
    system.http.put("/streams/forgetful", json={})
    (event,) = eventually(
        lambda: listed(system, type="definition", stream="forgetful") or None, "the definition"
    )
    address = f"/events/{quote(event['id'], safe='')}"
    assert system.http.get(address).status_code == 200

    system.http.delete("/streams/forgetful")

    assert listed(system, type="definition", stream="forgetful") == []
    assert system.http.get(address).status_code == 404


def test_who_may_not_read_dead_letters_is_not_shown_them_among_events(tmp_path: Path) -> None:
    fill(tmp_path, [Message(RAW.name, "secret", b"[1]"), Message(RAW.name, "secret", b"[2]")])
    with System(["--no-demo", "--data-dir", str(tmp_path)]) as system:
        eventually(lambda: listed(system, type="dead-letter") or None, "the letters")
        eventually(lambda: listed(system, type="component") or None, "the components")
        shown = listed(system, type="dead-letter")[0]["id"]
        key = system.http.post("/keys", json={"name": "looker", "role": "viewer"}).json()["key"]
        system.http.headers["Authorization"] = f"Bearer {key}"
        seen = {event["kind"] for event in listed(system, type="all")}
        whole = system.http.get(f"/events/{quote(shown, safe='')}")
        letters = [
            system.http.get("/dead-letters"),
            system.http.get(f"/dead-letters/{quote(shown, safe='')}"),
            system.http.post("/dead-letters/replay", json={"reason": "x"}),
        ]

    assert "component" in seen
    assert "dead-letter" not in seen
    assert whole.status_code == 404
    assert [answer.status_code for answer in letters] == [403] * 3


def test_a_large_event_is_read_again_from_the_bus(tmp_path: Path) -> None:
    fill(tmp_path, [Message(RAW.name, "large", b'"' + b"x" * 9000 + b'"')])
    with System(["--no-demo", "--data-dir", str(tmp_path)]) as system:
        (event,) = eventually(lambda: listed(system, type="dead-letter") or None, "the letter")
        whole = system.get(f"/events/{quote(event['id'], safe='')}")

    assert event["subject"] == RAW.name
    assert len(whole["payload"]["original"]) == 4 * -(-9002 // 3)


def test_streams_come_page_by_page_in_the_order_of_their_names(system: System) -> None:
    names = [f"paged-{number:02}" for number in range(9)]
    for name in reversed(names):
        system.http.put(f"/streams/{name}", json={})

    first = system.http.get("/streams", params={"limit": 4})
    system.http.put("/streams/a-newcomer", json={})
    seen = [item["id"] for item in first.json()["items"]]
    answer = first
    while "next" in answer.links:
        answer = system.http.get(f"{system.url}{answer.links['next']['url']}")
        seen += [item["id"] for item in answer.json()["items"]]

    assert len(first.json()["items"]) == 4
    assert seen == sorted(seen)
    assert [name for name in seen if name.startswith("paged-")] == names
    assert len(set(seen)) == len(seen)
