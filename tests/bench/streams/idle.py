"""How many bytes a stream takes that has sent a few records and then fell silent.

process     what the resident memory of a Stream Manager on Kafka grows by, per stream, after
            its windows were sealed for silence and its garbage was collected; what it takes
            to read records at all is paid before, by the first streams
operator    what the operators alone hold, by tracemalloc
"""

import asyncio
import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from itertools import islice

from bench.streams.data import BEGIN
from bench.streams.loading import loader
from bench.streams.quick import QuickRecords
from realkafka.broker import private_broker
from realkafka.bus import opened
from scarcity.events import RAW
from scarcity.streams import StreamOperator, read_records

ROWS = 40
FIRST = 1000
"""Streams that come before the measurement."""
ALONE = 1000
"""Operators that are measured alone."""
SPACING = timedelta(milliseconds=100)
GOAL = 20_000


def measure(seed: int, streams: int) -> dict[str, float | bool]:
    """Return bytes per stream."""
    with closing(private_broker()) as broker:
        process = in_process(broker.bootstrap, seed, streams)
    return {
        "process": round(process),
        "operator": round(alone(seed)),
        "streams": streams,
        "goal": GOAL,
        "met": process < GOAL,
    }


def in_process(bootstrap: str, seed: int, streams: int) -> float:
    """Return by how much a process grows for each of so many streams."""
    first = [f"first-{number}" for number in range(FIRST)]
    others = [f"idle-{number}" for number in range(streams)]
    arm = subprocess.Popen(
        [sys.executable, "-m", "bench.streams.arms.idle", bootstrap],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with arm:
        asyncio.run(load(bootstrap, first, seed))
        before = resident(arm, len(first))
        asyncio.run(load(bootstrap, others, seed))
        after = resident(arm, len(first) + len(others))
        arm.communicate()
    return (after - before) / streams


def resident(arm: "subprocess.Popen[str]", windows: int) -> int:
    """Return the resident bytes of a process, once it has published that many windows."""
    assert arm.stdin is not None
    assert arm.stdout is not None
    arm.stdin.write(f"{windows}\n")
    arm.stdin.flush()
    return int(arm.stdout.readline())


async def load(bootstrap: str, streams: Sequence[str], seed: int) -> None:
    """Send a few records of every stream."""
    records = QuickRecords(seed)
    async with opened(bootstrap), loader(bootstrap, RAW.name) as raw:
        for lines in islice(records.rounds(streams, BEGIN, SPACING), ROWS):
            await raw.append(lines)


def alone(seed: int) -> float:
    """Return what an operator holds after its window was sealed for silence."""
    records = QuickRecords(seed)
    names = [f"idle-{number}" for number in range(ALONE)]
    rounds = [list(lines) for lines in islice(records.rounds(names, BEGIN, SPACING), ROWS)]
    tracemalloc.start()
    operators = [
        fallen_silent(name, [lines[number].value for lines in rounds])
        for number, name in enumerate(names)
    ]
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(operators)


def fallen_silent(stream: str, values: list[bytes]) -> StreamOperator:
    """Return an operator that has sealed all that it was given."""
    operator = StreamOperator(stream)
    arrived = [int(1000 * (BEGIN + number * SPACING).timestamp()) for number in range(len(values))]
    operator.add(read_records(values, arrived).rows)
    operator.flush()
    return operator
