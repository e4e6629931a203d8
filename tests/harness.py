"""A service on an embedded bus, small enough to see what the loop does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from faults import ShakyBus
from scarcity.bus.base import Bus, Delivery, Follow, Headers, Message
from scarcity.bus.embedded import EmbeddedBus
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
LONG_S = 60.0
"""Seconds until a test gives up on what should have come at once."""


@dataclass
class Bench:
    """What a test looks at."""

    bus: Bus
    name: str = ""
    """What tells this test's keys, topics and groups from others' on the same broker."""
    spans: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    metrics: Metrics = field(default_factory=Metrics)
    patience_s: float = 10.0
    instance: str = "one"
    """What its workers say they are, in all that they publish."""

    def worker(self, service: Service) -> Worker:
        return Worker(service, self.around(service.name))

    def around(self, component: str) -> Surroundings:
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(self.spans))
        publisher = Publisher(
            self.bus, self.metrics, component=component, instance=self.instance, backoff=QUICK
        )
        return Surroundings(
            self.bus,
            SystemClock(),
            self.metrics,
            tracing.get_tracer("tests"),
            publisher,
            QUICK,
            self.patience_s,
        )

    @asynccontextmanager
    async def working(self, service: Service, bus: Bus | None = None) -> AsyncIterator[Worker]:
        """Run a worker, on the bus of the bench or on another, and drain it at the end."""
        worker, stop = replace(self, bus=bus or self.bus).worker(service), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            yield worker
            stop.set()

    @asynccontextmanager
    async def doomed(self, service: Service, bus: ShakyBus | None = None) -> AsyncIterator[Worker]:
        """Run a worker that dies without a drain, at the latest at the end."""
        shaky = bus or ShakyBus(self.bus)
        worker = replace(self, bus=shaky).worker(service)
        task = asyncio.ensure_future(worker.run(asyncio.Event()))
        shaky.kill = task.cancel
        try:
            yield worker
        finally:
            shaky.is_doomed = True
            with suppress(asyncio.CancelledError):
                await task

    async def crash_after(self, service: Service, handled: int) -> None:
        """Run a worker, and let it die once it has handled that many."""
        async with self.doomed(service) as worker:
            await until(lambda: worker.handled >= handled)

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
        async with asyncio.timeout(LONG_S), aclosing(self.bus.follow(Follow((topic,)))) as batches:
            async for batch in batches:
                found += [message for message in batch if self.name in message.key]
                if len(found) >= count:
                    break
        return found

    async def everything(self, topic: str) -> Sequence[Delivery]:
        """Return all that is in a topic now, of this test."""
        found: list[Delivery] = []
        async with aclosing(self.bus.follow(Follow((topic,)))) as batches:
            async for batch in batches:
                if not batch:
                    break
                found += [message for message in batch if self.name in message.key]
        return found


@asynccontextmanager
async def embedded() -> AsyncIterator[Bench]:
    """Yield a bench on an embedded bus of its own."""
    bus = EmbeddedBus()
    await bus.start()
    made = Bench(bus)
    await made.provision()
    yield made
    await bus.close()


async def until(is_true: Callable[[], bool]) -> None:
    """Wait for something that should come soon."""
    async with asyncio.timeout(LONG_S):
        while not is_true():
            await asyncio.sleep(0.005)
