"""What is wanted of a component, as far as an instance of it has heard."""

import asyncio
from contextlib import aclosing

from scarcity.bus.base import Bus, Follow
from scarcity.errors import ConfigError
from scarcity.events import ComponentConfigured, decode
from scarcity.governor.tuning import checked
from scarcity.runtime.service import Service
from scarcity.telemetry.logs import logger


class Wanted:
    """The newest wish. It does not wait for a busy engine: perhaps that is to do less."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._log = logger(service.name)
        self.version = 0
        """Of the wish that is obeyed; 0 = none."""
        self.enabled = True
        self.paused = False
        self.known = asyncio.Event()
        """Set once all that was wished before the start has been heard."""
        self.changed = asyncio.Event()
        """Set with every wish; whoever waits for it clears it."""

    async def follow(self, bus: Bus) -> None:
        """Hear wishes until cancelled."""
        topic = ComponentConfigured.topic.name
        async with aclosing(bus.follow(Follow((topic,)))) as batches:
            async for batch in batches:
                for delivery in batch:
                    if delivery.value is not None and delivery.key == self._service.name:
                        self._hear(delivery.value)
                if not batch:
                    self.known.set()

    def _hear(self, value: bytes) -> None:
        wish = decode(value).event
        if not isinstance(wish, ComponentConfigured) or wish.version <= self.version:
            return
        try:
            tuning = checked(self._service.name, wish.settings)
            if self._service.tunable is not None:
                self._service.tunable.tune(tuning)
        except ConfigError as error:
            # Checked before it was said, but perhaps by another version of the code, or it
            # contradicts what this instance was started with.
            self._log.warning("goes on as before", wanted=wish.version, why=str(error))
            return
        self.version, self.enabled, self.paused = wish.version, wish.enabled, wish.paused
        self.changed.set()
        self._log.info(
            "wanted", version=wish.version, enabled=wish.enabled, paused=wish.paused, by=wish.by
        )
