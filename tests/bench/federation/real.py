"""Deployments of one federation, each a real process, on a real Kafka that they share.

All that is said between them, and all that each makes of it, is kept in a record (`record`). Their
streams say what they are told to say: the numbers are the benchmark's, everything that becomes of
them is the product's.
"""

import asyncio
import logging
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.federation.record import Record
from evidence_of import definition, evidence, local
from ports import free_port
from realkafka.broker import private_broker
from realkafka.bus import opened
from running import eventually, ready, service
from scarcity.bus.base import Bus, Message
from scarcity.clock import SystemClock
from scarcity.events import Event, encode
from scarcity.federation import founding
from scarcity.federation.alignment import Own
from scarcity.federation.link import peer_topic, publish_roster
from scarcity.federation.membership import AUTHORITY, LOCAL, Rhythm
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.contract import Mapping as Names
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Roster

NAME = "plants"
START_S = 240.0
"""Until the last of many is ready: each takes two seconds of a processor."""
LOOK_S = 0.02
UNGOVERNED = '{"dry_run": true}'
"""Rounds are measured here, not whether a busy machine puts them off."""

T = TypeVar("T")


class InVain(Exception):
    """Something was waited for that did not come."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A federation that is to be."""

    contract: Contract
    peers: tuple[str, ...]
    """processes, of which the first coordinates"""
    rhythm: Rhythm
    scripted: tuple[str, ...] = ()
    """members without a process"""

    @property
    def members(self) -> tuple[str, ...]:
        return self.peers + self.scripted


def contract(variables: int) -> Contract:
    """Return what peers talk about who watch so many variables at one lag."""
    names = {f"x{number:03}": "" for number in range(variables)}
    return Contract(subject="plants", variables=names, cadence_s=1.0, max_lag=1)


@dataclass
class Deployments:
    """Those of a plan, founded and at work."""

    plan: Plan
    bus: Bus
    bootstrap: str
    folder: Path
    roster: Roster
    record: Record
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stacks: dict[str, ExitStack] = field(default_factory=dict)

    @property
    def coordinator(self) -> str:
        return self.plan.peers[0]

    def identity(self, peer: str) -> Identity:
        """Return the key that a member signs with."""
        return Identity.load(self.folder / peer / "key.pem")

    async def start(self, peers: Iterable[str]) -> None:
        """Run some, and return when they are ready."""
        ports = {peer: self._run(peer) for peer in peers}
        for peer, port in ports.items():
            logs = self._logs(peer)
            asked = partial(ready, "federation", self.processes[peer], port, logs)
            await asyncio.to_thread(eventually, asked, f"{peer} to be ready", within_s=START_S)

    def kill(self, peer: str) -> None:
        """End it as a power cut would."""
        self.processes[peer].kill()
        self.stacks.pop(peer).close()

    def stop(self) -> None:
        """End all of them; they drain at once, not one after the other."""
        for peer in self.stacks:
            self.processes[peer].send_signal(signal.SIGTERM)
        for stack in self.stacks.values():
            stack.close()

    async def define(self) -> None:
        """Let every stream say what it is; before that nothing is shared."""
        now = SystemClock().now()
        agreed = self.plan.contract
        await self._tell(definition(stream(peer), now, contract=agreed) for peer in self.plan.peers)

    async def teach(self, found: Mapping[str, Own]) -> None:
        """Let streams of some find something out."""
        now, agreed = SystemClock().now(), self.plan.contract
        await self._tell(evidence(own, stream(peer), now, agreed) for peer, own in found.items())

    async def until(self, look: Callable[[], T | None], what: str, *, within_s: float) -> T:
        """Return the first answer that is not None, while everything goes on."""
        try:
            async with asyncio.timeout(within_s):
                while (found := look()) is None:
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise InVain(f"waited {within_s:g} s in vain for {what}") from error
        return found

    async def _tell(self, events: Iterable[Event]) -> None:
        await self.bus.publish(
            [Message(each.topic.name, each.key, encode(each, producer="bench")) for each in events]
        )

    def _run(self, peer: str) -> int:
        port = free_port()
        stack = self.stacks[peer] = ExitStack()
        running = service(
            "federation",
            self.bootstrap,
            port,
            self._logs(peer),
            SCARCITY_FEDERATION_DIR=str(self.folder / peer),
            SCARCITY_FEDERATION_LOOK_S="1",
            SCARCITY_FEDERATION_POLICY=UNGOVERNED,
        )
        self.processes[peer] = stack.enter_context(running)
        return port

    def _logs(self, peer: str) -> Path:
        logs = self.folder / f"logs-{peer}"
        logs.mkdir(exist_ok=True)
        return logs


def stream(peer: str) -> str:
    """Return the name of the stream that speaks for a peer."""
    return f"plant-{peer}"


def founded(plan: Plan, folder: Path) -> Roster:
    """Write the folders of all members, and return who they are."""
    now, names = SystemClock().now(), local(plan.contract)
    first, *others = plan.members
    invitation = founding.Invitation(
        federation=NAME, peer=first, authority="", bus=LOCAL, contract=plan.contract
    )
    mapping = Names(stream=stream(first), names=names)
    membership, roster = founding.found(folder / first, invitation, mapping, plan.rhythm, now)
    for peer in others:
        invited = founding.invite(membership, peer)
        mapping = Names(stream=stream(peer), names=names)
        roster = founding.admitted(roster, founding.enter(folder / peer, invited, mapping), now)
    return roster


def as_founded(roster: Roster) -> Roster:
    """Change nothing about who belongs to it."""
    return roster


@asynccontextmanager
async def at_work(
    plan: Plan, *, changed: Callable[[Roster], Roster] = as_founded
) -> AsyncIterator[Deployments]:
    """Run a plan on a broker of its own; the list of members is changed before it is published."""
    # A topic that was just made has no leader for a moment, about which the client has much to say.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    _end_gently_when_told()
    with closing(private_broker()) as broker, tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        roster = changed(founded(plan, folder))
        async with opened(broker.bootstrap) as bus:
            record = Record(roster, plan.contract)
            deployments = Deployments(plan, bus, broker.bootstrap, folder, roster, record)
            await _publish(deployments)
            async with _recorded(deployments):
                yield deployments


async def _publish(deployments: Deployments) -> None:
    plan, bus = deployments.plan, deployments.bus
    authority = Identity.load(deployments.folder / deployments.coordinator / AUTHORITY)
    await publish_roster(bus, deployments.roster, authority)
    await bus.provision([peer_topic(NAME, peer) for peer in plan.members])
    await deployments.define()


@asynccontextmanager
async def _recorded(deployments: Deployments) -> AsyncIterator[None]:
    """Start all, and write down what they say, for as long as the block lasts."""
    record = deployments.record
    try:
        async with asyncio.TaskGroup() as tasks:
            listening = [
                tasks.create_task(record.listen_outside(deployments.bus)),
                tasks.create_task(record.listen_at_home(deployments.bus)),
            ]
            await deployments.start(deployments.plan.peers)
            yield
            for task in listening:
                task.cancel()
    finally:
        deployments.stop()


def _end_gently_when_told() -> None:
    """Let SIGTERM end the task, so that no process is left behind."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
