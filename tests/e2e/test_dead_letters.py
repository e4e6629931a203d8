"""What was refused can be looked into, put right and sent again: once, and the story survives."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from running import System, eventually
from scarcity.bus.base import Message
from scarcity.clock import SystemClock
from scarcity.events import RAW, ResourcesSampled
from scarcity.streams.records import MAX_FUTURE
from unit.cli.commands import fill, held

GOOD = b'{"values": {"x0": 1.5}}'
HEADERS = (("origin", b"sensor-7"), ("blob", b"\xff\x00"))
REFUSED = [
    Message(RAW.name, "plant", b"{", HEADERS),
    Message(RAW.name, "no stream name!", GOOD),
    *(Message(RAW.name, "many", b"[%d]" % number) for number in range(12)),
    Message(RAW.name, "large", b'"' + b"x" * 9000 + b'"'),
    Message(RAW.name, "huge", b"x" * 3_000_000),
    Message(RAW.name, "latin", b'{"caf\xe9": 1}'),
    Message(ResourcesSampled.topic.name, "a", b"\xff\xff"),
]
COUNT = len(REFUSED)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system that has refused all of REFUSED."""
    folder = tmp_path_factory.mktemp("refusing")
    fill(folder, REFUSED)
    with System(["--no-demo", "--data-dir", str(folder)]) as system:
        everything(system, COUNT)
        yield system


def everything(system: System, count: int) -> list[dict[str, Any]]:
    """Return the dead letters once there are so many."""

    def enough() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = system.get("/dead-letters", limit="500")["items"]
        return found if len(found) >= count else None

    return eventually(enough, f"{count} dead letters")


def letter(system: System, key: str) -> str:
    """Return the address of the newest dead letter of a key."""
    found = system.get("/dead-letters", key=key)["items"][0]
    return f"/dead-letters/{quote(found['id'], safe='')}"


def post(system: System, path: str, body: Mapping[str, object], key: str | None) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return system.http.post(path, json=body, headers=headers)


def pages(system: System, path: str, **query: str) -> Iterator[list[dict[str, Any]]]:
    """Walk through a list as a client does that knows nothing but the header Link."""
    answer = system.http.get(path, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        if "next" not in answer.links:
            assert answer.json()["next"] is None
            return
        answer = system.http.get(f"{system.url}{answer.links['next']['url']}")


def test_letters_are_counted_and_filtered(refusing: System) -> None:
    whole = refusing.get("/dead-letters", limit="500")
    many = refusing.get("/dead-letters", reason="not-an-object", key="many")
    beats = refusing.get("/dead-letters", origin_topic=ResourcesSampled.topic.name)
    at = whole["items"][0]["at"]

    assert sum(whole["counts"].values()) == sum(whole["origins"].values()) == COUNT
    assert whole["counts"]["bad-stream-id"] == 1
    assert whole["origins"] == {RAW.name: COUNT - 1, ResourcesSampled.topic.name: 1}
    assert [item["preview"] for item in many["items"]] == [f"[{n}]" for n in reversed(range(12))]
    assert [item["reason"] for item in beats["items"]] == ["undecodable"]
    assert at in {item["at"] for item in refusing.get("/dead-letters", since=at)["items"]}
    assert at not in {item["at"] for item in refusing.get("/dead-letters", until=at)["items"]}


def test_a_letter_is_shown_whole_with_its_headers(refusing: System) -> None:
    plain = refusing.get(letter(refusing, "plant"))
    latin = refusing.get(letter(refusing, "latin"))
    large = refusing.get(letter(refusing, "large"))
    huge = refusing.get(letter(refusing, "huge"))
    beat = refusing.get(letter(refusing, "a"))

    assert (plain["value"], plain["encoding"], plain["truncated"]) == ("{", "text", False)
    assert plain["headers"] == [
        {"name": "origin", "value": "sensor-7", "encoding": "text"},
        {"name": "blob", "value": "/wA=", "encoding": "base64"},
    ]
    assert plain["headers_truncated"] is False
    assert (latin["value"], latin["encoding"]) == ("eyJjYWbpIjogMX0=", "base64")
    assert len(large["value"]) == 9002
    assert (len(huge["value"]), huge["bytes"], huge["truncated"]) == (1024**2, 3_000_000, True)
    assert huge["replayable"] is False
    assert "first 1048576 of 3000000" in huge["why_not"]
    assert (beat["replayable"], beat["headers"]) == (False, [])
    assert "one service alone" in beat["why_not"]


def test_failed_work_is_found_among_traces_and_only_streams_are_named(refusing: System) -> None:
    def failed(**query: str) -> Iterator[list[dict[str, Any]]]:
        return pages(refusing, "/traces", failed="true", **query)

    def all_of_them() -> list[dict[str, Any]] | None:
        found = [trace for page in failed(limit="4") for trace in page]
        return found if len(found) >= COUNT else None

    found = eventually(all_of_them, "the traces of what was refused")
    others = refusing.get("/traces", failed="false")["items"]
    plant = [trace for page in failed(stream="plant") for trace in page]

    assert all(trace["has_failed"] for trace in found)
    assert not any(trace["has_failed"] for trace in others)
    assert {name for trace in found for name in trace["streams"]} == {
        *("plant", "many", "large", "huge", "latin")
    }
    assert [trace["streams"] for trace in plant] == [["plant"]]
    assert refusing.http.get("/traces", params={"failed": "perhaps"}).status_code == 422


def test_a_rehearsal_says_what_would_become_of_it_and_sends_nothing(refusing: System) -> None:
    address = letter(refusing, "plant") + "/replay"

    as_it_is = post(refusing, address, {"dry_run": True}, None).json()
    mended = post(refusing, address, {"dry_run": True, "value": GOOD.decode()}, None).json()
    flawed = {"dry_run": True, "value": '{"x0": 1, "x1": "on"}', "key": "other"}
    half = post(refusing, address, flawed, None).json()

    assert (as_it_is["accepted"], as_it_is["reason"]) == (False, "broken-json")
    assert (mended["accepted"], mended["edited"], mended["topic"]) == (True, True, RAW.name)
    assert (half["accepted"], half["key"], half["flaws"]) == (True, "other", {"x1": "not-a-number"})
    assert refusing.get(letter(refusing, "plant"))["replays"] == []


@pytest.mark.parametrize(
    ("key", "body", "says"),
    [
        ("plant", {}, "not JSON"),
        ("plant", {"value": GOOD.decode(), "key": "not a name"}, "cannot name a stream"),
        ("plant", {"value": "%%%", "encoding": "base64"}, "not base64"),
        ("huge", {}, "only the first"),
        ("a", {"value": GOOD.decode()}, "one service alone"),
    ],
)
def test_what_would_be_refused_once_more_is_not_sent(
    refusing: System, key: str, body: dict[str, object], says: str
) -> None:
    answer = post(refusing, letter(refusing, key) + "/replay", body, f"{key}-{says[-5:].strip()}")

    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert refusing.get(letter(refusing, key))["replays"] == []


def test_a_replay_needs_a_key_and_a_letter(refusing: System) -> None:
    without = post(refusing, letter(refusing, "plant") + "/replay", {}, None)
    nobody = post(refusing, "/dead-letters/nobody/replay", {}, "k")

    assert (without.status_code, "Idempotency-Key" in without.json()["detail"]) == (400, True)
    assert nobody.status_code == 404
    assert refusing.http.get("/dead-letters/nobody").status_code == 404


def test_pages_hold_every_letter_once_and_a_cursor_is_good_for_its_list_alone(
    refusing: System,
) -> None:
    whole = [item["id"] for item in everything(refusing, COUNT)]
    walked = [list(page) for page in pages(refusing, "/dead-letters", limit="5")]
    many = [list(page) for page in pages(refusing, "/dead-letters", limit="5", key="many")]
    cursor = refusing.get("/dead-letters", limit="5")["next"]

    assert [item["id"] for page in walked for item in page] == whole
    assert [len(page) for page in walked] == [5, 5, 5, COUNT - 15]
    assert [len(page) for page in many] == [5, 5, 2]
    for wrong in (cursor[:-2] + "xx", "A" * 40, "ü", "", cursor + "A"):
        answer = refusing.http.get("/dead-letters", params={"cursor": wrong})
        assert answer.status_code == 400, wrong
        assert "begin again" in answer.json()["detail"]
    assert refusing.http.get("/events", params={"cursor": cursor}).status_code == 400
    assert refusing.http.get("/dead-letters", params={"limit": 501}).status_code == 422


def test_a_letter_is_sent_once_for_a_key_also_after_a_restart(tmp_path: Path) -> None:
    fill(tmp_path, REFUSED)
    arguments = ["--no-demo", "--data-dir", str(tmp_path)]
    mended = {"value": GOOD.decode()}
    with System(arguments) as system:
        everything(system, COUNT)
        plant, address = (letter(system, "plant") + end for end in ("", "/replay"))
        unnamed = letter(system, "no stream name!") + "/replay"
        first = post(system, address, mended, "one")
        again = post(system, address, mended, "one")
        other = post(system, address, {"value": '{"x0": 2}'}, "one")
        elsewhere = post(system, unnamed, mended, "one")
        named = post(system, unnamed, {"key": "named"}, "two")
        batch = post(system, "/dead-letters/replay", {"reason": "not-an-object"}, "three")
        eventually(lambda: system.get("/streams")["items"] or None, "the record that was mended")
        cursor = system.get("/dead-letters", limit="3")["next"]
        system.kill()
    with System(arguments) as system:
        after = post(system, address, mended, "one")
        refused = post(system, address, {}, "one")
        batch_after = post(system, "/dead-letters/replay", {"reason": "not-an-object"}, "three")
        told = system.get(plant)["replays"]
        audited = system.get("/events", type="replay")["items"]
        following = system.get("/dead-letters", limit="3", cursor=cursor)["items"]
    raw = held(tmp_path, RAW.name)

    assert first.json()["sent"] == 1
    assert first.json() == again.json() == after.json()
    assert (other.status_code, elsewhere.status_code, refused.status_code) == (422, 422, 422)
    assert named.json()["letters"][0]["key"] == "named"
    assert (batch.json()["sent"], batch.json()["refused"]) == (0, 13)
    assert "a record is a JSON object" in batch.json()["letters"][0]["refused"]
    assert batch_after.json() == batch.json()
    assert [(each["request"], each["edited"], each["topic"]) for each in told] == [
        ("one", True, RAW.name)
    ]
    assert [event["summary"].partition("sent ")[2] for event in audited] == [
        "0 dead letters again; 13 would have been refused once more",
        "1 dead letter again",
        "1 dead letter again",
    ]
    assert len(following) == 3
    sent = {d.key: d for d in raw if d.header("scarcity-dead-letter")}
    assert set(sent) == {"plant", "named"}
    assert sum(bool(d.header("scarcity-dead-letter")) for d in raw) == 2
    assert sent["plant"].value == sent["named"].value == GOOD
    assert sent["plant"].headers[:2] == HEADERS
    (place,) = [d for d in raw if d.key == "plant" and d.value == b"{"]
    assert sent["plant"].header("scarcity-dead-letter") == (
        f"{RAW.name}/{place.partition}/{place.offset}/broken-json"
    )


def test_all_of_a_reason_is_sent_again_oldest_first_and_never_twice(tmp_path: Path) -> None:
    # Just too far ahead of the clock, which goes on; but for one.
    near = (SystemClock().now() + MAX_FUTURE + timedelta(seconds=5)).isoformat()
    stamps = [near, "2999-01-01T00:00:00Z", near, near]
    lines = [b'{"ts": "%s", "x0": %d}' % (ts.encode(), n) for n, ts in enumerate(stamps)]
    fill(tmp_path, [Message(RAW.name, "soon", line) for line in lines])
    body: dict[str, object] = {"reason": "future-timestamp", "limit": 3}
    with System(["--no-demo", "--data-dir", str(tmp_path)]) as system:
        everything(system, 4)
        oldest = system.get("/dead-letters")["items"][-1]["id"]
        rehearsal = f"/dead-letters/{oldest}/replay"

        def accepted() -> bool | None:
            return post(system, rehearsal, {"dry_run": True}, None).json()["accepted"] or None

        eventually(accepted, "the time")
        told = [post(system, "/dead-letters/replay", body, key).json() for key in "abca"]
        tallies = system.get("/dead-letters", limit="1")
    sent = [d.value for d in held(tmp_path, RAW.name) if d.header("scarcity-dead-letter")]

    assert [(each["sent"], each["refused"]) for each in told] == [(2, 1), (1, 1), (0, 1), (2, 1)]
    assert told[3] == told[0]
    assert tallies["counts"] == {"future-timestamp": 4}
    assert (tallies["sent"], tallies["unsent"]) == (
        {"future-timestamp": 3},
        {"future-timestamp": 1},
    )
    assert [each["refused"] is None for each in told[0]["letters"]] == [True, False, True]
    assert sent == [lines[0], lines[2], lines[3]]
