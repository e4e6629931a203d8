"""What a service is, as plain data: a name, routes from topics to handlers, timers, state.

Handlers are functions from an event to the events that follow from it. They know no bus, no
clock and no retries; `worker` does the rest.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.types import ASGIApp

from scarcity.bus.base import Delivery, Start
from scarcity.errors import PoisonEvent
from scarcity.events import Event, Topic, decode

E = TypeVar("E", bound=Event)

MessageHandler = Callable[[Delivery], Iterable[Event]]
"""Handles one message; a PoisonEvent raised here makes it a dead letter."""


WebApp = Callable[[Callable[[], Mapping[str, bool]]], ASGIApp]
"""Makes a service's HTTP app, given the readiness of its process by service name."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which handler gets the messages of a topic."""

    topic: Topic
    handle: MessageHandler
    start: Start = Start.EARLIEST
    """Where a follower begins; readers in a group begin where the group stopped."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do every so many seconds; what it returns is published."""

    every_s: float
    fire: Callable[[datetime], Iterable[Event]]


class KeyedState(Protocol):
    """State of a handler, one value per key, that survives a crash and moves with its partition."""

    def snapshot(self, key: str) -> bytes | None:
        """Return the state of a key, or None when there is none."""
        ...

    def restore(self, key: str, data: bytes) -> None:
        """Go on from a snapshot."""
        ...

    def forget(self, key: str) -> None:
        """Drop a key: another instance owns it now."""
        ...


def _nothing() -> None:
    """Do nothing, for a service with nothing to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """One component of the system, ready to run.

    `consumes` is shared with the other instances of the service through a consumer group;
    `follows` is read whole by every instance, and caught up before anything is consumed. A
    service with state consumes exactly one topic.
    """

    name: str
    consumes: tuple[Route, ...] = ()
    follows: tuple[Route, ...] = ()
    timers: tuple[Timer, ...] = ()
    state: KeyedState | None = None
    web: WebApp | None = None
    tasks: tuple[Callable[[], Coroutine[None, None, None]], ...] = ()
    """Long-running work of the service's own, such as a producer; cancelled on drain."""
    on_drained: Callable[[], None] = _nothing
    """Called when all work is done and saved, before the HTTP server stops."""
    in_thread: bool = False
    """Handle batches in a thread, because the work is heavy on the processor."""


def on(event_type: type[E], handle: Callable[[E], Iterable[Event]]) -> MessageHandler:
    """Return a handler of messages that decodes them and expects one type of event."""

    def handle_message(delivery: Delivery) -> Iterable[Event]:
        if delivery.value is None:
            return ()
        event = decode(delivery.value).event
        if not isinstance(event, event_type):
            raise PoisonEvent(
                "unexpected-event",
                f"{delivery.topic} carries {event_type.__name__}, not {type(event).__name__}",
            )
        return handle(event)

    return handle_message


def route(
    event_type: type[E],
    handle: Callable[[E], Iterable[Event]],
    *,
    start: Start = Start.EARLIEST,
) -> Route:
    """Return the route from an event's own topic to its handler."""
    return Route(event_type.topic, on(event_type, handle), start)
