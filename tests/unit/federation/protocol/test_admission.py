"""Whatever is wrong with a statement, it is refused with its reason, and changes nothing."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation_of import CONTRACT, FOREVER_MS, NAME
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.roster import (
    Member,
    PeerKey,
    Role,
    Roster,
    open_roster,
    seal,
)
from scarcity.federation.protocol.statement import (
    MAX_BYTES,
    NEWEST,
    EvidenceOffered,
    Mode,
    RoundOpened,
    Signed,
    Speaker,
    floats_to_bytes,
    pack,
)

ME, OTHER, STRANGER = Identity.new(), Identity.new(), Identity.new()
NOW_MS = 5_000
ROSTER = Roster(
    NAME,
    3,
    (
        Member("a", (PeerKey(ME.public, 0, FOREVER_MS),)),
        Member("b", (PeerKey(OTHER.public, 0, FOREVER_MS),), Role.COORDINATOR),
    ),
)
OFFER = EvidenceOffered(
    contract=CONTRACT.digest,
    epoch=0,
    step=199,
    rows=150,
    effect=floats_to_bytes(np.full(CONTRACT.size, 0.1), NEWEST),
    se=floats_to_bytes(np.full(CONTRACT.size, 0.05), NEWEST),
)


def admission(roster: Roster = ROSTER) -> Admission:
    return Admission(roster, (CONTRACT,))


def said(content: object = OFFER, identity: Identity = ME, **changes: object) -> bytes:
    """A statement of a, with something changed before it is signed."""
    signed = Speaker(NAME, "a", identity).say(content, number=1, at_ms=NOW_MS, protocol=NEWEST)  # type: ignore[arg-type]
    if not changes:
        return pack(signed)
    body = msgspec.msgpack.decode(signed.body)
    body.update(changes)
    raw = msgspec.msgpack.encode(body)
    return pack(Signed(raw, identity.sign(raw)))


def with_numbers(effect: float, se: float) -> EvidenceOffered:
    effects, errors = (np.full(CONTRACT.size, 0.1), np.full(CONTRACT.size, 0.05))
    effects[3], errors[3] = effect, se
    return msgspec.structs.replace(
        OFFER, effect=floats_to_bytes(effects, NEWEST), se=floats_to_bytes(errors, NEWEST)
    )


def offer(**changes: object) -> EvidenceOffered:
    return msgspec.structs.replace(OFFER, **changes)


def flipped(data: bytes) -> bytes:
    signed = msgspec.msgpack.decode(data, type=Signed)
    body = bytearray(signed.body)
    body[-3] ^= 1
    return pack(Signed(bytes(body), signed.signature))


OPENING = RoundOpened(Mode.EVIDENCE, CONTRACT.digest, NEWEST, 5.0, 3)
ELSEWHERE = Contract(subject="other", variables={"a": "", "b": ""}, cadence_s=1.0)

WRONG: dict[str, tuple[Callable[[], bytes], Reason]] = {
    "nothing": (lambda: b"", Reason.UNREADABLE),
    "noise": (lambda: b"\x93\xff\x00 no", Reason.UNREADABLE),
    "too large": (lambda: b"x" * (MAX_BYTES + 1), Reason.OVERSIZE),
    "of a later version": (lambda: said(protocol=NEWEST + 1), Reason.WRONG_PROTOCOL),
    "of another federation": (lambda: said(federation="else"), Reason.WRONG_FEDERATION),
    "in another's topic": (lambda: said(peer="b"), Reason.WRONG_TOPIC),
    "signed by another member": (lambda: said(identity=OTHER), Reason.UNKNOWN_KEY),
    "signed by a stranger under a's key": (
        lambda: said(identity=STRANGER, key=ME.key_id),
        Reason.BAD_SIGNATURE,
    ),
    "a bit flipped": (lambda: flipped(said()), Reason.BAD_SIGNATURE),
    "a round opened by a peer": (lambda: said(OPENING), Reason.NOT_COORDINATOR),
    "about something else": (
        lambda: said(offer(contract=ELSEWHERE.digest)),
        Reason.WRONG_CONTRACT,
    ),
    "too short": (lambda: said(offer(se=OFFER.se[:-4])), Reason.WRONG_SHAPE),
    "infinite": (lambda: said(with_numbers(np.inf, 0.1)), Reason.NOT_FINITE),
    "half missing": (lambda: said(with_numbers(np.nan, 0.1)), Reason.NOT_FINITE),
    "no error": (lambda: said(with_numbers(0.1, 0.0)), Reason.IMPLAUSIBLE),
    "too sure": (lambda: said(with_numbers(1.0, 1e-9)), Reason.IMPLAUSIBLE),
    "more rows than steps": (lambda: said(offer(rows=201)), Reason.IMPLAUSIBLE),
    "no rows": (lambda: said(offer(rows=0)), Reason.IMPLAUSIBLE),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_with_its_reason(case: str) -> None:
    make, reason = WRONG[case]
    door = admission()

    with pytest.raises(Refused) as refusal:
        door.hear("a", make(), NOW_MS)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (PeerKey(ME.public, 0, FOREVER_MS, is_revoked=True), Reason.REVOKED_KEY),
        (PeerKey(ME.public, NOW_MS + 1, FOREVER_MS), Reason.EXPIRED_KEY),
        (PeerKey(ME.public, 0, NOW_MS), Reason.EXPIRED_KEY),
    ],
)
def test_a_key_counts_within_its_time_and_until_it_is_revoked(key: PeerKey, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        admission(ROSTER.with_member(Member("a", (key,)))).hear("a", said(), NOW_MS)

    assert refusal.value.reason == reason


def test_who_is_no_member_is_a_stranger() -> None:
    with pytest.raises(Refused) as refusal:
        admission().hear("c", said(peer="c"), NOW_MS)

    assert refusal.value.reason == Reason.UNKNOWN_PEER


def test_two_keys_count_while_one_takes_over_from_the_other() -> None:
    keys = (PeerKey(ME.public, 0, FOREVER_MS), PeerKey(STRANGER.public, 0, FOREVER_MS))
    door = admission(ROSTER.with_member(Member("a", keys)))
    old, new = Speaker(NAME, "a", ME), Speaker(NAME, "a", STRANGER)

    first = old.say(OFFER, number=1, at_ms=NOW_MS, protocol=NEWEST)
    new.previous = first.digest
    second = new.say(offer(step=299), number=1, at_ms=NOW_MS, protocol=NEWEST)

    assert door.hear("a", pack(first), NOW_MS).digest == first.digest
    assert door.hear("a", pack(second), NOW_MS).digest == second.digest


def test_nothing_counts_twice_and_nothing_may_be_missing_between() -> None:
    door, speaker = admission(), Speaker(NAME, "a", ME)
    said_in_order = [
        pack(speaker.say(offer(step=step), number=1, at_ms=NOW_MS + step, protocol=NEWEST))
        for step in (199, 299, 399, 499, 599)
    ]
    first, second, _, fourth, fifth = said_in_order
    door.hear("a", first, NOW_MS)

    for data, reason in (
        (first, Reason.REPLAYED),
        (fourth, Reason.BROKEN_CHAIN),
        (second, Reason.REPLAYED),
    ):
        with pytest.raises(Refused) as refusal:
            door.hear("a", data, NOW_MS)
        assert refusal.value.reason == reason
    door.hear("a", fifth, NOW_MS)


def test_what_is_older_than_all_that_is_remembered_costs_nobody_the_next_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scarcity.federation.protocol.admission.MOST_NONCES", 3)
    door, speaker = admission(), Speaker(NAME, "a", ME)
    said_in_order = [
        pack(speaker.say(offer(step=step), number=1, at_ms=NOW_MS + step, protocol=NEWEST))
        for step in range(199, 209)
    ]
    for data in said_in_order[:-1]:
        door.hear("a", data, NOW_MS)

    with pytest.raises(Refused) as refusal:
        door.hear("a", said_in_order[0], NOW_MS)
    assert refusal.value.reason == Reason.REPLAYED
    door.hear("a", said_in_order[-1], NOW_MS)


def test_evidence_of_no_more_rows_than_before_is_stale() -> None:
    door, speaker = admission(), Speaker(NAME, "a", ME)
    door.hear("a", pack(speaker.say(OFFER, number=1, at_ms=NOW_MS, protocol=NEWEST)), NOW_MS)

    with pytest.raises(Refused) as refusal:
        door.hear("a", pack(speaker.say(OFFER, number=2, at_ms=NOW_MS, protocol=NEWEST)), NOW_MS)

    assert refusal.value.reason == Reason.STALE_WINDOW


@given(data=st.binary(max_size=2000))
def test_any_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(Refused):
        admission().hear("a", data, NOW_MS)


@given(place=st.integers(0, len(said()) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused(place: int, bit: int) -> None:
    data = bytearray(said())
    data[min(place, len(data) - 1)] ^= 1 << bit

    with pytest.raises(Refused):
        admission().hear("a", bytes(data), NOW_MS)


def test_a_roster_is_taken_from_the_authority_alone_and_never_an_older_one() -> None:
    authority, other = Identity.new(), Identity.new()
    sealed = seal(ROSTER, authority)

    assert open_roster(sealed, authority.public) == ROSTER
    with pytest.raises(Refused, match="not signed"):
        open_roster(seal(ROSTER, other), authority.public)
    with pytest.raises(Refused, match="older"):
        open_roster(sealed, authority.public, newest=ROSTER.revoking("a"))
    with pytest.raises(Refused, match="no roster"):
        open_roster(sealed[:-5], authority.public)


def test_edges_have_the_places_that_their_order_gives_them() -> None:
    assert [CONTRACT.place(edge) for edge in CONTRACT.edges()] == list(range(CONTRACT.size))
