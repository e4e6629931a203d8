"""A process of SCARCITY: one bus, one or more services, one HTTP port, one way to stop.

start     connect, create topics, start every service, listen
run       until told to stop, or until a bug ends one service and with it the process
drain     stop reading, finish what is in hand, save, commit, say goodbye; within one deadline
"""

import asyncio
import gc
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import TracerProvider
from starlette.types import ASGIApp

from scarcity.bus.base import Bus, Retention, TopicSpec
from scarcity.clock import Clock, SystemClock
from scarcity.events import InstanceState, Topic, topics
from scarcity.runtime.backoff import Backoff
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.heartbeat import Heartbeat
from scarcity.runtime.instance import Instance
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import Service
from scarcity.runtime.spans import keep_telling
from scarcity.runtime.web import listen, probe_app, server
from scarcity.stats.threads import use_one_thread
from scarcity.telemetry.logs import logger
from scarcity.telemetry.metrics import Metrics
from scarcity.telemetry.spans import SpanBox


@dataclass(frozen=True, slots=True)
class Platform:
    """What services are built on; made once per process and passed down."""

    bus: Bus
    tracing: TracerProvider
    token: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(24))
    clock: Clock = field(default_factory=SystemClock)
    metrics: Metrics = field(default_factory=Metrics)
    spans: SpanBox | None = None
    """Where spans wait to be told on the bus; None = they are not."""

    def publisher(self, component: str) -> Publisher:
        """Return what a component of this process publishes with."""
        return Publisher(
            self.bus,
            self.metrics,
            component=component,
            instance=instance_name(component),
            backoff=Backoff(),
        )


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a process listens, and how long it may drain. Port 0 means any free port."""

    host: str = "127.0.0.1"
    port: int = 0
    drain_s: float = 10.0


def instance_name(component: str) -> str:
    """Return the name of this process's instance of a component."""
    return f"{component}-{socket.gethostname()}-{os.getpid()}"


def spare_the_collector() -> None:
    """Look for cycles more rarely than Python does by itself.

    Batches of tens of thousands of messages are no cycles, yet set it off again and again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class Process:
    """Runs services together until told to stop."""

    def __init__(
        self, platform: Platform, services: Sequence[Service], listening: Listening
    ) -> None:
        self._platform = platform
        self._services = services
        self._listening = listening
        self._log = logger("process")
        self._stop = asyncio.Event()
        self._instances = {service.name: self._instance(service) for service in services}
        self._heartbeats = {name: self._heartbeat(name) for name in self._instances}
        self.ready = asyncio.Event()
        self.port = 0

    def stop(self) -> None:
        """Begin to drain; safe to call more than once."""
        self._stop.set()

    def readiness(self) -> Mapping[str, bool]:
        """Say of each service whether it is ready; none is while draining."""
        return {
            name: instance.ready and not self._stop.is_set()
            for name, instance in self._instances.items()
        }

    async def run(self, *, on_ready: Callable[[], None] = lambda: None) -> None:
        """Start, run until `stop`, drain. A bug in a service is raised from here."""
        spare_the_collector()
        use_one_thread()
        with listen(self._listening.host, self._listening.port) as sock:
            self.port = sock.getsockname()[1]
            await self._platform.bus.start()
            try:
                await self._platform.bus.provision(specs())
                await self._run_services(sock, on_ready)
            finally:
                await self._platform.bus.close()
                self._platform.tracing.shutdown()

    def stop_on_signals(self) -> None:
        """Drain on SIGTERM and SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)

    async def _run_services(self, sock: socket.socket, on_ready: Callable[[], None]) -> None:
        http = server(self._app())
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(http.serve(sockets=[sock]))
            beats = [group.create_task(self._beat(service)) for service in self._services]
            works = [
                group.create_task(self._instances[service.name].run(self._stop))
                for service in self._services
            ]
            announcing = group.create_task(self._announce(on_ready))
            telling = [group.create_task(self._tell(box)) for box in self._boxes]
            await self._stop.wait()
            self._log.info("draining", deadline_s=self._listening.drain_s)
            _, late = await asyncio.wait(works, timeout=self._listening.drain_s)
            for task in [*late, *beats, *telling, announcing]:
                task.cancel()
            if late:
                self._log.error("drain deadline passed", unfinished=len(late))
            await self._say_goodbye()
            for service in self._services:
                service.on_drained()
            http.should_exit = True
            await serving

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        while not all(self.readiness().values()):  # noqa: ASYNC110 - many sources, one moment
            await asyncio.sleep(0.02)
        self._log.info("ready", port=self.port, services=list(self._instances))
        self.ready.set()
        on_ready()

    async def _beat(self, service: Service) -> None:
        publisher = self._platform.publisher(service.name)
        await self._heartbeats[service.name].keep_beating(
            publisher, self._platform.clock, self._stop
        )

    @property
    def _boxes(self) -> Sequence[SpanBox]:
        return [] if self._platform.spans is None else [self._platform.spans]

    async def _tell(self, box: SpanBox) -> None:
        """Tell of the spans of all services of the process, in the name of the first."""
        first = self._services[0].name
        publisher, clock = self._platform.publisher(first), self._platform.clock
        await keep_telling(box, publisher, clock, instance_name(first))

    async def _say_goodbye(self) -> None:
        for service in self._services:
            now = self._platform.clock.now()
            beat = self._heartbeats[service.name].measure(
                now=now, lag=0, state=InstanceState.STOPPED
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._platform.publisher(service.name).publish([beat])

    def _heartbeat(self, name: str) -> Heartbeat:
        now = self._platform.clock.now()
        return Heartbeat(name, instance_name(name), self._instances[name], now=now)

    def _instance(self, service: Service) -> Instance:
        platform = self._platform
        around = Surroundings(
            bus=platform.bus,
            clock=platform.clock,
            metrics=platform.metrics,
            tracer=platform.tracing.get_tracer("scarcity"),
            publisher=platform.publisher(service.name),
        )
        return Instance(service, around)

    def _app(self) -> ASGIApp:
        own = next((service.web for service in self._services if service.web), None)
        return own(self.readiness) if own else probe_app(self.readiness, self._platform.metrics)


def specs() -> list[TopicSpec]:
    """Return every topic of the catalog as the bus wants it."""
    return [spec(topic) for topic in topics()]


def spec(topic: Topic) -> TopicSpec:
    """Return a topic as the bus wants it."""
    retention = Retention.COMPACT if topic.compacted else Retention.DELETE
    return TopicSpec(topic.name, topic.partitions, retention)
