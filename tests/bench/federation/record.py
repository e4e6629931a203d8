"""All that deployments say to each other and at home, as one more honest member hears it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import aclosing
from typing import NamedTuple

from scarcity.bus.base import Bus, Follow
from scarcity.clock import SystemClock
from scarcity.events import RoundJudged, RoundOutcome, decode
from scarcity.federation.chunks import Assembly
from scarcity.federation.link import peer_topic
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.rounds import Rounds
from scarcity.federation.protocol.statement import (
    EvidenceOffered,
    Heard,
    Hello,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Statement,
)


class Ended(NamedTuple):
    """How a round came to its end."""

    opened: Statement
    ended: Statement
    evidence: Mapping[str, EvidenceOffered]
    """by peer: what counts"""

    @property
    def took_s(self) -> float:
        """By the coordinator's clock."""
        return (self.ended.at_ms - self.opened.at_ms) / 1000


class Record:
    """What was let in, by the same checks and the same fold that every member makes."""

    def __init__(self, roster: Roster, contract: Contract) -> None:
        self._topics = {
            peer_topic(roster.federation, each.peer).name: each.peer for each in roster.members
        }
        self._admission = Admission(roster, (contract,))
        self._parts = {peer: Assembly() for peer in self._topics.values()}
        self._rounds = Rounds()
        self._openings: dict[int, Statement] = {}
        self._endings: dict[int, Statement] = {}
        self._offers: dict[bytes, Statement] = {}
        self.messages: Counter[str] = Counter()
        """by the peer in whose topic they were"""
        self.genuine: dict[str, list[bytes]] = defaultdict(list)
        """by peer: the last messages of statements that were let in"""
        self.admitted: list[tuple[str, Heard]] = []
        self.refused: Counter[tuple[str, str]] = Counter()
        """by the peer in whose topic it was, and why"""
        self.judged: list[RoundJudged] = []
        self.last: dict[str, Statement] = {}
        """by peer"""

    async def listen_outside(self, bus: Bus) -> None:
        """Hear what peers say to each other, for ever."""
        async with aclosing(bus.follow(Follow(tuple(self._topics)))) as batches:
            async for batch in batches:
                for message in batch:
                    self.hear(self._topics[message.topic], message.value or b"")

    async def listen_at_home(self, bus: Bus) -> None:
        """Hear what each makes of rounds, for ever."""
        async with aclosing(bus.follow(Follow((RoundJudged.topic.name,)))) as batches:
            async for batch in batches:
                for message in batch:
                    event = decode(message.value or b"").event
                    assert isinstance(event, RoundJudged)
                    self.judged.append(event)

    def hear(self, source: str, data: bytes) -> None:
        """Take in a message from the topic of a peer, or count why not."""
        self.messages[source] += 1
        try:
            whole = self._parts[source].add(data)
            if whole is not None:
                self._take(source, whole)
                self.genuine[source].append(data)
        except Refused as refusal:
            self.refused[source, refusal.reason] += 1

    @property
    def newest(self) -> int:
        """The number of the newest round, 0 before the first."""
        return max(self._openings, default=0)

    @property
    def is_open(self) -> bool:
        """Whether the newest round is."""
        return self.newest in self._openings and self.newest not in self._endings

    def opening(self, number: int) -> Statement | None:
        return self._openings.get(number)

    def ended(self, number: int) -> Ended | None:
        """Return how a round ended, once it has, and what counts in it has been heard."""
        ending = self._endings.get(number)
        if ending is None:
            return None
        content = ending.content
        included = content.included if isinstance(content, RoundClosed) else {}
        if not all(digest in self._offers for digest in included.values()):
            return None
        counted = {peer: self._evidence(digest) for peer, digest in included.items()}
        return Ended(self._openings[number], ending, counted)

    @property
    def endings(self) -> Mapping[int, Statement]:
        """The statement that ended each round."""
        return self._endings

    def has_offered(self, peer: str, number: int) -> bool:
        """Whether a peer has offered evidence in a round."""
        said = self.last.get(peer)
        return (
            said is not None and said.round == number and isinstance(said.content, EvidenceOffered)
        )

    def pooled(self, number: int) -> dict[str, RoundJudged]:
        """Return the verdicts of a round, by who has pooled it."""
        return {
            each.peer: each
            for each in self.judged
            if each.round == number and each.outcome is RoundOutcome.POOLED
        }

    def _evidence(self, digest: bytes) -> EvidenceOffered:
        content = self._offers[digest].content
        assert isinstance(content, EvidenceOffered)
        return content

    def _take(self, source: str, whole: bytes) -> None:
        now_ms = round(1000 * SystemClock().now().timestamp())
        heard = self._admission.hear(source, whole, now_ms)
        if not isinstance(heard.statement.content, Hello):
            self._rounds = self._rounds.after(heard)
        self.admitted.append((source, heard))
        self._file(heard)

    def _file(self, heard: Heard) -> None:
        said = heard.statement
        if not (isinstance(said.content, RoundOpened | RoundClosed | RoundAborted)):
            self.last[said.peer] = said
        match said.content:
            case RoundOpened():
                self._openings[said.round] = said
            case RoundClosed() | RoundAborted():
                self._endings[said.round] = said
            case EvidenceOffered():
                self._offers[heard.digest] = said
            case _:
                pass
