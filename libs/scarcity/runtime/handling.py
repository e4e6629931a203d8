"""What comes of one message: its events as messages, or a dead letter; in one trace with it."""

from dataclasses import dataclass, field
from datetime import datetime

from opentelemetry.trace import Tracer

from scarcity.bus.base import Bus, Delivery, Message
from scarcity.clock import Clock
from scarcity.errors import PoisonEvent
from scarcity.events import DeadLettered, Event
from scarcity.events.stream import MAX_ORIGINAL_BYTES
from scarcity.runtime.backoff import Backoff
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import MessageHandler
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one message; `refused` when it is a dead letter."""

    messages: list[Message]
    refused: bool


class Handling:
    """Calls handlers on behalf of one component."""

    def __init__(self, component: str, around: Surroundings) -> None:
        self._component = component
        self._around = around
        self._log = logger(component)

    def outcome(self, handle: MessageHandler, delivery: Delivery, now: datetime) -> Outcome:
        """Handle one message, and return what is to be published."""
        start_ns = now_ns()
        error = None
        try:
            # A generator runs as it is read: read it whole before anything is published.
            events: list[Event] = list(handle(delivery))
        except PoisonEvent as poison:
            error = poison
            events = [self._dead_letter(delivery, poison, now)]
        self._around.metrics.handled.labels(self._component, delivery.topic).inc()
        if not events:
            return Outcome([], refused=False)
        span = effect_span(
            self._around.tracer,
            f"process {delivery.topic}",
            parent=delivery.header(TRACEPARENT),
            start_ns=start_ns,
            attributes=self._attributes(delivery),
            error=error,
        )
        traceparent = traceparent_of(span)
        publisher = self._around.publisher
        messages = [publisher.message(event, traceparent=traceparent) for event in events]
        return Outcome(messages, refused=error is not None)

    def _dead_letter(self, delivery: Delivery, poison: PoisonEvent, now: datetime) -> DeadLettered:
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
