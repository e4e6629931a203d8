"""Whole rounds in one process, with members that fall silent at any stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.sealing import (
    Aborted,
    Announcements,
    Delivery,
    Endorsement,
    FromCoordinator,
    FromPeer,
    MaskedInput,
    Record,
    Reveal,
    RevealRequest,
    SharedSecrets,
    Stage,
    StageClosed,
    Survivors,
    Total,
)
from scarcity.federation.sealed.coordinator import SealedCoordinator
from scarcity.federation.sealed.fixedpoint import Words
from scarcity.federation.sealed.peer import SealedPeer
from scarcity.federation.sealed.terms import Member, Terms

STAGES = (Stage.KEYS, Stage.SHARES, Stage.INPUT, Stage.CONSISTENCY, Stage.UNMASK)
Identities = Sequence[Identity]


@dataclass
class Round:
    """A round at some stage: its members, its coordinator, and what has been logged."""

    terms: Terms
    peers: list[SealedPeer]
    coordinator: SealedCoordinator
    inputs: Sequence[Words]
    log: list[Record] = field(default_factory=list)
    sent: tuple[FromCoordinator, ...] = ()
    """what the coordinator sent last"""

    @property
    def total(self) -> Total:
        (answer,) = self.sent
        assert isinstance(answer, Total)
        return answer

    @property
    def aborted(self) -> Aborted:
        (answer,) = self.sent
        assert isinstance(answer, Aborted)
        return answer

    def step(self, silent: frozenset[int] = frozenset()) -> None:
        """The members who are asked answer, but for the silent ones; then the stage closes."""
        stage = self.coordinator.stage
        for index in sorted(self.coordinator.awaited - silent):
            self.record(self.answer(index))
        self.record(StageClosed(self.terms.digest, stage))

    def record(self, record: Record) -> None:
        self.log.append(record)
        self.sent = self.coordinator.take(record) or self.sent

    def answer(self, index: int) -> FromPeer:
        """What this member answers to what the coordinator sent last."""
        if not self.sent:
            return self.peers[index].announce()
        return respond(self.peers[index], addressed(self.sent, index), self.inputs[index])


def addressed(sent: Sequence[FromCoordinator], index: int) -> FromCoordinator:
    """The message for this member."""
    return next(each for each in sent if not isinstance(each, Delivery) or each.receiver == index)


def respond(peer: SealedPeer, message: FromCoordinator, words: Words) -> FromPeer:
    match message:
        case Announcements():
            return peer.share(message)
        case Delivery():
            return peer.contribute(message, words)
        case Survivors():
            return peer.endorse(message)
        case RevealRequest():
            return peer.reveal(message)
        case _:
            raise AssertionError(message)


def identities(count: int) -> list[Identity]:
    return [Identity.new() for _ in range(count)]


def agreed(
    members: Identities, threshold: int, length: int, number: int = 1, degree: int | None = None
) -> Terms:
    """The terms of a round among these."""
    return Terms(
        federation="ward",
        round=number,
        members=tuple(Member(f"peer-{index}", key.public) for index, key in enumerate(members)),
        threshold=threshold,
        length=length,
        degree=degree,
    )


def opened(terms: Terms, members: Identities, inputs: Sequence[Words]) -> Round:
    """A round that has just begun."""
    peers = [SealedPeer(terms, index, key) for index, key in enumerate(members)]
    return Round(terms, peers, SealedCoordinator(terms), inputs)


def played(
    terms: Terms,
    members: Identities,
    inputs: Sequence[Words],
    silent_from: Mapping[int, Stage] | None = None,
    until: Stage = Stage.SUMMED,
) -> Round:
    """A round played up to a stage; members fall silent at the stage given for them."""
    playing = opened(terms, members, inputs)
    for stage in STAGES:
        if playing.coordinator.stage is until or playing.coordinator.stage is Stage.ABORTED:
            return playing
        gone = {index for index, at in (silent_from or {}).items() if at <= stage}
        playing.step(frozenset(gone))
    return playing


def any_stage(rng: np.random.Generator) -> Stage:
    """One of the stages that members answer."""
    return STAGES[int(rng.integers(len(STAGES)))]


def random_words(seed: int, members: int, length: int) -> list[Words]:
    """Words of every size, from a seed."""
    rng = np.random.default_rng(seed)
    return list(rng.integers(0, 2**64, (members, length), dtype=np.uint64))


def summed(inputs: Sequence[Words], members: Sequence[int]) -> Words:
    """What the sum over these members is."""
    total = np.zeros_like(inputs[0])
    for member in members:
        total += inputs[member]
    return total


def inputs_of(log: Sequence[Record]) -> dict[int, MaskedInput]:
    return {each.sender: each for each in log if isinstance(each, MaskedInput)}


def secrets_of(log: Sequence[Record]) -> dict[int, SharedSecrets]:
    return {each.sender: each for each in log if isinstance(each, SharedSecrets)}


def endorsements_of(log: Sequence[Record]) -> list[Endorsement]:
    return [each for each in log if isinstance(each, Endorsement)]


def reveals_of(log: Sequence[Record]) -> list[Reveal]:
    return [each for each in log if isinstance(each, Reveal)]
