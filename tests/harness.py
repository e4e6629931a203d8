"""A service on an embedded bus, small enough to see what the loop does."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from scarcity.bus.base import Bus, Delivery, Follow, Headers, Message
from scarcity.clock import SystemClock
from scarcity.events import RAW, Event, Topic, decode, state_topic, topics
from scarcity.runtime.backoff import Backoff
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.process import spec, specs
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import Service
from scarcity.runtime.worker import Worker
from scarcity.telemetry.metrics import Metrics

QUICK = Backoff(first=0.001, longest=0.01)


@dataclass
class Bench:
    """What a test looks at."""

    bus: Bus
    name: str = ""
    """What tells this test's keys, topics and groups from others' on the same broker."""
    spans: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    metrics: Metrics = field(default_factory=Metrics)

    def worker(self, service: Service) -> Worker:
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(self.spans))
        publisher = Publisher(
            self.bus, self.metrics, component=service.name, instance="one", backoff=QUICK
        )
        around = Surroundings(
            self.bus,
            SystemClock(),
            self.metrics,
            tracing.get_tracer("tests"),
            publisher,
            QUICK,
        )
        return Worker(service, around)

    @asynccontextmanager
    async def working(self, service: Service) -> AsyncIterator[Worker]:
        """Run a worker, and drain it at the end."""
        worker, stop = self.worker(service), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            yield worker
            stop.set()

    async def crash_after(self, service: Service, handled: int) -> None:
        """Run a worker and end it without a drain once it has handled that many."""
        worker = self.worker(service)
        task = asyncio.ensure_future(worker.run(asyncio.Event()))
        while worker.handled < handled:
            await asyncio.sleep(0.005)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    @property
    def raw(self) -> Topic:
        return Topic(f"{self.name}.raw", "records of one test") if self.name else RAW

    def key(self, name: str) -> str:
        return self.name + name

    async def provision(self, *services: str) -> None:
        """Create the catalog's topics, this test's raw topic, and where its services save."""
        own = (self.raw, *map(state_topic, services))
        await self.bus.provision([*specs(), *map(spec, set(own) - set(topics()))])

    async def send(self, key: str, values: Iterable[bytes | None], headers: Headers = ()) -> None:
        await self.bus.publish(
            [Message(self.raw.name, self.key(key), value, headers) for value in values]
        )

    async def published(self, topic: str, count: int) -> list[Event]:
        """Return the first `count` events of a topic, waiting for them."""
        return [decode(found.value or b"").event for found in await self.messages(topic, count)]

    async def messages(self, topic: str, count: int) -> Sequence[Delivery]:
        found: list[Delivery] = []
        async with asyncio.timeout(20), aclosing(self.bus.follow(Follow((topic,)))) as batches:
            async for batch in batches:
                found += [message for message in batch if self.name in message.key]
                if len(found) >= count:
                    break
        return found
