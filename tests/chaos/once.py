"""One run from one seed: traffic, faults, and the verdict on the windows that came."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from chaos.crowd import Crowd
from chaos.oracle import Observed
from chaos.reader import reading
from chaos.schedule import Fault, schedule
from chaos.traffic import Traffic, line, traffic
from chaos.verdict import problems
from realkafka.bus import opened
from scarcity.bus.base import Bus, Message
from scarcity.events import RAW, encode

CHUNKS = 500
"""Many small ones: the instances hardly ever rest, so that faults find them at work."""

QUIET_S = 45.0
"""After so long without a window, those that are missing will not come any more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much happens in a run."""

    streams: int = 6
    records: int = 2000
    faults: int = 6
    within_s: float = 8.0
    """How long the producers send, and faults begin."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    seed: int
    windows: int
    faults: tuple[Fault, ...]
    problems: tuple[str, ...]
    seconds: float


async def run_once(bootstrap: str, seed: int, logs: Path, scale: Scale) -> Outcome:
    """Let a run happen on a broker that others may have used; its streams have names of their own.

    What the instances said is in `logs`.
    """
    begin = time.monotonic()
    prefix = f"chaos-{seed}-{uuid4().hex[:8]}"
    sent = traffic(seed, prefix, streams=scale.streams, records=scale.records)
    faults = schedule(seed, faults=scale.faults, within_s=scale.within_s)
    expected = sent.expected()
    crowd = Crowd(bootstrap, logs)
    async with opened(bootstrap) as bus, reading(bootstrap, prefix) as reader:
        # Before the instances start: whoever starts has read all definitions before any record.
        await _define(bus, sent)
        async with crowd.taking_part():
            async with asyncio.TaskGroup() as group:
                group.create_task(crowd.suffer(faults))
                group.create_task(_send(bus, sent, scale.within_s))
            await reader.read_until_all({window.window_id for window in expected}, quiet_s=QUIET_S)
        # Whoever still held something back, such as a zombie, has said it by now.
        await reader.read_to_the_end()
    return Outcome(
        seed=seed,
        windows=len(expected),
        faults=tuple(faults),
        problems=(*crowd.troubles, *problems(reader.found, expected)),
        seconds=time.monotonic() - begin,
    )


async def _define(bus: Bus, sent: Traffic) -> None:
    await bus.publish(
        [
            Message(definition.topic.name, definition.key, encode(definition, producer="chaos"))
            for definition in sent.definitions
        ]
    )


async def _send(bus: Bus, sent: Traffic, within_s: float) -> None:
    """Send all records, evenly over the time, and then what seals the last windows."""
    size = -(-len(sent.records) // CHUNKS)
    for first in range(0, len(sent.records), size):
        await bus.publish(_messages(sent, sent.records[first : first + size]))
        await asyncio.sleep(within_s / CHUNKS)
    await bus.publish(_messages(sent, sent.closing))


def _messages(sent: Traffic, records: Sequence[Observed]) -> list[Message]:
    return [
        Message(RAW.name, record.stream, line(record), partition=sent.partition(record.stream))
        for record in records
    ]


def tally(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how often each kind of fault happened."""
    return dict(Counter(fault.what for outcome in outcomes for fault in outcome.faults))
