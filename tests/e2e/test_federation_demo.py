"""`scarcity up --demo federation`: five plants share evidence, and the one that lies is named."""

from functools import partial
from typing import Any

from running import System, eventually
from services.demo import world
from services.demo.peers import LIAR, PEERS

FAST = {"SCARCITY_DEMO_WORLD_HZ": "100"}
HONEST = [peer for peer in PEERS if peer != LIAR]
PATIENCE_S = 90.0


def judged(system: System) -> list[dict[str, Any]] | None:
    """The newest round of every honest plant, once all have pooled theirs."""
    found = system.http.get("/federation").json()["memberships"]
    honest = [each for each in found if each["peer"] in HONEST]
    pooled = [each for each in honest if each["outcome"] == "pooled"]
    return pooled if len(pooled) == len(HONEST) else None


def test_honest_plants_believe_each_other_and_name_the_liar() -> None:
    with System(["--demo", "federation"], FAST) as system:
        rounds = eventually(
            partial(judged, system), "all honest plants to pool", within_s=PATIENCE_S
        )
        told = system.http.get("/federation").json()["rounds"]

    truth = {(edge.source, edge.target, edge.lag) for edge in world.truth()}
    for each in rounds:
        peers = {peer["peer"]: peer for peer in each["peers"]}
        assert peers[LIAR]["reason"] == "opposes-own"
        assert [name for name, peer in peers.items() if peer["is_used"]] == sorted(HONEST)
        edges = [edge for edge in each["edges"] if edge["state"] == "accepted"]
        found = {(edge["source"], edge["target"], edge["lag"]) for edge in edges}
        assert len(found & truth) >= len(truth) - 2
        assert len(found - truth) <= 2
        assert all(LIAR not in edge["supports"] for edge in edges)
    assert any(f"{LIAR} is left out, opposes-own" in each["text"] for each in told)
