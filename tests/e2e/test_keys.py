"""Keys: made, listed and revoked, and what may be done with them."""

import os
import re
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from people import ADMIN, OPERATOR, VIEWER, People, at, issue
from running import API, COMMAND, TOKEN
from scarcity.clock import SystemClock


@pytest.fixture
def run(people: People) -> Callable[..., str]:
    """Return what runs `scarcity keys` on the system, and answers with what it prints."""

    def run_keys(*arguments: str) -> str:
        command = [COMMAND, "keys", *arguments, "--url", people.system.url]
        environment = {**os.environ, "COLUMNS": "120", "SCARCITY_TOKEN": TOKEN}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    return run_keys


RECORDS = b'{"x": 1.0}\n{"x": 2.0}'


def test_a_key_for_some_streams_reads_and_writes_those_alone(people: People) -> None:
    system = people.system
    key = issue(system, "line-3", OPERATOR, streams=["line-3", "hall-*"])["key"]
    system.http.put("/streams/secret", json={"window": {"size": 64}})

    with at(system, key) as http:
        sent = {
            stream: http.post(f"/streams/{stream}/records", content=RECORDS).status_code
            for stream in ("line-3", "hall-1", "line-31", "secret")
        }
        defined = [
            http.put(f"/streams/{stream}", json={"window": {"size": 64}}).status_code
            for stream in ("line-3", "secret")
        ]
        shown = {item["id"] for item in http.get("/streams").json()["items"]}

    assert sent == {"line-3": 202, "hall-1": 202, "line-31": 403, "secret": 403}
    assert defined == [202, 403]
    assert shown == {"line-3"}


def test_keys_are_listed_without_what_opens_and_named_once(people: People) -> None:
    system = people.system
    made = issue(system, "seen", VIEWER, streams=["a-*"])
    with at(system, made["key"]) as http:
        http.get("/session").raise_for_status()

    listed = system.http.get("/keys")
    (found,) = [item for item in listed.json()["items"] if item["id"] == made["id"]]
    again = system.http.post("/keys", json={"name": "seen", "role": VIEWER})

    assert re.fullmatch(r"scy_[0-9a-f]{16}_[\w-]{43}", made["key"])
    assert made["key"].rpartition("_")[2] not in listed.text
    assert not {"key", "digest", "secret"} & found.keys()
    assert (found["issued_by"], found["role"], found["streams"]) == ("token", VIEWER, ["a-*"])
    assert found["used_at"] is not None
    assert again.status_code == 409
    assert "revoked" not in {item["name"] for item in listed.json()["items"]}


def test_keys_come_in_pages_oldest_first(people: People) -> None:
    system = people.system
    made = [issue(system, f"paged-{number}", VIEWER)["id"] for number in range(3)]

    answer = system.http.get("/keys", params={"limit": 2})
    listed = [item["id"] for item in answer.json()["items"]]
    while "next" in answer.links:
        answer = system.http.get(f"{system.url}{answer.links['next']['url']}")
        assert 1 <= len(answer.json()["items"]) <= 2
        listed += [item["id"] for item in answer.json()["items"]]

    assert listed[-3:] == made
    assert len(listed) == len(set(listed)) > 4


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "role": "owner"},
        {"name": "no spaces", "role": "viewer"},
        {"name": "x", "role": "viewer", "streams": ["*middle*"]},
        {"name": "x", "role": "viewer", "streams": [""]},
        {"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "role": "viewer", "expires_at": "2099-01-01T00:00:00"},
        {"name": "x", "role": "viewer", "expires_at": 4_102_444_800},
        {"name": "x", "role": "viewer", "streams": "x"},
        {"name": "x", "role": "viewer", "digest": "00"},
    ],
)
def test_a_key_that_cannot_be_is_refused(people: People, body: dict[str, object]) -> None:
    assert people.system.http.post("/keys", json=body).status_code == 422


def test_who_holds_the_key_is_who_commands(people: People) -> None:
    key = issue(people.system, "night-shift", ADMIN)["key"]

    with at(people.system, key) as http:
        answer = http.put("/components/mpie", json={"paused": False})
        found = http.get("/components/mpie").json()

    assert answer.status_code == 200, answer.text
    assert found["commands"][0]["by"] == "key:night-shift"


def test_the_live_feed_of_a_key_ends_when_it_is_revoked(people: People) -> None:
    system = people.system
    made = issue(system, "watcher", VIEWER)
    headers = {"Authorization": f"Bearer {made['key']}"}

    with httpx.stream("GET", f"{system.url}{API}/stream", headers=headers, timeout=30) as feed:
        assert feed.status_code == 200
        system.http.delete(f"/keys/{made['id']}").raise_for_status()
        # What happens next is not for him.
        system.http.put("/streams/after", json={"window": {"size": 64}})
        told = b"".join(feed.iter_raw())

    assert b"after" not in told


def test_the_command_makes_lists_and_revokes_keys(people: People, run: Callable[..., str]) -> None:
    key = run("issue", "by-hand", "--role", "operator", "--stream", "a-*", "--days", "2").split()[0]
    listed = run("list")
    with at(people.system, key) as http:
        told = http.get("/session").json()
        revoked = run("revoke", "by-hand", "--yes")
        after = http.get("/session").status_code

    assert (told["name"], told["role"], told["streams"]) == ("key:by-hand", OPERATOR, ["a-*"])
    ends = datetime.fromisoformat(told["expires_at"]) - SystemClock().now()
    assert timedelta(days=1.9) < ends <= timedelta(days=2)
    assert "by-hand" in listed
    assert key.rpartition("_")[2] not in listed
    assert "by-hand" in revoked
    assert after == 401
