"""What a dishonest coordinator, member or network tries is refused, by a stable code."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from msgspec.structs import replace

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    Announcement,
    Announcements,
    Box,
    Delivery,
    Endorsement,
    MaskedInput,
    Reveal,
    RevealRequest,
    Stage,
    StageClosed,
    Survivors,
)
from scarcity.federation.sealed.checks import KEYS
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.keys import KeyPair, Scope, sign
from scarcity.federation.sealed.masking import pair_key
from scarcity.federation.sealed.peer import SealedPeer
from unit.federation.sealed.rounds import (
    Round,
    addressed,
    agreed,
    identities,
    inputs_of,
    played,
    random_words,
    reveals_of,
    secrets_of,
    summed,
)

LENGTH = 12
MEMBERS = identities(5)
TERMS = agreed(MEMBERS, 3, LENGTH)
LATER = agreed(MEMBERS, 3, LENGTH, number=2)
VICTIM = 4


@contextmanager
def refused(reason: Reason) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.reason == reason


def at(stage: Stage, silent: dict[int, Stage] | None = None) -> Round:
    """A round that waits for the answers of a stage."""
    return played(TERMS, MEMBERS, random_words(7, len(MEMBERS), LENGTH), silent, until=stage)


def sent_to(playing: Round, index: int) -> Delivery:
    message = addressed(playing.sent, index)
    assert isinstance(message, Delivery)
    return message


def endorsed(playing: Round, signers: list[int], survivors: tuple[int, ...]) -> RevealRequest:
    """A request for which these members have been told of these survivors."""
    told = Survivors(TERMS.digest, survivors)
    return RevealRequest(
        TERMS.digest, survivors, tuple(playing.peers[each].endorse(told) for each in signers)
    )


def addressed_keys(playing: Round) -> Announcements:
    message = addressed(playing.sent, 0)
    assert isinstance(message, Announcements)
    return message


def revealing(playing: Round, index: int) -> Reveal:
    answer = playing.answer(index)
    assert isinstance(answer, Reveal)
    return answer


def test_both_shares_of_a_victim_are_not_to_be_had_by_telling_two_stories() -> None:
    playing = at(Stage.CONSISTENCY)
    everybody, without = (0, 1, 2, 3, 4), (0, 1, 2, 3)
    with_victim = endorsed(playing, [0, 1, VICTIM], everybody)
    as_dropped = endorsed(playing, [2, 3], without)

    seeds = [playing.peers[each].reveal(with_victim) for each in (0, 1)]
    for each in (2, 3):
        with refused(Reason.TOO_FEW):
            playing.peers[each].reveal(as_dropped)
        with refused(Reason.OTHER_SURVIVORS):
            playing.peers[each].reveal(with_victim)

    kinds = {share.kind for reveal in seeds for share in reveal.shares}
    assert kinds == {"seed"}


def test_a_member_signs_one_set_of_survivors() -> None:
    playing = at(Stage.CONSISTENCY)
    playing.peers[0].endorse(Survivors(TERMS.digest, (0, 1, 2, 3, 4)))

    with refused(Reason.REPEATED):
        playing.peers[0].endorse(Survivors(TERMS.digest, (0, 1, 2, 3)))


def test_a_member_reveals_once() -> None:
    playing = at(Stage.UNMASK)
    request = addressed(playing.sent, 0)
    assert isinstance(request, RevealRequest)
    playing.peers[0].reveal(request)

    with refused(Reason.REPEATED):
        playing.peers[0].reveal(request)


def test_signatures_count_once_and_only_for_what_was_signed() -> None:
    playing = at(Stage.CONSISTENCY)
    request = endorsed(playing, [0, 1], (0, 1, 2, 3, 4))
    own, other = request.endorsements

    with refused(Reason.TOO_FEW):
        playing.peers[0].reveal(replace(request, endorsements=(own, other, own, other)))
    with refused(Reason.BAD_SIGNATURE):
        forged = Endorsement(TERMS.digest, 2, own.signature)
        playing.peers[0].reveal(replace(request, endorsements=(own, other, forged)))


def test_a_signature_of_another_round_is_worth_nothing() -> None:
    playing = at(Stage.CONSISTENCY)
    other = played(LATER, MEMBERS, playing.inputs, until=Stage.CONSISTENCY)
    everybody = (0, 1, 2, 3, 4)
    request = endorsed(playing, [0, 1], everybody)
    foreign = other.peers[2].endorse(Survivors(LATER.digest, everybody))

    with refused(Reason.BAD_SIGNATURE):
        playing.peers[0].reveal(replace(request, endorsements=(*request.endorsements, foreign)))


@pytest.mark.parametrize(
    ("survivors", "reason"),
    [
        ((1, 2, 3, 4), Reason.NOT_INCLUDED),
        ((0, 1), Reason.TOO_FEW),
        ((), Reason.TOO_FEW),
        ((0, 2, 1), Reason.NOT_A_MEMBER),
        ((0, 1, 1, 2), Reason.NOT_A_MEMBER),
        ((0, 1, 2, 5), Reason.NOT_A_MEMBER),
        ((-1, 0, 1, 2), Reason.NOT_A_MEMBER),
        ((0, 1, 2, VICTIM), Reason.UNKNOWN_SURVIVOR),
    ],
)
def test_survivors_that_make_no_sense_are_not_signed(
    survivors: tuple[int, ...], reason: Reason
) -> None:
    playing = at(Stage.CONSISTENCY, {VICTIM: Stage.SHARES})

    with refused(reason):
        playing.peers[0].endorse(Survivors(TERMS.digest, survivors))


def test_keys_that_the_member_did_not_sign_are_refused() -> None:
    playing = at(Stage.SHARES)
    message = addressed(playing.sent, 0)
    assert isinstance(message, Announcements)
    middle = replace(message.announcements[1], mask_key=KeyPair.fresh().public)
    swapped = replace(message.announcements[1], sender=2)

    for forged in (middle, swapped):
        others = [each for each in message.announcements if each.sender != forged.sender]
        with refused(Reason.BAD_SIGNATURE):
            playing.peers[0].share(Announcements(TERMS.digest, (*others, forged)))


def test_a_key_that_nobody_can_have_is_refused_before_it_can_stop_the_others() -> None:
    playing = at(Stage.KEYS)
    scope = Scope(KEYS, TERMS.digest, (0,))
    weak, sound = bytes(32), KeyPair.fresh().public

    for channel, mask in ((weak, sound), (sound, weak)):
        signature = sign(MEMBERS[0], scope, channel + mask)
        with refused(Reason.BAD_KEY):
            playing.coordinator.take(Announcement(TERMS.digest, 0, channel, mask, signature))

    assert 0 in playing.coordinator.awaited


def test_a_box_that_was_changed_swapped_or_is_from_a_stranger_is_refused() -> None:
    playing = at(Stage.INPUT)
    message = sent_to(playing, 0)
    first, second, *others = message.boxes
    changed = Box(first.sender, bytes([first.content[0] ^ 1]) + first.content[1:])
    swapped = Box(first.sender, second.content)
    for_another = Box(first.sender, sent_to(playing, 1).boxes[1].content)

    for box in (changed, swapped, for_another):
        with refused(Reason.BAD_BOX):
            playing.peers[0].contribute(
                replace(message, boxes=(box, second, *others)), playing.inputs[0]
            )
    with refused(Reason.NOT_A_MEMBER):
        playing.peers[0].contribute(
            replace(message, boxes=(*message.boxes, Box(9, first.content))), playing.inputs[0]
        )


def test_an_input_is_sent_once_whatever_words_come_later() -> None:
    playing = at(Stage.INPUT)
    message = sent_to(playing, 0)
    with refused(Reason.WRONG_SHAPE):
        playing.peers[0].contribute(message, np.zeros(LENGTH + 1, np.uint64))
    with refused(Reason.NOT_INCLUDED):
        playing.peers[1].contribute(message, playing.inputs[1])
    playing.peers[0].contribute(message, playing.inputs[0])

    with refused(Reason.REPEATED):
        playing.peers[0].contribute(message, playing.inputs[1])


def test_too_few_holders_of_a_secret_stop_a_member() -> None:
    playing = at(Stage.SHARES)
    keys = addressed(playing.sent, 0)
    assert isinstance(keys, Announcements)
    with refused(Reason.TOO_FEW):
        playing.peers[0].share(replace(keys, announcements=keys.announcements[:2]))

    playing = at(Stage.INPUT)
    message = sent_to(playing, 0)
    with refused(Reason.TOO_FEW):
        playing.peers[0].contribute(replace(message, boxes=message.boxes[:1]), playing.inputs[0])


def test_messages_of_another_round_and_stage_are_refused_by_both_sides() -> None:
    playing = at(Stage.INPUT)
    message = sent_to(playing, 0)

    with refused(Reason.WRONG_ROUND):
        playing.peers[0].contribute(replace(message, terms=LATER.digest), playing.inputs[0])
    with refused(Reason.WRONG_STAGE):
        playing.peers[0].endorse(Survivors(TERMS.digest, (0, 1, 2, 3, 4)))
    for record in playing.log:
        with refused(Reason.WRONG_ROUND):
            playing.coordinator.take(replace(record, terms=LATER.digest))
        with refused(Reason.WRONG_STAGE):
            playing.coordinator.take(record)


def test_a_snapshot_of_one_round_is_of_no_use_in_another() -> None:
    playing = at(Stage.INPUT)

    with refused(Reason.WRONG_ROUND):
        SealedPeer.restore(LATER, MEMBERS[0], playing.peers[0].snapshot())


def test_an_identity_speaks_for_its_own_member_alone() -> None:
    with refused(Reason.NOT_A_MEMBER):
        SealedPeer(TERMS, 0, MEMBERS[1])


def test_a_burned_member_answers_nothing() -> None:
    playing = at(Stage.UNMASK)
    request = addressed(playing.sent, 0)
    assert isinstance(request, RevealRequest)
    playing.peers[0].burn()

    with refused(Reason.BURNED):
        playing.peers[0].reveal(request)


def test_answers_that_come_twice_or_late_or_from_strangers_change_nothing() -> None:
    playing = at(Stage.INPUT, {VICTIM: Stage.SHARES})
    first = playing.answer(0)
    assert isinstance(first, MaskedInput)
    playing.record(first)

    with refused(Reason.REPEATED):
        playing.coordinator.take(first)
    with refused(Reason.NOT_A_MEMBER):
        playing.coordinator.take(replace(first, sender=VICTIM))
    with refused(Reason.WRONG_SHAPE):
        playing.coordinator.take(replace(first, sender=1, words=first.words[:-1]))
    playing.step()
    with refused(Reason.WRONG_STAGE):
        playing.coordinator.take(replace(first, sender=1))
    with refused(Reason.WRONG_STAGE):
        playing.coordinator.take(StageClosed(TERMS.digest, Stage.INPUT))
    playing.step()
    playing.step()

    expected = summed(playing.inputs, (0, 1, 2, 3))
    assert from_bytes(playing.total.words).tolist() == expected.tolist()


def test_shares_for_the_wrong_holders_are_refused() -> None:
    playing = at(Stage.SHARES)
    answer = playing.peers[0].share(addressed_keys(playing))

    for portions in (answer.portions[:-1], (*answer.portions, answer.portions[0])):
        with refused(Reason.WRONG_SHAPE):
            playing.coordinator.take(replace(answer, portions=portions))


def test_a_false_share_is_told_apart_and_the_sum_is_exact_without_it() -> None:
    playing = at(Stage.UNMASK)
    for index in sorted(playing.coordinator.awaited):
        answer = revealing(playing, index)
        if index == 0:
            first, *others = answer.shares
            false = replace(first, share=bytes(len(first.share)))
            answer = replace(answer, shares=(false, *others))
        playing.record(answer)
    playing.record(StageClosed(TERMS.digest, Stage.UNMASK))

    assert playing.coordinator.disputed == {(0, 0)}
    expected = summed(playing.inputs, playing.total.survivors)
    assert from_bytes(playing.total.words).tolist() == expected.tolist()


def test_too_many_false_shares_end_the_round_without_a_sum() -> None:
    playing = at(Stage.UNMASK)
    for index in sorted(playing.coordinator.awaited):
        answer = revealing(playing, index)
        if index < 3:
            false = [replace(share, share=bytes(33)) for share in answer.shares]
            answer = replace(answer, shares=tuple(false))
        playing.record(answer)
    playing.record(StageClosed(TERMS.digest, Stage.UNMASK))

    assert playing.aborted.reason == "too-few-shares"


def test_an_owner_that_shares_another_secret_than_it_uses_is_found_out() -> None:
    for silent in ({}, {VICTIM: Stage.INPUT}):
        playing = at(Stage.SHARES)
        liar = playing.peers[VICTIM]
        honest = liar._memory.seed, liar._memory.mask
        liar._memory.seed, liar._memory.mask = bytes(32), KeyPair.fresh().secret
        shared = liar.share(addressed_keys(playing))
        liar._memory.seed, liar._memory.mask = honest
        truth = secrets_of(at(Stage.INPUT).log)[VICTIM].seed_digest
        for index in sorted(playing.coordinator.awaited - {VICTIM}):
            playing.record(playing.answer(index))
        playing.record(replace(shared, seed_digest=truth))
        playing.record(StageClosed(TERMS.digest, Stage.SHARES))
        for _ in range(3):
            playing.step(frozenset(silent))

        assert playing.aborted.reason == "false-secret"


def test_a_reveal_of_the_wrong_kind_or_of_too_much_is_refused() -> None:
    playing = at(Stage.UNMASK, {VICTIM: Stage.INPUT})
    answer = revealing(playing, 0)
    first, *others = answer.shares

    with refused(Reason.BOTH_SHARES):
        playing.coordinator.take(replace(answer, shares=(replace(first, kind="key"), *others)))
    with refused(Reason.WRONG_SHAPE):
        playing.coordinator.take(replace(answer, shares=(*answer.shares, first)))
    with refused(Reason.WRONG_SHAPE):
        playing.coordinator.take(replace(answer, shares=tuple(others)))


def test_a_reveal_that_is_replayed_is_refused() -> None:
    finished = played(TERMS, MEMBERS, random_words(7, len(MEMBERS), LENGTH))
    again = at(Stage.UNMASK)
    replayed = reveals_of(finished.log)[0]
    again.record(again.answer(0))

    with refused(Reason.WRONG_STAGE):
        finished.coordinator.take(replayed)
    with refused(Reason.REPEATED):
        again.coordinator.take(replayed)


def test_masks_of_one_round_do_not_fit_another_even_with_the_same_keys() -> None:
    one, two = KeyPair.fresh(), KeyPair.fresh()

    keys = {pair_key(one, two.public, terms.digest, (0, 1)) for terms in (TERMS, LATER)}
    inputs = [
        inputs_of(played(terms, MEMBERS, random_words(7, 5, LENGTH)).log)[0].words
        for terms in (TERMS, LATER)
    ]

    assert len(keys) == 2
    assert not np.any(from_bytes(inputs[0]) == from_bytes(inputs[1]))
    assert pair_key(two, one.public, TERMS.digest, (1, 0)) in keys
