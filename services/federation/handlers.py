"""One membership at work: own evidence in, statements and verdicts out."""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from scarcity.clock import Clock
from scarcity.events import Event, EvidenceGathered, StreamDefined
from scarcity.federation.alignment import Own, aligned, misfits
from scarcity.federation.membership import Membership
from scarcity.federation.node import Coordinator, Peer, Pooling, Verdict
from scarcity.federation.pooling import Beliefs, Pooled, pool
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Role, Roster
from scarcity.federation.protocol.statement import Speaker
from scarcity.telemetry.logs import logger
from services.federation.domain import Count, offered, told

MOST_NEWS = 1000


class Member:
    """This deployment in one federation."""

    def __init__(
        self, membership: Membership, identity: Identity, clock: Clock, count: Count
    ) -> None:
        self.membership = membership
        self._identity = identity
        self._clock = clock
        self._count = count
        self._own: Own | None = None
        self._misfits = ["the stream has no definition yet"]
        self._refused: Counter[tuple[str, str]] = Counter()
        self._news: deque[Event] = deque(maxlen=MOST_NEWS)
        self._peer: Peer | None = None
        self._admission: Admission | None = None
        self._log = logger("federation")

    def joined(self, roster: Roster) -> tuple[Peer, Coordinator | None]:
        """Begin anew with these members, and nothing heard yet."""
        membership = self.membership
        speaker = Speaker(membership.federation, membership.peer, self._identity)
        self._admission = admission = Admission(roster, (membership.contract,))
        pooling = Pooling(membership.rule, membership.q, membership.bad)
        self._peer = peer = Peer(speaker, admission, membership.contract, pooling)
        self._refused.clear()
        self._learn()
        coordinates = roster.member(membership.peer).role is Role.COORDINATOR
        if not coordinates:
            return peer, None
        return peer, Coordinator(peer, roster.speaking, membership.rounds)

    def on_evidence(self, evidence: EvidenceGathered) -> Iterable[Event]:
        if evidence.stream == self.membership.mapping.stream:
            self._own = aligned(evidence, self.membership.mapping, self.membership.contract)
            self._learn()
        return ()

    def on_definition(self, defined: StreamDefined) -> Iterable[Event]:
        if defined.stream == self.membership.mapping.stream:
            found = misfits(defined, self.membership.mapping, self.membership.contract)
            if found and found != self._misfits:
                self._log.warning(
                    "nothing is shared: the stream does not fit the contract",
                    stream=defined.stream,
                    why="; ".join(found),
                )
            self._misfits = found
            self._learn()
        return ()

    def judged(self, verdict: Verdict) -> None:
        """Keep what is to be told of a verdict."""
        now = self._clock.now()
        self._news.append(told(verdict, self.membership, self._own, self._refused, now))
        others = self._others(verdict)
        if others is not None:
            self._news.append(offered(verdict, others, self.membership, now))

    def refused(self, source: str, refusal: Refused) -> None:
        """Count what was not let in."""
        self._refused[source, refusal.reason] += 1
        self._count(refusal.reason)
        self._log.warning("refused", peer=source, reason=refusal.reason, why=str(refusal))

    def tell(self, _now: datetime) -> Iterable[Event]:
        """What was judged since the last time."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def _others(self, verdict: Verdict) -> Pooled | None:
        """The others' evidence put together, without this deployment's own; None if it was not."""
        if verdict.pooled is None or self._admission is None:
            return None
        counted = verdict.round.counted
        evidence = [self._admission.evidence(counted[peer]) for peer in verdict.peers]
        beliefs = Beliefs(
            effect=np.array([each.effect for each in evidence]),
            se=np.array([each.se for each in evidence]),
            rows=np.array([float(each.rows) for each in evidence]),
        )
        return pool(
            beliefs,
            verdict.peers.index(self.membership.peer),
            rule=self.membership.rule,
            q=self.membership.q,
            bad=self.membership.bad,
            counts_own=False,
        )

    def _learn(self) -> None:
        if self._peer is not None:
            self._peer.learned(None if self._misfits else self._own)
