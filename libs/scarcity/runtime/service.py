"""What a service is, as plain data: a name, routes from topics to handlers, timers, state, feeds.

Handlers are functions from messages of one key to what follows from them. They know no bus, no
clock and no retries; `worker` does the rest.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.types import ASGIApp

from scarcity.bus.base import Delivery, Message, Start, partition_of
from scarcity.errors import PoisonEvent
from scarcity.events import Event, Topic, decode
from scarcity.governor.tuning import Tuning
from scarcity.runtime.vitals import Vitals

E = TypeVar("E", bound=Event)

BATCH = 20_000
"""Enough that a backlog of small messages costs next to nothing per message."""


MOVED_FROM = "scarcity-partition"
"""The header of a moved message that names the partition it came in."""
MAX_DIGITS = 4
"""Longer numbers in that header are not ours; whoever trusts them keeps books for as many."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of one message: the events that follow from it, or why it is refused.

    A message that is moved or refused must have left the state of its key as it was.
    """

    cause: Delivery
    events: Sequence[Event] = ()
    moved: Sequence[Message] = ()
    """Messages that are handed on as they are."""
    refused: PoisonEvent | None = None


Handler = Callable[[Sequence[Delivery]], Iterable[Effect]]
"""Handles messages of one key from one partition, in order.

Yields an Effect for each that led to something, in order. It is read to its end before anything
is published.
"""

MessageHandler = Callable[[Delivery], Iterable[Event]]
"""Handles one message; a PoisonEvent raised here makes it a dead letter."""

Home = Callable[[str, int], int]
"""Returns the partition in which a key lives, given how many there are."""

WebApp = Callable[[Callable[[], Mapping[str, bool]]], ASGIApp]
"""Makes a service's HTTP app, given the readiness of its process by service name."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which handler gets the messages of a topic."""

    topic: Topic
    handle: Handler
    start: Start = Start.EARLIEST
    """Where a follower begins; readers in a group begin where the group stopped."""
    takes_turn: bool = True
    """Whether it waits until no batch is being handled. What touches nothing that handlers touch,
    and is about no key that is kept, need not: a batch may take long."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do every so many seconds; what it returns is published."""

    every_s: float
    fire: Callable[[datetime], Iterable[Event]]
    takes_turn: bool = True
    """As of a route."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A topic that this service writes for a group to read, which must not fall too far behind."""

    topic: Topic
    group: str
    limit: int
    """How many messages of a partition may wait before whatever feeds it is held back."""


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


class Tunable(Protocol):
    """What lets itself be told, at any moment, to work otherwise."""

    @property
    def tuning(self) -> Tuning:
        """How it works now; nothing is left out."""
        ...

    def tune(self, tuning: Tuning) -> None:
        """Work so from now on; what is left out as it was started. ConfigError: that cannot be."""
        ...


def _nothing() -> None:
    """Do nothing, for a service with nothing to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """One component of the system, ready to run.

    `consumes` is shared with the other instances of the service through a consumer group;
    `follows` is read whole by every instance, and caught up before anything is consumed. A
    service with state consumes exactly one topic, and gets every key from its home partition.
    """

    name: str
    consumes: tuple[Route, ...] = ()
    follows: tuple[Route, ...] = ()
    timers: tuple[Timer, ...] = ()
    state: KeyedState | None = None
    home: Home = partition_of
    """Where the state of a key is. What comes in another partition is moved there first."""
    feeds: tuple[Feed, ...] = ()
    web: WebApp | None = None
    tasks: tuple[Callable[[], Coroutine[None, None, None]], ...] = ()
    """Long-running work of the service's own, such as a producer; cancelled on drain."""
    on_drained: Callable[[], None] = _nothing
    """Called when all work is done and saved, before the HTTP server stops."""
    in_thread: bool = False
    """Handle batches in a thread, because the work is heavy on the processor."""
    batch: int = BATCH
    """How many messages to take in hand at once, at most: what a rebalance may have to wait for."""
    pace: Callable[[], float] | None = None
    """The share of them to take in hand now, when something governs that; 0 = none for the moment.
    The messages wait on the bus, and the group is not left."""
    vitals: Vitals = field(default_factory=Vitals)
    """What is measured of its work while it runs."""
    tunable: Tunable | None = None
    """Takes what somebody wants to be different while it runs, if it can be."""


def source_of(delivery: Delivery) -> int:
    """Return the partition in which a message first came, before it was moved home."""
    if delivery.headers:
        named = delivery.header(MOVED_FROM)
        if named and named.isascii() and named.isdigit() and len(named) <= MAX_DIGITS:
            return int(named)
    return delivery.partition


def each(handle: MessageHandler) -> Handler:
    """Return the handler that handles messages one by one."""

    def handle_all(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
        for delivery in deliveries:
            try:
                events = tuple(handle(delivery))
            except PoisonEvent as poison:
                yield Effect(delivery, refused=poison)
            else:
                if events:
                    yield Effect(delivery, events)

    return handle_all


def on(event_type: type[E], handle: Callable[[E], Iterable[Event]]) -> Handler:
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

    return each(handle_message)


def route(
    event_type: type[E],
    handle: Callable[[E], Iterable[Event]],
    *,
    start: Start = Start.EARLIEST,
    takes_turn: bool = True,
) -> Route:
    """Return the route from an event's own topic to its handler."""
    return Route(event_type.topic, on(event_type, handle), start, takes_turn)
