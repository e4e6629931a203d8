"""Sealed rounds on a real Kafka: 50 members, 200 variables at one lag, 10 % of them dropping out.

Members share a few processes. Each has a producer, a consumer, a topic, keys and a folder of its
own, and runs what the service runs: signatures, encryption, noise, and what must not be forgotten
flushed to the disk before it is sent. Those who drop out fall silent when inputs are due, so that a
round cannot end before the deadline of that stage; what is waited for in vain is told apart.

    summed_ms   from the opening of a round until the sum is published, by the coordinator's clock
    told_ms     until the last member has turned it into edges
    waited_ms   of both: from the last input that came until the deadline
    stages_ms   what each stage took
    cpu_ms      of all members and of the coordinator, in a round; without the broker
"""

import argparse
import asyncio
import json
import logging
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import ExitStack, aclosing, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import numpy as np

from realkafka.broker import private_broker
from scarcity.bus.base import Delivery, Follow
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.clock import SystemClock
from scarcity.events import (
    DefinitionOrigin,
    RoundJudged,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.events.stream import pack_matrix
from scarcity.federation import founding
from scarcity.federation.chunks import Assembly
from scarcity.federation.keeping import Kept
from scarcity.federation.link import (
    Link,
    Told,
    coordinators,
    peer_topic,
    publish_roster,
    read_roster,
)
from scarcity.federation.membership import AUTHORITY, LOCAL, Membership, Rhythm, identity
from scarcity.federation.protocol.contract import Contract, Mapping, Sealing
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.sealing import MaskedInput, Stage, StageClosed
from scarcity.federation.protocol.statement import RoundOpened, Signed, unpack
from scarcity.federation.sealed.member import SealedMember
from services.federation.sealing import Sealed

NAME = "wards"
MEMBERS, VARIABLES, ROWS = 50, 200, 256
PROCESSES = 3
"""Beside that of the coordinator."""
ROUNDS = 6
"""The first finds nothing drawn and nothing connected yet."""
RHYTHM = Rhythm(every_s=12.0, input_s=2.2)
PATIENCE_S = 300.0
EPSILON, BUDGET = 8.0, 1000.0
NAMES = tuple(f"x{number:03}" for number in range(VARIABLES))
CONTRACT = Contract(
    subject="wards",
    variables=dict.fromkeys(NAMES, ""),
    cadence_s=1.0,
    max_lag=1,
    sealing=Sealing(epsilon=EPSILON, budget=BUDGET, frame=dict.fromkeys(NAMES, (0.0, 1.0))),
)


def _uncounted(_reason: str) -> None:
    """Count no refusal: what is refused is in every round that is told."""


def member_name(number: int) -> str:
    return f"ward-{number:02}"


def drops_out(number: int) -> bool:
    """Every tenth does, and never the coordinator."""
    return number % 10 == 9


def measure(seed: int) -> dict[str, object]:
    """Found a federation on a broker of its own, let it run, and read off what it took."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with closing(private_broker()) as broker, tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        return asyncio.run(_measured(broker.bootstrap, folder, seed))


async def _measured(bootstrap: str, folder: Path, seed: int) -> dict[str, object]:
    bus = KafkaBus(KafkaSettings(bootstrap))
    await bus.start()
    try:
        await _found(bus, folder)
        with ExitStack() as stack:
            workers = _workers(bootstrap, folder, seed)
            for worker in workers:
                stack.callback(worker.wait)
                stack.callback(worker.terminate)
            return _report(await _rounds(bus), [await _lines(each) for each in workers])
    finally:
        await bus.close()


async def _found(bus: KafkaBus, folder: Path) -> None:
    now = SystemClock().now()
    first, *others = map(member_name, range(MEMBERS))
    invitation = founding.Invitation(
        federation=NAME, peer=first, authority="", bus=LOCAL, contract=CONTRACT
    )
    membership, roster = founding.found(folder / first, invitation, _mapping(first), RHYTHM, now)
    for peer in others:
        request = founding.enter(folder / peer, founding.invite(membership, peer), _mapping(peer))
        roster = founding.admitted(roster, request, now)
    await publish_roster(bus, roster, Identity.load(folder / first / AUTHORITY))
    await bus.provision([peer_topic(NAME, peer) for peer in map(member_name, range(MEMBERS))])


def _mapping(peer: str) -> Mapping:
    return Mapping(stream=peer, names={name: name for name in NAMES})


def _workers(bootstrap: str, folder: Path, seed: int) -> list[subprocess.Popen[bytes]]:
    """The coordinator comes last, so that it finds everybody there."""
    others = [list(range(1 + number, MEMBERS, PROCESSES)) for number in range(PROCESSES)]
    return [_worker(bootstrap, folder, seed, numbers) for numbers in [*others, [0]]]


def _worker(
    bootstrap: str, folder: Path, seed: int, numbers: Sequence[int]
) -> subprocess.Popen[bytes]:
    said = [bootstrap, str(folder), str(seed), ",".join(map(str, numbers))]
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.federation.sealed_bus", *said], stdout=subprocess.PIPE
    )
    assert worker.stdout is not None
    worker.stdout.readline()  # it is there
    return worker


async def _lines(worker: subprocess.Popen[bytes]) -> list[dict[str, float]]:
    """What a worker has told when it ends."""
    worker.terminate()
    said, _ = await asyncio.to_thread(worker.communicate)
    return [json.loads(line) for line in said.splitlines() if line.startswith(b"{")]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement of a round, without its bulk."""

    peer: str
    round: int
    at_ms: int
    heard_ms: int
    """by the broker"""
    kind: str
    stage: Stage | None
    is_summed: bool
    size: int


async def _rounds(bus: KafkaBus) -> list[Spoken]:
    """All that was said until enough rounds have ended; read when they have, not meanwhile."""
    leading = [each async for each in _said(bus, [member_name(0)], ROUNDS)]
    await asyncio.sleep(2.0)  # for the last to tell
    others = [each async for each in _said(bus, map(member_name, range(1, MEMBERS)))]
    return [*leading, *others]


async def _said(
    bus: KafkaBus, peers: Iterable[str], until: int | None = None
) -> AsyncIterator[Spoken]:
    """What these have said up to now, or until so many rounds are summed."""
    topics = {peer_topic(NAME, peer).name: peer for peer in peers}
    parts: dict[str, Assembly] = defaultdict(Assembly)
    sizes: dict[str, int] = defaultdict(int)
    async with asyncio.timeout(PATIENCE_S), aclosing(bus.follow(Follow(tuple(topics)))) as batches:
        async for batch in batches:
            if not batch and until is None:
                return
            for delivery in batch:
                sizes[delivery.topic] += len(delivery.value or b"")
                whole = parts[delivery.topic].add(delivery.value or b"")
                if whole is not None:
                    found = _spoken(
                        topics[delivery.topic], delivery, whole, sizes.pop(delivery.topic)
                    )
                    yield found
                    if found.is_summed and found.round == until:
                        return


def _spoken(peer: str, delivery: Delivery, whole: bytes, size: int) -> Spoken:
    _, said = unpack(whole)
    content = said.content
    closed = content if isinstance(content, StageClosed) else None
    return Spoken(
        peer=peer,
        round=said.round,
        at_ms=said.at_ms,
        heard_ms=delivery.timestamp_ms,
        kind=type(content).__name__,
        stage=None if closed is None else closed.stage,
        is_summed=closed is not None
        and any(type(each).__name__ == "Total" for each in closed.sent),
        size=size,
    )


def _report(spoken: list[Spoken], told: list[list[dict[str, float]]]) -> dict[str, object]:
    numbers = sorted({each.round for each in spoken if each.is_summed})
    rounds = [_of_round(number, spoken, told) for number in numbers]
    names = ("summed_ms", "told_ms", "waited_ms", "worked_ms")
    uploads = [each.size for each in spoken if each.kind == MaskedInput.__name__]
    return {
        "members": MEMBERS,
        "variables": VARIABLES,
        "rounds": rounds,
        "median": {name: round(median(_numbers(rounds, name))) for name in names},
        "worst": {name: round(max(_numbers(rounds, name))) for name in names},
        "input_kb": round(max(uploads) / 1000.0, 1),
        "aborted": len({each.round for each in spoken if each.kind == RoundOpened.__name__})
        - len(rounds),
    }


def _numbers(rounds: Sequence[dict[str, object]], name: str) -> list[float]:
    return [float(str(each[name])) for each in rounds]


def _of_round(
    number: int, spoken: list[Spoken], told: list[list[dict[str, float]]]
) -> dict[str, object]:
    said = [each for each in spoken if each.round == number]
    opened = next(each.at_ms for each in said if each.kind == RoundOpened.__name__)
    ends = {each.stage: each.at_ms for each in said if each.stage is not None}
    inputs = [each.heard_ms for each in said if each.kind == MaskedInput.__name__]
    waited = max(ends[Stage.INPUT] - max(inputs), 0)
    lines = [line for worker in told for line in worker if line["round"] == number]
    begins = [opened, *ends.values()]
    stages = {
        stage.name: end - begin
        for stage, begin, end in zip(ends, begins, ends.values(), strict=False)
    }
    summed = ends[Stage.UNMASK] - opened
    last = max(line["at_ms"] for line in lines) - opened
    return {
        "round": number,
        "inputs": len(inputs),
        "summed_ms": summed,
        "told_ms": round(last),
        "waited_ms": waited,
        "worked_ms": round(last) - waited,
        "stages_ms": stages,
        "cpu_ms": round(sum(max(w["cpu_ms"] for w in ws) for ws in _by_worker(told, number))),
        "coordinator_cpu_ms": round(max(w["cpu_ms"] for w in _by_worker(told, number)[-1])),
    }


def _by_worker(told: list[list[dict[str, float]]], number: int) -> list[list[dict[str, float]]]:
    return [[line for line in worker if line["round"] == number] for worker in told]


class Silent:
    """A member that says nothing from the stage of inputs on."""

    def __init__(self, member: SealedMember) -> None:
        self._member = member
        self.name = member.name
        self.hello, self.hear, self.judge = member.hello, member.hear, member.judge

    def offer(self, at_ms: int, *, may_begin: bool) -> Sequence[Signed]:
        progress = self._member.progress
        if progress is not None and Stage.INPUT <= progress.stage < Stage.SUMMED:
            return ()
        return self._member.offer(at_ms, may_begin=may_begin)


class Worker:
    """Some members in one process."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._rng = np.random.default_rng(seed)
        self._spent = _cpu_s()

    async def run(self, bootstrap: str, numbers: Sequence[int]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in numbers:
                tasks.create_task(self._member(bootstrap, number))
            sys.stdout.write("\n")
            sys.stdout.flush()

    async def _member(self, bootstrap: str, number: int) -> None:
        folder = self._folder / member_name(number)
        membership = Membership.load(folder)
        handler = Sealed(membership, identity(folder), SystemClock(), Kept(folder), _uncounted)
        self._see(handler, membership)
        bus = KafkaBus(KafkaSettings(bootstrap))
        await bus.start()
        roster = await read_roster(bus, NAME, membership.authority_key)
        assert roster is not None
        member, convener = handler.joined(roster)
        told = Told(handler.judged, handler.refused, keep=handler.keep)
        speaking = Silent(member) if drops_out(number) else member
        link = Link(bus, SystemClock(), speaking, roster, told)
        if convener is None:
            link.listen_to(coordinators(roster))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tell(handler))
            tasks.create_task(link.run(CONTRACT, convener))

    async def _tell(self, handler: Sealed) -> None:
        """Say when a round was judged, and let more rows come for the next."""
        while True:
            for event in handler.tell(SystemClock().now()):
                assert isinstance(event, RoundJudged)
                spent, self._spent = _cpu_s() - self._spent, _cpu_s()
                line = {
                    "round": event.round,
                    "at_ms": 1000 * event.at.timestamp(),
                    "cpu_ms": 1000 * spent,
                }
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
                self._see(handler, handler.membership)
            await asyncio.sleep(0.5)

    def _see(self, handler: Sealed, membership: Membership) -> None:
        """Let a member\'s stream say what it is, and show rows."""
        stream, now = membership.mapping.stream, SystemClock().now()
        variables = tuple(Variable(name, "") for name in NAMES)
        handler.on_definition(
            StreamDefined(
                stream=stream,
                version=1,
                defined_at=now,
                origin=DefinitionOrigin.EXPLICIT,
                variables=variables,
                window=WindowPolicy(size=ROWS),
            )
        )
        values = self._rng.normal(size=(ROWS, VARIABLES))
        packed, validity = pack_matrix(values)
        handler.on_window(
            WindowSealed(
                window_id="",
                stream=stream,
                epoch=0,
                start_step=round(now.timestamp() * 1000),
                steps=ROWS,
                columns=NAMES,
                values=packed,
                validity=validity,
                start_time=now,
                end_time=now + timedelta(seconds=1),
                definition_version=1,
                records=ROWS,
            )
        )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run some members until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap")
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("numbers")
    said = parser.parse_args()
    numbers = [int(each) for each in said.numbers.split(",")]
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    asyncio.run(Worker(said.folder, said.seed + numbers[0]).run(said.bootstrap, numbers))


if __name__ == "__main__":
    main()
