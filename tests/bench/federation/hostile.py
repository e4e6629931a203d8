"""A cluster that somebody hostile can write to, while real processes run their rounds (F7).

All of `forgeries` goes into the topics of peers, again and again. Every honest process has to
refuse all of it, with the reason that it was made for, and tell so in what it says of its rounds;
and the rounds have to go on as if nothing were, with everybody in them and the same edges found.

One thing is not refused: evidence for a round that is still to come. It waits for that round. A
beginning without its end is refused when something else comes in its place.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
import numpy as np

from bench.federation.forgeries import (
    FAR,
    MEMBER,
    OPENER,
    STEP,
    Attacker,
    Forgery,
    Keys,
    by_a_member,
    by_an_opener,
    by_an_outsider,
    too_large,
)
from bench.federation.real import NAME, Deployments, Plan, at_work, contract
from bench.federation.streams import Streams
from bench.federation.verdicts import read
from scarcity.bus.base import Message
from scarcity.events import RoundJudged
from scarcity.federation.link import peer_topic
from scarcity.federation.membership import Rhythm
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import PeerKey, Role, Roster

AGREED = contract(6)
PEERS = ("here", "north", "south", "east")
RHYTHM = Rhythm(every_s=4.0, input_s=2.5, quorum=3)
LEARN_S = 0.5
PATIENCE_S = 60.0
TIMES = 5
"""How often in a wave an outsider writes everything that it can."""
FOREVER_MS = 10**15


@dataclass
class Siege:
    """What was written, and what is to come of it."""

    deployments: Deployments
    attacker: Attacker
    streams: Streams
    written: list[Forgery] = field(default_factory=list)

    async def write(self, forgeries: Iterable[Forgery]) -> None:
        """Put messages into the topics of peers."""
        these = list(forgeries)
        await self.deployments.bus.publish(
            [Message(peer_topic(NAME, each.source).name, each.source, each.data) for each in these]
        )
        self.written += these

    @property
    def by_source(self) -> Counter[str]:
        return Counter(each.source for each in self.written)

    async def learn(self) -> None:
        """Let every stream find out more, for ever."""
        while True:
            await self.deployments.teach(self.streams.more(PEERS))
            await asyncio.sleep(LEARN_S)

    async def judged_by_all(self) -> int:
        """Wait for a later round that every process has pooled; return its number."""
        record = self.deployments.record
        since = record.newest

        def look() -> int | None:
            numbers = range(since + 1, record.newest + 1)
            return next((n for n in numbers if set(record.pooled(n)) == set(PEERS)), None)

        return await self.deployments.until(look, "all to pool a round", within_s=PATIENCE_S)

    def told(self, peer: str) -> Counter[tuple[str, str]]:
        """Return what a process has refused, as it told last."""
        newest = max(
            (each for each in self.deployments.record.judged if each.peer == peer),
            key=lambda each: each.round,
        )
        return Counter({(each.peer, each.reason): each.count for each in newest.refused})

    def all_told(self) -> bool | None:
        """Whether every process has told of as many refusals as there have to be."""
        return all(by_source(self.told(peer)) == self.by_source for peer in PEERS) or None


def by_source(refused: Counter[tuple[str, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (source, _), count in refused.items():
        found[source] += count
    return found


def armed(roster: Roster, keys: Keys) -> Roster:
    """Return the list on which one member has old keys too, and another may open rounds."""
    member, opener = roster.member(MEMBER), roster.member(OPENER)
    old = (
        PeerKey(keys.revoked.public, 0, FOREVER_MS, is_revoked=True),
        PeerKey(keys.expired.public, 0, 1),
    )
    return roster.with_member(
        msgspec.structs.replace(member, keys=(*member.keys, *old))
    ).with_member(
        msgspec.structs.replace(
            opener,
            keys=(PeerKey(keys.opener.public, 0, FOREVER_MS),),
            role=Role.COORDINATOR,
        )
    )


async def besieged(seed: int, waves: int) -> dict[str, object]:
    """Write so many waves, and report what became of them."""
    keys = Keys(*(Identity.new() for _ in range(4)))
    plan = Plan(AGREED, PEERS, RHYTHM, scripted=(MEMBER, OPENER))
    async with at_work(plan, changed=partial(armed, keys=keys)) as deployments:
        rng = np.random.default_rng(seed)
        keys = Keys(deployments.identity(MEMBER), keys.revoked, keys.expired, keys.opener)
        names = {peer: deployments.identity(peer).key_id for peer in PEERS}
        attacker = Attacker(rng, deployments.record, AGREED, PEERS, names, keys)
        siege = Siege(deployments, attacker, Streams(AGREED, rng))
        async with asyncio.TaskGroup() as tasks:
            learning = tasks.create_task(siege.learn())
            first = await siege.judged_by_all()
            await write(siege, waves)
            last = await siege.judged_by_all()
            await deployments.until(siege.all_told, "all to tell of it", within_s=PATIENCE_S)
            learning.cancel()
        return report(siege, range(first, last + 1))


async def write(siege: Siege, waves: int) -> None:
    """One thing that is true, so that it can be said again; then all that is not."""
    by, deployments = siege.attacker, siege.deployments
    await say(siege, by.spoken(by.as_member, by.evidence()))
    for wave in range(waves):
        for _ in range(TIMES):
            await siege.write(by_an_outsider(by))
        await siege.write([*too_large(by), *by_a_member(by)])
        await siege.judged_by_all()
        await siege.write(by_an_opener(by))
        sys.stderr.write(f"[{wave + 1}/{waves}] {len(siege.written)} written\n")
    ahead = deployments.record.newest + FAR
    await say(siege, by.spoken(by.as_member, by.evidence(step=STEP + 1), ahead))


async def say(siege: Siege, data: bytes) -> None:
    """Let the hostile member say something that is let in."""
    topic = peer_topic(NAME, MEMBER).name
    known = len(siege.deployments.record.genuine[MEMBER])
    await siege.deployments.bus.publish([Message(topic, MEMBER, data)])
    await siege.deployments.until(
        lambda: len(siege.deployments.record.genuine[MEMBER]) > known or None,
        "the hostile member to be heard",
        within_s=PATIENCE_S,
    )


def report(siege: Siege, rounds: Sequence[int]) -> dict[str, object]:
    """Return what was written beside what each process refused, by reason."""
    record = siege.deployments.record
    wanted = Counter(str(each.reason or "any") for each in siege.written)
    pooled = [record.pooled(number) for number in rounds]
    verdicts = [judged for by_peer in pooled for judged in by_peer.values()]
    return {
        "written": len(siege.written),
        "made for": dict(sorted(wanted.items())),
        "refused": {peer: by_reason(siege.told(peer)) for peer in PEERS},
        "refused of all": {
            peer: round(siege.told(peer).total() / len(siege.written), 4) for peer in PEERS
        },
        "for another reason than made for": {peer: astray(siege, peer) for peer in PEERS},
        "let in": let_in(siege),
        "evidence of a round to come that counted": sum(
            MEMBER in ended.evidence and ended.evidence[MEMBER].step > STEP
            for ended in map(record.ended, record.endings)
            if ended is not None
        ),
        "rounds": len(rounds),
        "rounds that every process pooled": sum(set(each) == set(PEERS) for each in pooled),
        "honest evidence left out": sum(left_out(each) for each in verdicts),
        "least share of edges right": min(right(each, siege.streams) for each in verdicts),
    }


def by_reason(refused: Counter[tuple[str, str]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_, reason), count in refused.items():
        found[reason] += count
    return dict(sorted(found.items()))


def astray(siege: Siege, peer: str) -> int:
    """Return how many were not refused for the reason they were made for."""
    wanted = Counter(
        (each.source, each.reason.value) for each in siege.written if each.reason is not None
    )
    return (wanted - siege.told(peer)).total()


def let_in(siege: Siege) -> int:
    """Return how many messages of peers were let in beyond those that they wrote themselves."""
    record = siege.deployments.record
    heard = sum(record.messages.values())
    return len(record.admitted) - (heard - len(siege.written))


def left_out(judged: RoundJudged) -> int:
    """Return how many honest peers are not in a round, or are not believed."""
    believed = {each.peer for each in judged.peers if each.is_used}
    return len(set(PEERS) - believed)


def right(judged: RoundJudged, streams: Streams) -> float:
    """Return the share of all edges that are accepted if there, and not if not."""
    accepted = read(judged, AGREED).effect > 0.0
    return round(float(np.mean(accepted == (streams.truth > 0.0))), 3)


def measure(seed: int, waves: int) -> dict[str, object]:
    """So many waves against four processes."""
    return asyncio.run(besieged(seed, waves))
