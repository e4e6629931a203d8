"""The loop of a service: fetch, handle, publish, commit; in that order, so that nothing is lost.

    PoisonEvent           becomes a dead letter, and the loop goes on
    Transient, Overloaded while publishing: tried again until it succeeds; nothing is fetched
                          meanwhile, which is the back-pressure
    anything else         is a bug: it leaves the loop before the commit and ends the process

Work of one service never overlaps: batches, timers, followed topics and rebalances take turns
under one lock, so that handlers need none. A turn that does not come to its end leaves state that
is half changed: it is never saved, and the next owner starts from the last good snapshot.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from scarcity.bus.base import Delivery, Follow, Message, Subscription, TopicPartition
from scarcity.errors import Transient
from scarcity.events import Event, state_topic
from scarcity.runtime.handling import Handling, Surroundings
from scarcity.runtime.service import Route, Service, Timer
from scarcity.runtime.state import StateKeeper
from scarcity.telemetry.logs import logger

T = TypeVar("T")

FETCH_LIMIT = 500
FETCH_WAIT_S = 0.25
SAVE_EVERY = timedelta(seconds=5)


class Worker:
    """Runs the handlers of one instance of a service."""

    def __init__(self, service: Service, around: Surroundings) -> None:
        self._service = service
        self._around = around
        self._log = logger(service.name)
        self._handling = Handling(service.name, around)
        self._routes = {route.topic.name: route for route in service.consumes}
        self._lock = asyncio.Lock()
        self._intact = True
        self._subscription: Subscription | None = None
        self._next: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._owned: set[TopicPartition] = set()
        self._behind = len(service.follows)
        self._caught_up = asyncio.Event()
        self._joined = not service.consumes
        self._keeper = _keeper(service)
        self.handled = 0

    @property
    def ready(self) -> bool:
        """Whether the topics it follows are caught up and the group is joined."""
        return self._behind == 0 and self._joined

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then finish what is in hand, save and commit."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._follow(route)) for route in self._service.follows]
            running += [group.create_task(self._keep_firing(t)) for t in self._service.timers]
            running += [group.create_task(task()) for task in self._service.tasks]
            await self._consume(stop)
            for task in running:
                task.cancel()

    async def measure_lag(self) -> int:
        """Return how many messages wait to be handled in the partitions owned, and export it."""
        behind = await self._subscription.lag() if self._subscription else {}
        # Handled messages stay uncommitted until their state is saved; they do not wait.
        lag = sum(max(0, count - self._uncommitted(source)) for source, count in behind.items())
        self._around.metrics.lag.labels(self._service.name).set(lag)
        return lag

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        async with self._turn():
            for source in partitions:
                self._owned.add(source)
                self._next.pop(source, None)
                self._committed.pop(source, None)
                if self._keeper:
                    await self._keeper.restore(self._around.bus, source.partition)
        self._log.info("partitions assigned", partitions=_names(partitions))

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        async with self._lock:
            numbers = frozenset(source.partition for source in partitions)
            if self._intact:
                await self._save(numbers)
                await self._commit(partitions)
            self._owned -= partitions
            if self._keeper:
                self._keeper.forget(numbers)
        self._log.info("partitions revoked", partitions=_names(partitions))

    async def _consume(self, stop: asyncio.Event) -> None:
        if self._behind:
            await _first(self._caught_up, stop)
        if not self._routes:
            await stop.wait()
            return
        self._subscription = await self._around.bus.subscribe(
            list(self._routes), group=self._service.name, rebalance=self
        )
        self._joined = True
        try:
            while not stop.is_set():
                await self._next_batch(self._subscription)
        finally:
            await self._subscription.close()

    async def _next_batch(self, subscription: Subscription) -> None:
        try:
            batch = await subscription.fetch(limit=FETCH_LIMIT, wait=FETCH_WAIT_S)
        except Transient as error:
            self._log.warning("the bus did not answer", error=str(error))
            await asyncio.sleep(self._around.backoff.longest)
            return
        async with self._turn():
            await self._handle(batch)

    async def _handle(self, batch: Sequence[Delivery]) -> None:
        now = self._around.clock.now()
        fresh = [delivery for delivery in batch if self._is_fresh(delivery)]
        with self._around.metrics.handle_seconds.labels(self._service.name).time():
            messages, saved = await self._offload(lambda: self._work(fresh, now))
        if messages:
            await self._around.publisher.send(messages)
        if self._keeper:
            self._keeper.saved(saved)
        for delivery in batch:
            if delivery.source in self._owned:
                self._next[delivery.source] = delivery.offset + 1
        self.handled += len(fresh)
        if batch or saved:
            await self._commit(frozenset(self._next))

    def _work(self, fresh: Sequence[Delivery], now: datetime) -> tuple[list[Message], set[str]]:
        """Handle messages; return what to publish, and the keys whose state is among it."""
        messages: list[Message] = []
        to_save: set[str] = set()
        for delivery in fresh:
            outcome = self._handling.outcome(self._consume_one, delivery, now)
            messages += outcome.messages
            if self._keeper and not outcome.refused:
                self._keeper.applied(delivery, now=now)
                to_save |= {delivery.key} if outcome.messages else set()
        if self._keeper:
            to_save |= self._keeper.due(now=now)
            messages += self._keeper.snapshots(to_save, now=now)
        return messages, to_save

    def _consume_one(self, delivery: Delivery) -> Iterable[Event]:
        if self._keeper:
            self._keeper.check(delivery)
        return self._routes[delivery.topic].handle(delivery)

    def _is_fresh(self, delivery: Delivery) -> bool:
        """Say whether a message is ours to handle, and not handled before.

        A batch in hand may be of a partition that was revoked since, or that came back and is
        read again from the commit.
        """
        source = delivery.source
        if source not in self._owned or delivery.offset < self._next.get(source, 0):
            return False
        return self._keeper is None or not self._keeper.contains(delivery)

    async def _commit(self, partitions: frozenset[TopicPartition]) -> None:
        offsets = {s: n for s, n in self._next.items() if s in partitions and s in self._owned}
        if self._keeper:
            offsets = {s: self._keeper.safe_offset(s.partition, n) for s, n in offsets.items()}
        offsets = {s: n for s, n in offsets.items() if self._committed.get(s) != n}
        if offsets and self._subscription:
            try:
                await self._subscription.commit(offsets)
            except Transient as error:
                # The next commit covers this one; without it, what was handled comes again.
                self._log.warning("commit failed", error=str(error))
            else:
                self._committed.update(offsets)

    def _uncommitted(self, source: TopicPartition) -> int:
        handled = self._next.get(source, 0)
        return handled - self._committed.get(source, handled)

    async def _save(self, partitions: frozenset[int]) -> None:
        if self._keeper and (keys := self._keeper.changed(partitions)):
            messages = self._keeper.snapshots(keys, now=self._around.clock.now())
            await self._around.publisher.send(messages)
            self._keeper.saved(keys)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        async with self._lock:
            intact, self._intact = self._intact, False
            yield
            self._intact = intact

    async def _follow(self, route: Route) -> None:
        caught_up = False
        followed = self._around.bus.follow(Follow((route.topic.name,), route.start))
        async for batch in followed:
            if not batch and not caught_up:
                caught_up = True
                self._behind -= 1
                if self._behind == 0:
                    self._caught_up.set()
                continue
            now = self._around.clock.now()
            async with self._turn():
                messages = [
                    message
                    for delivery in batch
                    for message in self._handling.outcome(route.handle, delivery, now).messages
                ]
                await self._publish_with_state(messages)
            self.handled += len(batch)

    async def _keep_firing(self, timer: Timer) -> None:
        while True:
            await asyncio.sleep(timer.every_s)
            async with self._turn():
                events = list(timer.fire(self._around.clock.now()))
                publisher = self._around.publisher
                await self._publish_with_state([publisher.message(event) for event in events])

    async def _publish_with_state(self, messages: list[Message]) -> None:
        """Publish events together with the state of the keys they are about."""
        if not messages:
            return
        keys = {message.key for message in messages}
        if self._keeper:
            messages = messages + self._keeper.snapshots(keys, now=self._around.clock.now())
        await self._around.publisher.send(messages)
        if self._keeper:
            self._keeper.saved(keys)

    async def _offload(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work) if self._service.in_thread else work()


async def _first(*events: asyncio.Event) -> None:
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
    return StateKeeper(service.state, state_topic(service.name), SAVE_EVERY)


def _names(partitions: Iterable[TopicPartition]) -> list[str]:
    return [f"{source.topic}/{source.partition}" for source in sorted(partitions)]
