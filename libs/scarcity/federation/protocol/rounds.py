"""A round as a fold over what was said: the same statements lead to the same round, whoever reads.

    OPEN ──inputs──> OPEN ──RoundClosed──> CLOSED      those whose digests it lists count
                      └────RoundAborted──> ABORTED     nothing comes of it

Peers are heard in any order among each other: whoever starts again may hear all that one peer ever
said before anything that another did. What comes before the opening of its round waits for it. What
did not count, because it came too late or its round was aborted, waits for the next one, unless the
peer says something newer. What counted once counts never again. The coordinator holds nothing that
is not in the log, so that it can die at any moment: whoever reads the log goes on where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.statement import (
    Content,
    EvidenceOffered,
    Heard,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Statement,
)

LEAST_QUORUM = 3
REMEMBERED = 256
"""Of so many rounds it is known what counted; what belongs to an older one is passed over."""


class Stage(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    CLOSED = "closed"
    ABORTED = "aborted"


def usual_quorum(members: int) -> int:
    """Return how many of so many members a round needs: three of five, and three at least."""
    return max(LEAST_QUORUM, -(-3 * members // 5))


@dataclass(frozen=True, slots=True)
class Round:
    """One exchange."""

    number: int
    opened: RoundOpened
    opened_at_ms: int
    """by the coordinator's clock"""
    inputs: Mapping[str, Heard] = field(default_factory=dict)
    """The newest of each peer."""
    stage: Stage = Stage.OPEN
    included: Mapping[str, bytes] = field(default_factory=dict)
    reason: str = ""
    """Why it was aborted."""

    @property
    def deadline_ms(self) -> int:
        return self.opened_at_ms + round(1000 * self.opened.seconds)

    @property
    def counted(self) -> Mapping[str, Heard]:
        """The inputs that the coordinator has included, as far as they have been heard here."""
        return {
            peer: heard
            for peer, heard in self.inputs.items()
            if self.included.get(peer) == heard.digest
        }

    @property
    def unheard(self) -> frozenset[str]:
        """Peers whose included input has not been heard here, or not been let in."""
        return frozenset(self.included) - frozenset(self.counted)


@dataclass(frozen=True, slots=True)
class Rounds:
    """All that follows from what was said about rounds."""

    current: Round | None = None
    """The newest, whatever its stage."""
    waiting: Mapping[str, Heard] = field(default_factory=dict)
    """What came too early or too late, for the next round; the newest of each peer."""
    late: int = 0
    """How much came too late, ever."""
    counted: Mapping[bytes, int] = field(default_factory=dict)
    """In which round statements counted, by digest."""

    def after(self, heard: Heard) -> "Rounds":
        """Fold in a statement. Refused when it does not belong where things stand."""
        content = heard.statement.content
        if isinstance(content, RoundOpened):
            return self._opened(heard.statement, content)
        if isinstance(content, RoundClosed):
            return self._ended(heard.statement, Stage.CLOSED, content.included)
        if isinstance(content, RoundAborted):
            return self._ended(heard.statement, Stage.ABORTED, {}, content.reason)
        if isinstance(content, EvidenceOffered):
            return self._offered(heard)
        return self

    def _opened(self, statement: Statement, opened: RoundOpened) -> "Rounds":
        known = self.current
        if known is not None and statement.round <= known.number:
            raise Refused(Reason.WRONG_ROUND, f"round {statement.round} after round {known.number}")
        inputs = {
            peer: heard
            for peer, heard in self.waiting.items()
            if heard.statement.round <= statement.round
            and heard.digest not in self.counted
            and _contract(heard.statement.content) == opened.contract
        }
        early = {
            peer: heard
            for peer, heard in self.waiting.items()
            if heard.statement.round > statement.round
        }
        current = Round(statement.round, opened, statement.at_ms, inputs)
        return replace(self, current=current, waiting=early)

    def _ended(
        self, statement: Statement, stage: Stage, included: Mapping[str, bytes], reason: str = ""
    ) -> "Rounds":
        current = self._open(statement)
        number = current.number
        missed = {
            peer: heard
            for peer, heard in current.inputs.items()
            if included.get(peer) != heard.digest
        }
        late = sum(stage is Stage.CLOSED and _is_of(heard, number) for heard in missed.values())
        known = {digest: at for digest, at in self.counted.items() if at > number - REMEMBERED}
        return Rounds(
            current=replace(current, stage=stage, included=included, reason=reason),
            waiting={**missed, **self.waiting},
            late=self.late + late,
            counted={**known, **dict.fromkeys(included.values(), number)},
        )

    def _offered(self, heard: Heard) -> "Rounds":
        statement, current = heard.statement, self.current
        waiting = {**self.waiting, statement.peer: heard}
        if current is None or statement.round > current.number:
            return replace(self, waiting=waiting)
        if _contract(statement.content) != current.opened.contract:
            raise Refused(Reason.WRONG_CONTRACT, "the round is about something else")
        if statement.round <= current.number - REMEMBERED:
            return self
        is_open = current.stage is Stage.OPEN
        counted_in = self.counted.get(heard.digest)
        is_in_time = counted_in == statement.round or (is_open and _is_of(heard, current.number))
        late = self.late + (not is_in_time)
        counts_now = counted_in == current.number or (is_open and counted_in is None)
        if counted_in is None and not counts_now:
            return replace(self, waiting=waiting, late=late)
        # Whatever this peer said before has been overtaken.
        del waiting[statement.peer]
        inputs = {peer: known for peer, known in current.inputs.items() if peer != statement.peer}
        if counts_now:
            inputs[statement.peer] = heard
        current = replace(current, inputs=inputs)
        return replace(self, current=current, waiting=waiting, late=late)

    def _open(self, statement: Statement) -> Round:
        current = self.current
        if current is None or statement.round != current.number:
            raise Refused(Reason.WRONG_ROUND, f"round {statement.round} is not the newest")
        if current.stage is not Stage.OPEN:
            raise Refused(Reason.WRONG_STAGE, f"round {current.number} has ended already")
        return current


def _is_of(heard: Heard, number: int) -> bool:
    return heard.statement.round == number


def _contract(content: Content) -> bytes | None:
    return content.contract if isinstance(content, EvidenceOffered) else None
