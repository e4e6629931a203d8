"""A worker as a member of its group: fetch, handle, publish, commit; in that order.

    PoisonEvent           becomes a dead letter, and the loop goes on
    Transient, Overloaded while publishing: tried again until it succeeds; nothing is fetched
                          meanwhile
    Fenced                somebody else does this work now, or it cannot be told what has been
                          published: everything in hand is dropped, the group is left and joined
                          anew, and the state is loaded as it is on the bus
    anything else         is a bug: it leaves the loop before the commit and ends the process

Batches, timers, followed topics and rebalances take turns, so that handlers need no locks. A turn
that does not come to its end leaves state that is half changed: it is dropped, never saved.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from math import ceil
from typing import TypeVar

from scarcity.bus.base import Delivery, Subscription, TopicPartition
from scarcity.errors import Fenced, Transient
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.pieces import Draft, Piece, Pieces
from scarcity.runtime.service import Service
from scarcity.runtime.share import Owned, Share, together
from scarcity.runtime.turns import Turns, in_thread
from scarcity.telemetry.logs import logger

T = TypeVar("T")

FETCH_WAIT_S = 0.25


class Member:
    """Owns partitions of what a service consumes, as long as the group lets it."""

    def __init__(
        self, service: Service, around: Surroundings, share: Share, pieces: Pieces
    ) -> None:
        self._service = service
        self._around = around
        self._share = share
        self._pieces = pieces
        self._turns = Turns()
        self._must_start_over = False
        self.is_resting = False
        """Whether everything owned is paused, as it should take nothing in hand for the moment."""
        self._log = logger(service.name)
        self.subscription: Subscription | None = None
        """What it reads by; None while it is in no group."""
        self.handled = 0

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then finish what is in hand, save and commit."""
        in_vain = 0
        while not stop.is_set():
            before = self.handled
            await self._belong(stop)
            in_vain = 0 if self.handled > before else in_vain + 1
            await _pause(self._around.backoff.wait(in_vain, u=random.random()), stop)  # noqa: S311

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Work alone. When that fails, everything in hand is dropped."""
        try:
            async with self._turns.turn():
                try:
                    yield
                except BaseException:
                    self._share.drop()
                    raise
        except Fenced as error:
            self._start_over(error)

    async def publish(self, drafts: Iterable[Draft], now: datetime) -> None:
        """Put on the bus what came of a turn, as much at a time as there is room for.

        Raises Fenced, or what is a bug; then some pieces may be out and others not.
        """
        cutting = self._pieces.cut(drafts, now)
        while pieces := await self._offload(lambda: next(cutting, None)):
            await together(_publish(piece) for piece in pieces)
            self.handled += sum(piece.handled for piece in pieces)

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        async with self.turn():
            await self._share.take(partitions)
            self._log.info("partitions assigned", partitions=_names(partitions))

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        patience = self._around.patience_s
        async with self._turns.urgent(patience=patience):
            try:
                async with asyncio.timeout(patience):
                    await self._save(self._share.among(partitions))
            except TimeoutError:
                self._log.warning("the bus took no state in time; its inputs are read again")
            except Fenced as error:
                self._share.drop()
                self._start_over(error)
            finally:
                self._share.let_go(partitions)
        self._log.info("partitions revoked", partitions=_names(partitions))

    async def _belong(self, stop: asyncio.Event) -> None:
        """Join the group, work until told to stop or to start over, and leave it."""
        self._must_start_over = False
        topics = [route.topic.name for route in self._service.consumes]
        try:
            subscription = await self._around.bus.subscribe(
                topics, group=self._service.name, rebalance=self
            )
        except Transient as error:
            self._start_over(error)
            return
        self.subscription = subscription
        try:
            while not (stop.is_set() or self._must_start_over):
                await self._next_batch(subscription, stop)
        finally:
            await subscription.close()
            self.subscription = None
            await self._share.close_former()

    async def _next_batch(self, subscription: Subscription, stop: asyncio.Event) -> None:
        await self._share.close_former()
        limit = self._limit(subscription)
        try:
            batch = await subscription.fetch(limit=max(limit, 1), wait=FETCH_WAIT_S)
        except Transient as error:
            self._log.warning("the bus did not answer", error=str(error))
            await _pause(self._around.backoff.longest, stop)
            return
        # A partition may go, and even come back, before the turn begins. It is then read again
        # from the commit, so what is in hand of it must not be handled.
        fetched_by = self._share.owned
        async with self.turn():
            await self._handle(batch, self._share.still(fetched_by), subscription)

    def _limit(self, subscription: Subscription) -> int:
        """How many messages to take in hand; while that is none, everything owned is paused."""
        pace = self._service.pace
        share = 1.0 if pace is None else pace()
        limit = ceil(min(share, 1.0) * self._service.batch)
        is_resting = limit == 0
        if is_resting or self.is_resting:
            sources = (each.source for each in self._share.owned if not each.is_held_back)
            (subscription.pause if is_resting else subscription.resume)(frozenset(sources))
        self.is_resting = is_resting
        return limit

    async def _handle(
        self, batch: Sequence[Delivery], share: Sequence[Owned], subscription: Subscription
    ) -> None:
        now, began = self._around.clock.now(), time.monotonic()
        drafts = await self._offload(lambda: self._pieces.of_batch(batch, share, now))
        handled = time.monotonic()
        self._around.metrics.handle_seconds.labels(self._service.name).observe(handled - began)
        await self.publish(drafts, now)
        await self._commit(share, subscription)
        self._service.vitals.worked(len(batch), time.monotonic() - began)

    async def _save(self, share: Sequence[Owned]) -> None:
        """Save and commit all that was handled."""
        now = self._around.clock.now()
        while behind := [owned for owned in share if owned.ledger.unsaved(limit=1)]:
            await self.publish([self._pieces.of_unsaved(owned) for owned in behind], now)
        if self.subscription:
            await self._commit(share, self.subscription)

    async def _commit(self, share: Sequence[Owned], subscription: Subscription) -> None:
        offsets = {
            owned.source: safe
            for owned in share
            if (safe := owned.safe_offset) is not None and safe != owned.committed
        }
        if not offsets:
            return
        try:
            await subscription.commit(offsets)
        except Transient as error:
            # The next commit covers this one; without it, more is read again.
            self._log.warning("commit failed", error=str(error))
            return
        for owned in share:
            owned.committed = offsets.get(owned.source, owned.committed)

    def _start_over(self, error: Exception) -> None:
        self._log.warning("starting over from the bus", reason=str(error))
        self._must_start_over = True

    async def _offload(self, work: Callable[[], T]) -> T:
        return await in_thread(work) if self._service.in_thread else work()


async def _publish(piece: Piece) -> None:
    if piece.messages:
        await piece.owned.publisher.send(piece.messages)
    piece.is_out()


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait, unless told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _names(partitions: Iterable[TopicPartition]) -> list[str]:
    return [f"{source.topic}/{source.partition}" for source in sorted(partitions)]
