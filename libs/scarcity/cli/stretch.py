"""A stretch of a recorded topic: from where, up to where, and of what."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from scarcity.bus.base import Bus, Delivery, Follow, Start
from scarcity.cli.buses import topic_name
from scarcity.cli.options import Decorator, gathered

POINT = "OFFSET|TIME"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which messages of a topic. `first` is among them, `last` is the first that is not."""

    topic: str
    first: int | datetime | None = None
    last: int | datetime | None = None
    stream: str | None = None
    partition: int | None = None

    @property
    def follow(self) -> Follow:
        return Follow(
            (self.topic,),
            start=Start.EARLIEST if self.first is None else self.first,
            partitions=None if self.partition is None else frozenset({self.partition}),
        )

    def holds(self, delivery: Delivery) -> bool:
        """Say whether a message that the bus gives is one of these."""
        if self.stream not in (None, delivery.key):
            return False
        if isinstance(self.last, datetime):
            return delivery.timestamp_ms < self.last.timestamp() * 1000
        return self.last is None or delivery.offset < self.last


async def recorded(bus: Bus, stretch: Stretch) -> AsyncIterator[Sequence[Delivery]]:
    """Yield the messages of a stretch in batches, up to the end that its topic has now."""
    async with aclosing(bus.follow(stretch.follow)) as batches:
        async for batch in batches:
            if not batch:
                return
            if found := [delivery for delivery in batch if stretch.holds(delivery)]:
                yield found


def point(text: str) -> int | datetime:
    """Return an offset, or a time in UTC unless it says otherwise.

    >>> point("17"), point("2026-01-31T12:00").isoformat()
    (17, '2026-01-31T12:00:00+00:00')
    """
    if text.isdecimal():
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no offset, and no time like 2026-01-31T12:00:00Z"
        ) from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def on_stretch() -> Decorator:
    """Give a command the argument and options that name a stretch, as its argument `stretch`."""
    return gathered(
        "stretch",
        _stretch,
        click.argument("topic"),
        click.option(
            "--from", "first", type=point, metavar=POINT, help="The first; else the oldest."
        ),
        click.option(
            "--to", "last", type=point, metavar=POINT, help="The first no more; else all."
        ),
        click.option("--stream", default=None, help="Only messages with this key."),
        click.option("--partition", type=click.IntRange(min=0), help="Only of this partition."),
    )


def _stretch(
    topic: str,
    first: int | datetime | None,
    last: int | datetime | None,
    stream: str | None,
    partition: int | None,
) -> Stretch:
    return Stretch(topic_name(topic), first, last, stream, partition)
