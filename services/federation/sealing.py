"""One membership of a sealed federation at work: own rows in, statements and verdicts out."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from scarcity.clock import Clock
from scarcity.events import (
    Event,
    EvidenceGathered,
    StatementsRefused,
    StreamDefined,
    WindowSealed,
)
from scarcity.federation.alignment import Own, aligned, misfits
from scarcity.federation.keeping import Kept
from scarcity.federation.membership import Membership
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Role, Roster
from scarcity.federation.protocol.statement import Speaker
from scarcity.federation.sealed.convening import Convener, Told
from scarcity.federation.sealed.member import SealedMember, Verdict
from scarcity.federation.sealed.memory import Memory, unpacked
from scarcity.federation.sealed.part import Seat
from scarcity.federation.sealed.rows import Rows, place_of
from scarcity.stats.arrays import Floats
from scarcity.telemetry.logs import logger
from services.federation.domain import Count
from services.federation.sums import told

MOST_NEWS = 1000


class Sealed:
    """This deployment in one federation that adds up sums."""

    def __init__(
        self, membership: Membership, identity: Identity, clock: Clock, kept: Kept, count: Count
    ) -> None:
        sealing = membership.contract.sealing
        assert sealing is not None
        self.membership = membership
        self._identity = identity
        self._clock = clock
        self._count = count
        self._kept = kept
        saved = kept.load()
        self._memory = Memory() if saved is None else unpacked(saved)
        self._rows = Rows(sealing.most_rows, membership.contract.max_lag)
        self._rows.forget(self._memory.released)
        self._own: Own | None = None
        self._misfits = ["the stream has no definition yet"]
        self._refused: Counter[tuple[str, str]] = Counter()
        self._news: deque[Event] = deque(maxlen=MOST_NEWS)
        self._member: SealedMember | None = None
        self._log = logger("federation")

    def joined(self, roster: Roster) -> tuple[SealedMember, Convener | None]:
        """Begin anew with these members, and nothing heard yet."""
        membership = self.membership
        if self._member is not None:
            self._memory = self._member.memory
        speaker = Speaker(membership.federation, membership.peer, self._identity)
        seat = Seat(speaker, self._identity, roster, membership.contract)
        admission = Admission(roster, (membership.contract,))
        self._member = member = SealedMember(seat, admission, self._memory)
        self._refused.clear()
        self._learn()
        coordinates = roster.member(membership.peer).role is Role.COORDINATOR
        told_of = Told(self.refused, self.too_few)
        return member, Convener(member, membership.rounds, told_of) if coordinates else None

    async def keep(self) -> None:
        """Return when what must not be forgotten is on the disk."""
        if self._member is None or self._member.memory is self._memory:
            return
        memory = self._member.memory
        saving = asyncio.ensure_future(asyncio.to_thread(self._kept.save, memory.packed()))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            await saving  # so that it is over before anything else is kept
            raise
        self._memory = memory

    def on_window(self, window: WindowSealed) -> Iterable[Event]:
        if window.stream == self.membership.mapping.stream:
            # In another epoch the variables were others, or meant something else.
            self._rows.forget(place_of(window.epoch, 0))
            values = self._in_order(window)
            if values is not None:
                place = place_of(window.epoch, window.start_step)
                self._rows.add(place, window.session, values)
        return ()

    def on_evidence(self, evidence: EvidenceGathered) -> Iterable[Event]:
        if evidence.stream == self.membership.mapping.stream:
            self._own = aligned(evidence, self.membership.mapping, self.membership.contract)
        return ()

    def on_definition(self, defined: StreamDefined) -> Iterable[Event]:
        if defined.stream == self.membership.mapping.stream:
            found = misfits(defined, self.membership.mapping, self.membership.contract)
            found += self._unmapped()
            if found and found != self._misfits:
                self._log.warning(
                    "nothing is summed: the stream does not fit the contract",
                    stream=defined.stream,
                    why="; ".join(found),
                )
            self._misfits = found
            self._learn()
        return ()

    def judged(self, verdict: Verdict) -> None:
        """Keep what is to be told of a verdict."""
        if verdict.withheld:
            self._log.warning(
                "took no part in a round",
                federation=self.membership.federation,
                round=verdict.progress.number,
                reason=verdict.withheld,
                why=verdict.why,
            )
        refused = tuple(
            StatementsRefused(peer, reason, count)
            for (peer, reason), count in sorted(self._refused.items())
        )
        now = self._clock.now()
        self._news.append(told(verdict, self.membership, self._own, refused, now))

    def refused(self, source: str, refusal: Refused) -> None:
        """Count what was not let in."""
        self._refused[source, refusal.reason] += 1
        self._count(refusal.reason)
        self._log.warning("refused", peer=source, reason=refusal.reason, why=str(refusal))

    def too_few(self, members: int, needed: int) -> None:
        """Say that no round can be opened."""
        self._log.warning(
            "no round: too few members are there",
            federation=self.membership.federation,
            members=members,
            needed=needed,
        )

    def tell(self, _now: datetime) -> Iterable[Event]:
        """What was judged since the last time."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def _in_order(self, window: WindowSealed) -> Floats | None:
        """The values (step, variable) in the contract's order; None without all variables."""
        there = self.membership.mapping.names
        places = {there.get(name): place for place, name in enumerate(window.columns)}
        wanted = [places.get(name) for name in self.membership.contract.names]
        if None in wanted:
            return None
        values: Floats = window.matrix()[:, np.array(wanted)]
        return values

    def _unmapped(self) -> list[str]:
        """A sum is over all variables of the contract, so each member needs all of them."""
        mapped = set(self.membership.mapping.names.values())
        missing = [name for name in self.membership.contract.names if name not in mapped]
        return [f"the stream has nothing for {name}" for name in missing]

    def _learn(self) -> None:
        if self._member is not None:
            self._member.learned(None if self._misfits else self._rows)
