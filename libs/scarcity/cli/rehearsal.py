"""A service's own handlers over recorded messages, with no bus to publish to.

The service is made as its process makes it, but on an empty bus in memory, which nothing is ever
put on. It has no state at first. What it follows it hears first, whole, as its process would.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime

from scarcity import __version__
from scarcity.bus.base import Bus, Delivery
from scarcity.bus.embedded import EmbeddedBus
from scarcity.cli import assemble
from scarcity.cli.stretch import Stretch, recorded
from scarcity.errors import ConfigError
from scarcity.events import DeadLettered, Event
from scarcity.events.stream import MAX_ORIGINAL_BYTES
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Effect, Route, Service
from scarcity.telemetry import tracing


async def rehearse(bus: Bus, stretch: Stretch, name: str) -> AsyncIterator[Event]:
    """Yield what the service would publish because of these messages, in their order.

    Raises ConfigError when it does not read their topic.
    """
    platform = Platform(EmbeddedBus(), tracing.provider(None, version=__version__))
    service = assemble.service(name, platform)
    route = _route(service, stretch.topic)
    if route in service.consumes:
        for background in service.follows:
            async for batch in recorded(bus, Stretch(background.topic.name)):
                for _ in _effects(background, batch):
                    """Only what it makes of the messages themselves is of interest."""
    async for batch in recorded(bus, stretch):
        for effect in _effects(route, batch):
            for event in _events(effect, name):
                yield event


def _route(service: Service, topic: str) -> Route:
    routes = {route.topic.name: route for route in (*service.follows, *service.consumes)}
    if topic not in routes:
        reads = f"it reads {', '.join(routes)}" if routes else "it reads nothing"
        raise ConfigError(f"{service.name} does not read {topic}; {reads}")
    return routes[topic]


def _effects(route: Route, batch: Sequence[Delivery]) -> list[Effect]:
    """Hand over a batch, key by key as handlers want it; return what came of it in its order."""
    keys: dict[tuple[int, str], list[Delivery]] = {}
    for delivery in batch:
        keys.setdefault((delivery.partition, delivery.key), []).append(delivery)
    place = {(found.partition, found.offset): number for number, found in enumerate(batch)}
    effects = [effect for group in keys.values() for effect in route.handle(group)]
    return sorted(effects, key=lambda e: place[e.cause.partition, e.cause.offset])


def _events(effect: Effect, component: str) -> Iterator[Event]:
    yield from effect.events
    if effect.refused:
        cause, original = effect.cause, effect.cause.value or b""
        yield DeadLettered(
            origin_topic=cause.topic,
            origin_partition=cause.partition,
            origin_offset=cause.offset,
            origin_key=cause.key,
            reason=effect.refused.reason,
            message=str(effect.refused),
            original=original[:MAX_ORIGINAL_BYTES],
            original_bytes=len(original),
            at=datetime.fromtimestamp(cause.timestamp_ms / 1000, UTC),
            component=component,
        )
