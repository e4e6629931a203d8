"""The live feed: nothing is missed, and whoever wants, or may see, a part of it gets that alone."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import numpy as np
import pytest

from following import Follower
from running import API, System, eventually
from scarcity.clock import SystemClock
from services.gateway.domain.telling import LIVE_KINDS
from worlds import records, var

TRACE = "4bf92f3577b34da6a3ce929d0e0e4737"


@pytest.fixture
def follow(system: System) -> Callable[..., Follower]:
    """Return what follows the feed once it is connected."""

    def begun(**how: Any) -> Follower:
        follower = Follower(system, **how)
        follower.start()
        assert follower.connected.wait(10)
        return follower

    return begun


def key(system: System, *streams: str) -> str:
    """Return a new key for some streams."""
    name = f"follower-{SystemClock().now().timestamp():.6f}"
    answer = system.http.post(
        "/keys", json={"name": name, "role": "viewer", "streams": list(streams)}
    )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["key"]
    return made


def happen(system: System, *streams: str) -> None:
    """Let something happen to streams and to the system, and wait until it has."""
    lines = records.lines(var.chain(np.random.default_rng(12), 3, 512))
    for stream in streams:
        system.http.post(
            f"/streams/{stream}/records",
            content=b"\n".join(lines),
            headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        ).raise_for_status()
    for stream in streams:
        system.graph(stream, rows=512)
    system.http.put("/components/mpie", json={"paused": False}).raise_for_status()


def told(follower: Follower, kind: str, **members: object) -> None:
    """Wait until a follower is told of that."""
    eventually(lambda: follower.seen(kind, **members) or None, f"{kind} {members}")


def about(data: dict[str, object]) -> object:
    return data.get("stream", data.get("id"))


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


def test_a_key_for_some_streams_follows_those_alone_and_misses_none_of_them(
    system: System, follow: Callable[..., Follower]
) -> None:
    credential = key(system, "own-*")
    everything, own = follow(), follow(credential=credential)

    happen(system, "own-1", "others-1", "own-2")
    told(everything, "command")
    told(own, "graph", stream="own-2", rows=512)
    system.http.delete("/streams/own-1").raise_for_status()
    told(own, "forgotten", id="own-1")
    told(everything, "forgotten", id="own-1")

    seen = list(own.events)
    last = [each[1] for each in everything.events].index(seen[-1][1])
    theirs = [e for e in everything.events[: last + 1] if str(about(e[2])).startswith("own-")]
    again = follow(credential=credential, last_id=seen[0][1])
    eventually(lambda: len(again.events) >= len(seen) - 1 or None, "what was missed")

    assert seen == theirs
    assert {kind for kind, _, _ in seen} == {"stream", "definition", "graph", "edge", "forgotten"}
    assert everything.seen("graph", stream="others-1")
    assert again.events[: len(seen) - 1] == seen[1:]


def test_anybody_may_follow_some_kinds_or_some_streams(
    system: System, follow: Callable[..., Follower]
) -> None:
    everything = follow()
    of_kinds = follow(query=[("kinds", "edge,definition")])
    of_streams = follow(query=[("stream", "some-1"), ("stream", "some-2"), ("kinds", "graph,edge")])

    happen(system, "some-1", "some-2", "some-3")
    for stream in ("some-1", "some-2", "some-3"):
        told(everything, "graph", stream=stream, rows=512)
    told(of_streams, "graph", stream="some-2", rows=512)

    def agree(follower: Follower, kinds: set[str], streams: set[str]) -> bool | None:
        every = list(everything.events)
        wanted = [each for each in every if each[0] in kinds and about(each[2]) in streams]
        return follower.events == wanted or None

    some = {"some-1", "some-2", "some-3"}
    eventually(lambda: agree(of_streams, {"edge", "graph"}, {"some-1", "some-2"}), "these streams")
    eventually(lambda: agree(of_kinds, {"edge", "definition"}, some), "these kinds")


def test_a_change_of_an_edge_is_the_same_live_as_in_the_list(
    system: System, follow: Callable[..., Follower]
) -> None:
    live = follow(query=[("kinds", "edge"), ("kinds", "definition"), ("stream", "same")])

    happen(system, "same")

    def listed(kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = system.get("/events", type=kind, stream="same")["items"]
        return found

    def agree(kind: str) -> bool | None:
        return live.seen(kind) == listed(kind)[::-1] or None

    for kind in ("edge", "definition"):
        told(live, kind)
        eventually(partial(agree, kind), f"{kind} to be alike")
    assert TRACE in {each["trace_id"] for each in live.seen("edge")}


def test_what_no_feed_can_be_of_is_refused_with_what_to_do(system: System) -> None:
    credential = key(system, "own-*")

    def refused(query: dict[str, str], credential: str | None = None) -> tuple[int, str]:
        headers = httpx.Headers(system.http.headers)
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        answer = httpx.get(f"{system.url}{API}/stream", params=query, headers=headers, timeout=10)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["detail"]

    for wrong in ("gossip", "edge,", "", "edge graph"):
        status, detail = refused({"kinds": wrong})
        assert status == 422
        assert all(kind in detail for kind in LIVE_KINDS)
    status, detail = refused({"stream": "no name!"})
    assert (status, "letters, digits" in detail) == (400, True)
    status, detail = refused({"stream": "others"}, credential)
    assert (status, "own-*" in detail and "leave 'others' out" in detail) == (403, True)


def test_who_waits_for_little_is_told_its_place_and_resumes_there(
    system: System, follow: Callable[..., Follower]
) -> None:
    query = {"stream": "later"}
    address = f"{system.url}{API}/stream"
    with httpx.stream(
        "GET", address, params=query, headers=system.http.headers, timeout=30
    ) as answer:
        place = next(line for line in answer.iter_lines() if line.startswith("id: "))

    system.http.put("/streams/later", json={}).raise_for_status()
    resumed = follow(last_id=place.removeprefix("id: "), query=list(query.items()))

    told(resumed, "definition", stream="later")
    assert not resumed.seen("reset")
