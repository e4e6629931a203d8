"""Deployments that speak to each other: rounds, liars, late ones, and a coordinator that dies."""

import numpy as np
import pytest

from federation_of import CONTRACT, FOREVER_MS, Federation, own
from scarcity.federation.protocol.refusals import Reason
from scarcity.federation.protocol.rounds import Stage, usual_quorum
from scarcity.federation.protocol.statement import NEWEST, OLDEST, Hello, unpack

TRUE = np.arange(CONTRACT.size) % 10 == 0


@pytest.fixture
def rng() -> np.random.Generator:
    seed = int(np.random.SeedSequence().generate_state(1)[0])
    print(f"seed {seed}")
    return np.random.default_rng(seed)


def learned(federation: Federation, rng: np.random.Generator) -> None:
    for peer in federation.peers.values():
        peer.learned(own(rng))


def test_a_round_of_honest_peers_finds_what_none_finds_alone(rng: np.random.Generator) -> None:
    federation = Federation(6)
    learned(federation, rng)

    federation.tick()
    federation.tick()

    assert federation.refusals == []
    for verdicts in federation.verdicts.values():
        (verdict,) = verdicts
        assert verdict.pooled is not None
        assert verdict.peers == tuple(federation.peers)
        assert (verdict.pooled.accepted == TRUE).mean() > 0.95
        assert all(verdict.pooled.used)


def test_a_peer_that_turns_everything_round_is_named_by_all_others(
    rng: np.random.Generator,
) -> None:
    federation = Federation(6)
    learned(federation, rng)
    federation.peers["p3"].learned(own(rng, sign=-1.0))

    federation.tick()
    federation.tick()

    for name, (verdict,) in federation.verdicts.items():
        assert verdict.pooled is not None
        if name != "p3":
            reasons = dict(zip(verdict.peers, verdict.pooled.reasons, strict=True))
            assert reasons["p3"] == "opposes-own"
            assert [peer for peer, reason in reasons.items() if reason] == ["p3"]
            assert (verdict.pooled.accepted == TRUE).mean() > 0.95


def test_without_a_quorum_nothing_comes_of_it_and_the_next_round_begins_in_time(
    rng: np.random.Generator,
) -> None:
    federation = Federation(6)
    for name in ("p0", "p1"):
        federation.peers[name].learned(own(rng))

    federation.tick()
    federation.tick(19.0)
    assert federation.coordinator.due(CONTRACT, federation.now_ms) == ()
    federation.tick(1.0)

    assert usual_quorum(6) == 4
    assert {v[0].outcome for v in federation.verdicts.values()} == {"aborted"}
    federation.tick(40.0)
    current = federation.peers["p1"].rounds.current
    assert current is not None
    assert (current.number, current.stage) == (2, Stage.OPEN)


def test_who_comes_too_late_is_counted_and_heard_in_the_next_round(
    rng: np.random.Generator,
) -> None:
    federation = Federation(5)
    learned(federation, rng)
    tardy = federation.peers.pop("p4")
    federation.tick()
    federation.tick(21.0)
    tardy.hear(*federation.log[0], federation.now_ms)
    (offer,) = tardy.offer(federation.now_ms)

    federation.say("p4", [offer])

    rounds = federation.peers["p1"].rounds
    assert rounds.late == 1
    assert federation.verdicts["p1"][0].peers == ("p0", "p1", "p2", "p3")
    for name in ("p0", "p1", "p2", "p3"):
        federation.peers[name].learned(own(rng, step=999))
    federation.tick(60.0)
    federation.tick(21.0)
    assert federation.verdicts["p1"][1].peers == ("p0", "p1", "p2", "p3", "p4")


@pytest.mark.parametrize("said", range(1, 8))
def test_a_coordinator_that_dies_after_any_statement_goes_on_from_the_log(
    rng: np.random.Generator, said: int
) -> None:
    federation = Federation(5)
    learned(federation, rng)
    federation.tick()
    federation.tick()
    assert len(federation.log) == 7
    log = federation.log[:said]

    again = Federation(5)
    again.identities, again.roster = federation.identities, federation.roster
    again.peers = {name: again.peer(name) for name in federation.peers}
    for peer in again.peers.values():
        for source, data in log:
            again.hear(peer, source, data)
        peer.learned(own(rng))
    again.coordinator = again.coordinated_by(again.peers["p0"])
    for name, peer in again.peers.items():
        again.say(name, peer.offer(again.now_ms))
    again.tick(21.0)

    assert again.refusals == []
    current = again.peers["p0"].rounds.current
    assert current is not None
    assert (current.number, current.stage) == (1, Stage.CLOSED)
    assert len(current.counted) == 5


def test_evidence_is_offered_once_and_again_only_with_more_rows(rng: np.random.Generator) -> None:
    federation = Federation(5)
    learned(federation, rng)
    federation.tick()
    federation.tick()
    federation.tick(60.0)
    federation.tick(20.0)

    assert federation.verdicts["p1"][1].outcome == "aborted"
    learned_more = own(rng, step=999)
    federation.peers["p1"].learned(learned_more)
    federation.tick(40.0)
    current = federation.peers["p2"].rounds.current
    assert current is not None
    assert set(current.inputs) == {"p1"}


def test_a_federation_speaks_what_its_oldest_member_understands(rng: np.random.Generator) -> None:
    federation = Federation(4)
    learned(federation, rng)
    for name, peer in federation.peers.items():
        newest = OLDEST if name == "p2" else NEWEST
        federation.say(name, [peer.say(Hello(OLDEST, newest), number=0, at_ms=federation.now_ms)])
    federation.tick()
    federation.tick()

    assert {unpack(data)[1].protocol for _, data in federation.log} == {OLDEST}
    assert federation.verdicts["p3"][0].outcome == "pooled"


def test_a_revoked_peer_is_heard_no_more(rng: np.random.Generator) -> None:
    federation = Federation(5)
    learned(federation, rng)
    federation.roster = roster = federation.roster.revoking("p4")
    federation.peers = {name: federation.peer(name) for name in federation.peers}
    federation.coordinator = federation.coordinated_by(federation.peers["p0"])
    learned(federation, rng)

    federation.tick()
    federation.tick(20.0)

    assert {refusal.reason for refusal in federation.refusals} == {Reason.REVOKED_KEY}
    assert federation.verdicts["p1"][0].peers == ("p0", "p1", "p2", "p3")
    assert (roster.version, roster.speaking) == (2, 4)
    assert federation.now_ms < FOREVER_MS
