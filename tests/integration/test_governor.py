"""On a real Kafka: when the governor goes silent, its grants run out; its successor outranks it."""

import signal
import subprocess
import time
from contextlib import ExitStack, aclosing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened
from running import eventually, ready, service
from scarcity.bus.base import Bus, Follow
from scarcity.clock import SystemClock
from scarcity.events import BudgetGranted, Event, ResourcesSampled, decode
from scarcity.governor.policy import Policy

pytestmark = pytest.mark.kafka

LEASE_S = 2.0
SAMPLE_S = 0.5
SLACK_S = 3.0
"""For a busy machine, and until what was sampled can be read here."""
PATIENCE_S = 60.0
SAFE = Policy().safe


async def newest(bus: Bus, topic: str) -> list[Event]:
    """Return what is on a topic now."""
    events: list[Event] = []
    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        async for batch in batches:
            if not batch:
                break
            events += [decode(message.value or b"").event for message in batch]
    return events


async def sampled(bus: Bus, since: datetime, share: float) -> ResourcesSampled:
    """Return the first sample, taken after a moment, in which that share is allowed."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for event in await newest(bus, ResourcesSampled.topic.name):
            assert isinstance(event, ResourcesSampled)
            if event.at >= since and event.share == share:
                return event
    raise AssertionError(f"no sample says that a share of {share} is allowed")


async def granted_epoch(bus: Bus) -> int:
    """Return the newest epoch, once something has been granted."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        granted = await newest(bus, BudgetGranted.topic.name)
        if granted:
            return max(event.epoch for event in granted if isinstance(event, BudgetGranted))
    raise AssertionError("nothing is granted")


def up(
    stack: ExitStack, name: str, broker: Broker, logs: Path, **environment: str
) -> subprocess.Popen[bytes]:
    port = free_port()
    process = stack.enter_context(service(name, broker.bootstrap, port, logs, **environment))
    eventually(partial(ready, name, process, port, logs), f"{name} to be ready")
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_silent_governor_leaves_the_engine_its_safe_share_and_a_new_one_takes_over(
    private_kafka: Broker, tmp_path: Path, how: signal.Signals
) -> None:
    lease = {"SCARCITY_DRG_LEASE_S": str(LEASE_S)}
    with ExitStack() as stack:
        up(stack, "mpie", private_kafka, tmp_path)
        drg = up(stack, "drg", private_kafka, tmp_path, **lease)
        async with opened(private_kafka.bootstrap) as bus:
            epoch = await granted_epoch(bus)

            drg.send_signal(how)
            silent = SystemClock().now()
            fallen = await sampled(bus, silent, SAFE)

            up(stack, "drg", private_kafka, tmp_path, **lease)
            await sampled(bus, SystemClock().now(), 1.0)
            later_epoch = await granted_epoch(bus)

    assert (fallen.at - silent).total_seconds() <= LEASE_S + SAMPLE_S + SLACK_S
    assert later_epoch > epoch
