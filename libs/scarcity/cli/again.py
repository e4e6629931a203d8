"""Raw records once more, as another stream's."""

import asyncio
import sys
import time
from datetime import UTC, datetime

from scarcity.bus.base import Bus, Delivery, Message
from scarcity.cli.pace import Pace, progress_bar
from scarcity.cli.stretch import Stretch, recorded
from scarcity.errors import ConfigError, PoisonEvent
from scarcity.events import RAW
from scarcity.streams import check_stream_id, parse_record
from scarcity.telemetry.tracing import TRACEPARENT


async def send_again(bus: Bus, stretch: Stretch, into: str, rate: float | None) -> int:
    """Publish the raw records of a stretch under the name of another stream; return how many.

    Records that are that stream's already are passed over.
    """
    check_stream_id(into)
    if stretch.topic != RAW.name:
        raise ConfigError(
            f"{stretch.topic} holds no raw records; only {RAW.name} can be sent again"
        )
    if stretch.stream == into:
        raise ConfigError(f"{into} would get its own records twice; choose another name")
    total = await _count(bus, stretch, into) if sys.stderr.isatty() else None
    sent = 0
    with progress_bar() as progress:
        task = progress.add_task(into, total=total)
        pace = Pace(rate, now=time.monotonic())
        async for batch in recorded(bus, stretch):
            messages = [again(delivery, into) for delivery in batch if delivery.key != into]
            for begin in range(0, len(messages), pace.at_once):
                part = messages[begin : begin + pace.at_once]
                await bus.publish(part)
                sent += len(part)
                progress.update(task, completed=sent)
                await asyncio.sleep(pace.wait_s(sent, now=time.monotonic()))
    return sent


def again(delivery: Delivery, into: str) -> Message:
    """Return the message that says the same of another stream, in a trace of its own."""
    headers = tuple(header for header in delivery.headers if header[0] != TRACEPARENT)
    stamp = None if _has_time(delivery) else delivery.timestamp_ms
    return Message(RAW.name, into, delivery.value, headers, stamp)


def _has_time(delivery: Delivery) -> bool:
    """Say whether a record has a time of its own; one without gets that of its message."""
    arrived = datetime.fromtimestamp(delivery.timestamp_ms / 1000, UTC)
    try:
        return parse_record(delivery.value, arrived=arrived).time != arrived
    except PoisonEvent:
        return False


async def _count(bus: Bus, stretch: Stretch, into: str) -> int:
    total = 0
    async for batch in recorded(bus, stretch):
        total += sum(delivery.key != into for delivery in batch)
    return total
