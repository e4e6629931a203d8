"""What comes of messages: their events as messages, or dead letters; in one trace with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate, groupby
from operator import attrgetter

from opentelemetry.trace import Tracer

from scarcity.bus.base import Bus, Delivery, Headers, Message
from scarcity.clock import Clock
from scarcity.errors import PoisonEvent
from scarcity.events import DeadLettered, Event
from scarcity.events.stream import MAX_HEADER_BYTES, MAX_ORIGINAL_BYTES, Header
from scarcity.runtime.backoff import Backoff
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import Effect, Handler
from scarcity.telemetry.logs import logger
from scarcity.telemetry.metrics import Metrics
from scarcity.telemetry.tracing import TRACEPARENT, effect_span, now_ns, traceparent_of


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker needs from the process it runs in."""

    bus: Bus
    clock: Clock
    metrics: Metrics
    tracer: Tracer
    publisher: Publisher
    backoff: Backoff = field(default_factory=Backoff)
    patience_s: float = 10.0
    """How long a rebalance waits for work in hand, and then for saving; together less than the
    bus waits for a rebalance."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of messages of one key."""

    messages: list[Message]
    told: bool
    """Whether any of them led to events, so that their state has to go out with these."""
    kept: int
    """How many may have changed the state: all that were not moved or refused."""


class Handling:
    """Calls handlers on behalf of one component."""

    def __init__(self, component: str, around: Surroundings) -> None:
        self._component = component
        self._around = around
        self._log = logger(component)

    def outcome(
        self, handle: Handler, chunk: Sequence[Delivery], now: datetime, *, position: int = 0
    ) -> Outcome:
        """Handle messages of one key, and return what is to be published.

        Inputs below the position are told of already, by dead letters and messages moved.
        """
        messages: list[Message] = []
        told, kept = False, len(chunk)
        began_ns = now_ns()
        for effect in handle(chunk):
            told = told or bool(effect.events)
            kept -= bool(effect.moved) or effect.refused is not None
            messages += self._messages(_untold(effect, position), began_ns, now)
            began_ns = now_ns()
        return Outcome(messages, told, kept)

    def followed(self, handle: Handler, batch: Sequence[Delivery], now: datetime) -> list[Message]:
        """Handle messages of any keys in the order they have, and return what to publish."""
        chunks = [list(run) for _, run in groupby(batch, attrgetter("partition", "key"))]
        messages = [m for chunk in chunks for m in self.outcome(handle, chunk, now).messages]
        self.count(batch[0].topic, len(batch))
        return messages

    def count(self, topic: str, handled: int) -> None:
        """Count messages of a topic as handled."""
        self._around.metrics.handled.labels(self._component, topic).inc(handled)

    def _messages(self, effect: Effect, began_ns: int, now: datetime) -> list[Message]:
        events = list(effect.events)
        if effect.refused is not None:
            events.append(self._dead_letter(effect.cause, effect.refused, now))
        if not events:
            return list(effect.moved)
        span = effect_span(
            self._around.tracer,
            f"process {effect.cause.topic}",
            parent=effect.cause.header(TRACEPARENT),
            start_ns=began_ns,
            attributes=self._attributes(effect.cause),
            error=effect.refused,
        )
        traceparent = traceparent_of(span)
        publisher = self._around.publisher
        said = (publisher.message(event, traceparent=traceparent) for event in events)
        return [*effect.moved, *said]

    def _dead_letter(self, delivery: Delivery, poison: PoisonEvent, now: datetime) -> Event:
        original = delivery.value or b""
        self._around.metrics.dead_letters.labels(self._component, poison.reason).inc()
        self._log.warning(
            "dead letter",
            reason=poison.reason,
            topic=delivery.topic,
            partition=delivery.partition,
            offset=delivery.offset,
        )
        return DeadLettered(
            origin_topic=delivery.topic,
            origin_partition=delivery.partition,
            origin_offset=delivery.offset,
            origin_key=delivery.key,
            reason=poison.reason,
            message=str(poison),
            original=original[:MAX_ORIGINAL_BYTES],
            original_bytes=len(original),
            at=now,
            component=self._component,
            headers=_kept(delivery.headers),
            header_bytes=sum(map(_size, delivery.headers)),
        )

    def _attributes(self, delivery: Delivery) -> dict[str, str | int]:
        return {
            "scarcity.component": self._component,
            "scarcity.key": delivery.key,
            "messaging.operation.type": "process",
            "messaging.destination.name": delivery.topic,
            "messaging.destination.partition.id": str(delivery.partition),
            "messaging.kafka.offset": delivery.offset,
        }


def _kept(headers: Headers) -> tuple[Header, ...]:
    """Return the first headers, as many as a dead letter keeps."""
    sizes = accumulate(map(_size, headers))
    fitting = zip(headers, sizes, strict=True)
    return tuple(Header(*header) for header, size in fitting if size <= MAX_HEADER_BYTES)


def _size(header: tuple[str, bytes]) -> int:
    name, value = header
    return len(name.encode()) + len(value)


def _untold(effect: Effect, position: int) -> Effect:
    """Return what of an effect is not on the bus yet, whatever of its inputs is in a snapshot."""
    if effect.cause.offset >= position:
        return effect
    return replace(effect, moved=(), refused=None)
