"""One deployment in a federation: what it says, when, and what it makes of what the others say.

Pure: statements and the time go in, statements and verdicts come out. Evidence mode:

    a round opens     offer own evidence, if it rests on more than what was offered before
    evidence comes    let it in, or refuse it with a reason (`admission`)
    the round closes  pool what the coordinator included and this deployment let in, with its own
                      evidence as the root of trust; once all of it has been heard, or after a while

What is offered is evidence of own rows alone. Nothing that was pooled is ever put into it, so that
no belief comes back as its own confirmation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scarcity.federation.alignment import Own
from scarcity.federation.membership import Rhythm
from scarcity.federation.pooling import Beliefs, Pooled, pool
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.rounds import Round, Rounds, Stage, usual_quorum
from scarcity.federation.protocol.statement import (
    NEWEST,
    OLDEST,
    Content,
    EvidenceOffered,
    Heard,
    Hello,
    Mode,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Signed,
    Speaker,
    floats_to_bytes,
)
from scarcity.federation.rule_name import RuleName

PATIENCE_MS = 5000
"""How long after its end a round waits for what was included and has not been heard here."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """How evidence is put together."""

    rule: RuleName = "trusted"
    q: float = 0.05
    bad: int = 0
    """how many dishonest peers a rule that needs to know shall bear"""


@dataclass(frozen=True, eq=False)
class Verdict:
    """What this deployment makes of a round."""

    round: Round
    outcome: Literal["pooled", "too-few", "no-own-evidence", "aborted"]
    peers: tuple[str, ...] = ()
    """whose evidence was pooled or judged, in the order of `pooled`"""
    pooled: Pooled | None = None
    late: int = 0
    """how many statements came too late for their round, ever"""


class Peer:
    """One member, speaking to one contract."""

    def __init__(
        self, speaker: Speaker, admission: Admission, contract: Contract, pooling: Pooling
    ) -> None:
        self._speaker = speaker
        self._admission = admission
        self._contract = contract
        self._pooling = pooling
        self._own: Own | None = None
        self._offered: tuple[int, int] = (-1, -1)
        self._offered_in = 0
        """The newest round in which anything was offered."""
        self._has_spoken = False
        self._ended_at_ms: int | None = None
        """When the end of the newest round was heard, if that is not judged yet."""
        self._overtaken: Round | None = None
        """The round before, when the newest began before that was judged."""
        self._is_there = False
        """Whether what was said before it came has been heard; of that, only the end counts."""
        self.rounds = Rounds()
        self.protocols: dict[str, tuple[int, int]] = {}
        """What every peer said that it speaks."""

    @property
    def name(self) -> str:
        return self._speaker.peer

    def learned(self, own: Own | None) -> None:
        """Take note of what the own data say now; None = nothing that may be offered."""
        self._own = own

    def hello(self, at_ms: int) -> Signed:
        """Say that this deployment is there, once it has heard what was said before."""
        self._is_there = True
        return self.say(Hello(OLDEST, NEWEST), number=0, at_ms=at_ms)

    def hear(self, source: str, data: bytes, at_ms: int) -> None:
        """Take in what came from the topic of a peer.

        Refused when it is not let in; then it has changed nothing.
        """
        heard = self._admission.hear(source, data, at_ms)
        content = heard.statement.content
        if source == self.name:
            self._said_before(heard)
        if isinstance(content, Hello):
            self.protocols[source] = (content.oldest, content.newest)
            return
        before, self.rounds = self.rounds.current, self.rounds.after(heard)
        if isinstance(content, RoundClosed | RoundAborted):
            self._ended_at_ms = at_ms
        elif isinstance(content, RoundOpened):
            if self._is_there and self._ended_at_ms is not None:
                self._overtaken = before
            self._ended_at_ms = None

    def judge(self, at_ms: int) -> Verdict | None:
        """Return the verdict on a round, once, when it can be given; the oldest first."""
        if self._overtaken is not None:
            overtaken, self._overtaken = self._overtaken, None
            return self._verdict(overtaken)
        current, ended = self.rounds.current, self._ended_at_ms
        if current is None or ended is None:
            return None
        if current.unheard and at_ms < ended + PATIENCE_MS:
            return None
        self._ended_at_ms = None
        return self._verdict(current)

    def say(self, content: Content, *, number: int, at_ms: int, protocol: int = OLDEST) -> Signed:
        """Return something to be said in the round of that number.

        All but evidence is the same in every protocol, so that everybody understands it.
        """
        self._has_spoken = True
        return self._speaker.say(content, number=number, at_ms=at_ms, protocol=protocol)

    def offer(self, at_ms: int, *, may_begin: bool = True) -> Sequence[Signed]:
        """Offer own evidence in the open round, if there is any that is new, and if it may."""
        current, own = self.rounds.current, self._own if may_begin else None
        if current is None or current.stage is not Stage.OPEN or own is None:
            return ()
        is_known = (own.epoch, own.step) <= self._offered or current.number <= self._offered_in
        if is_known or current.opened.contract != self._contract.digest or own.rows < 1:
            return ()
        self._offered, self._offered_in = (own.epoch, own.step), current.number
        speaks = current.opened.speaks
        content = EvidenceOffered(
            contract=self._contract.digest,
            epoch=own.epoch,
            step=own.step,
            rows=own.rows,
            effect=floats_to_bytes(own.effect, speaks),
            se=floats_to_bytes(own.se, speaks),
        )
        return (self.say(content, number=current.number, at_ms=at_ms, protocol=speaks),)

    def _said_before(self, heard: Heard) -> None:
        """Go on from what this deployment said before it was started."""
        content = heard.statement.content
        if not self._has_spoken:
            self._speaker.previous = heard.digest
        if isinstance(content, EvidenceOffered):
            self._offered = max(self._offered, (content.epoch, content.step))
            self._offered_in = max(self._offered_in, heard.statement.round)

    def _verdict(self, current: Round) -> Verdict:
        late = self.rounds.late
        if current.stage is Stage.ABORTED:
            return Verdict(current, "aborted", late=late)
        peers = tuple(sorted(current.counted))
        if len(peers) < current.opened.quorum:
            return Verdict(current, "too-few", peers, late=late)
        if self.name not in peers:
            return Verdict(current, "no-own-evidence", peers, late=late)
        evidence = [self._admission.evidence(current.counted[peer]) for peer in peers]
        beliefs = Beliefs(
            effect=np.array([each.effect for each in evidence]),
            se=np.array([each.se for each in evidence]),
            rows=np.array([float(each.rows) for each in evidence]),
        )
        pooled = pool(
            beliefs,
            peers.index(self.name),
            rule=self._pooling.rule,
            q=self._pooling.q,
            bad=self._pooling.bad,
        )
        return Verdict(current, "pooled", peers, pooled, late)


class Coordinator:
    """Opens and closes rounds as one of the peers, by what it has heard and the time."""

    def __init__(self, peer: Peer, members: int, rhythm: Rhythm) -> None:
        self._peer = peer
        self._size = members
        self._said_at_ms = -PATIENCE_MS
        self._before: tuple[int, Stage] | None = None
        """Where rounds stood when something was said."""
        self._rhythm = rhythm

    def due(self, contract: Contract, at_ms: int, *, may_open: bool = True) -> Sequence[Signed]:
        """Return what is to be said now: that a round begins, ends, or nothing.

        What was said a moment ago may not have been heard yet, so nothing is said twice at once.
        """
        if at_ms < self._said_at_ms + PATIENCE_MS and not self._has_heard_itself:
            return ()
        current = self._peer.rounds.current
        is_open = current is not None and current.stage is Stage.OPEN
        return self._due(contract, at_ms) if may_open or is_open else ()

    def _due(self, contract: Contract, at_ms: int) -> Sequence[Signed]:
        current = self._peer.rounds.current
        if current is None:
            return self._say(self._opening(contract), 1, at_ms)
        if current.stage is Stage.OPEN:
            ending = self._ending(current, at_ms)
            return () if ending is None else self._say(ending, current.number, at_ms)
        if at_ms >= current.opened_at_ms + round(1000 * self._rhythm.every_s):
            return self._say(self._opening(contract), current.number + 1, at_ms)
        return ()

    def _opening(self, contract: Contract) -> RoundOpened:
        spoken = [newest for _, newest in self._peer.protocols.values()]
        return RoundOpened(
            mode=Mode.EVIDENCE,
            contract=contract.digest,
            speaks=max(min([*spoken, NEWEST]), OLDEST),
            seconds=self._rhythm.input_s,
            quorum=self._rhythm.quorum or usual_quorum(self._size),
        )

    def _ending(self, current: Round, at_ms: int) -> RoundClosed | RoundAborted | None:
        # Who has something waiting from before may have more to say.
        spoken = [heard.statement.round == current.number for heard in current.inputs.values()]
        if sum(spoken) < self._size and at_ms < current.deadline_ms:
            return None
        if len(current.inputs) < current.opened.quorum:
            return RoundAborted("no-quorum")
        return RoundClosed({peer: heard.digest for peer, heard in current.inputs.items()})

    @property
    def _has_heard_itself(self) -> bool:
        return self._stands != self._before

    @property
    def _stands(self) -> tuple[int, Stage] | None:
        current = self._peer.rounds.current
        return None if current is None else (current.number, current.stage)

    def _say(self, content: Content, number: int, at_ms: int) -> Sequence[Signed]:
        self._said_at_ms, self._before = at_ms, self._stands
        return (self._peer.say(content, number=number, at_ms=at_ms),)
