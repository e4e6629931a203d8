"""Nothing that a member says, a coordinator either, can bring another deployment down."""

import msgspec
import numpy as np
import pytest

from federation_of import CONTRACT, FOREVER_MS, NAME, Federation, own
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.roster import Member, PeerKey, Role, Roster, open_roster
from scarcity.federation.protocol.rounds import Stage
from scarcity.federation.protocol.statement import (
    NEWEST,
    OLDEST,
    EvidenceOffered,
    Mode,
    RoundClosed,
    RoundOpened,
    Speaker,
    floats_to_bytes,
    pack,
    unpack,
)

COORDINATOR = Identity.new()
OPENING = RoundOpened(Mode.EVIDENCE, CONTRACT.digest, NEWEST, 5.0, 3)


def door() -> Admission:
    keys = (PeerKey(COORDINATOR.public, 0, FOREVER_MS),)
    return Admission(Roster(NAME, 1, (Member("a", keys, Role.COORDINATOR),)), (CONTRACT,))


@pytest.mark.parametrize(
    ("number", "changes", "reason"),
    [
        (1, {"speaks": NEWEST + 1}, Reason.WRONG_PROTOCOL),
        (1, {"speaks": OLDEST - 1}, Reason.WRONG_PROTOCOL),
        (1, {"quorum": 2**40}, Reason.IMPLAUSIBLE),
        (1, {"quorum": 0}, Reason.IMPLAUSIBLE),
        (1, {"seconds": float("nan")}, Reason.IMPLAUSIBLE),
        (1, {"seconds": float("inf")}, Reason.IMPLAUSIBLE),
        (1, {"seconds": -1.0}, Reason.IMPLAUSIBLE),
        (-1, {}, Reason.IMPLAUSIBLE),
    ],
)
def test_a_round_that_cannot_be_is_not_opened(
    number: int, changes: dict[str, object], reason: Reason
) -> None:
    opened = msgspec.structs.replace(OPENING, **changes)
    said = Speaker(NAME, "a", COORDINATOR).say(opened, number=number, at_ms=5, protocol=NEWEST)

    with pytest.raises(Refused) as refusal:
        door().hear("a", pack(said), 5)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("included", "reason"),
    [({"stranger": bytes(32)}, Reason.UNKNOWN_PEER), ({"a": bytes(31)}, Reason.IMPLAUSIBLE)],
)
def test_a_round_counts_what_members_said_alone(included: dict[str, bytes], reason: Reason) -> None:
    said = Speaker(NAME, "a", COORDINATOR).say(
        RoundClosed(included), number=1, at_ms=5, protocol=NEWEST
    )

    with pytest.raises(Refused) as refusal:
        door().hear("a", pack(said), 5)

    assert refusal.value.reason == reason


@pytest.mark.parametrize("data", [b"\x81\xa1\xff\x01", b"\xa1\xff", b"\x81" + b"\x91" * 10_000])
def test_a_list_of_members_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        open_roster(data, COORDINATOR.public)

    assert refusal.value.reason == Reason.UNREADABLE


NUMBERS = {
    "largest": (1e30, 1e30),
    "smallest": (0.0, 1e-30),
    "unsure": (-0.0, 1e30),
    "surest": (1e-28, 1e-30),
    "nothing": (np.nan, np.nan),
}
BEYOND = [(1e308, 1e308), (0.0, 5e-324), (0.0, 1e-300), (0.0, 1.7e308), (1e31, 1e30)]


@pytest.mark.parametrize("protocol", [OLDEST, NEWEST])
@pytest.mark.parametrize("case", NUMBERS)
def test_no_numbers_spoil_what_the_others_say(case: str, protocol: int) -> None:
    rng = np.random.default_rng(5)
    federation = Federation(6)
    for peer in federation.peers.values():
        peer.learned(own(rng))
    del federation.peers["p5"]

    federation.tick()
    said = Speaker(NAME, "p5", federation.identities["p5"]).say(
        hostile(*NUMBERS[case], protocol), number=1, at_ms=5, protocol=protocol
    )
    federation.say("p5", [said])
    federation.tick(21.0)

    truth = np.arange(CONTRACT.size) % 10 == 0
    for (verdict,) in federation.verdicts.values():
        assert "p4" in verdict.peers
        assert verdict.pooled is not None
        assert (verdict.pooled.accepted == truth).mean() > 0.95
        assert np.all(np.isfinite(verdict.pooled.effect[verdict.pooled.accepted]))


@pytest.mark.parametrize(("effect", "se"), BEYOND)
def test_numbers_that_nobody_can_count_with_are_not_let_in(effect: float, se: float) -> None:
    said = Speaker(NAME, "a", COORDINATOR).say(
        hostile(effect, se, OLDEST), number=1, at_ms=5, protocol=OLDEST
    )

    with pytest.raises(Refused) as refusal:
        door().hear("a", pack(said), 5)

    assert refusal.value.reason == Reason.IMPLAUSIBLE


def hostile(effect: float, se: float, protocol: int) -> EvidenceOffered:
    """Evidence of as many rows as anybody can claim."""
    numbers = (floats_to_bytes(np.full(CONTRACT.size, each), protocol) for each in (effect, se))
    return EvidenceOffered(CONTRACT.digest, 0, 2**63, 400, *numbers)


def test_an_end_is_said_once_though_evidence_comes_before_it_is_heard() -> None:
    rng = np.random.default_rng(6)
    federation = Federation(5)
    tardy = federation.peers["p4"]
    for name in ("p0", "p1", "p2", "p3"):
        federation.peers[name].learned(own(rng))
    federation.tick()
    federation.now_ms += 21_000

    (closed,) = federation.coordinator.due(CONTRACT, federation.now_ms)
    tardy.learned(own(rng))
    federation.say("p4", tardy.offer(federation.now_ms))
    again = federation.coordinator.due(CONTRACT, federation.now_ms)
    federation.say("p0", [closed])

    assert isinstance(unpack(pack(closed))[1].content, RoundClosed)
    assert again == ()
    assert federation.refusals == []
    current = federation.peers["p1"].rounds.current
    assert current is not None
    assert (current.stage, sorted(current.counted)) == (Stage.CLOSED, ["p0", "p1", "p2", "p3"])
