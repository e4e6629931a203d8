"""One instance of a service at work: what it consumes, what it follows, its timers and its feeds.

`member` reads and handles what is consumed. Events of timers and followed topics go out with the
state of the keys that they are about; those about keys that nobody keeps here go out at least once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from scarcity.bus.base import Follow, Message
from scarcity.errors import Transient
from scarcity.events import state_topic
from scarcity.runtime.feeds import CHECK_S, Backpressure
from scarcity.runtime.handling import Handling, Surroundings
from scarcity.runtime.member import Member
from scarcity.runtime.pieces import Pieces
from scarcity.runtime.service import Route, Service, Timer
from scarcity.runtime.share import Share
from scarcity.runtime.state import StateKeeper


class Worker:
    """Runs the handlers of one instance of a service."""

    def __init__(self, service: Service, around: Surroundings) -> None:
        keeper = _keeper(service)
        self._service = service
        self._around = around
        self._handling = Handling(service.name, around)
        self._pieces = Pieces(service, self._handling, keeper)
        self._share = Share(service.name, around, keeper)
        self._member = Member(service, around, self._share, self._pieces)
        self._backpressure = Backpressure(service, around, self._share)
        self._behind = len(service.follows)
        self._caught_up = asyncio.Event()
        self._followed = 0

    @property
    def ready(self) -> bool:
        """Whether the topics it follows are caught up and the group is joined."""
        is_joined = self._member.subscription is not None
        return self._behind == 0 and (is_joined or not self._service.consumes)

    @property
    def handled(self) -> int:
        """How many messages were handled."""
        return self._member.handled + self._followed

    @property
    def is_resting(self) -> bool:
        """Whether it takes nothing in hand for the moment."""
        return self._member.is_resting

    @property
    def held_back(self) -> int:
        """How many partitions wait for slow readers of what they lead to."""
        return self._share.held_back

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then finish what is in hand, save and commit."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._follow(route)) for route in self._service.follows]
            running += [group.create_task(self._keep_firing(t)) for t in self._service.timers]
            running += [group.create_task(task()) for task in self._service.tasks]
            running += [group.create_task(self._keep_watching())] if self._service.feeds else []
            await self._consume(stop)
            for task in running:
                task.cancel()

    async def measure_lag(self) -> int:
        """Return how many messages wait to be handled in the partitions owned, and export it."""
        subscription = self._member.subscription
        behind = await subscription.lag() if subscription else {}
        # Handled messages stay uncommitted until their state is saved; they do not wait.
        handled = {owned.source: owned.uncommitted for owned in self._share.owned}
        lag = sum(max(0, count - handled.get(source, 0)) for source, count in behind.items())
        self._around.metrics.lag.labels(self._service.name).set(lag)
        self._service.vitals.waiting = lag
        return lag

    async def _consume(self, stop: asyncio.Event) -> None:
        if self._behind:
            await first(self._caught_up, stop)
        if self._service.consumes:
            await self._member.work(stop)
        else:
            await stop.wait()

    async def _follow(self, route: Route) -> None:
        caught_up = False
        async for batch in self._around.bus.follow(Follow((route.topic.name,), route.start)):
            if not batch and not caught_up:
                caught_up = True
                self._behind -= 1
                if self._behind == 0:
                    self._caught_up.set()
                continue
            work = partial(self._handling.followed, route.handle, batch)
            await self._act(work, takes_turn=route.takes_turn)
            self._followed += len(batch)

    async def _keep_firing(self, timer: Timer) -> None:
        publisher = self._around.publisher
        while True:
            await asyncio.sleep(timer.every_s)
            await self._act(
                lambda now: [publisher.message(event) for event in timer.fire(now)],
                takes_turn=timer.takes_turn,
            )

    async def _act(self, work: Callable[[datetime], list[Message]], *, takes_turn: bool) -> None:
        """Do what is no batch, and publish what comes of it."""
        if not takes_turn:
            await self._around.publisher.send(work(self._around.clock.now()))
            return
        others: list[Message] = []
        async with self._member.turn():
            now = self._around.clock.now()
            drafts, others = self._pieces.of_messages(work(now), self._share.owned)
            await self._member.publish(drafts, now)
        # They rest on no state, so they go out even if the turn was in vain.
        await self._around.publisher.send(others)

    async def _keep_watching(self) -> None:
        """Hold partitions back, and let them go on."""
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                backlogs = await self._backpressure.backlogs()
            except Transient:
                continue
            async with self._member.turn():
                if self._member.subscription:
                    self._backpressure.apply(backlogs, self._member.subscription)


async def first(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(event.wait()) for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _keeper(service: Service) -> StateKeeper | None:
    if service.state is None:
        return None
    if len(service.consumes) != 1:
        raise ValueError(f"{service.name} has state, so it must consume exactly one topic")
    return StateKeeper(service.state, state_topic(service.name))
