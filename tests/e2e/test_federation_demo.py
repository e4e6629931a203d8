"""`scarcity up --demo federation`: five plants share evidence, and the one that lies is named."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from running import System, eventually
from services.demo import world
from services.demo.peers import LIAR, PEERS

FAST = {"SCARCITY_DEMO_WORLD_HZ": "100"}
HONEST = [peer for peer in PEERS if peer != LIAR]
PATIENCE_S = 90.0
ROWS = 500
"""From far fewer nobody can tell who is honest; the first round may come as early as that."""


def judged(system: System, after: int = 0) -> list[dict[str, Any]] | None:
    """The newest round of every honest plant, once all have pooled a later one from enough rows."""
    found = system.http.get("/federation").json()["memberships"]
    honest = [each for each in found if each["peer"] in HONEST]
    pooled = [
        each
        for each in honest
        if each["outcome"] == "pooled"
        and each["round"] > after
        and all(peer["rows"] >= ROWS for peer in each["peers"])
    ]
    return pooled if len(pooled) == len(HONEST) else None


def next_on_the_feed(system: System, kind: str) -> dict[str, Any]:
    """The next event of a kind on the live feed."""
    with httpx.stream(
        "GET", f"{system.url}/api/v1/stream", headers=system.http.headers, timeout=60
    ) as answer:
        lines = answer.iter_lines()
        for line in lines:
            if line == f"event: {kind}":
                data = next(each for each in lines if each.startswith("data: "))
                found: dict[str, Any] = json.loads(data.removeprefix("data: "))
                return found
    raise AssertionError(f"the feed has ended without a {kind}")


@dataclass(frozen=True)
class Start:
    """What a start came to before it was killed."""

    arguments: list[str]
    rounds: list[dict[str, Any]]
    """the newest of every honest plant"""
    told: list[dict[str, Any]]
    live: dict[str, Any]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Start:
    arguments = ["--demo", "federation", "--data-dir", str(tmp_path_factory.mktemp("data"))]
    with System(arguments, FAST) as system:
        rounds = eventually(
            partial(judged, system), "all honest plants to pool", within_s=PATIENCE_S
        )
        told = system.http.get("/federation").json()["rounds"]
        live = next_on_the_feed(system, "round")
        system.kill()
    return Start(arguments, rounds, told, live)


def test_honest_plants_believe_each_other_and_name_the_liar(first: Start) -> None:
    truth = {(edge.source, edge.target, edge.lag) for edge in world.truth()}
    for each in first.rounds:
        reasons = {peer["peer"]: peer["reason"] for peer in each["peers"]}
        assert reasons == {**dict.fromkeys(HONEST, ""), LIAR: "opposes-own"}
        edges = [edge for edge in each["edges"] if edge["state"] == "accepted"]
        found = {(edge["source"], edge["target"], edge["lag"]) for edge in edges}
        assert len(found & truth) >= len(truth) - 2
        assert len(found - truth) <= 2
        assert all(LIAR not in edge["supports"] for edge in edges)
    assert any(f"{LIAR} is left out, opposes-own" in each["text"] for each in first.told)
    assert first.live["federation"] == "plants"
    assert first.live["peer"] in PEERS
    assert first.live["text"].startswith(f"round {first.live['round']} of plants: ")


def test_a_second_start_goes_on_with_the_same_federation(first: Start) -> None:
    last = max(each["round"] for each in first.rounds)

    with System(first.arguments, FAST) as after:
        later = eventually(
            partial(judged, after, last), "all honest plants to pool again", within_s=PATIENCE_S
        )

    for each in later:
        reasons = {peer["peer"]: peer["reason"] for peer in each["peers"]}
        assert reasons == {**dict.fromkeys(HONEST, ""), LIAR: "opposes-own"}
        assert each["refused"] == []
