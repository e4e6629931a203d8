"""What is to be seen on a federation's cluster, by the checks that every member makes."""

from collections import Counter
from contextlib import aclosing
from functools import partial

from scarcity.bus.base import Bus, Delivery, Follow
from scarcity.federation.chunks import Assembly
from scarcity.federation.link import peer_topic
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.rounds import Round, Rounds
from scarcity.federation.protocol.sealing import FromPeer, StageClosed
from scarcity.federation.protocol.statement import Hello, Mode, RoundOpened, Statement
from scarcity.federation.sealed.progress import Progress, opened


class Survey:
    """What members have said so far, folded up."""

    def __init__(self, roster: Roster, contract: Contract, at_ms: int) -> None:
        self.roster = roster
        self.last: dict[str, Statement] = {}
        """What each member said last, of what was let in."""
        self.refused: Counter[tuple[str, Reason]] = Counter()
        """By the peer whose topic it came from, and why."""
        self._at_ms = at_ms
        self._admission = Admission(roster, (contract,))
        self._rounds = Rounds()
        self.progress: Progress | None = None
        """The newest round, where sums are sealed."""
        self._parts: dict[str, Assembly] = {}

    @property
    def round(self) -> Round | None:
        """The newest, where evidence is shared."""
        return self._rounds.current

    def hear(self, source: str, delivery: Delivery) -> None:
        """Take in what came from the topic of a peer, or count why not."""
        try:
            self._hear(source, delivery.value or b"")
        except Refused as refusal:
            self._refuse(source, refusal)

    def _refuse(self, source: str, refusal: Refused) -> None:
        self.refused[source, Reason(refusal.reason)] += 1

    def _hear(self, source: str, data: bytes) -> None:
        parts = self._parts.setdefault(source, Assembly(partial(self._refuse, source)))
        whole = parts.add(data)
        if whole is None:
            return
        heard = self._admission.hear(source, whole, self._at_ms)
        content = heard.statement.content
        if isinstance(content, RoundOpened) and content.mode is Mode.SEALED:
            self.progress = opened(self.progress, heard, content)
        elif isinstance(content, StageClosed):
            if self.progress is not None:
                self.progress = self.progress.after(heard, content)
        elif not isinstance(content, Hello | FromPeer):
            self._rounds = self._rounds.after(heard)
        self.last[source] = heard.statement


async def surveyed(bus: Bus, roster: Roster, contract: Contract, at_ms: int) -> Survey:
    """Read everything that members have said up to now."""
    topics = {peer_topic(roster.federation, each.peer): each.peer for each in roster.members}
    await bus.provision(list(topics))
    sources = {topic.name: peer for topic, peer in topics.items()}
    survey = Survey(roster, contract, at_ms)
    async with aclosing(bus.follow(Follow(tuple(sources)))) as batches:
        async for batch in batches:
            if not batch:
                break
            for delivery in batch:
                survey.hear(sources[delivery.topic], delivery)
    return survey
