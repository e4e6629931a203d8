"""The sum of whoever is left is exact, or nothing is known; whoever dies goes on where it was."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scarcity.errors import ConfigError
from scarcity.federation.protocol.sealing import FromCoordinator, Stage, StageClosed, Total
from scarcity.federation.sealed.coordinator import SealedCoordinator
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.peer import SealedPeer
from scarcity.federation.sealed.terms import Member, Terms
from unit.federation.sealed.rounds import (
    STAGES,
    Round,
    agreed,
    any_stage,
    identities,
    opened,
    played,
    random_words,
    summed,
)

LENGTH = 20
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(3, 50)
EVERYBODY = identities(50)


def majority(members: int) -> int:
    return members // 2 + 1


def falling_silent(rng: np.random.Generator, members: int, count: int) -> dict[int, Stage]:
    """So many of the members, each from some stage on."""
    chosen = rng.choice(members, count, replace=False).tolist()
    return {each: any_stage(rng) for each in chosen}


def assert_exact(playing: Round) -> None:
    total = playing.total
    expected = summed(playing.inputs, total.survivors)
    assert from_bytes(total.words).tolist() == expected.tolist()


@settings(max_examples=15, deadline=None)
@given(sizes, seeds)
def test_the_sum_is_exact_whoever_drops_out_wherever(members: int, seed: int) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    terms = agreed(EVERYBODY[:members], majority(members), LENGTH)
    silent = falling_silent(rng, members, int(rng.integers(members - majority(members) + 1)))

    playing = played(terms, EVERYBODY[:members], random_words(seed, members, LENGTH), silent)

    gone = {index for index, stage in silent.items() if stage <= Stage.INPUT}
    assert set(playing.total.survivors) == set(range(members)) - gone
    assert_exact(playing)


@settings(max_examples=12, deadline=None)
@given(sizes, seeds)
def test_below_the_threshold_a_round_aborts_and_says_at_which_stage(
    members: int, seed: int
) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    terms = agreed(EVERYBODY[:members], majority(members), LENGTH)
    silent = falling_silent(rng, members, members - majority(members) + 1)

    playing = played(terms, EVERYBODY[:members], random_words(seed, members, LENGTH), silent)

    assert playing.aborted.stage == max(silent.values())
    assert playing.coordinator.stage is Stage.ABORTED
    assert playing.coordinator.awaited == frozenset()


@settings(max_examples=6, deadline=None)
@given(st.integers(20, 50), seeds)
def test_on_a_sparse_graph_the_sum_is_exact_too(members: int, seed: int) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    terms = agreed(EVERYBODY[:members], majority(members), LENGTH, degree=16)
    silent = falling_silent(rng, members, members // 10)

    playing = played(terms, EVERYBODY[:members], random_words(seed, members, LENGTH), silent)

    assert_exact(playing)


@settings(max_examples=10, deadline=None)
@given(st.integers(3, 12), seeds)
def test_killed_between_any_two_steps_everybody_goes_on(members: int, seed: int) -> None:
    note(f"seed {seed}")
    terms = agreed(EVERYBODY[:members], majority(members), LENGTH)
    playing = opened(terms, EVERYBODY[:members], random_words(seed, members, LENGTH))
    silent = frozenset(np.random.default_rng(seed).choice(members, members - majority(members)))

    for stage in STAGES:
        playing.peers = [
            SealedPeer.restore(terms, key, peer.snapshot())
            for key, peer in zip(EVERYBODY, playing.peers, strict=False)
        ]
        playing.coordinator = SealedCoordinator.rebuilt(terms, playing.log)
        playing.step(silent if stage >= Stage.INPUT else frozenset())

    assert_exact(playing)


def test_a_coordinator_rebuilt_from_the_log_says_the_same() -> None:
    members = EVERYBODY[:5]
    terms = agreed(members, 3, LENGTH)
    playing = played(terms, members, random_words(1, 5, LENGTH), {4: Stage.INPUT})

    *before, last = playing.log
    answers: tuple[FromCoordinator, ...] = SealedCoordinator.rebuilt(terms, before).take(last)

    assert answers == (playing.total,)


def test_the_order_of_the_answers_in_the_log_does_not_change_the_sum() -> None:
    members = EVERYBODY[:6]
    terms = agreed(members, 4, LENGTH)
    playing = played(terms, members, random_words(2, 6, LENGTH), {0: Stage.INPUT})
    rng = np.random.default_rng(3)
    closed = [each for each in playing.log if isinstance(each, StageClosed)]
    shuffled = SealedCoordinator(terms)
    sent: tuple[FromCoordinator, ...] = ()
    begin = 0
    for end in closed:
        place = playing.log.index(end)
        for each in rng.permutation(place - begin):
            shuffled.take(playing.log[begin + each])
        sent, begin = shuffled.take(end), place + 1

    (total,) = sent
    assert isinstance(total, Total)
    assert total == playing.total


def test_a_member_who_has_answered_or_burned_holds_no_secret_any_more() -> None:
    members = EVERYBODY[:4]
    terms = agreed(members, 3, LENGTH)
    playing = played(terms, members, random_words(1, 4, LENGTH))
    burned = SealedPeer(terms, 0, members[0])
    burned.announce()
    burned.burn()

    for peer, stage in ((playing.peers[0], Stage.SUMMED), (burned, Stage.ABORTED)):
        assert peer.stage is stage
        memory = peer._memory
        assert (memory.channel, memory.mask, memory.seed) == (b"", b"", b"")
        assert not memory.held
        assert not memory.neighbours


def test_no_secret_shows_when_a_member_is_printed() -> None:
    members = EVERYBODY[:4]
    terms = agreed(members, 3, LENGTH)
    playing = played(terms, members, random_words(1, 4, LENGTH), until=Stage.CONSISTENCY)
    memory = playing.peers[0]._memory

    printed = repr((playing.peers[0], memory, memory.neighbours, list(memory.held.values())))

    shares = [share for held in memory.held.values() for share in (held.seed, held.key)]
    common = [each.channel for each in memory.neighbours.values()]
    for secret in (memory.mask, memory.seed, *shares, *common):
        assert secret
        assert repr(secret)[2:-1] not in printed


@pytest.mark.parametrize(
    ("members", "threshold", "degree"), [(2, 2, None), (4, 2, None), (4, 5, None), (9, 5, 3)]
)
def test_terms_that_protect_nobody_are_refused(
    members: int, threshold: int, degree: int | None
) -> None:
    with pytest.raises(ConfigError):
        agreed(EVERYBODY[:members], threshold, LENGTH, degree=degree)


def test_terms_that_differ_in_anything_have_another_digest() -> None:
    members = tuple(Member(f"peer-{n}", bytes([n] * 32)) for n in range(4))
    same = [Terms("ward", 1, members, 3, 10, b"plan") for _ in range(2)]
    others = [
        Terms("war", 1, members, 3, 10, b"dplan"),
        Terms("ward", 2, members, 3, 10, b"plan"),
        Terms("ward", 1, members[::-1], 3, 10, b"plan"),
        Terms("ward", 1, members, 4, 10, b"plan"),
        Terms("ward", 1, members, 3, 11, b"plan"),
        Terms("ward", 1, members, 3, 10, b"other"),
        Terms("ward", 1, members, 3, 10, b"plan", degree=2),
    ]

    assert same[0].digest == same[1].digest
    assert len({each.digest for each in (same[0], *others)}) == 8


@pytest.mark.parametrize("degree", [None, 2, 6])
def test_neighbours_are_mutual_and_as_many_as_the_degree_says(degree: int | None) -> None:
    terms = agreed(EVERYBODY[:9], 5, LENGTH, degree=degree)

    around = [terms.neighbours(index) for index in range(9)]

    assert {len(each) for each in around} == {degree or 8}
    assert all(index in around[other] for index in range(9) for other in around[index])
    assert 2 * terms.shares_needed > (degree or 8) + 1
