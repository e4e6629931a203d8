"""Members of a sealed federation in one process, each reading the topics that it would read.

What each keeps survives it; everything else is read anew from the log when it is started again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from scarcity.federation.membership import Rhythm
from scarcity.federation.protocol.admission import Admission
from scarcity.federation.protocol.contract import Contract, Sealing
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Member, PeerKey, Role, Roster
from scarcity.federation.protocol.sealing import MaskedInput, Stage
from scarcity.federation.protocol.statement import (
    Content,
    Signed,
    Speaker,
    Statement,
    pack,
    unpack,
)
from scarcity.federation.sealed.convening import Convener, Told
from scarcity.federation.sealed.member import SealedMember, Verdict
from scarcity.federation.sealed.memory import Memory, unpacked
from scarcity.federation.sealed.part import Seat
from scarcity.federation.sealed.progress import Progress
from scarcity.federation.sealed.rows import Rows
from scarcity.stats.arrays import Floats

NAME = "wards"
FOREVER_MS = 10**15
VARIABLES = 3
RHYTHM = Rhythm(every_s=60.0, input_s=5.0)
COORDINATOR = "p0"


def contract(**changes: object) -> Contract:
    """What members agree upon: three variables about 0, with noise that leaves something to see."""
    sealing: dict[str, object] = {
        "epsilon": 20.0,
        "budget": 100.0,
        "frame": {f"x{i}": (0.0, 1.0) for i in range(VARIABLES)},
        "most_rows": 500,
        **changes,
    }
    return Contract(
        subject="wards",
        variables={f"x{i}": "" for i in range(VARIABLES)},
        cadence_s=1.0,
        max_lag=1,
        sealing=Sealing.model_validate(sealing),
    )


def observed(rng: np.random.Generator, rows: int) -> Floats:
    """x0 drives x1 after one step; x2 is alone."""
    values = rng.normal(size=(rows, VARIABLES))
    values[1:, 1] += 0.8 * values[:-1, 0]
    return values


@dataclass
class Consortium:
    """Members p0, p1 and so on, of whom the first coordinates."""

    members: int = 6
    seed: int = 1
    agreed: Contract = field(default_factory=contract)
    now_ms: int = 1_000_000
    log: list[tuple[str, bytes]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    """by member, as on its disk"""
    silent: dict[str, Stage] = field(default_factory=dict)
    """who says nothing, and from which stage on"""
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    """of whose statement, and why"""
    lacking: list[tuple[int, int]] = field(default_factory=list)
    """members there and members needed, as often as the coordinator said so"""
    running: dict[str, SealedMember] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    """how many rows each has seen"""
    data: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        print(f"seed {self.seed}")
        self.rng = np.random.default_rng(self.seed)
        self.identities = {f"p{i}": Identity.new() for i in range(self.members)}
        self.roster = Roster(
            NAME,
            1,
            tuple(
                Member(
                    peer,
                    (PeerKey(identity.public, 0, FOREVER_MS),),
                    Role.COORDINATOR if peer == COORDINATOR else Role.PEER,
                )
                for peer, identity in self.identities.items()
            ),
        )
        self._heard: dict[str, dict[str, int]] = {}
        for peer in self.identities:
            self.start(peer)

    def start(self, peer: str) -> None:
        """Start a member, or start it again: it knows what it kept, and what the log says."""
        speaker = Speaker(NAME, peer, self.identities[peer])
        seat = Seat(speaker, self.identities[peer], self.roster, self.agreed)
        memory = unpacked(self.kept[peer]) if peer in self.kept else Memory()
        member = SealedMember(seat, Admission(self.roster, (self.agreed,)), memory)
        rows = Rows(500, self.agreed.max_lag)
        if peer in self.data:
            rows.add(0, 0, self.data[peer])
        member.learned(rows)
        self.running[peer], self.rows[peer], self._heard[peer] = member, rows, {}
        if peer == COORDINATOR:
            told = Told(self._refused, lambda *lacking: self.lacking.append(lacking))
            self.convener = Convener(member, RHYTHM, told)
        self.listen(peer)
        self._put(peer, (member.hello(self.now_ms),))

    def stop(self, peer: str) -> None:
        """End it as a power cut would."""
        del self.running[peer]

    def learn(self, rows: int = 200, peers: Iterable[str] | None = None) -> None:
        """Let members see more rows."""
        for peer in self.identities if peers is None else peers:
            fresh = observed(self.rng, rows)
            known = self.data.get(peer, np.empty((0, VARIABLES)))
            self.rows[peer].add(len(known), 0, fresh)
            self.data[peer] = np.concatenate([known, fresh])

    def listen(self, peer: str) -> None:
        """Let a member hear what is new to it: topic by topic, each in order."""
        member, places = self.running[peer], self._heard[peer]
        listens = set(self.identities) if peer == COORDINATOR else {COORDINATOR}
        if not places:  # it has just started, and hears what it said itself before
            listens.add(peer)
        for source in sorted(listens, reverse=True):
            said = [data for topic, data in self.log if topic == source]
            for data in said[places.get(source, 0) :]:
                try:
                    member.hear(source, data, self.now_ms)
                except Refused as refusal:
                    self._refused(source, refusal)
            places[source] = len(said)

    def turn(self, peer: str, *, before_sending: Callable[[], bool] = lambda: True) -> bool:
        """Let a member hear, and say what it has to; whether it said anything."""
        member = self.running[peer]
        self.listen(peer)
        if self._is_silent(peer, member.progress):
            return False
        said = member.offer(self.now_ms)
        self.kept[peer] = member.memory.packed()
        if said and not before_sending():
            return False
        self._put(peer, said)
        led = self.convener.due(self.agreed, self.now_ms) if peer == COORDINATOR else ()
        self._put(peer, led)
        verdict = member.judge(self.now_ms)
        if verdict is not None:
            self.verdicts.setdefault(peer, []).append(verdict)
        return bool(said or led)

    def settle(self) -> None:
        """Let everybody speak until nobody has more to say."""
        while sum(self.turn(peer) for peer in list(self.running)):
            pass

    def round(self) -> None:
        """A round from its opening to its end; deadlines pass where somebody is waited for."""
        number = self.newest.number if self.progress is not None else 0
        self.now_ms += 60_000
        self.settle()
        for _ in range(6):
            if self.newest.number > number and self.newest.is_over:
                break
            self.now_ms += 5_100
            self.settle()

    def until(self, stage: Stage) -> None:
        """Open a round and go on until a stage is waited for; nobody answers it yet."""
        self.now_ms += 60_000
        self.silent |= {peer: stage for peer in self.identities if peer not in self.silent}
        self.settle()
        for peer in [each for each, at in self.silent.items() if at is stage]:
            del self.silent[peer]

    @property
    def progress(self) -> Progress | None:
        return self.running[COORDINATOR].progress

    @property
    def newest(self) -> Progress:
        assert self.progress is not None
        return self.progress

    def last(self, peer: str = COORDINATOR) -> Verdict:
        return self.verdicts[peer][-1]

    def said(self) -> list[Statement]:
        return [unpack(data)[1] for _, data in self.log]

    def contents(self, kind: type[Content]) -> list[tuple[str, Content]]:
        """What was said of a kind, by whom."""
        return [(each.peer, each.content) for each in self.said() if isinstance(each.content, kind)]

    def inputs(self) -> list[tuple[str, MaskedInput]]:
        return [
            (each.peer, each.content)
            for each in self.said()
            if isinstance(each.content, MaskedInput)
        ]

    def put(self, source: str, data: bytes) -> None:
        """Write something into a topic."""
        self.log.append((source, data))

    def _put(self, peer: str, said: Iterable[Signed]) -> None:
        self.log += [(peer, pack(each)) for each in said]

    def _refused(self, source: str, refusal: Refused) -> None:
        self.refusals.append((source, refusal.reason))

    def _is_silent(self, peer: str, progress: Progress | None) -> bool:
        if progress is None or progress.is_over:
            return False
        return self.silent.get(peer, Stage.ABORTED) <= progress.stage
