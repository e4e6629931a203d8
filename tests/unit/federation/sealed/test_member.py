"""Rounds over a log: whoever is silent, killed or lies, no row, key or budget is used twice."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from federation_of import Federation, own
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    Announcement,
    Endorsement,
    FromPeer,
    MaskedInput,
    Reveal,
    SharedSecrets,
    Stage,
    StageClosed,
)
from scarcity.federation.protocol.statement import (
    NEWEST,
    OLDEST,
    Content,
    EvidenceOffered,
    RoundOpened,
    Speaker,
    pack,
    unpack,
)
from scarcity.federation.sealed.agreement import bargain
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.member import CLOCKS_MS, SILENT
from scarcity.federation.sealed.memory import REMEMBERED, Memory, unpacked
from unit.federation.sealed.consortium import COORDINATOR, NAME, Consortium, contract
from unit.federation.sealed.rounds import STAGES
from unit.federation.sealed.scanner import Scanner

ANSWER: dict[Stage, type[FromPeer]] = {
    Stage.KEYS: Announcement,
    Stage.SHARES: SharedSecrets,
    Stage.INPUT: MaskedInput,
    Stage.CONSISTENCY: Endorsement,
    Stage.UNMASK: Reveal,
}
PEER = "p3"
stages = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
anybody = pytest.mark.parametrize("killed", [COORDINATOR, PEER])


def ready(**changes: object) -> Consortium:
    """Six members with rows, of whom five have to stay."""
    found = Consortium(agreed=contract(**changes))
    found.learn()
    return found


def counted(together: Consortium) -> int:
    """Rows in the newest sum: their number has no noise."""
    progress = together.newest
    total = progress.total
    assert total is not None
    plan = bargain(together.agreed, len(progress.names), progress.opened.quorum).plan
    return round(float(plan.grid.decode(from_bytes(total.words))[-2]))


def answers(together: Consortium, peer: str, kind: type[FromPeer]) -> list[FromPeer]:
    return [
        each.content
        for each in together.said()
        if each.peer == peer and isinstance(each.content, kind)
    ]


def test_every_member_learns_the_same_from_the_sum() -> None:
    together = ready()

    together.round()

    for peer in together.identities:
        verdict = together.last(peer)
        assert (verdict.outcome, verdict.reason, verdict.withheld) == ("summed", "", "")
        assert verdict.progress.summed == frozenset(together.identities)
        assert verdict.evidence is not None
        z = verdict.evidence.z[0]
        assert z[0, 1] > 10.0
        others = np.abs(z[~np.eye(3, dtype=np.bool_)])
        assert np.sort(others)[-2] < 5.0
    assert together.refusals == []
    assert counted(together) == 6 * 200


def test_sums_of_several_rounds_are_added_up() -> None:
    together = ready()
    together.round()
    first = together.last().evidence
    together.learn()

    together.round()

    verdict = together.last()
    assert verdict.rounds == 2
    assert first is not None
    assert verdict.evidence is not None
    assert verdict.evidence.steps == 2 * first.steps
    assert verdict.evidence.errors[0, 0, 1] < first.errors[0, 0, 1]


def test_a_round_that_is_overtaken_before_it_is_judged_is_judged_nevertheless() -> None:
    together = ready()
    together.until(Stage.UNMASK)
    together.turn(PEER)
    others = [peer for peer in together.identities if peer != PEER]
    for wait_ms in (0, 60_000):
        together.now_ms += wait_ms
        while sum(together.turn(peer) for peer in others):
            pass
        together.learn()
    assert (together.newest.number, together.newest.stage) == (2, Stage.KEYS)

    together.turn(PEER)
    first = together.last(PEER)
    together.settle()

    assert (first.progress.number, first.outcome, first.rows) == (1, "summed", 200)
    assert [each.progress.number for each in together.verdicts[PEER]] == [1, 2]
    assert together.last(PEER).outcome == "summed"


def test_who_starts_again_tells_of_the_newest_round_alone() -> None:
    together = ready()
    for _ in range(3):
        together.round()
        together.learn()
    together.stop(PEER)
    together.verdicts.clear()

    together.start(PEER)
    together.turn(PEER)

    assert [each.progress.number for each in together.verdicts[PEER]] == [3]


def test_who_starts_again_knows_the_sums_so_far() -> None:
    together = ready()
    together.round()
    together.learn()
    together.round()

    together.stop(PEER)
    together.start(PEER)
    together.turn(PEER)

    again, before = together.last(PEER), together.last("p1")
    assert again.rounds == before.rounds == 2
    assert again.evidence is not None
    assert before.evidence is not None
    np.testing.assert_array_equal(again.evidence.effects, before.evidence.effects)


@stages
def test_one_may_fall_silent_at_any_stage(stage: Stage) -> None:
    together = ready()
    together.silent[PEER] = stage

    together.round()

    verdict = together.last()
    assert verdict.outcome == "summed"
    assert verdict.progress.missing == {PEER: stage}
    is_in = stage > Stage.INPUT
    assert (PEER in verdict.progress.summed) == is_in
    assert counted(together) == (6 if is_in else 5) * 200


@stages
def test_when_too_few_are_left_nothing_is_known_and_the_keys_are_burned(stage: Stage) -> None:
    together = ready()
    together.silent |= {PEER: stage, "p4": stage}

    together.round()

    verdict = together.last()
    assert verdict.outcome == "aborted"
    assert verdict.reason.startswith("too-few-")
    assert verdict.evidence is None
    assert together.newest.total is None
    for peer in set(together.identities) - set(together.silent):
        memory = together.running[peer].memory
        assert (memory.snapshot, memory.answer) == (b"", None)
        # Rows that went into an input are gone, whatever became of it.
        is_spent = stage > Stage.INPUT or (stage is Stage.INPUT and memory.rho > 0.0)
        assert memory.released == (200 if is_spent else 0)
        assert (memory.rho > 0.0) == is_spent


def test_rows_that_were_lost_in_a_round_are_not_released_in_the_next() -> None:
    together = ready()
    together.silent |= {PEER: Stage.CONSISTENCY, "p4": Stage.CONSISTENCY}
    together.round()
    assert together.last().outcome == "aborted"
    together.silent.clear()
    together.learn(100)

    together.round()

    assert together.last().outcome == "summed"
    assert counted(together) == 6 * 100


@stages
@anybody
def test_killed_before_it_is_sent_a_member_sends_the_same_answer(stage: Stage, killed: str) -> None:
    together = ready()
    together.until(stage)
    assert not together.turn(killed, before_sending=lambda: False)
    kept = unpacked(together.kept[killed]).answer
    assert isinstance(kept, ANSWER[stage])

    together.stop(killed)
    together.start(killed)
    together.settle()

    assert together.last().outcome == "summed"
    assert answers(together, killed, ANSWER[stage]) == [kept]
    assert counted(together) == 6 * 200
    assert together.running[killed].memory.released == 200


@stages
@anybody
def test_killed_after_it_was_sent_a_member_answers_no_more_than_once(
    stage: Stage, killed: str
) -> None:
    together = ready()
    together.until(stage)
    together.turn(killed)

    together.stop(killed)
    together.start(killed)
    together.settle()

    assert together.last().outcome == "summed"
    for kind in ANSWER.values():
        assert len(answers(together, killed, kind)) == 1
    assert counted(together) == 6 * 200
    assert together.running[killed].memory.rho == together.running["p1"].memory.rho


@stages
def test_killed_before_anything_was_kept_a_member_has_said_nothing(stage: Stage) -> None:
    together = ready()
    together.until(stage)
    before = together.kept.get(PEER)
    together.turn(PEER, before_sending=lambda: False)
    if before is None:
        del together.kept[PEER]
    else:
        together.kept[PEER] = before

    together.stop(PEER)
    together.start(PEER)
    together.settle()

    assert together.last().outcome == "summed"
    for kind in ANSWER.values():
        assert len(answers(together, PEER, kind)) == 1
    assert counted(together) == 6 * 200


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_whoever_is_killed_whenever_no_row_counts_twice_and_all_is_paid_for(seed: int) -> None:
    together = Consortium(seed=seed)
    rng = np.random.default_rng(seed)
    summed = 0
    for _ in range(3):
        together.learn(60)
        together.now_ms += 60_000
        for _ in range(40):
            peer = f"p{rng.integers(6)}"
            if rng.random() < 0.2:
                if rng.random() < 0.5:
                    together.turn(peer, before_sending=lambda: False)
                together.stop(peer)
                together.start(peer)
            else:
                together.turn(peer)
        for _ in range(6):
            together.settle()
            together.now_ms += 5_100
        total = together.newest.total
        summed += 0 if total is None else counted(together)

    entered: dict[str, set[bytes]] = {peer: set() for peer in together.identities}
    for peer, sent in together.inputs():
        assert sent.terms not in entered[peer]
        entered[peer].add(sent.terms)
    assert summed <= 6 * 180
    for peer, member in together.running.items():
        cost = bargain(together.agreed, 6, 5).rho
        assert member.memory.rho >= 0.999 * cost * len(entered[peer])


@anybody
def test_long_after_a_restart_a_member_still_knows_that_it_has_lost_nothing(killed: str) -> None:
    together = ready(budget=1000.0)
    together.round()
    together.stop(killed)
    together.start(killed)

    for _ in range(REMEMBERED + 1):
        together.learn()
        together.round()
        assert together.last(killed).withheld == ""
        assert together.last().progress.summed == frozenset(together.identities)


def test_who_has_lost_what_it_kept_takes_no_part() -> None:
    together = ready()
    together.round()
    together.stop(PEER)
    del together.kept[PEER]
    together.start(PEER)
    together.learn()

    together.round()

    assert (together.last(PEER).withheld, together.last(PEER).rows) == ("memory-lost", 0)
    assert len(answers(together, PEER, MaskedInput)) == 1
    assert PEER not in together.last().progress.summed


def test_when_the_budget_is_spent_a_member_takes_no_part_and_says_so() -> None:
    together = ready(budget=25.0)
    together.round()
    assert together.last().outcome == "summed"
    together.learn()

    together.round()

    verdict = together.last(PEER)
    assert (verdict.withheld, verdict.rows) == ("budget-spent", 0)
    assert "larger budget" in verdict.why
    assert 19.9 < verdict.account.epsilon <= 20.0
    assert (verdict.outcome, verdict.reason) == ("aborted", "too-few-keys")
    assert len(answers(together, PEER, Announcement)) == 1


def test_with_too_few_rows_a_member_waits_and_says_how_many_it_takes() -> None:
    together = ready()
    together.stop(PEER)
    del together.data[PEER]
    together.start(PEER)
    together.learn(20, [PEER])

    together.round()

    verdict = together.last(PEER)
    assert (verdict.outcome, verdict.withheld) == ("summed", "too-few-rows")
    assert verdict.rows_needed > 20
    assert f"20 rows; {verdict.rows_needed}" in verdict.why
    assert together.running[PEER].memory.rho == 0.0
    together.learn(verdict.rows_needed)
    together.round()
    assert (together.last(PEER).withheld, together.last(PEER).rows) == (
        "",
        20 + verdict.rows_needed,
    )


def test_an_answer_that_comes_too_late_is_counted_and_never_added() -> None:
    together = ready()
    together.until(Stage.INPUT)
    together.silent[PEER] = Stage.INPUT
    together.settle()
    together.now_ms += 5_100
    member = together.running[PEER]
    late = member.offer(together.now_ms)
    together.settle()
    together.put(PEER, pack(late[0]))
    together.settle()
    together.now_ms += 5_100
    together.settle()

    assert together.last().outcome == "summed"
    assert counted(together) == 5 * 200
    assert (PEER, Reason.LATE) in together.refusals
    together.learn()
    together.round()
    assert together.last().late == 1


def test_a_round_without_its_coordinator_is_given_up_and_its_keys_are_burned() -> None:
    together = ready()
    together.until(Stage.CONSISTENCY)
    together.stop(COORDINATOR)
    together.turn(PEER)
    assert together.running[PEER].memory.snapshot

    together.now_ms += 5_001 + CLOCKS_MS
    together.turn(PEER)

    verdict = together.last(PEER)
    assert (verdict.outcome, verdict.reason) == ("aborted", SILENT)
    assert together.running[PEER].memory.snapshot == b""
    assert together.running[PEER].memory.released == 200


def test_a_coordinator_whose_log_has_lost_answers_ends_the_round() -> None:
    together = ready()
    together.until(Stage.INPUT)
    mine = [place for place, (topic, _) in enumerate(together.log) if topic == PEER]
    for place in reversed(mine[:-1]):  # what came first is forgotten first
        del together.log[place]

    together.stop(COORDINATOR)
    together.start(COORDINATOR)
    together.settle()

    assert (together.newest.stage, together.newest.reason) == (Stage.ABORTED, "lost-answers")
    assert together.last("p1").outcome == "aborted"
    assert together.running["p1"].memory.snapshot == b""


def test_rounds_may_be_numbered_anew_for_a_member_that_goes_on() -> None:
    together = ready()
    together.round()
    together.learn()
    gone = [each for each in together.log if each[0] != COORDINATOR]
    together.log[:] = gone  # as when no key counts any more that the coordinator signed with
    for peer in list(together.running):
        together.stop(peer)
        together.start(peer)

    together.round()

    assert together.newest.number == 1
    assert together.last(PEER).outcome == "summed"
    assert counted(together) == 6 * 200


def test_a_coordinator_opens_no_round_of_too_few() -> None:
    together = Consortium(members=4)
    together.learn()

    together.now_ms += 60_000
    together.settle()

    assert together.progress is None


def said_by(together: Consortium, peer: str, content: Content) -> bytes:
    """A statement that follows what a peer said last."""
    speaker = Speaker(NAME, peer, together.identities[peer])
    mine = [data for topic, data in together.log if topic == peer]
    speaker.previous = unpack(mine[-1])[0].digest
    number = together.newest.number
    return pack(speaker.say(content, number=number, at_ms=together.now_ms, protocol=OLDEST))


def hostile(content: Callable[[Consortium], Content], peer: str = PEER) -> Callable[..., bytes]:
    return lambda together: said_by(together, peer, content(together))


def input_of(together: Consortium, size: int) -> MaskedInput:
    return MaskedInput(together.running[PEER].terms.digest, 3, bytes(size))


def keys_of(together: Consortium, sender: int = 3, size: int = 32) -> Announcement:
    terms = together.running[PEER].terms.digest
    return Announcement(terms, sender, bytes(size), bytes(size), bytes(64))


def opening(together: Consortium, **changes: object) -> RoundOpened:
    return replace(together.newest.opened, **changes)


FORGED: dict[str, tuple[Callable[[Consortium], bytes], str, Reason]] = {
    "an input too large": (
        hostile(lambda each: input_of(each, 8 * 2 * 9 + 24)),
        PEER,
        Reason.OVERSIZE,
    ),
    "an input of half a word": (hostile(lambda each: input_of(each, 12)), PEER, Reason.WRONG_SHAPE),
    "a key of another length": (
        hostile(lambda each: keys_of(each, size=31)),
        PEER,
        Reason.WRONG_SHAPE,
    ),
    "keys that nobody signed": (hostile(keys_of), PEER, Reason.BAD_SIGNATURE),
    "keys for another member": (
        hostile(lambda each: keys_of(each, sender=2)),
        PEER,
        Reason.NOT_A_MEMBER,
    ),
    "a member that cannot be": (
        hostile(lambda each: keys_of(each, sender=-1)),
        PEER,
        Reason.NOT_A_MEMBER,
    ),
    "a stage ended by a peer": (
        hostile(lambda _: StageClosed(bytes(32), Stage.KEYS)),
        PEER,
        Reason.NOT_COORDINATOR,
    ),
    "a round opened by a peer": (hostile(opening), PEER, Reason.NOT_COORDINATOR),
    "a round that is open already": (
        hostile(opening, COORDINATOR),
        COORDINATOR,
        Reason.WRONG_ROUND,
    ),
    "a round that protects too little": (
        hostile(lambda each: opening(each, quorum=3), COORDINATOR),
        COORDINATOR,
        Reason.IMPLAUSIBLE,
    ),
    "another stage ended": (
        hostile(lambda _: StageClosed(bytes(32), Stage.UNMASK), COORDINATOR),
        COORDINATOR,
        Reason.WRONG_STAGE,
    ),
    "evidence": (
        hostile(lambda each: EvidenceOffered(each.agreed.digest, 0, 9, 9, b"", b"")),
        PEER,
        Reason.WRONG_MODE,
    ),
    "garbage": (lambda _: b"\x93\xff no", PEER, Reason.UNREADABLE),
    "what it said before": (
        lambda each: next(data for topic, data in each.log if topic == PEER),
        PEER,
        Reason.REPLAYED,
    ),
    "signed by somebody else": (
        lambda each: pack(
            Speaker(NAME, PEER, Identity.new()).say(
                keys_of(each), number=1, at_ms=each.now_ms, protocol=OLDEST
            )
        ),
        PEER,
        Reason.UNKNOWN_KEY,
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_what_is_forged_is_refused_with_its_reason_and_the_round_goes_on(case: str) -> None:
    make, source, reason = FORGED[case]
    together = ready()
    together.until(Stage.KEYS)
    together.listen(PEER)

    together.put(source, make(together))
    together.turn(COORDINATOR)

    assert (source, reason) in together.refusals
    if source == PEER:
        together.silent[PEER] = Stage.KEYS
        together.settle()
        for _ in range(2):
            together.now_ms += 5_100
            together.settle()
        assert together.last().outcome == "summed"


def test_an_input_of_too_few_words_is_refused_and_the_round_goes_on_without_it() -> None:
    together = ready()
    together.until(Stage.INPUT)
    together.listen(PEER)

    together.put(PEER, said_by(together, PEER, input_of(together, 16)))
    together.settle()
    together.now_ms += 5_100
    together.settle()

    assert (PEER, Reason.WRONG_SHAPE) in together.refusals
    assert together.last().outcome == "summed"
    assert counted(together) == 5 * 200


def test_a_member_reveals_its_shares_once_whatever_is_said_in_its_name() -> None:
    together = ready()
    together.until(Stage.UNMASK)
    together.turn(PEER)
    (reveal,) = answers(together, PEER, Reveal)

    together.put(PEER, said_by(together, PEER, reveal))
    together.settle()

    assert (PEER, Reason.REPEATED) in together.refusals
    assert together.last().outcome == "summed"


def test_a_sum_has_no_place_in_a_federation_that_shares_evidence() -> None:
    federation = Federation(3)
    federation.tick(60.0)
    speaker = Speaker("plants", "p1", federation.identities["p1"])
    sent = speaker.say(MaskedInput(bytes(32), 1, bytes(8)), number=1, at_ms=1, protocol=NEWEST)

    with pytest.raises(Refused) as refusal:
        federation.peers["p2"].hear("p1", pack(sent), federation.now_ms)

    assert refusal.value.reason == Reason.WRONG_MODE
    assert own(np.random.default_rng(1)).rows > 0


@pytest.mark.parametrize("stage", [None, *STAGES])
def test_the_log_of_a_round_gives_nobody_away(stage: Stage | None) -> None:
    together = ready()
    if stage is not None:
        together.silent |= {PEER: stage, "p4": stage}
    secrets: set[bytes] = set()
    together.now_ms += 60_000
    for _ in range(40):
        for peer in list(together.running):
            together.turn(peer)
            secrets |= secrets_in(together.kept.get(peer, Memory().packed()))
        together.now_ms += 500

    records = [each.content for each in together.said() if isinstance(each.content, FromPeer)]
    scanner = Scanner(together.running[COORDINATOR].terms, records)
    assert scanner.individuals() == {}
    if stage is not None:
        assert together.last().outcome == "aborted"
        assert scanner.known == {}
    revealed = {
        share.share for each in records if isinstance(each, Reveal) for share in each.shares
    }
    everything = b"".join(data for _, data in together.log)
    assert len(secrets) > 6
    assert not any(secret in everything for secret in secrets - revealed)


def secrets_in(kept: bytes) -> set[bytes]:
    """The keys, seeds and shares in what a member keeps."""
    snapshot = unpacked(kept).snapshot
    if not snapshot:
        return set()
    known = msgspec.msgpack.decode(snapshot)
    found = {known["channel"], known["mask"], known["seed"]}
    found |= {each["channel"] for each in known["neighbours"].values()}
    found |= {share for held in known["held"].values() for share in held.values()}
    return found - {b""}


def test_a_list_without_a_member_lets_nobody_agree_to_a_round_with_it() -> None:
    together = ready()
    together.until(Stage.SHARES)
    together.roster = together.roster.revoking("p5")
    for peer in list(together.running):
        together.stop(peer)
        together.start(peer)

    together.settle()

    assert together.newest.stage is Stage.ABORTED
    assert together.newest.reason == "members-changed"
    assert all(verdicts[-1].outcome == "aborted" for verdicts in together.verdicts.values())
