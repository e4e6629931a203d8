"""One deployment in sealed rounds: what it says, when, and what it makes of the sums.

Pure: statements and the time go in; statements, what has to be kept, and verdicts come out.

    a round opens      take part, if there are rows enough and budget
    a stage begins     answer it, once; whatever is in `memory` is kept before the answer is sent
    the sum is known   add it to those before, and turn all of it into edges

It listens to the coordinator alone, and to what it said itself before it was started again.
"""

from dataclasses import dataclass
from typing import Literal

from scarcity.errors import ConfigError
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import ANSWERS, FromPeer, MaskedInput, Stage, StageClosed
from scarcity.federation.protocol.statement import (
    NEWEST,
    OLDEST,
    Content,
    Heard,
    Hello,
    RoundOpened,
    Signed,
)
from scarcity.federation.sealed.accountant import Account
from scarcity.federation.sealed.agreement import bargain
from scarcity.federation.sealed.answers import Answers
from scarcity.federation.sealed.evidence import Evidence
from scarcity.federation.sealed.fixedpoint import WORD_BYTES, from_bytes
from scarcity.federation.sealed.memory import Memory
from scarcity.federation.sealed.part import Holdings, Part, Seat, Withheld
from scarcity.federation.sealed.progress import Progress, opened
from scarcity.federation.sealed.release import Accumulated
from scarcity.federation.sealed.rows import Rows
from scarcity.federation.sealed.terms import Terms

CLOCKS_MS = 60_000
"""How far clocks may differ. So long after a deadline the coordinator is gone for good."""
SILENT = "coordinator-silent"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a member makes of a round, and what its rounds have cost."""

    progress: Progress
    outcome: Literal["summed", "aborted"]
    reason: str
    """why it was aborted"""
    evidence: Evidence | None
    """of all sums so far; None before they rest on enough rows"""
    rounds: int
    """that were summed"""
    account: Account
    rows: int
    """of this member, in this round"""
    rows_needed: int
    withheld: Withheld
    why: str
    """the same in words"""
    late: int = 0
    """answers that came too late for their stage, ever"""


class SealedMember:
    """One member, speaking to one contract."""

    def __init__(self, seat: Seat, admission: Admission, memory: Memory) -> None:
        self._seat = seat
        self._admission = admission
        self._holdings = Holdings(memory)
        self._part: Part | None = None
        self._sums = Accumulated()
        self._judged: tuple[int, bool] | None = None
        self._overtaken: Verdict | None = None
        """On the round before, when the newest began before that was judged."""
        self._is_there = False
        """Whether what was said before it came has been heard; of that, only the end is judged."""
        self._has_spoken = False
        self.progress: Progress | None = None
        """The newest round."""
        self.answers = Answers()
        """What those it listens to have answered."""
        self.keys: dict[str, str] = {}
        """The key that each of them signs with."""
        self.late = 0

    @property
    def name(self) -> str:
        return self._seat.speaker.peer

    @property
    def memory(self) -> Memory:
        """What has to be kept before anything is said."""
        return self._holdings.memory

    @property
    def terms(self) -> Terms:
        """The terms of the newest round. Refused when no member could agree to them."""
        assert self.progress is not None
        assert self._part is not None
        return self._part.terms(self.progress)

    def learned(self, rows: Rows | None) -> None:
        """Take note of the rows there are; None = nothing that may be summed."""
        if rows is not None:
            rows.forget(self.memory.released)
        self._holdings.rows = rows

    def hello(self, at_ms: int) -> Signed:
        """Say that this deployment is there, once it has heard what was said before."""
        self._is_there = True
        return self.say(Hello(OLDEST, NEWEST), number=0, at_ms=at_ms)

    def say(self, content: Content, *, number: int, at_ms: int) -> Signed:
        """Return something to be said in the round of that number."""
        self._has_spoken = True
        return self._seat.speaker.say(content, number=number, at_ms=at_ms, protocol=OLDEST)

    def hear(self, source: str, data: bytes, at_ms: int) -> None:
        """Take in what came from the topic of a peer. Refused when it is not let in."""
        heard = self._admission.hear(source, data, at_ms)
        content = heard.statement.content
        if source == self.name:
            self._said_before(heard)
        self.keys[source] = heard.statement.key
        if isinstance(content, RoundOpened):
            self._open(heard, content)
        elif isinstance(content, StageClosed):
            self._close(heard, content)
        elif isinstance(content, FromPeer):
            self._collect(heard, content)

    def offer(self, at_ms: int, *, may_begin: bool = True) -> tuple[Signed, ...]:
        """Answer the stage that is waited for, if this member has a part in it.

        To be called once everything said before has been heard. What `memory` is then has to be
        kept before the answer is sent.
        """
        progress, part = self.progress, self._part
        if progress is None or part is None:
            return ()
        if progress.is_over or _is_given_up(progress, at_ms):
            part.burn()
            return ()
        if progress.stage is Stage.KEYS and not may_begin:
            return ()
        answer = part.answer(progress)
        if answer is None:
            return ()
        self._holdings.said.append((answer.terms, progress.stage))
        return (self.say(answer, number=progress.number, at_ms=at_ms),)

    def judge(self, at_ms: int) -> Verdict | None:
        """Return the verdict on a round, once, when it can be given; the oldest first."""
        if self._overtaken is not None:
            overtaken, self._overtaken = self._overtaken, None
            return overtaken
        progress, part = self.progress, self._part
        if progress is None or part is None:
            return None
        is_given_up = _is_given_up(progress, at_ms)
        mark = (progress.number, progress.is_over)
        if self._judged == mark:
            self._holdings.prepare(part.bargain.plan)
            return None
        if not progress.is_over and not is_given_up:
            return None
        self._judged = mark
        return self._verdict(progress, part)

    def _verdict(self, progress: Progress, part: Part) -> Verdict:
        shape = part.bargain.plan.shape
        return Verdict(
            progress=progress,
            outcome="summed" if progress.stage is Stage.SUMMED else "aborted",
            reason=progress.reason if progress.is_over else SILENT,
            evidence=self._sums.evidence(shape) if self._sums.suffices(shape) else None,
            rounds=self._sums.rounds,
            account=self._holdings.account(self._seat.contract),
            rows=part.rows,
            rows_needed=part.bargain.rows_needed,
            withheld=part.withheld,
            why=part.why,
            late=self.late,
        )

    def _open(self, heard: Heard, content: RoundOpened) -> None:
        progress = opened(self.progress, heard, content)
        try:
            bargained = bargain(self._seat.contract, len(content.members), content.quorum)
        except ConfigError as error:
            raise Refused(Reason.IMPLAUSIBLE, str(error)) from error
        self._keep_verdict()
        self.progress = progress
        self.answers.began(progress)
        self._part = Part(self._seat, self._holdings, bargained)

    def _keep_verdict(self) -> None:
        """Judge the newest round before it is not the newest any more."""
        progress, part = self.progress, self._part
        if not self._is_there or progress is None or part is None:
            return
        if progress.is_over and self._judged != (progress.number, True):
            self._overtaken = self._verdict(progress, part)

    def _close(self, heard: Heard, content: StageClosed) -> None:
        if self.progress is None or self._part is None:
            return  # of a round whose opening the log has forgotten
        progress = self.progress.after(heard, content)
        total, plan = progress.total, self._part.bargain.plan
        if total is not None:
            if len(total.words) != WORD_BYTES * plan.length:
                raise Refused(Reason.WRONG_SHAPE, f"a sum of {len(total.words)} bytes")
            words = from_bytes(total.words)
            self._sums = self._sums.after(plan, words, len(total.survivors))
        self.progress = progress
        if progress.is_over:
            self.answers.counted(progress)

    def _collect(self, heard: Heard, content: FromPeer) -> None:
        try:
            self.answers.add(heard, content, self.progress)
        except Refused:
            self.late += 1
            raise

    def _said_before(self, heard: Heard) -> None:
        """Go on from what this deployment said before it was started."""
        content = heard.statement.content
        if not self._has_spoken:
            self._seat.speaker.previous = heard.digest
        if isinstance(content, FromPeer):
            self._holdings.said.append((content.terms, ANSWERS[type(content)]))
        if isinstance(content, MaskedInput):
            self._holdings.entered = content.terms


def _is_given_up(progress: Progress, at_ms: int) -> bool:
    return not progress.is_over and at_ms > progress.deadline_ms + CLOCKS_MS
