"""Wires meta-learning to the bus."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial

from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.events import EvidenceGathered, OutcomeMeasured, PriorOffered, StreamDefined
from scarcity.governor.policy import Policy
from scarcity.runtime.governed import Governed
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Effect, Route, Service, each, on, route
from scarcity.runtime.settings import load
from services.meta_learning.domain import studied
from services.meta_learning.handlers import MetaLearning
from services.meta_learning.settings import MetaLearningSettings

LEAST_SHARE = 0.5
"""With less of full work than this, learning waits: discovery comes first."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(MetaLearningSettings)
    meta = MetaLearning(settings.streams)
    governed = Governed.of("meta_learning", settings.policy or Policy(), platform.clock)
    return Service(
        name="meta_learning",
        follows=(
            _definitions(meta),
            route(EvidenceGathered, meta.on_evidence),
            route(OutcomeMeasured, meta.on_outcome),
            Route(PriorOffered.topic, each(meta.on_offer)),
            governed.follows,
        ),
        timers=(governed.timer,),
        tasks=(
            partial(_keep_learning, meta, governed, platform, settings.every_s),
            governed.govern,
        ),
        vitals=governed.vitals,
        tunable=governed,
    )


def _definitions(meta: MetaLearning) -> Route:
    """Take definitions, and tombstones that say that a stream is to be forgotten."""
    decoded = on(StreamDefined, meta.on_definition)

    def handle_all(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
        for delivery in deliveries:
            if delivery.value is None:
                meta.on_forgotten(delivery.key)
            else:
                yield from decoded([delivery])

    return Route(StreamDefined.topic, handle_all)


async def _keep_learning(
    meta: MetaLearning, governed: Governed, platform: Platform, every_s: float
) -> None:
    """Learn what is new, and say what follows, for ever."""
    publisher = platform.publisher("meta_learning")
    await _read_to_the_end(platform.bus)
    while True:
        await asyncio.sleep(every_s)
        if governed.pace() < LEAST_SHARE:
            continue
        # A fit may take seconds, in which the loop goes on; one by one, as a stop waits for it.
        learned = [await asyncio.to_thread(studied, lesson) for lesson in meta.lessons()]
        news = meta.news(learned, platform.clock.now())
        topic = PriorOffered.topic.name
        await publisher.send(
            [
                *(Message(topic, key, None) for key in news.withdrawn),
                *map(publisher.message, news.events),
            ]
        )


async def _read_to_the_end(bus: Bus) -> None:
    """Wait as long as it takes to read what is there.

    What this service follows is read at the same time: nothing may be withdrawn because the
    definitions of a stream's domain have not come yet.
    """
    async for batch in bus.follow(Follow((StreamDefined.topic.name, PriorOffered.topic.name))):
        if not batch:
            return
