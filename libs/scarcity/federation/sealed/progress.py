"""A sealed round as its coordinator tells it: where it stands, and who is still in it.

What the coordinator says is in one order, that of its topic, so that whoever reads it comes to the
same. Who answers what and when is in the other topics; whose answers count is said here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    Aborted,
    FromCoordinator,
    Stage,
    StageClosed,
    Survivors,
    Total,
)
from scarcity.federation.protocol.statement import Heard, RoundOpened

Answered = tuple[tuple[int, bytes], ...]
"""Members whose answers count, with the digest of each answer."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One round."""

    number: int
    opened: RoundOpened
    opening: bytes
    """the digest of the statement that opened it, which no other round has"""
    opened_at_ms: int
    """by the coordinator's clock, as all times here"""
    since_ms: int
    """when the stage began that is waited for"""
    stage: Stage = Stage.KEYS
    answered: Mapping[Stage, Answered] = field(default_factory=dict)
    """of the stages that are over"""
    sent: tuple[FromCoordinator, ...] = ()
    """what members answer now"""

    @property
    def names(self) -> tuple[str, ...]:
        """Who was invited; a member is known by its place here."""
        return tuple(sorted(self.opened.members))

    @property
    def deadline_ms(self) -> int:
        """Until when answers to the stage that is waited for count."""
        return self.since_ms + round(1000 * self.opened.seconds)

    @property
    def is_over(self) -> bool:
        return self.stage >= Stage.SUMMED

    @property
    def total(self) -> Total | None:
        """The sum, once it is known."""
        return next((each for each in self.sent if isinstance(each, Total)), None)

    @property
    def reason(self) -> str:
        """Why it was aborted; empty when it was not."""
        return next((each.reason for each in self.sent if isinstance(each, Aborted)), "")

    @property
    def missing(self) -> Mapping[str, Stage]:
        """Who dropped out, and at which stage."""
        gone: dict[str, Stage] = {}
        for stage, answered in sorted(self.answered.items()):
            present = {index for index, _ in answered}
            for index, name in enumerate(self.names):
                if index not in present:
                    gone.setdefault(name, stage)
        return gone

    @property
    def summed(self) -> frozenset[str]:
        """Whose inputs are in the sum."""
        total = self.total
        return frozenset() if total is None else frozenset(self.names[i] for i in total.survivors)

    def after(self, heard: Heard, closed: StageClosed) -> "Progress":
        """Fold in the end of a stage. Refused when it does not belong where things stand."""
        statement = heard.statement
        if statement.round != self.number:
            raise Refused(Reason.WRONG_ROUND, f"round {statement.round} is not the newest")
        if self.is_over or closed.stage is not self.stage:
            raise Refused(Reason.WRONG_STAGE, f"{self.stage.name} is waited for")
        self._check(closed)
        return replace(
            self,
            stage=_following(closed),
            since_ms=statement.at_ms,
            answered={**self.answered, closed.stage: closed.answered},
            sent=closed.sent,
        )

    def _check(self, closed: StageClosed) -> None:
        """Who is counted was invited, each once, and a sum is of as many as it takes."""
        places = range(len(self.opened.members))
        counted = [index for index, _ in closed.answered]
        summed = [each.survivors for each in closed.sent if isinstance(each, Total)]
        for members in (counted, *summed):
            if len(set(members).intersection(places)) < len(members):
                raise Refused(Reason.NOT_A_MEMBER, "somebody counts who was not invited, or twice")
        if any(len(members) < self.opened.quorum for members in summed):
            raise Refused(Reason.TOO_FEW, "a sum of fewer members than it takes")


def opened(before: Progress | None, heard: Heard, content: RoundOpened) -> Progress:
    """The round that a statement opens. Refused when it is not a later one."""
    statement = heard.statement
    if before is not None and statement.round <= before.number:
        raise Refused(Reason.WRONG_ROUND, f"round {statement.round} after round {before.number}")
    at_ms = statement.at_ms
    return Progress(statement.round, content, heard.digest, at_ms, at_ms)


def _following(closed: StageClosed) -> Stage:
    """Which stage comes next, by what the coordinator sends."""
    for each in closed.sent:
        if isinstance(each, Aborted):
            return Stage.ABORTED
        is_out_of_place = isinstance(each, Total) != (closed.stage is Stage.UNMASK)
        if is_out_of_place or isinstance(each, Survivors) != (closed.stage is Stage.INPUT):
            raise Refused(Reason.WRONG_STAGE, f"{closed.stage.name} does not lead there")
    if not closed.sent or closed.stage >= Stage.SUMMED:
        raise Refused(Reason.WRONG_STAGE, f"the end of {closed.stage.name} leads nowhere")
    return Stage(closed.stage + 1)
