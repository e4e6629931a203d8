"""The Stream Manager on Faust, killed midway, leads to the windows that its operator leads to.

Faust lives in a place of its own, which `make test` prepares: it wants an older click.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from realkafka.base import Broker
from realkafka.bus import opened
from scarcity.bus.base import Bus, Follow, Message
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    Event,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
    decode,
    encode,
)
from scarcity.streams import StreamOperator, read_records
from worlds import records, var

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parent.parent.parent
FAUST = ROOT / ".cache" / "faust" / "bin" / "faust"
MODULE = "services.stream_manager.faust_app"
GROUP = "scarcity.v1.stream-manager-on-faust"
INFERRED_SIZE = 40
ROWS = 1000
PIECE = 50
PATIENCE_S = 40.0
STUCK = (TimeoutError,)
"""A worker that does nothing after its start, as is seen rarely, is started again (ADR 11)."""

DEFINED = StreamDefined(
    stream="defined",
    version=1,
    defined_at=datetime(2026, 1, 1, tzinfo=UTC),
    origin=DefinitionOrigin.EXPLICIT,
    variables=(Variable("x0"), Variable("x1")),
    window=WindowPolicy(size=30),
)
DEFINITIONS = {"inferred": None, "defined": DEFINED}


async def test_a_killed_adapter_loses_no_window_and_changes_none(
    private_kafka: Broker, tmp_path: Path
) -> None:
    sent = {
        stream: records.lines(var.chain(np.random.default_rng(seed), 3, ROWS))
        for seed, stream in enumerate(DEFINITIONS)
    }
    expected = [window for stream, lines in sent.items() for window in offline(stream, lines)]

    async with opened(private_kafka.bootstrap) as bus:
        await bus.publish([Message(DEFINED.topic.name, "defined", encode(DEFINED, producer="me"))])
        with (tmp_path / "faust.log").open("wb") as log:
            with running(private_kafka.bootstrap, log) as adapter:
                await send(bus, sent, 0, ROWS // 2)
                before_kill = await until_there(bus, len(expected) // 4)
                await until_committed(bus)
                await send(bus, sent, ROWS // 2, ROWS * 3 // 4)
                await until_there(bus, len(before_kill) + 1)
                adapter.kill()
            assert len({w.window_id for w in await windows(bus)}) < len(expected)
            await send(bus, sent, ROWS * 3 // 4, ROWS)
            for last in (False, False, True):
                with running(private_kafka.bootstrap, log), suppress(*() if last else STUCK):
                    await until_there(bus, len(expected))
                    break
        found = await windows(bus)

    by_id = {window.window_id: window for window in expected}
    assert {window.window_id for window in found} == set(by_id)
    for window in found:
        assert window == by_id[window.window_id]


def offline(stream: str, lines: Sequence[bytes]) -> list[WindowSealed]:
    """Return the windows of a stream's records, by the operator alone."""
    operator = StreamOperator(
        stream, DEFINITIONS[stream], default_policy=WindowPolicy(size=INFERRED_SIZE)
    )
    arrived_ms = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp() * 1000)
    reading = read_records(lines, [arrived_ms] * len(lines))
    assert not reading.refused
    events = [event for outcome in operator.add(reading.rows) for event in outcome.events]
    return [event for event in events if isinstance(event, WindowSealed)]


async def send(bus: Bus, sent: dict[str, list[bytes]], begin: int, end: int) -> None:
    """Publish rows of every stream, a few at a time."""
    for place in range(begin, end, PIECE):
        rows = range(place, min(place + PIECE, end))
        await bus.publish(
            [
                Message(RAW.name, stream, lines[row])
                for stream, lines in sent.items()
                for row in rows
            ]
        )
        await asyncio.sleep(0.05)


async def windows(bus: Bus) -> list[WindowSealed]:
    """Return all windows there are now."""
    events: list[Event] = []
    async with aclosing(bus.follow(Follow((WindowSealed.topic.name,)))) as batches:
        async for batch in batches:
            if not batch:
                break
            events += [decode(message.value or b"").event for message in batch]
    return [event for event in events if isinstance(event, WindowSealed)]


async def until_there(bus: Bus, count: int) -> set[str]:
    """Return the ids of the windows once there are that many."""
    async with asyncio.timeout(PATIENCE_S):
        while len(ids := {window.window_id for window in await windows(bus)}) < count:
            await asyncio.sleep(0.05)
    return ids


async def until_committed(bus: Bus) -> None:
    """Wait until the adapter would not begin at the beginning, were it killed now."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            behind = await bus.backlog(RAW.name, group=GROUP)
            if behind and sum(behind.values()) < ROWS:
                return
            await asyncio.sleep(0.05)


@contextmanager
def running(bootstrap: str, log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the adapter, and end it as a power cut would."""
    assert FAUST.exists(), "Faust is not installed: run `make .cache/faust/.installed`"
    environment = {
        **os.environ,
        "SCARCITY_BUS": f"kafka://{bootstrap}",
        "SCARCITY_STREAM_MANAGER_WINDOW_SIZE": str(INFERRED_SIZE),
        "SCARCITY_STREAM_MANAGER_IDLE_S": "3600",
    }
    command = (str(FAUST), "-A", MODULE, "worker", "--without-web")
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()
