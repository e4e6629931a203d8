"""The coordinator of sealed rounds: opens them, and closes each stage, as one of the members.

It holds nothing that is not in the log: what it said itself tells which answers count, so that
whoever starts again with the log goes on in the same round. A stage is closed when everybody who is
still there has answered, or when its deadline has passed; who answers later is counted as late.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scarcity.federation.membership import Rhythm
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import Aborted, Failure, FromPeer, Stage, StageClosed
from scarcity.federation.protocol.statement import (
    DIGEST_BYTES,
    OLDEST,
    Content,
    Mode,
    RoundOpened,
    Signed,
)
from scarcity.federation.sealed.coordinator import SealedCoordinator
from scarcity.federation.sealed.member import SealedMember
from scarcity.federation.sealed.progress import Progress

PATIENCE_MS = 5000
"""So long nothing is said anew while what was said last has not been heard."""


class _LostAnswers(Exception):
    """The log no longer holds what the round rests on."""


class _Collected:
    """One round as its coordinator holds it."""

    def __init__(self, progress: Progress, member: SealedMember) -> None:
        self._member = member
        self._number = progress.number
        self._names = progress.names
        self._counted: dict[int, bytes] = {}
        """of the stage that is waited for"""
        self._seen: set[bytes] = set()
        self.opening = progress.opening
        self.fold = SealedCoordinator(member.terms)

    def catch_up(self, progress: Progress) -> None:
        """Go where the log is."""
        while self.fold.stage < progress.stage:
            stage = self.fold.stage
            answers = self._member.answers.of(self._number, stage).values()
            given = {digest: answer for answer, digest in answers}
            for _, digest in progress.answered[stage]:
                if digest not in given:
                    raise _LostAnswers
                self.fold.take(given[digest])
            self.fold.take(StageClosed(self._member.terms.digest, stage))

    def collect(self, refused: Callable[[str, Refused], None]) -> None:
        """Take what has been answered to the stage that is waited for."""
        answers = self._member.answers.of(self._number, self.fold.stage)
        for name, (answer, digest) in answers.items():
            if digest not in self._seen:
                self._seen.add(digest)
                try:
                    self._take(name, answer, digest)
                except Refused as refusal:
                    refused(name, refusal)

    def close(self) -> StageClosed:
        """End the stage that is waited for."""
        stage, digest = self.fold.stage, self._member.terms.digest
        sent = self.fold.take(StageClosed(digest, stage))
        answered, self._counted = tuple(self._counted.items()), {}
        return StageClosed(digest, stage, answered, sent)

    def _take(self, name: str, answer: FromPeer, digest: bytes) -> None:
        # Who signed the statement is who the answer is of.
        if self._names[answer.sender : answer.sender + 1] != (name,):
            raise Refused(Reason.NOT_A_MEMBER, f"an answer of member {answer.sender} by {name}")
        self.fold.take(answer)
        self._counted[answer.sender] = digest


@dataclass(frozen=True, slots=True)
class Told:
    """Who wants to know what keeps a round from going as it should."""

    refused: Callable[[str, Refused], None]
    """an answer of a member that does not count"""
    too_few: Callable[[int, int], None]
    """how many members have been heard, and how many a round takes; once for each such number"""


class Convener:
    """Opens rounds and closes their stages, by what its member has heard and the time."""

    def __init__(self, member: SealedMember, rhythm: Rhythm, told: Told) -> None:
        self._member = member
        self._rhythm = rhythm
        self._told = told
        self._lacking: tuple[int, int] | None = None
        """What was told last of members there and needed, unless they were enough since."""
        self._round: _Collected | None = None
        self._before: tuple[int, Stage] | None = None
        """Where rounds stood when something was said."""
        self._said_at_ms = -PATIENCE_MS

    def due(self, contract: Contract, at_ms: int, *, may_open: bool = True) -> Sequence[Signed]:
        """Return what is to be said now: that a round begins, a stage ends, or nothing.

        What was said a moment ago may not have been heard yet, so nothing is said twice at once.
        """
        if at_ms < self._said_at_ms + PATIENCE_MS and self._stands == self._before:
            return ()
        progress = self._member.progress
        if progress is None or progress.is_over:
            return self._open(contract, progress, at_ms) if may_open else ()
        closed = self._closing(progress, at_ms)
        return () if closed is None else self._say(closed, progress.number, at_ms)

    def _open(self, contract: Contract, last: Progress | None, at_ms: int) -> Sequence[Signed]:
        assert contract.sealing is not None
        members = dict(self._member.keys)
        quorum = max(contract.sealing.threshold(len(members)), self._rhythm.quorum or 0)
        is_early = last is not None and at_ms < last.opened_at_ms + 1000 * self._rhythm.every_s
        if is_early or not self._are_enough(len(members), quorum):
            return ()
        opening = RoundOpened(
            mode=Mode.SEALED,
            contract=contract.digest,
            speaks=OLDEST,
            seconds=self._rhythm.input_s,
            quorum=quorum,
            members=members,
        )
        return self._say(opening, 1 if last is None else last.number + 1, at_ms)

    def _are_enough(self, members: int, needed: int) -> bool:
        lacking = (members, needed) if members < needed else None
        if lacking is not None and lacking != self._lacking:
            self._told.too_few(*lacking)
        self._lacking = lacking
        return lacking is None

    def _closing(self, progress: Progress, at_ms: int) -> StageClosed | None:
        """The end of the stage that is waited for, once it is due."""
        try:
            collected = self._collected(progress)
        except _LostAnswers:
            return _aborted(progress, "lost-answers")
        except Refused:
            return _aborted(progress, "members-changed")
        if collected.fold.stage is not progress.stage:
            return None  # what was said last has not been heard yet
        collected.collect(self._told.refused)
        if collected.fold.awaited and at_ms < progress.deadline_ms:
            return None
        return collected.close()

    def _collected(self, progress: Progress) -> _Collected:
        if self._round is None or self._round.opening != progress.opening:
            self._round = _Collected(progress, self._member)
        self._round.catch_up(progress)
        return self._round

    @property
    def _stands(self) -> tuple[int, Stage] | None:
        progress = self._member.progress
        return None if progress is None else (progress.number, progress.stage)

    def _say(self, content: Content, number: int, at_ms: int) -> Sequence[Signed]:
        self._said_at_ms, self._before = at_ms, self._stands
        return (self._member.say(content, number=number, at_ms=at_ms),)


def _aborted(progress: Progress, reason: Failure) -> StageClosed:
    nothing = bytes(DIGEST_BYTES)
    return StageClosed(nothing, progress.stage, (), (Aborted(nothing, progress.stage, reason),))
