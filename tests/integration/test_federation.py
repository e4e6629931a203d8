"""Peers as processes on a real Kafka: one lies, the coordinator is killed, messages are forged."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from federation_of import CONTRACT, own
from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened
from running import eventually, ready, service
from scarcity.bus.base import Bus, Follow, Message
from scarcity.clock import SystemClock
from scarcity.events import EvidenceGathered, EvidenceTable, RoundJudged, decode, encode
from scarcity.federation.founding import Invitation, admitted, enter, found, invite
from scarcity.federation.link import peer_topic, publish_roster
from scarcity.federation.membership import AUTHORITY, Rounds
from scarcity.federation.protocol.contract import Mapping
from scarcity.federation.protocol.identity import Identity

pytestmark = pytest.mark.kafka

NAME = "plants"
PEERS = ("north", "east", "south", "liar")
ROUNDS = Rounds(every_s=3.0, input_s=1.5, quorum=3)
PATIENCE_S = 60.0


async def founded(bus: Bus, bootstrap: str, folder: Path) -> None:
    """Make a folder for each peer, and let all of them in."""
    now = SystemClock().now()
    first, *others = PEERS
    invitation = Invitation(
        federation=NAME,
        peer=first,
        authority="",
        bus=f"kafka://{bootstrap}",
        contract=CONTRACT,
    )
    names = {name: name for name in CONTRACT.names}
    mapping = Mapping(stream=first, names=names)
    membership, roster = found(folder / first, invitation, mapping, ROUNDS, now)
    for peer in others:
        mapping = Mapping(stream=peer, names=names)
        request = enter(folder / peer, invite(membership, peer), mapping)
        roster = admitted(roster, request, now)
    await publish_roster(bus, roster, Identity.load(folder / first / AUTHORITY))


def told(peer: str, rng: np.random.Generator, step: int) -> Message:
    """What the data of a peer say now."""
    said = own(rng, step, -1.0 if peer == "liar" else 1.0)
    edges = list(CONTRACT.edges())
    event = EvidenceGathered(
        stream=peer,
        epoch=0,
        regime=0,
        window_id=f"{peer}/0/0-{step + 1}",
        at=SystemClock().now(),
        variables=CONTRACT.names,
        rows=said.rows,
        max_lag=CONTRACT.max_lag,
        edges=EvidenceTable(
            source=tuple(edge.source for edge in edges),
            target=tuple(edge.target for edge in edges),
            lag=tuple(edge.lag for edge in edges),
            effect=said.effect.astype("<f8").tobytes(),
            se=said.se.astype("<f8").tobytes(),
            rows=(said.rows,) * len(edges),
            form=b"\x01" * len(edges),
        ),
    )
    return Message(event.topic.name, peer, encode(event, producer="test"))


async def judged(bus: Bus) -> list[RoundJudged]:
    """Return every verdict there is."""
    found: list[RoundJudged] = []
    async with aclosing(bus.follow(Follow((RoundJudged.topic.name,)))) as batches:
        async for batch in batches:
            if not batch:
                break
            events = [decode(delivery.value or b"").event for delivery in batch]
            found += [event for event in events if isinstance(event, RoundJudged)]
    return found


async def until(bus: Bus, peer: str, is_so: Callable[[RoundJudged], bool]) -> RoundJudged:
    """Return the first verdict of a peer that is as wanted."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for verdict in await judged(bus):
            if verdict.peer == peer and is_so(verdict):
                return verdict
        await asyncio.sleep(0.2)
    raise AssertionError(f"no such verdict of {peer}: {await judged(bus)}")


def is_pooled(verdict: RoundJudged, after: int = 0) -> bool:
    return verdict.outcome == "pooled" and verdict.round > after


async def test_peers_judge_each_other_through_liars_kills_and_forgeries(
    private_kafka: Broker, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    steps = iter(range(499, 100_000, 100))

    def up(stack: ExitStack, peer: str) -> subprocess.Popen[bytes]:
        logs, port = tmp_path / f"{peer}-logs", free_port()
        logs.mkdir(exist_ok=True)
        folder = {"SCARCITY_FEDERATION_DIR": str(tmp_path / peer)}
        process = stack.enter_context(
            service("federation", private_kafka.bootstrap, port, logs, **folder)
        )
        eventually(partial(ready, "federation", process, port, logs), f"{peer} to be ready")
        return process

    async def keep_telling(bus: Bus) -> None:
        for step in steps:
            await bus.publish([told(peer, rng, step) for peer in PEERS])
            await asyncio.sleep(1.0)

    with ExitStack() as stack:
        async with opened(private_kafka.bootstrap) as bus, asyncio.TaskGroup() as tasks:
            await founded(bus, private_kafka.bootstrap, tmp_path)
            telling = tasks.create_task(keep_telling(bus))
            processes = {peer: up(stack, peer) for peer in PEERS}

            first = await until(
                bus, "south", lambda v: is_pooled(v) and "liar" in {p.peer for p in v.peers}
            )
            assert {peer.peer: peer.reason for peer in first.peers}["liar"] == "opposes-own"
            assert len(first.edges) > 0

            processes["north"].send_signal(signal.SIGKILL)
            processes["north"].wait()
            newest = max(verdict.round for verdict in await judged(bus))
            up(stack, "north")
            again = await until(bus, "south", lambda v: is_pooled(v, newest))
            assert again.round > newest

            topic = peer_topic(NAME, "east").name
            async with aclosing(bus.follow(Follow((topic,)))) as batches:
                copied = (await anext(batches))[0].value
            await bus.publish([Message(topic, "east", copied), Message(topic, "east", b"no")])
            refusing = await until(
                bus, "south", lambda v: {r.reason for r in v.refused} >= {"replayed", "unreadable"}
            )
            assert {each.peer for each in refusing.refused} == {"east"}
            assert is_pooled(await until(bus, "south", lambda v: is_pooled(v, refusing.round)))
            telling.cancel()
