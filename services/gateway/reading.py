"""From messages to what is kept of them, and back to a message that is read once more."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from scarcity.bus.base import Bus, Delivery, Follow
from scarcity.errors import PoisonEvent
from scarcity.events import DeadLettered, Event, decode
from scarcity.runtime.service import Handler, each
from services.gateway.domain.journal import Entry

KEPT_BYTES = 4096
"""Of what a dead letter holds, so much is kept in memory."""
PATIENCE_S = 10.0
TRACEPARENT_PARTS = 4

Handlers = Mapping[type[Event], Callable[[Any], Iterable[Event]]]


def kept(keep: Callable[[Entry], None], handlers: Handlers) -> Handler:
    """Return a handler of messages that keeps their events, then handles each by its type.

    Other types than these are refused: the topic must not carry them.
    """

    def handle(delivery: Delivery) -> Iterable[Event]:
        if delivery.value is None:
            return ()
        entry = entry_of(delivery)
        handler = handlers.get(type(entry.event))
        if handler is None:
            expected = " or ".join(sorted(kind.__name__ for kind in handlers))
            raise PoisonEvent(
                "unexpected-event",
                f"{delivery.topic} carries {expected}, not {type(entry.event).__name__}",
            )
        keep(entry)
        return handler(entry.event)

    return each(handle)


def nothing_more(_event: Event) -> Iterable[Event]:
    """Handle an event that it is enough to keep."""
    return ()


def entry_of(delivery: Delivery) -> Entry:
    """Return what is kept of a message. Raises PoisonEvent when there is no event in it."""
    envelope = decode(delivery.value or b"")
    slim = _slim(envelope.event)
    return Entry(
        event=slim,
        topic=delivery.topic,
        partition=delivery.partition,
        offset=delivery.offset,
        published_ms=delivery.timestamp_ms,
        trace_id=_trace_id(envelope.traceparent),
        is_whole=slim is envelope.event,
    )


async def whole(bus: Bus, entry: Entry) -> Event | None:
    """Return all of an event; None when the bus has forgotten what is not kept here."""
    if entry.is_whole:
        return entry.event
    found = await message_at(bus, entry.topic, entry.partition, entry.offset)
    if found is None or found.value is None:
        return None
    event = decode(found.value).event
    return event if event.event_id == entry.event_id else None


async def message_at(bus: Bus, topic: str, partition: int, offset: int) -> Delivery | None:
    """Return the message in that place; None when it is there no more, or cannot be read in time.

    The topic must have the partition. Raises BusUnavailable when the broker is gone.
    """
    place = Follow((topic,), start=offset, partitions=frozenset((partition,)))
    try:
        async with asyncio.timeout(PATIENCE_S), aclosing(bus.follow(place)) as batches:
            async for batch in batches:
                first = batch[0] if batch else None
                return first if first and first.offset == offset else None
    except TimeoutError:
        return None
    return None


def _trace_id(traceparent: str) -> str | None:
    """Return the trace that a W3C traceparent is of.

    >>> _trace_id("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    '0af7651916cd43dd8448eb211c80319c'
    """
    parts = traceparent.split("-")
    return parts[1] if len(parts) == TRACEPARENT_PARTS else None


def _slim(event: Event) -> Event:
    """Return an event without what is too large to be kept many times."""
    if isinstance(event, DeadLettered) and len(event.original) > KEPT_BYTES:
        return replace(event, original=event.original[:KEPT_BYTES])
    return event
