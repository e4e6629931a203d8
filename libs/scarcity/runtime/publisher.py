"""From events to messages on the bus, with their trace, again until they are in."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from scarcity.bus.base import Message
from scarcity.errors import Overloaded, Transient
from scarcity.events import Event, encode
from scarcity.runtime.backoff import Backoff
from scarcity.telemetry.logs import logger
from scarcity.telemetry.metrics import Metrics
from scarcity.telemetry.tracing import TRACEPARENT


class Way(Protocol):
    """A way onto the bus: the bus itself, or a writer of it."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append the messages. Raises Overloaded or Transient when it cannot take them now."""
        ...


class Publisher:
    """Publishes for one instance of a component."""

    def __init__(
        self, way: Way, metrics: Metrics, *, component: str, instance: str, backoff: Backoff
    ) -> None:
        self._way = way
        self._metrics = metrics
        self._component = component
        self._instance = instance
        self._backoff = backoff
        self._log = logger(component)

    def through(self, way: Way) -> "Publisher":
        """Return a publisher that does the same, another way."""
        return Publisher(
            way,
            self._metrics,
            component=self._component,
            instance=self._instance,
            backoff=self._backoff,
        )

    def message(self, event: Event, *, traceparent: str = "") -> Message:
        """Return the message that carries an event."""
        return Message(
            topic=event.topic.name,
            key=event.key,
            value=encode(event, producer=self._instance, traceparent=traceparent),
            headers=trace_headers(traceparent),
        )

    async def publish(self, events: Sequence[Event], *, traceparent: str = "") -> None:
        """Publish events, waiting as long as the bus cannot take them."""
        await self.send([self.message(event, traceparent=traceparent) for event in events])

    async def send(self, messages: Sequence[Message]) -> None:
        """Publish messages, waiting as long as the bus cannot take them.

        Trying for ever is the back-pressure: whoever feeds the caller has to wait as well.
        """
        attempt = 0
        while True:
            try:
                await self.try_send(messages)
            except (Transient, Overloaded) as error:
                wait = self._backoff.wait(attempt, u=random.random())  # noqa: S311
                self._log.warning("publish delayed", error=str(error), wait_s=round(wait, 2))
                await asyncio.sleep(wait)
                attempt += 1
            else:
                return

    async def try_send(self, messages: Sequence[Message]) -> None:
        """Publish messages once. Raises Overloaded or Transient when the bus cannot take them."""
        await self._way.publish(messages)
        for topic, count in Counter(message.topic for message in messages).items():
            self._metrics.published.labels(self._component, topic).inc(count)


def trace_headers(traceparent: str) -> tuple[tuple[str, bytes], ...]:
    """Return the headers that carry a trace context; none for an empty one."""
    return ((TRACEPARENT, traceparent.encode()),) if traceparent else ()
