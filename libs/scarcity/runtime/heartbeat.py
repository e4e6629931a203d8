"""An instance says, every so often, what it is really doing."""

import asyncio
from contextlib import suppress
from datetime import datetime

from scarcity import __version__
from scarcity.clock import Clock
from scarcity.errors import Transient
from scarcity.events import HeartbeatSent, InstanceState
from scarcity.runtime.instance import Instance
from scarcity.runtime.publisher import Publisher

INTERVAL_S = 2.0


class Heartbeat:
    """Measures one instance of a service and publishes what it finds."""

    def __init__(self, component: str, name: str, instance: Instance, *, now: datetime) -> None:
        self._component = component
        self._name = name
        self._instance = instance
        self._started_at = now
        self._before = (now, 0)

    def measure(self, *, now: datetime, lag: int, state: InstanceState) -> HeartbeatSent:
        """Return the heartbeat of this moment; the rate is since the last one."""
        then, handled = self._before
        elapsed = (now - then).total_seconds()
        rate = (self._instance.handled - handled) / elapsed if elapsed > 0 else 0.0
        self._before = (now, self._instance.handled)
        return HeartbeatSent(
            instance=self._name,
            component=self._component,
            state=state,
            started_at=self._started_at,
            at=now,
            version=__version__,
            handled=self._instance.handled,
            rate=rate,
            lag=lag,
            interval_s=INTERVAL_S,
            held_back=self._instance.held_back,
            configured=self._instance.configured,
            settings=self._instance.settings,
        )

    async def beat(self, publisher: Publisher, *, now: datetime, state: InstanceState) -> None:
        """Measure and publish once."""
        lag = await self._instance.measure_lag()
        await publisher.publish([self.measure(now=now, lag=lag, state=state)])

    async def keep_beating(self, publisher: Publisher, clock: Clock, stop: asyncio.Event) -> None:
        """Publish a heartbeat every interval, for ever; none while the bus does not answer."""
        while True:
            with suppress(Transient):
                await self.beat(publisher, now=clock.now(), state=self._state(stop))
            # The first beats come quickly, so that a start is seen at once.
            await asyncio.sleep(INTERVAL_S if self._instance.ready else INTERVAL_S / 10)

    def _state(self, stop: asyncio.Event) -> InstanceState:
        if stop.is_set():
            return InstanceState.DRAINING
        return self._instance.state
