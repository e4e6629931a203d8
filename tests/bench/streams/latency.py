"""From a record to its window: how long a reader of committed messages waits, end to end.

100 records a second, spread over ten streams with windows of eight records; the time runs from the
call that sends the record which completes a window until a reader has the decoded window. Producer
and reader are one process, the Stream Manager another, the broker a third.
"""

import asyncio
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import orjson
from aiokafka import AIOKafkaProducer

from bench.streams.topics import prepare
from chaos.instance import Instance
from chaos.reader import WindowReader, reading
from realkafka.broker import private_broker
from scarcity.bus.base import partition_of
from scarcity.clock import SystemClock
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    StreamDefined,
    Variable,
    WindowPolicy,
)

RATE = 100
SIZE = 8
PREFIX = "latency-"
STREAMS = tuple(f"{PREFIX}{number}" for number in range(10))
FIELDS = tuple(f"x{number}" for number in range(20))
WARM_UP_S = 5
GOAL_P99_MS = 50.0
LAST_S = 5.0
"""How long windows may still come after the last record."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

Moments = dict[str, float]
"""By window id."""


def measure(seed: int, seconds: int) -> dict[str, float | bool]:
    """Return quantiles in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, closing(private_broker()) as broker:
        asyncio.run(prepare(broker.bootstrap, definitions()))
        instance = Instance(broker.bootstrap, Path(folder) / "log")
        instance.start()
        try:
            instance.wait_until_ready()
            sent, seen = asyncio.run(exchange(broker.bootstrap, seed, seconds + WARM_UP_S))
        finally:
            instance.stop()
    return figures(sent, seen)


def definitions() -> list[StreamDefined]:
    """Return what the streams are: windows are sealed by their last record, not a later one."""
    return [
        StreamDefined(
            stream=stream,
            version=1,
            defined_at=BEGIN,
            origin=DefinitionOrigin.EXPLICIT,
            variables=tuple(map(Variable, FIELDS)),
            window=WindowPolicy(size=SIZE),
        )
        for stream in STREAMS
    ]


async def exchange(bootstrap: str, seed: int, seconds: int) -> tuple[Moments, Moments]:
    """Return when the last record of each window was sent, and when its window was seen."""
    seen: Moments = {}
    async with reading(bootstrap, PREFIX) as reader:
        watching = asyncio.ensure_future(watch(reader, seen))
        sent = await send(bootstrap, seed, RATE * seconds)
        await asyncio.sleep(LAST_S)
        watching.cancel()
    return sent, seen


async def send(bootstrap: str, seed: int, count: int) -> Moments:
    """Send records evenly; returns when those went out that complete a window."""
    rng, loop, sent = np.random.default_rng(seed), asyncio.get_running_loop(), {}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    begin = loop.time()
    for number in range(count):
        await asyncio.sleep(begin + number / RATE - loop.time())
        row, place = divmod(number, len(STREAMS))
        stream, value = STREAMS[place], record(rng)
        if row % SIZE == SIZE - 1:
            sent[f"{stream}/0/{row + 1 - SIZE}-{SIZE}"] = perf_counter()
        partition = partition_of(stream, RAW.partitions)
        await producer.send(RAW.name, value, key=stream.encode(), partition=partition)
    await producer.stop()
    return sent


async def watch(reader: WindowReader, seen: Moments) -> None:
    """Note when each window comes, for ever."""
    while True:
        known = len(reader.found)
        await reader.read()
        now = perf_counter()
        seen |= {window.window_id: now for window in reader.found[known:]}


def record(rng: np.random.Generator) -> bytes:
    """Return a record of this moment."""
    values = dict(zip(FIELDS, rng.standard_normal(len(FIELDS)).tolist(), strict=True))
    return orjson.dumps({"ts": SystemClock().now(), "values": values}, option=orjson.OPT_UTC_Z)


def figures(sent: Moments, seen: Moments) -> dict[str, float | bool]:
    """Return quantiles, without the windows of the first seconds."""
    warm = list(sent)[WARM_UP_S * RATE // SIZE :]
    lost = [name for name in warm if name not in seen]
    assert not lost, f"{len(lost)} windows were never seen, such as {lost[0]}"
    times = [1e3 * (seen[name] - sent[name]) for name in warm]
    p50, p99 = np.quantile(times, [0.5, 0.99])
    return {
        "p50": round(float(p50), 1),
        "p99": round(float(p99), 1),
        "max": round(max(times), 1),
        "windows": len(times),
        "goal_p99": GOAL_P99_MS,
        "met": bool(p99 <= GOAL_P99_MS),
    }
