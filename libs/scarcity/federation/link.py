"""A deployment on the cluster that its federation shares: reads everybody, writes its own topic.

    fed.<federation>.roster        who belongs to it, signed by who admits members
    fed.<federation>.peer.<peer>   what that peer says, and only that peer may write

All that is known is read anew at every start, and whenever members come or go, so that nothing has
to be kept beside the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from scarcity.bus.base import Bus, Delivery, Follow, Message, Retention, TopicSpec
from scarcity.clock import Clock
from scarcity.federation.chunks import Assembly, cut
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Role, Roster, open_roster, seal
from scarcity.federation.protocol.statement import Signed, pack

LOOK_S = 0.25
"""How often it is looked whether something is due, when nothing is heard."""

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
"""What is made of a round."""


class Speaking(Protocol[V_co]):
    """One member, as a function of what is heard and the time."""

    @property
    def name(self) -> str: ...

    def hello(self, at_ms: int) -> Signed:
        """Return what says that it is there."""
        ...

    def hear(self, source: str, data: bytes, at_ms: int) -> None:
        """Take in what came from the topic of a peer. Refused when it is not let in."""
        ...

    def offer(self, at_ms: int, *, may_begin: bool) -> Sequence[Signed]:
        """Return what it has to say in a round now; begin nothing new unless it may."""
        ...

    def judge(self, at_ms: int) -> V_co | None:
        """Return what it makes of the newest round, once."""
        ...


class Leading(Protocol):
    """Who opens rounds and ends them, as one of the members."""

    def due(self, contract: Contract, at_ms: int, *, may_open: bool) -> Sequence[Signed]:
        """Return what is to be said about rounds now."""
        ...


def roster_topic(federation: str) -> TopicSpec:
    """Return the topic with the list of members."""
    return TopicSpec(f"fed.{federation}.roster", 1, Retention.COMPACT)


def peer_topic(federation: str, peer: str) -> TopicSpec:
    """Return the topic that a peer alone writes to."""
    return TopicSpec(f"fed.{federation}.peer.{peer}", 1, Retention.DELETE)


async def publish_roster(bus: Bus, roster: Roster, authority: Identity) -> None:
    """Tell everybody who belongs to a federation; only who admits members can."""
    topic = roster_topic(roster.federation)
    await bus.provision([topic])
    # Each version under a key of its own, so that none that is older can take its place.
    key = str(roster.version)
    await bus.publish([Message(topic.name, key, seal(roster, authority))])


async def is_taken(bus: Bus, federation: str) -> bool:
    """Whether anybody has published a list of members for a federation of that name."""
    topic = roster_topic(federation)
    await bus.provision([topic])
    async with aclosing(bus.follow(Follow((topic.name,)))) as batches:
        return bool(await anext(batches))


async def read_roster(bus: Bus, federation: str, authority: bytes) -> Roster | None:
    """Return the newest list of members, or None when there is none yet."""
    topic = roster_topic(federation)
    await bus.provision([topic])
    newest: Roster | None = None
    async with aclosing(bus.follow(Follow((topic.name,)))) as batches:
        async for batch in batches:
            if not batch:
                break
            newest = newest_of(batch, authority, newest)
    return newest


def newest_of(batch: Sequence[Delivery], authority: bytes, known: Roster | None) -> Roster | None:
    """Return the newest list among messages and the one that is known; forged ones are nothing."""
    for delivery in batch:
        try:
            known = open_roster(delivery.value or b"", authority, known)
        except Refused:
            continue
    return known


def coordinators(roster: Roster) -> frozenset[str]:
    """Return who opens rounds."""
    return frozenset(each.peer for each in roster.members if each.role is Role.COORDINATOR)


async def _nothing_to_keep() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Told(Generic[V]):
    """Who wants to know what happens, and says whether there is time for more."""

    judged: Callable[[V], None]
    refused: Callable[[str, Refused], None]
    has_room: Callable[[], bool] = lambda: True
    """While not, nothing is offered and no round opened; what is open comes to its end."""
    keep: Callable[[], Awaitable[None]] = _nothing_to_keep
    """Returns when what the member must not forget is kept; nothing is said before."""


class Link(Generic[V]):
    """Lets one peer speak and hear, as long as the members are these."""

    def __init__(
        self, bus: Bus, clock: Clock, peer: Speaking[V], roster: Roster, told: Told[V]
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._peer = peer
        self._told = told
        self._own = peer_topic(roster.federation, peer.name).name
        self._names = {
            peer_topic(roster.federation, member.peer).name: member.peer
            for member in roster.members
        }
        self._follows = frozenset(self._names)
        self._parts = {
            topic: Assembly(partial(told.refused, peer)) for topic, peer in self._names.items()
        }
        self._news = asyncio.Event()

    def listen_to(self, peers: Collection[str]) -> None:
        """Listen to these alone; and to itself, until it knows what it said before."""
        self._follows = frozenset(topic for topic, peer in self._names.items() if peer in peers)

    async def run(self, contract: Contract, coordinator: Leading | None) -> None:
        """Speak and hear until cancelled."""
        topics = self._follows | {self._own}
        await self._bus.provision([TopicSpec(topic, 1) for topic in topics])
        async with asyncio.TaskGroup() as tasks:
            caught_up = asyncio.Event()
            if self._own not in self._follows:
                await self._remember()
            tasks.create_task(self._listen(caught_up))
            await caught_up.wait()
            await self._say([self._peer.hello(self._now())])
            while True:
                self._news.clear()
                await self._turn(contract, coordinator)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._news.wait()

    async def _turn(self, contract: Contract, coordinator: Leading | None) -> None:
        """Say all that is to be said now."""
        has_room = self._told.has_room()
        offered = self._peer.offer(self._now(), may_begin=has_room)
        await self._told.keep()
        await self._say(offered)
        if coordinator is not None:
            await self._say(coordinator.due(contract, self._now(), may_open=has_room))
        verdict = self._peer.judge(self._now())
        if verdict is not None:
            self._told.judged(verdict)

    async def _listen(self, caught_up: asyncio.Event) -> None:
        async for batch in self._bus.follow(Follow(tuple(self._follows))):
            self._hear_all(batch)
            if not batch:
                caught_up.set()
            self._news.set()

    async def _remember(self) -> None:
        """Hear what this peer itself has said up to now."""
        async with aclosing(self._bus.follow(Follow((self._own,)))) as batches:
            async for batch in batches:
                self._hear_all(batch)
                if not batch:
                    return

    def _hear_all(self, batch: Sequence[Delivery]) -> None:
        for delivery in batch:
            self._hear(delivery)

    def _hear(self, delivery: Delivery) -> None:
        source = self._names[delivery.topic]
        try:
            whole = self._parts[delivery.topic].add(delivery.value or b"")
            if whole is not None:
                self._peer.hear(source, whole, self._now())
        except Refused as refusal:
            self._told.refused(source, refusal)

    async def _say(self, said: Sequence[Signed]) -> None:
        for signed in said:
            parts = cut(pack(signed))
            await self._bus.publish([Message(self._own, self._peer.name, part) for part in parts])

    def _now(self) -> int:
        return round(1000 * self._clock.now().timestamp())
