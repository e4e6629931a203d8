"""Small federations in memory: peers, their keys, and a log that all of them read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scarcity.federation.alignment import Own
from scarcity.federation.membership import Rhythm
from scarcity.federation.node import Coordinator, Peer, Pooling, Verdict
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Member, PeerKey, Role, Roster
from scarcity.federation.protocol.statement import Signed, Speaker, pack

NAME = "plants"
FOREVER_MS = 10**15
CONTRACT = Contract(subject="boilers", variables={f"x{i}": "" for i in range(6)}, cadence_s=1.0)
RHYTHM = Rhythm(every_s=60.0, input_s=20.0)


def own(rng: np.random.Generator, step: int = 499, sign: float = 1.0) -> Own:
    """Evidence of a world in which every tenth edge is there."""
    truth = np.where(np.arange(CONTRACT.size) % 10 == 0, 0.3, 0.0)
    se = np.full(CONTRACT.size, 0.05)
    return Own(f"s/0/0-{step + 1}", 0, step, 400, sign * truth + rng.normal(0.0, se), se)


@dataclass
class Federation:
    """Members p0, p1 and so on, of whom the first coordinates."""

    members: int
    now_ms: int = 1_000_000
    log: list[tuple[str, bytes]] = field(default_factory=list)
    pending: list[tuple[str, bytes]] = field(default_factory=list)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    refusals: list[Refused] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.identities = {f"p{i}": Identity.new() for i in range(self.members)}
        self.roster = Roster(
            NAME,
            1,
            tuple(
                Member(
                    peer,
                    (PeerKey(identity.public, 0, FOREVER_MS),),
                    Role.COORDINATOR if peer == "p0" else Role.PEER,
                )
                for peer, identity in self.identities.items()
            ),
        )
        self.peers = {peer: self.peer(peer) for peer in self.identities}
        self.coordinator = self.coordinated_by(self.peers["p0"])

    def peer(self, name: str) -> Peer:
        """A deployment that has heard nothing yet."""
        speaker = Speaker(NAME, name, self.identities[name])
        admission = Admission(self.roster, (CONTRACT,))
        return Peer(speaker, admission, CONTRACT, Pooling())

    def coordinated_by(self, peer: Peer) -> Coordinator:
        return Coordinator(peer, self.members, RHYTHM)

    def say(self, source: str, said: Sequence[Signed]) -> None:
        """Put statements on the log, and let everybody hear them, and what follows, in order."""
        self.pending += [(source, pack(signed)) for signed in said]
        while self.pending:
            source, data = self.pending.pop(0)
            self.log.append((source, data))
            for peer in list(self.peers.values()):
                self.hear(peer, source, data)

    def hear(self, peer: Peer, source: str, data: bytes) -> None:
        """Let one peer hear something, and take down what it says to it."""
        try:
            peer.hear(source, data, self.now_ms)
        except Refused as refusal:
            self.refusals.append(refusal)
            return
        said = peer.offer(self.now_ms)
        self.pending += [(peer.name, pack(signed)) for signed in said]
        self.judge(peer)

    def judge(self, peer: Peer) -> None:
        verdict = peer.judge(self.now_ms)
        if verdict is not None:
            self.verdicts.setdefault(peer.name, []).append(verdict)

    def tick(self, seconds: float = 0.0) -> None:
        """Let time pass, and the coordinator do what is due."""
        self.now_ms += round(1000 * seconds)
        self.say("p0", self.coordinator.due(CONTRACT, self.now_ms))
        for peer in self.peers.values():
            self.judge(peer)
