"""What somebody can learn who has the whole log, and plays the coordinator as he likes."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scarcity.federation.protocol.sealing import (
    Reveal,
    RevealedShare,
    Stage,
    StageClosed,
)
from scarcity.federation.sealed.fixedpoint import to_bytes
from unit.federation.sealed.rounds import (
    STAGES,
    agreed,
    any_stage,
    identities,
    inputs_of,
    opened,
    played,
    random_words,
)
from unit.federation.sealed.scanner import Scanner

LENGTH = 8
EVERYBODY = identities(12)


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_the_log_of_an_aborted_round_gives_no_input_and_no_secret_away(
    members: int, seed: int
) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    threshold = members // 2 + 1
    terms = agreed(EVERYBODY[:members], threshold, LENGTH)
    chosen = rng.choice(members, members - threshold + 1, replace=False).tolist()
    silent = {each: any_stage(rng) for each in chosen}

    playing = played(terms, EVERYBODY[:members], random_words(seed, members, LENGTH), silent)

    scanner = Scanner(terms, playing.log)
    assert playing.coordinator.stage is Stage.ABORTED
    assert scanner.known == {}
    assert scanner.individuals() == {}


def test_the_log_of_a_finished_round_gives_the_sum_away_and_no_input() -> None:
    terms = agreed(EVERYBODY, 7, LENGTH)
    silent = {0: Stage.INPUT, 1: Stage.INPUT, 2: Stage.CONSISTENCY, 3: Stage.UNMASK}

    playing = played(terms, EVERYBODY, random_words(1, 12, LENGTH), silent)

    scanner = Scanner(terms, playing.log)
    assert len(playing.total.survivors) == 10
    assert len(scanner.known) == 12
    assert scanner.individuals() == {}


def test_an_input_that_came_too_late_stays_hidden_though_its_key_is_known() -> None:
    terms = agreed(EVERYBODY, 7, LENGTH)
    playing = played(terms, EVERYBODY, random_words(1, 12, LENGTH), until=Stage.INPUT)
    late = playing.answer(0)
    for _ in range(3):
        playing.step(frozenset({0}))

    scanner = Scanner(terms, [*playing.log, late])

    assert ("key", 0) in scanner.known
    assert 0 in inputs_of([*playing.log, late])
    assert scanner.individuals() == {}


@pytest.mark.parametrize("traitors", [6, 7])
def test_the_scanner_finds_an_input_once_enough_members_betray_both_shares(traitors: int) -> None:
    terms = agreed(EVERYBODY, 7, LENGTH)
    inputs = random_words(1, 12, LENGTH)
    playing = played(terms, EVERYBODY, inputs, until=Stage.UNMASK)
    betrayed = [
        Reveal(
            terms.digest,
            index,
            tuple(
                share
                for owner, held in playing.peers[index]._memory.held.items()
                for share in (
                    RevealedShare(owner, "seed", held.seed),
                    RevealedShare(owner, "key", held.key),
                )
            ),
        )
        for index in range(traitors)
    ]

    found = Scanner(terms, [*playing.log, *betrayed]).individuals()

    assert len(found) == (12 if traitors >= terms.shares_needed else 0)
    assert all(words.tolist() == inputs[member].tolist() for member, words in found.items())


def test_nothing_a_member_keeps_secret_stands_in_the_log() -> None:
    terms = agreed(EVERYBODY, 7, LENGTH)
    playing = opened(terms, EVERYBODY, random_words(1, 12, LENGTH))
    secret: set[bytes] = set()
    for stage in STAGES[:-1]:
        playing.step(frozenset({0}) if stage >= Stage.INPUT else frozenset())
        for peer in playing.peers:
            memory = peer._memory
            shares = [each for held in memory.held.values() for each in (held.seed, held.key)]
            common = [each.channel for each in memory.neighbours.values()]
            secret |= {memory.channel, memory.mask, memory.seed, *shares, *common} - {b""}
    secret |= {to_bytes(words)[:16] for words in playing.inputs}

    written = msgspec.msgpack.encode(playing.log)

    assert len(secret) > 12 * 12
    assert isinstance(playing.log[-1], StageClosed)
    assert not any(each in written for each in secret)
