"""What each step from record to graph costs, as ratios measured side by side on one core.

    window_over_parse    CPU of parsing and windowing a record over parsing it alone
    bus_over_parse       CPU of publishing and fetching it on the embedded bus over parsing it

Rates in records per second of CPU time stand beside them; they say something of this machine only.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time

import numpy as np

from scarcity.bus.base import Message, TopicSpec
from scarcity.bus.embedded import EmbeddedBus
from scarcity.streams import StreamOperator, parse_record, read_records
from worlds import records, var

RECORDS = 20_000
FIELDS = 20
ROUNDS = 5
CHUNK = 500
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def measure(seed: int) -> dict[str, float]:
    """Return every figure; each the median of interleaved rounds."""
    world = var.independent_noise(np.random.default_rng(seed), FIELDS, RECORDS)
    lines = records.lines(world)
    parse, window, bus = [], [], []
    for _ in range(ROUNDS):
        parse.append(cpu(lambda: parse_all(lines)))
        window.append(cpu(lambda: window_all(lines)))
        bus.append(cpu(lambda: asyncio.run(through_bus(lines))))
    found = {
        "parse_records_per_cpu_s": RECORDS / float(np.median(parse)),
        "window_records_per_cpu_s": RECORDS / float(np.median(window)),
        "bus_records_per_cpu_s": RECORDS / float(np.median(bus)),
        "window_over_parse": ratio(window, parse),
        "bus_over_parse": ratio(bus, parse),
    }
    return {name: round(value, 3) for name, value in found.items()}


def parse_all(lines: list[bytes]) -> None:
    for line in lines:
        parse_record(line, arrived=NOW)


def window_all(lines: list[bytes]) -> None:
    operator = StreamOperator("bench")
    now_ms = round(NOW.timestamp() * 1000)
    for first in range(0, len(lines), CHUNK):
        chunk = lines[first : first + CHUNK]
        reading = read_records(
            chunk, [now_ms] * len(chunk), columns=operator.columns, texts=operator.texts
        )
        operator.add(reading.rows)


async def through_bus(lines: list[bytes]) -> None:
    bus = EmbeddedBus()
    await bus.start()
    await bus.provision([TopicSpec("raw", 1)])
    reader = await bus.subscribe(["raw"], group="bench")
    for first in range(0, len(lines), 500):
        await bus.publish([Message("raw", "s", line) for line in lines[first : first + 500]])
    fetched = 0
    while fetched < len(lines):
        batch = await reader.fetch(limit=500, wait=1.0)
        fetched += len(batch)
        await reader.commit({batch[-1].source: batch[-1].offset + 1})
    await bus.close()


def ratio(above: list[float], below: list[float]) -> float:
    """Return the median of the ratios round by round."""
    return float(np.median(np.array(above) / np.array(below)))


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that the work took."""
    begin = process_time()
    work()
    return process_time() - begin
