"""On a real Kafka: deployments share evidence, catch the liar among them, and outlive kill -9."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from evidence_of import LOCAL, definition, evidence
from federation_of import CONTRACT, NAME, own
from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened
from running import eventually, ready, service
from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.clock import SystemClock
from scarcity.events import Event, RoundJudged, RoundOutcome, decode, encode
from scarcity.federation.alignment import Own
from scarcity.federation.chunks import Assembly
from scarcity.federation.founding import Invitation, admitted, enter, found, invite
from scarcity.federation.link import peer_topic, publish_roster
from scarcity.federation.membership import AUTHORITY, Rhythm
from scarcity.federation.protocol.contract import Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.statement import (
    NEWEST,
    EvidenceOffered,
    Hello,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Statement,
    floats_to_bytes,
    unpack,
)

pytestmark = pytest.mark.kafka

T = TypeVar("T")

COORDINATOR, PEER, OTHER, LIAR = "here", "north", "south", "mallory"
PEERS = (COORDINATOR, PEER, OTHER, LIAR)
HONEST = PEERS[:-1]
ROUNDS = Rhythm(every_s=3.0, input_s=1.5)
LEARN_S = 0.5
"""How often every stream has new evidence."""
STEPS = 64
PATIENCE_S = 40.0
SLACK_S = 4.0
"""For a busy machine."""
TOPICS = {peer_topic(NAME, peer).name: peer for peer in PEERS}
TRUE = np.arange(CONTRACT.size) % 10 == 0


@dataclass
class Plants:
    """Four deployments on one cluster, and all that is said there."""

    bus: Bus
    broker: Broker
    folder: Path
    stack: ExitStack
    rng: np.random.Generator
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    learned: dict[tuple[str, int], Own] = field(default_factory=dict)
    """by peer and step"""
    idle: set[str] = field(default_factory=set)
    """whose streams rest"""
    judged: list[RoundJudged] = field(default_factory=list)
    wire: list[tuple[str, Delivery, Statement]] = field(default_factory=list)
    """by the peer in whose topic it was"""

    async def begin(self) -> None:
        """Found the federation, admit everybody, and start them."""
        now = SystemClock().now()
        invitation = Invitation(
            federation=NAME,
            peer=COORDINATOR,
            authority="",
            bus=f"kafka://{self.broker.bootstrap}",
            contract=CONTRACT,
        )
        first = self.folder / COORDINATOR
        membership, roster = found(first, invitation, _mapping(COORDINATOR), ROUNDS, now)
        for peer in PEERS[1:]:
            request = enter(self.folder / peer, invite(membership, peer), _mapping(peer))
            roster = admitted(roster, request, now)
        await publish_roster(self.bus, roster, Identity.load(first / AUTHORITY))
        await self.bus.provision([peer_topic(NAME, peer) for peer in PEERS])
        await self._say(definition(_mapping(peer).stream, now) for peer in PEERS)
        ports = {peer: self._start(peer) for peer in PEERS}
        for peer, port in ports.items():
            await self._ready(peer, port)

    async def restart(self, peer: str) -> None:
        await self._ready(peer, self._start(peer))

    def kill(self, peer: str) -> None:
        """End it as a power cut would."""
        self.processes[peer].kill()
        self.processes[peer].wait()

    async def learn(self) -> None:
        """Let every stream find out more, for ever."""
        step = 499
        while True:
            for peer in PEERS:
                if peer not in self.idle:
                    await self._learn(peer, step)
            step += STEPS
            await asyncio.sleep(LEARN_S)

    async def listen_at_home(self) -> None:
        async with aclosing(self.bus.follow(Follow((RoundJudged.topic.name,)))) as batches:
            async for batch in batches:
                for message in batch:
                    event = decode(message.value or b"").event
                    assert isinstance(event, RoundJudged)
                    self.judged.append(event)

    async def listen_outside(self) -> None:
        parts = {topic: Assembly() for topic in TOPICS}
        async with aclosing(self.bus.follow(Follow(tuple(TOPICS)))) as batches:
            async for batch in batches:
                for message in batch:
                    try:
                        whole = parts[message.topic].add(message.value or b"")
                    except Refused:
                        continue
                    if whole is not None:
                        said = unpack(whole)[1]
                        self.wire.append((TOPICS[message.topic], message, said))

    def pooled(self, peer: str, *, after: int = 0) -> RoundJudged | None:
        """The newest round that a peer has pooled, if it is later than another."""
        found = [
            each
            for each in self.judged
            if each.peer == peer and each.outcome is RoundOutcome.POOLED and each.round > after
        ]
        return max(found, key=lambda each: each.round) if found else None

    @property
    def newest(self) -> int:
        """The number of the newest round that was opened."""
        opened = [said.round for _, _, said in self.wire if isinstance(said.content, RoundOpened)]
        return max(opened, default=0)

    def ending(self, number: int) -> Statement | None:
        """How a round ended, once it has."""
        for _, _, said in self.wire:
            if said.round == number and isinstance(said.content, RoundClosed | RoundAborted):
                return said
        return None

    def opening(self, number: int) -> Statement:
        return next(
            said
            for _, _, said in self.wire
            if said.round == number and isinstance(said.content, RoundOpened)
        )

    async def _learn(self, peer: str, step: int) -> None:
        told = own(self.rng, step, sign=-1.0 if peer == LIAR else 1.0)
        self.learned[peer, step] = told
        event = evidence(told, _mapping(peer).stream, SystemClock().now())
        await self._say((event,))

    async def _say(self, events: Iterable[Event]) -> None:
        await self.bus.publish(
            [Message(each.topic.name, each.key, encode(each, producer="test")) for each in events]
        )

    def _start(self, peer: str) -> int:
        port, logs = free_port(), self.folder / f"logs-{peer}"
        logs.mkdir(exist_ok=True)
        settings = {
            "SCARCITY_FEDERATION_DIR": str(self.folder / peer),
            "SCARCITY_FEDERATION_LOOK_S": "1",
        }
        self.processes[peer] = self.stack.enter_context(
            service("federation", self.broker.bootstrap, port, logs, **settings)
        )
        return port

    async def _ready(self, peer: str, port: int) -> None:
        asked = partial(
            ready, "federation", self.processes[peer], port, self.folder / f"logs-{peer}"
        )
        await asyncio.to_thread(eventually, asked, f"{peer} to be ready")


def _mapping(peer: str) -> Mapping:
    return Mapping(stream=f"plant-{peer}", names=LOCAL)


@asynccontextmanager
async def running(broker: Broker, folder: Path) -> AsyncIterator[Plants]:
    """Four deployments that learn, speak and are listened to."""
    seed = int(np.random.SeedSequence().generate_state(1)[0])
    print(f"seed {seed}")
    with ExitStack() as stack:
        async with opened(broker.bootstrap) as bus:
            plants = Plants(bus, broker, folder, stack, np.random.default_rng(seed))
            await plants.begin()
            async with asyncio.TaskGroup() as tasks:
                ongoing = [
                    tasks.create_task(each())
                    for each in (plants.learn, plants.listen_at_home, plants.listen_outside)
                ]
                yield plants
                for task in ongoing:
                    task.cancel()


async def until(look: Callable[[], T | None], what: str, *, within_s: float = PATIENCE_S) -> T:
    """Return the first answer that is not None, while everything goes on."""
    async with asyncio.timeout(within_s):
        try:
            while (found := look()) is None:
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            print(f"waited in vain for {what}")
            raise
    return found


async def all_pool(
    plants: Plants, peers: tuple[str, ...] = HONEST, *, after: int = 0
) -> list[RoundJudged]:
    """Wait until each of some peers has pooled a later round."""
    return [
        await until(partial(plants.pooled, peer, after=after), f"{peer} to pool") for peer in peers
    ]


def reasons(judged: RoundJudged) -> dict[str, str]:
    return {peer.peer: peer.reason for peer in judged.peers}


def refusals(judged: RoundJudged) -> dict[tuple[str, str], int]:
    return {(each.peer, each.reason): each.count for each in judged.refused}


async def test_deployments_catch_the_liar_and_refuse_what_is_forged(
    private_kafka: Broker, tmp_path: Path
) -> None:
    async with running(private_kafka, tmp_path) as plants:
        await all_pool(plants, after=1)
        for judged in [each for each in plants.judged if each.outcome is RoundOutcome.POOLED]:
            if judged.peer in HONEST and len(judged.peers) == len(PEERS):
                assert reasons(judged) == {**dict.fromkeys(HONEST, ""), LIAR: "opposes-own"}
                accepted = {
                    (edge.source, edge.target, edge.lag)
                    for edge in judged.edges
                    if edge.state == "accepted"
                }
                assert len(accepted & truth()) >= TRUE.sum() - 1
                assert len(accepted - truth()) <= 2

        await forge(plants)
        forged = {(PEER, "replayed"): 1, (PEER, "wrong-topic"): 1, (PEER, "unreadable"): 1}
        told = [
            await until(partial(with_refusals, plants, peer, forged), f"{peer} to tell of them")
            for peer in HONEST
        ]
        last = await all_pool(plants, after=max(each.round for each in told))

    assert all(refusals(each) == forged for each in last)
    assert all(reasons(each)[PEER] == "" for each in last)
    check_that_nothing_but_own_evidence_left(plants)


async def test_rounds_outlive_a_coordinator_and_a_peer_that_are_killed(
    private_kafka: Broker, tmp_path: Path
) -> None:
    async with running(private_kafka, tmp_path) as plants:
        await all_pool(plants)

        # While one has nothing new to say, a round stays open until its deadline.
        plants.idle.add(LIAR)
        known = plants.newest + 1  # the liar may still have something to say in the next one
        number = await until(
            lambda: plants.newest if plants.newest > known else None, "a round to open"
        )
        assert plants.ending(number) is None
        plants.kill(COORDINATOR)
        await plants.restart(COORDINATOR)
        back_ms = round(1000 * SystemClock().now().timestamp())
        ended = await until(partial(plants.ending, number), "the round to end")
        due_ms = plants.opening(number).at_ms + round(1000 * ROUNDS.input_s)
        assert ended.at_ms <= max(due_ms, back_ms) + 1000 * SLACK_S
        plants.idle.clear()
        await all_pool(plants, after=number)

        plants.kill(OTHER)
        others = (COORDINATOR, PEER)
        gone = await until(partial(without, plants, OTHER), "a round without the one that is gone")
        for judged in await all_pool(plants, others, after=gone.round):
            assert OTHER not in reasons(judged)
        await plants.restart(OTHER)
        back = await until(
            partial(with_peer, plants, OTHER, plants.newest), "the one that was gone to be heard"
        )
        last = await all_pool(plants, after=back.round)

    assert all(reasons(each)[OTHER] == "" for each in last)
    assert all(each.refused == () for each in plants.judged)
    check_that_every_round_ended_in_time(plants, except_for=number)
    check_that_nothing_but_own_evidence_left(plants)
    check_that_nobody_contradicts_itself(plants)


def truth() -> set[tuple[str, str, int]]:
    names = CONTRACT.names
    return {
        (names[edge.source], names[edge.target], edge.lag)
        for edge, is_true in zip(CONTRACT.edges(), TRUE, strict=True)
        if is_true
    }


async def forge(plants: Plants) -> None:
    """Write into a peer's topic: what it said before, what another said, and nothing."""
    topic = peer_topic(NAME, PEER).name
    first = {source: message for source, message, _ in reversed(plants.wire)}
    await plants.bus.publish(
        [
            Message(topic, PEER, first[PEER].value),
            Message(topic, PEER, first[OTHER].value),
            Message(topic, PEER, b"\x81\xa1\xff garbage"),
        ]
    )


def with_refusals(
    plants: Plants, peer: str, wanted: dict[tuple[str, str], int]
) -> RoundJudged | None:
    found = plants.pooled(peer)
    return found if found is not None and refusals(found) == wanted else None


def without(plants: Plants, peer: str) -> RoundJudged | None:
    """The newest round of the coordinator, once it is pooled without a peer."""
    found = plants.pooled(COORDINATOR)
    return found if found is not None and peer not in reasons(found) else None


def with_peer(plants: Plants, peer: str, after: int) -> RoundJudged | None:
    """A later round of the coordinator, once it is pooled with a peer."""
    found = plants.pooled(COORDINATOR, after=after)
    return found if found is not None and peer in reasons(found) else None


def check_that_nothing_but_own_evidence_left(plants: Plants) -> None:
    """What a peer offers is what its own stream said, in single precision, and nothing pooled."""
    offered = 0
    for source, _, said in plants.wire:
        if said.peer != source:
            continue  # forged, and refused
        assert isinstance(
            said.content, Hello | RoundOpened | RoundClosed | RoundAborted | EvidenceOffered
        )
        if isinstance(said.content, EvidenceOffered):
            known = plants.learned[source, said.content.step]
            assert said.content.effect == floats_to_bytes(known.effect, NEWEST)
            assert said.content.se == floats_to_bytes(known.se, NEWEST)
            assert (said.content.epoch, said.content.rows) == (known.epoch, known.rows)
            offered += 1
    assert offered >= 2 * len(PEERS)


def check_that_every_round_ended_in_time(plants: Plants, *, except_for: int) -> None:
    for number in range(1, plants.newest):
        ended = plants.ending(number)
        assert ended is not None, f"round {number} never ended"
        if number != except_for:
            waited_s = (ended.at_ms - plants.opening(number).at_ms) / 1000
            assert waited_s <= ROUNDS.input_s + SLACK_S, f"round {number}"


def check_that_nobody_contradicts_itself(plants: Plants) -> None:
    """Who starts again may tell of its newest round again, and says the same."""
    told: dict[str, RoundJudged] = {}
    for each in plants.judged:
        before = told.setdefault(each.event_id, each)
        assert (each.outcome, each.peers) == (before.outcome, before.peers)
