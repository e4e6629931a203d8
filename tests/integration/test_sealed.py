"""On a real Kafka: sealed rounds of six processes, of which one is killed in the middle."""

import asyncio
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import orjson
import pytest

from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened as bus_at
from running import COMMAND, eventually, ready, service
from scarcity.bus.base import Bus, Follow, Message
from scarcity.clock import SystemClock
from scarcity.events import (
    DefinitionOrigin,
    RoundJudged,
    RoundOutcome,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
    decode,
    encode,
)
from scarcity.events.stream import pack_matrix
from scarcity.federation import keeping
from scarcity.federation.chunks import Assembly
from scarcity.federation.founding import Invitation, admitted, enter, found, invite
from scarcity.federation.link import peer_topic, publish_roster
from scarcity.federation.membership import AUTHORITY, Rhythm
from scarcity.federation.protocol.contract import Contract, Mapping, Sealing
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.sealing import (
    FromPeer,
    MaskedInput,
    Record,
    SharedSecrets,
    Stage,
    StageClosed,
)
from scarcity.federation.protocol.statement import Heard, RoundOpened, Statement, unpack
from scarcity.federation.sealed.agreement import bargain, terms_of
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.memory import unpacked
from scarcity.federation.sealed.progress import Progress, opened
from unit.federation.sealed.scanner import Scanner

pytestmark = pytest.mark.kafka

T = TypeVar("T")

NAME = "wards"
PEERS = ("north", "south", "east", "west", "here", "there")
COORDINATOR, VICTIM = PEERS[0], PEERS[3]
ROUNDS = Rhythm(every_s=4.0, input_s=3.0)
STAGES = 5
SLACK_S = 6.0
"""For a busy machine."""
PATIENCE_S = 60.0
ROWS = 200
NAMES = ("x0", "x1", "x2")
CONTRACT = Contract(
    subject="wards",
    variables=dict.fromkeys(NAMES, ""),
    cadence_s=1.0,
    max_lag=1,
    sealing=Sealing(epsilon=20.0, budget=900.0, frame=dict.fromkeys(NAMES, (0.0, 1.0))),
)
TOPICS = {peer_topic(NAME, peer).name: peer for peer in PEERS}


@dataclass
class Wards:
    """Six deployments on one cluster, and all that is said there."""

    bus: Bus
    broker: Broker
    folder: Path
    stack: ExitStack
    rng: np.random.Generator
    roster: Roster | None = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    judged: list[RoundJudged] = field(default_factory=list)
    wire: list[tuple[str, Statement, bytes]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """every byte that travelled"""
    secrets: set[bytes] = field(default_factory=set)
    """everything that members were seen to keep to themselves"""
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """that each has seen"""

    async def begin(self) -> None:
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
        self.roster = roster
        await publish_roster(self.bus, roster, Identity.load(first / AUTHORITY))
        await self.bus.provision([peer_topic(NAME, peer) for peer in PEERS])
        await self._say([_definition(peer) for peer in PEERS])
        ports = {peer: self._start(peer) for peer in PEERS}
        for peer, port in ports.items():
            await self._ready(peer, port)

    async def learn(self) -> None:
        """Let every stream see more rows."""
        await self._say([self._window(peer) for peer in PEERS])

    async def restart(self, peer: str) -> None:
        await self._ready(peer, self._start(peer))

    def kill(self, peer: str) -> None:
        """End it as a power cut would."""
        self.processes[peer].kill()
        self.processes[peer].wait()

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
                    self.raw.append(message.value or b"")
                    whole = parts[message.topic].add(message.value or b"")
                    if whole is not None:
                        signed, said = unpack(whole)
                        self.wire.append((TOPICS[message.topic], said, signed.digest))

    async def spy(self) -> None:
        """Note all secrets of all members, for ever."""
        while True:
            for peer in PEERS:
                self.secrets |= _secrets(keeping.read(self.folder / peer))
            await asyncio.sleep(0.02)

    def told(self, peer: str, number: int) -> RoundJudged | None:
        """What a peer makes of a round."""
        found = [each for each in self.judged if (each.peer, each.round) == (peer, number)]
        return found[-1] if found else None

    def answered(self, peer: str, kind: type[FromPeer], number: int = 1) -> bool | None:
        """True once a peer has given an answer of that kind in a round."""
        is_said = any(
            source == peer and said.round == number and isinstance(said.content, kind)
            for source, said, _ in self.wire
        )
        return is_said or None

    def rounds(self) -> list[tuple[Progress, list[Record]]]:
        """Every round as the log tells it, with what was answered."""
        found: list[tuple[Progress, list[Record]]] = []
        control = [each for each in self.wire if each[0] == COORDINATOR]
        for _, said, digest in control:
            if isinstance(said.content, RoundOpened):
                progress = opened(None, Heard(said, digest), said.content)
                answers = [
                    each.content
                    for _, each, _ in self.wire
                    if each.round == said.round and isinstance(each.content, FromPeer)
                ]
                found.append((progress, list(answers)))
            elif isinstance(said.content, StageClosed):
                progress, records = found[-1]
                found[-1] = progress.after(Heard(said, digest), said.content), records
        return found

    def _window(self, peer: str) -> WindowSealed:
        values = self.rng.normal(size=(ROWS, len(NAMES)))
        values[1:, 1] += 0.8 * values[:-1, 0]
        start, now = self.rows[peer], SystemClock().now()
        self.rows[peer] += ROWS
        packed, validity = pack_matrix(values)
        return WindowSealed(
            window_id=f"{_stream(peer)}/0/{start}-{ROWS}",
            stream=_stream(peer),
            epoch=0,
            start_step=start,
            steps=ROWS,
            columns=NAMES,
            values=packed,
            validity=validity,
            start_time=now,
            end_time=now + timedelta(seconds=1),
            definition_version=1,
            records=ROWS,
        )

    async def _say(self, events: list[StreamDefined] | list[WindowSealed]) -> None:
        await self.bus.publish(
            [Message(each.topic.name, each.key, encode(each, producer="test")) for each in events]
        )

    def _start(self, peer: str) -> int:
        port, logs = free_port(), self._logs(peer)
        logs.mkdir(exist_ok=True)
        settings = {
            "SCARCITY_FEDERATION_DIR": str(self.folder / peer),
            "SCARCITY_FEDERATION_LOOK_S": "1",
            "SCARCITY_FEDERATION_POLICY": '{"dry_run": true}',
        }
        self.processes[peer] = self.stack.enter_context(
            service("federation", self.broker.bootstrap, port, logs, **settings)
        )
        return port

    async def _ready(self, peer: str, port: int) -> None:
        asked = partial(ready, "federation", self.processes[peer], port, self._logs(peer))
        await asyncio.to_thread(eventually, asked, f"{peer} to be ready", within_s=120.0)

    def _logs(self, peer: str) -> Path:
        return self.folder / f"logs-{peer}"


def _stream(peer: str) -> str:
    return f"ward-{peer}"


def _mapping(peer: str) -> Mapping:
    return Mapping(stream=_stream(peer), names={name: name for name in NAMES})


def _definition(peer: str) -> StreamDefined:
    return StreamDefined(
        stream=_stream(peer),
        version=1,
        defined_at=SystemClock().now(),
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(Variable(name, "") for name in NAMES),
        window=WindowPolicy(size=ROWS),
    )


def _secrets(kept: bytes | None) -> set[bytes]:
    """The keys, seeds and shares in what a member keeps."""
    if kept is None or not (snapshot := unpacked(kept).snapshot):
        return set()
    known = msgspec.msgpack.decode(snapshot)
    found = {known["channel"], known["mask"], known["seed"]}
    found |= {each["channel"] for each in known["neighbours"].values()}
    found |= {share for held in known["held"].values() for share in held.values()}
    return found - {b""}


@asynccontextmanager
async def running(broker: Broker, folder: Path) -> AsyncIterator[Wards]:
    """Six deployments that speak and are listened to."""
    seed = int(np.random.SeedSequence().generate_state(1)[0])
    print(f"seed {seed}")
    with ExitStack() as stack:
        async with bus_at(broker.bootstrap) as bus:
            wards = Wards(bus, broker, folder, stack, np.random.default_rng(seed))
            await wards.begin()
            async with asyncio.TaskGroup() as tasks:
                ongoing = [
                    tasks.create_task(each())
                    for each in (wards.listen_at_home, wards.listen_outside, wards.spy)
                ]
                yield wards
                for task in ongoing:
                    task.cancel()


async def until(look: Callable[[], T | None], what: str) -> T:
    """Return the first answer that is not None, while everything goes on."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while (found := look()) is None:
                await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            print(f"waited in vain for {what}")
            raise
    return found


async def test_a_round_outlives_a_member_that_is_killed_and_gives_nobody_away(
    private_kafka: Broker, tmp_path: Path
) -> None:
    async with running(private_kafka, tmp_path) as wards:
        await wards.learn()
        number = await until(partial(with_rows, wards), "a round that has rows in it")
        killing = partial(wards.answered, VICTIM, SharedSecrets, number)
        await until(killing, f"{VICTIM} to share its secrets")
        wards.kill(VICTIM)

        first = await until(partial(wards.told, COORDINATOR, number), "the round to end")
        assert first.outcome is RoundOutcome.SUMMED
        assert sum(peer.is_used for peer in first.peers) >= len(PEERS) - 1
        edge = first.edges[0]
        assert (edge.source, edge.target, edge.lag) == ("x0", "x1", 1)

        await wards.restart(VICTIM)
        await wards.learn()
        again = await until(partial(with_all, wards, number), "a round with all members in it")
        for peer in PEERS:
            told = await until(partial(wards.told, peer, again), f"{peer} to tell of it")
            assert told.privacy is not None
            assert told.privacy.withheld == ""
            assert 0.0 < told.privacy.epsilon_spent < told.privacy.epsilon_total
        await check_that_status_shows_it(wards, VICTIM)

    check_that_every_round_ended_in_time(wards)
    check_that_no_row_counts_twice(wards)
    check_that_nobody_answers_differently(wards)
    check_that_nothing_is_given_away(wards)


def with_rows(wards: Wards) -> int | None:
    """The number of the newest round, once somebody has announced keys in it."""
    numbers = [
        said.round
        for _, said, _ in wards.wire
        if isinstance(said.content, FromPeer) and said.peer == VICTIM
    ]
    return max(numbers, default=None)


def with_all(wards: Wards, after: int) -> int | None:
    """The number of a later round with all inputs in its sum."""
    for progress, _ in wards.rounds():
        if progress.number > after and progress.summed == frozenset(PEERS):
            return progress.number
    return None


async def check_that_status_shows_it(wards: Wards, peer: str) -> None:
    """Mode, stage and budget, as the command line says them."""
    asked = [COMMAND, "federation", "status", "--json", "--dir", str(wards.folder / peer)]
    shown = await asyncio.to_thread(subprocess.run, asked, capture_output=True, check=True)
    (one,) = orjson.loads(shown.stdout)
    assert one["mode"] == "sealed"
    assert one["round"]["stage"] in {stage.name.lower() for stage in Stage}
    assert 0.0 < one["privacy"]["epsilon_spent"] < one["privacy"]["epsilon_total"]
    in_words = await asyncio.to_thread(
        subprocess.run,
        [each for each in asked if each != "--json"],
        capture_output=True,
        check=True,
    )
    assert b"of 900 (delta 1e-05)" in in_words.stdout.replace(b"\n", b" ")


def check_that_every_round_ended_in_time(wards: Wards) -> None:
    stages: dict[int, int] = {}
    for source, said, _ in wards.wire:
        if source == COORDINATOR and isinstance(said.content, RoundOpened | StageClosed):
            before = stages.get(said.round, said.at_ms)
            assert said.at_ms - before <= 1000 * (ROUNDS.input_s + SLACK_S)
            stages[said.round] = said.at_ms
    *ended, _ = wards.rounds()
    assert all(progress.is_over for progress, _ in ended)


def check_that_no_row_counts_twice(wards: Wards) -> None:
    """The counts are the only numbers of a sum without noise."""
    counted = 0
    for progress, _ in wards.rounds():
        if progress.total is not None:
            plan = bargain(CONTRACT, len(progress.names), progress.opened.quorum).plan
            counted += round(plan.grid.decode(from_bytes(progress.total.words))[-2])
    seen = sum(wards.rows.values())
    assert seen - 2 * ROWS <= counted <= seen


def check_that_nobody_answers_differently(wards: Wards) -> None:
    """Killed or not, a member gives one answer to each stage of a round."""
    answers: dict[tuple[str, int, str], object] = {}
    for source, said, _ in wards.wire:
        if isinstance(said.content, FromPeer):
            place = (source, said.round, type(said.content).__name__)
            assert answers.setdefault(place, said.content) == said.content


def check_that_nothing_is_given_away(wards: Wards) -> None:
    """Neither a secret in the clear, nor one that can be put together to read somebody's input."""
    everything = b"".join(wards.raw)
    revealed = {
        share.share
        for _, records in wards.rounds()
        for record in records
        if hasattr(record, "shares")
        for share in record.shares
    }
    assert len(wards.secrets) > len(PEERS)
    assert not any(secret in everything for secret in wards.secrets - revealed)
    assert wards.roster is not None
    inputs = 0
    for progress, records in wards.rounds():
        plan = bargain(CONTRACT, len(progress.names), progress.opened.quorum)
        scanner = Scanner(terms_of(progress, plan, wards.roster), records)
        assert scanner.individuals() == {}
        if progress.stage is not Stage.SUMMED:
            assert scanner.known == {}
        inputs += sum(isinstance(record, MaskedInput) for record in records)
    assert inputs >= 2 * len(PEERS) - 1
