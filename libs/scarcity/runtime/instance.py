"""One instance of a service, at work as long as it is wanted.

    wanted      a worker runs; while paused it takes nothing in hand, and keeps its place
    not wanted  it drains: what is in hand is finished, saved and committed, the group is left
    again       another worker begins, from the bus

What cannot be switched off has nothing to follow, and runs.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from scarcity.events import InstanceState
from scarcity.governor.tuning import TUNABLE
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.service import Service
from scarcity.runtime.wanted import Wanted
from scarcity.runtime.worker import Worker, first


class Instance:
    """Runs one service."""

    def __init__(self, service: Service, around: Surroundings) -> None:
        self._wanted = Wanted(service)
        self._service = replace(service, pace=partial(self._pace, service.pace))
        self._around = around
        self._worker = Worker(self._service, around)
        self._is_off = False
        self._handled_before = 0

    @property
    def ready(self) -> bool:
        """Whether it does what is wanted of it."""
        return self._is_off or self._worker.ready

    @property
    def state(self) -> InstanceState:
        """Where it is in its life, unless it drains for good."""
        if self._is_off:
            return InstanceState.OFF
        if not self._wanted.enabled:
            return InstanceState.DRAINING
        if not self._worker.ready:
            return InstanceState.STARTING
        is_paused = self._wanted.paused and self._worker.is_resting
        return InstanceState.PAUSED if is_paused else InstanceState.RUNNING

    @property
    def configured(self) -> int:
        """The version of what is wanted of its component that it obeys; 0 = as it was started."""
        return self._wanted.version

    @property
    def settings(self) -> str:
        """How it works now, of all that can be wanted otherwise; empty when nothing can."""
        tunable = self._service.tunable
        return "" if tunable is None else tunable.tuning.model_dump_json()

    @property
    def handled(self) -> int:
        """How many messages were handled."""
        return self._handled_before + self._worker.handled

    @property
    def held_back(self) -> int:
        """How many partitions wait for slow readers of what they lead to."""
        return 0 if self._is_off else self._worker.held_back

    async def measure_lag(self) -> int:
        """Return how many messages wait to be handled in the partitions owned, and export it."""
        return 0 if self._is_off else await self._worker.measure_lag()

    async def run(self, stop: asyncio.Event) -> None:
        """Work, while that is wanted, until told to stop."""
        if self._service.name not in TUNABLE:
            await self._worker.run(stop)
            return
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self._wanted.follow(self._around.bus))
            await first(self._wanted.known, stop)
            while not stop.is_set():
                self._wanted.changed.clear()
                self._is_off = not self._wanted.enabled
                await (first(self._wanted.changed, stop) if self._is_off else self._work(stop))
            following.cancel()

    async def _work(self, stop: asyncio.Event) -> None:
        """Let a worker run until told to stop, or until it is not wanted."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            ending = tasks.create_task(self._end(over, stop))
            await self._worker.run(over)
            ending.cancel()
        if not stop.is_set():
            self._handled_before += self._worker.handled
            self._worker = Worker(self._service, self._around)

    async def _end(self, over: asyncio.Event, stop: asyncio.Event) -> None:
        while self._wanted.enabled and not stop.is_set():
            await first(self._wanted.changed, stop)
            self._wanted.changed.clear()
        over.set()

    def _pace(self, own: Callable[[], float] | None) -> float:
        """The share of a batch to take in hand, which is none while paused."""
        if self._wanted.paused:
            return 0.0
        return 1.0 if own is None else own()
