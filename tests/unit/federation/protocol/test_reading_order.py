"""Whoever starts again hears each peer in order, and peers in any order among each other."""

from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation_of import CONTRACT, Federation, own
from scarcity.federation.alignment import Own
from scarcity.federation.node import Peer
from scarcity.federation.protocol.rounds import Round, Rounds, Stage
from scarcity.federation.protocol.statement import (
    NEWEST,
    EvidenceOffered,
    Signed,
    floats_to_bytes,
    unpack,
)

ROUNDS = 8


def lived(seed: int) -> Federation:
    """Rounds of which some are aborted, and in which some say nothing, or come too late."""
    rng, chance = np.random.default_rng(seed), Random(seed)
    federation = Federation(5)
    for number in range(ROUNDS):
        for peer in federation.peers.values():
            if chance.random() > 0.3:
                peer.learned(own(rng, step=499 + 100 * number))
        federation.tick(60.0)
        federation.tick(21.0)
        if chance.random() < 0.5:
            tardy = federation.peers[chance.choice(sorted(federation.peers))]
            said = too_late(tardy, own(rng, step=549 + 100 * number), federation.now_ms)
            federation.say(tardy.name, said)
    if chance.random() < 0.5:
        # The last one stays open.
        for peer in list(federation.peers.values())[:2]:
            peer.learned(own(rng, step=9999))
        federation.tick(60.0)
    return federation


def too_late(peer: Peer, told: Own, at_ms: int) -> list[Signed]:
    """What a peer says who has not heard yet that the round has ended."""
    current = now(peer.rounds)
    if peer.name in current.inputs:
        return []
    content = EvidenceOffered(
        contract=CONTRACT.digest,
        epoch=told.epoch,
        step=told.step,
        rows=told.rows,
        effect=floats_to_bytes(told.effect, NEWEST),
        se=floats_to_bytes(told.se, NEWEST),
    )
    return [peer.say(content, number=current.number, at_ms=at_ms, protocol=NEWEST)]


def shuffled(log: list[tuple[str, bytes]], chance: Random) -> list[tuple[str, bytes]]:
    """The same, in which what each peer said is in order, and nothing else."""
    sources = [source for source, _ in log]
    chance.shuffle(sources)
    topics = {name: iter([data for source, data in log if source == name]) for name in sources}
    return [(source, next(topics[source])) for source in sources]


def now(rounds: Rounds) -> Round:
    assert rounds.current is not None
    return rounds.current


def steps(current: Round) -> dict[str, int]:
    """Up to where the evidence goes that counts, by peer."""
    contents = {peer: heard.statement.content for peer, heard in current.counted.items()}
    return {
        peer: content.step
        for peer, content in contents.items()
        if isinstance(content, EvidenceOffered)
    }


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), order=st.integers(0, 2**32 - 1))
def test_the_same_statements_lead_to_the_same_round(seed: int, order: int) -> None:
    federation = lived(seed)
    again = federation.peer("p2")

    for source, data in shuffled(federation.log, Random(order)):
        again.hear(source, data, federation.now_ms)

    known, found = federation.peers["p2"].rounds, again.rounds
    assert now(found).number == now(known).number
    assert now(found).stage is now(known).stage
    assert steps(now(found)) == steps(now(known))
    assert now(found).unheard == frozenset()
    assert found.counted == known.counted
    if now(known).stage is Stage.OPEN:
        assert {peer: heard.digest for peer, heard in now(found).inputs.items()} == {
            peer: heard.digest for peer, heard in now(known).inputs.items()
        }


@pytest.mark.parametrize("name", ["p0", "p3"])
@pytest.mark.parametrize("first", ["p0", "p1", "p3"])
def test_who_starts_again_offers_what_is_new_in_the_next_round(name: str, first: str) -> None:
    rng = np.random.default_rng(11)
    federation = Federation(5)
    for number in range(3):
        for peer in federation.peers.values():
            peer.learned(own(rng, step=499 + 100 * number))
        federation.tick(60.0)
        federation.tick(21.0)
    again = federation.peer(name)
    for source, data in sorted(federation.log, key=lambda each: each[0] != first):
        again.hear(source, data, federation.now_ms)
    federation.peers[name] = again
    if name == "p0":
        federation.coordinator = federation.coordinated_by(again)

    for peer in federation.peers.values():
        peer.learned(own(rng, step=1999))
    federation.tick(60.0)
    federation.tick(21.0)

    assert federation.refusals == []
    for peer in federation.peers.values():
        assert peer.rounds.late == 0
        current = now(peer.rounds)
        assert (current.number, current.stage) == (4, Stage.CLOSED)
        assert steps(current) == dict.fromkeys(federation.peers, 1999)


@pytest.mark.parametrize("was_there", [False, True])
def test_a_round_that_the_next_has_overtaken_is_judged_by_who_was_there(*, was_there: bool) -> None:
    rng = np.random.default_rng(12)
    federation = Federation(5)
    for peer in federation.peers.values():
        peer.learned(own(rng))
    federation.tick()
    federation.tick(21.0)
    federation.tick(60.0)
    again = federation.peer("p1")
    if was_there:
        again.hello(federation.now_ms)
    for source, data in federation.log:
        again.hear(source, data, federation.now_ms)

    assert (now(again.rounds).number, now(again.rounds).stage) == (2, Stage.OPEN)
    overtaken = again.judge(federation.now_ms) if was_there else None
    assert (overtaken is not None) == was_there
    assert overtaken is None or (overtaken.round.number, overtaken.outcome) == (1, "pooled")
    assert again.judge(federation.now_ms) is None
    assert again.judge(federation.now_ms + 10_000) is None


def test_what_an_aborted_round_had_counts_in_the_next() -> None:
    rng = np.random.default_rng(13)
    federation = Federation(5)
    for name in ("p1", "p2"):
        federation.peers[name].learned(own(rng))
    federation.tick()
    federation.tick(21.0)
    assert {verdict.outcome for (verdict,) in federation.verdicts.values()} == {"aborted"}

    for name in ("p0", "p3"):
        federation.peers[name].learned(own(rng))
    federation.tick(60.0)
    federation.tick(21.0)

    assert federation.verdicts["p3"][1].peers == ("p0", "p1", "p2", "p3")
    said = [unpack(data)[1] for _, data in federation.log]
    offers = sorted(each.peer for each in said if isinstance(each.content, EvidenceOffered))
    assert offers == ["p0", "p1", "p2", "p3"]
