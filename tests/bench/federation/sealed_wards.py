"""Seven processes that add up sealed sums on a real Kafka, always with rows for the next round.

All that they say and keep is written down (`sealed_log`), and every round is looked at
(`sealed_audit`). In the end all topics of the broker are read back, whatever is in them, and
searched for numbers of single members.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from bench.federation.nursery import Birth, Nursery
from bench.federation.real import UNGOVERNED, Deployments, Plan, at_work, stream
from bench.federation.sealed_audit import Audit, Auditor
from bench.federation.sealed_log import Disks, SealedLog
from bench.federation.unmask import Numbers, in_the_clear
from evidence_of import local
from ports import free_port
from running import TOKEN
from scarcity.bus.base import Message
from scarcity.clock import SystemClock
from scarcity.events import WindowSealed, encode
from scarcity.events.stream import pack_matrix
from scarcity.federation.membership import Rhythm
from scarcity.federation.protocol.contract import Contract, Sealing
from scarcity.federation.protocol.refusals import Reason
from scarcity.federation.protocol.sealing import MaskedInput
from scarcity.federation.protocol.statement import Hello, RoundOpened, Statement
from scarcity.stats.arrays import Floats

PEERS = ("here", "north", "south", "east", "west", "hill", "lake")
"""The first coordinates."""
NEEDED = 5
"""Of seven: fewest that a sealed sum may rest on."""
NAMES = ("x0", "x1", "x2")
AGREED = Contract(
    subject="plants",
    variables=dict.fromkeys(NAMES, ""),
    cadence_s=1.0,
    max_lag=1,
    sealing=Sealing(epsilon=8.0, budget=1000.0, frame=dict.fromkeys(NAMES, (0.0, 1.0))),
)
"""More than seven hundred rounds are within that budget."""
RHYTHM = Rhythm(every_s=5.0, input_s=4.0)
ROWS = 64
WIDEST = 0.9
"""No row is clipped."""
READ_S = 300.0
FORMS = 5
"""Of a member's numbers that are looked for: its words and those without noise, both as floats
too, and rows."""
PLANTED = 3
"""At such a place in a message numbers are hidden, to see whether they are found."""


@dataclass
class Wards:
    """Members of a sealed federation at work."""

    deployments: Deployments
    log: SealedLog
    disks: Disks
    auditor: Auditor
    nursery: Nursery
    rng: np.random.Generator
    audits: dict[int, Audit] = field(default_factory=dict)
    """by round"""
    fed_ms: int = 0
    """when a stream last saw rows"""
    rested: dict[int, int] = field(default_factory=dict)
    """by round: for how long, in ms, all streams had seen rows when it was opened"""
    put_off: int = 0
    """how often rows came too late for a round"""
    _hungry: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    _refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    _told: int = 0
    """of the verdicts: so many have been looked at"""

    async def feed(self) -> None:
        """Let all streams see rows whenever those before have gone into a round; for ever."""
        await self._show(PEERS)
        while True:
            await self._show([await self._hungry.get()])

    def hears(self, _source: str, said: Statement) -> None:
        """Notice who has no rows any more, and that a round is opened.

        Who comes back may have put its rows into an input that it never sent.
        """
        if isinstance(said.content, MaskedInput | Hello):
            self._hungry.put_nowait(said.peer)
        elif isinstance(said.content, RoundOpened):
            self.rested[said.round] = said.at_ms - self.fed_ms

    def kill(self, peer: str) -> None:
        """End it as a power cut would."""
        if peer in self.nursery.alive:
            self.nursery.kill(peer)
        else:
            self.deployments.kill(peer)

    def start(self, peer: str) -> None:
        """Let a member that was killed begin again."""
        folder = self.deployments.folder
        environment = {
            "SCARCITY_BUS": f"kafka://{self.deployments.bootstrap}",
            "SCARCITY_PORT": str(free_port()),
            "SCARCITY_TOKEN": TOKEN,
            "SCARCITY_FEDERATION_DIR": str(folder / peer),
            "SCARCITY_FEDERATION_LOOK_S": "1",
            "SCARCITY_FEDERATION_POLICY": UNGOVERNED,
        }
        log = folder / f"logs-{peer}" / "again"
        self.nursery.bear(peer, Birth("federation", str(log), environment))

    @property
    def dead(self) -> set[str]:
        """Who was killed and has not been started again."""
        return set(PEERS) - self.deployments.stacks.keys() - self.nursery.alive.keys()

    async def _show(self, peers: Sequence[str]) -> None:
        await self.deployments.bus.publish([self._window(peer) for peer in peers])
        self.fed_ms = now_ms()

    async def audit(self) -> list[str]:
        """Look at all rounds that have ended since the last time; return what is wrong."""
        problems = [*self.log.astray, *self._refusals()]
        self.log.astray.clear()
        for number in sorted(self.log.rounds.keys() - self.audits.keys()):
            told = self.log.ended(number)
            if told is not None:
                found = await asyncio.to_thread(self.auditor.audit, told)
                self.audits[number] = found
                problems += [*found.wrong, *found.astray, *found.leaks]
                problems += ["a leak that was made was not found"] * found.missed
        return problems

    async def audit_again(self) -> int:
        """Look again at all rounds in which something was answered since; return how many."""
        grown = 0
        for number, audit in self.audits.items():
            told = self.log.rounds[number]
            self.audits[number] = await asyncio.to_thread(self.auditor.again, told, audit)
            grown += self.audits[number] is not audit
        return grown

    def _refusals(self) -> list[str]:
        """Return what was not let in: by an observer, and by members but for what came late."""
        record = self.deployments.record
        fresh = record.refused - self._refused
        self._refused = record.refused.copy()
        told, self._told = record.judged[self._told :], len(record.judged)
        return [
            *(f"refused {count} of {source}: {why}" for (source, why), count in fresh.items()),
            *(
                f"{judged.peer} refused {each.count} of {each.peer}: {each.reason}"
                for judged in told
                for each in judged.refused
                if each.reason != Reason.LATE
            ),
        ]

    def _window(self, peer: str) -> Message:
        values = self.rng.uniform(-WIDEST, WIDEST, (ROWS, len(NAMES)))
        seen = self.auditor.rows[peer]
        start, now = len(seen) * ROWS, SystemClock().now()
        seen.append(values)
        packed, validity = pack_matrix(values)
        sealed = WindowSealed(
            window_id=f"{stream(peer)}/0/{start}-{ROWS}",
            stream=stream(peer),
            epoch=0,
            start_step=start,
            steps=ROWS,
            columns=tuple(local(AGREED)),
            values=packed,
            validity=validity,
            start_time=now,
            end_time=now + timedelta(seconds=1),
            definition_version=1,
            records=ROWS,
        )
        return Message(sealed.topic.name, sealed.key, encode(sealed, producer="bench"))


@asynccontextmanager
async def together(seed: int) -> AsyncIterator[Wards]:
    """Run all members, fed and listened to, on a broker of their own."""
    async with at_work(Plan(AGREED, PEERS, RHYTHM)) as deployments:
        rng = np.random.default_rng(seed)
        log = SealedLog(deployments.roster)
        disks = Disks({peer: deployments.folder / peer for peer in PEERS})
        rows: dict[str, list[Floats]] = {peer: [] for peer in PEERS}
        auditor = Auditor(AGREED, deployments.roster, log, disks, rows, rng)
        nursery = Nursery()
        wards = Wards(deployments, log, disks, auditor, nursery, rng)
        log.ears.append(wards.hears)
        async with _closing(nursery), asyncio.TaskGroup() as tasks:
            ongoing = [
                tasks.create_task(each)
                for each in (log.listen(deployments.bus), disks.watch(), wards.feed())
            ]
            yield wards
            for task in ongoing:
                task.cancel()


@asynccontextmanager
async def _closing(nursery: Nursery) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await asyncio.to_thread(nursery.close)


async def searched(wards: Wards) -> dict[str, object]:
    """Read back all topics, and search them for what belongs to one member alone."""
    async with asyncio.timeout(READ_S):
        topics = await _read_back(wards.deployments.bootstrap)
    fed = topics.pop(WindowSealed.topic.name)
    wanted = wards.auditor.needles()
    found = {
        name: in_the_clear(_without(data, wards.auditor.totals), wanted)
        for name, data in topics.items()
    }
    planted = [
        hidden for each in wards.auditor.private[-FORMS:] for hidden in _hidden(wards.rng, each)
    ]
    return {
        "topics": len(topics),
        "megabytes": round(sum(map(len, topics.values())) / 1e6, 1),
        "patterns": len(wanted),
        "in the clear": sum(found.values()),
        "where": {name: count for name, count in found.items() if count},
        "windows, where they come from": in_the_clear(fed, wanted),
        "planted": len(planted),
        "planted and found": sum(in_the_clear(each, wanted) > 0 for each in planted),
    }


def _without(data: bytes, published: Sequence[bytes]) -> bytes:
    """Leave out the sums: they are of many, each is checked word for word, and full of zeros."""
    for each in published:
        data = data.replace(each, b"")
    return data


def _hidden(rng: np.random.Generator, numbers: Numbers) -> Iterator[bytes]:
    """Yield messages with numbers in them, in either byte order, and as short floats."""
    written = [numbers.tobytes(), numbers.byteswap().tobytes()]
    if numbers.dtype == np.float64:
        short = numbers.astype(np.float32)
        written += [short.tobytes(), short.byteswap().tobytes()]
    for each in written:
        yield rng.bytes(PLANTED) + each + rng.bytes(PLANTED)


async def _partitions(bootstrap: str) -> list[TopicPartition]:
    """Return those of all topics, but for what the broker keeps for itself."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return [
            TopicPartition(topic["topic"], part["partition"])
            for topic in await admin.describe_topics()
            for part in topic["partitions"]
            if not topic["is_internal"]
        ]
    finally:
        await admin.close()


async def _read_back(bootstrap: str) -> dict[str, bytes]:
    """Return every byte of all topics, those that were never committed as well."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_uncommitted")
    await consumer.start()
    try:
        parts = await _partitions(bootstrap)
        consumer.assign(parts)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(parts)
        found = {part.topic: bytearray() for part in parts}
        while True:
            behind = [part for part in parts if await consumer.position(part) < ends[part]]
            if not behind:
                return {name: bytes(data) for name, data in found.items()}
            for part, messages in (await consumer.getmany(timeout_ms=500)).items():
                for each in messages:
                    said = (each.key, each.value, *(value for _, value in each.headers))
                    found[part.topic] += b"".join(filter(None, said))
    finally:
        await consumer.stop()


def now_ms() -> int:
    return round(1000 * SystemClock().now().timestamp())
