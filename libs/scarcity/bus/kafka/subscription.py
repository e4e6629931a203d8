"""One member of a Kafka consumer group.

aiokafka keeps the membership alive in the background, however slow the reader is, and rebalances
eagerly: every partition is revoked from every member, then all are dealt out anew. Ranges are
dealt alike for every topic, so that one member gets the same partition numbers of all its topics.

A rebalance, step by step:

1. aiokafka calls the listener. A waiting `fetch` is cut short before it can take a record, and
   `on_revoked` runs; the heartbeat goes on meanwhile, for as long as the group waits.
2. The group deals. The listener only notes the new share: there is no heartbeat during that call,
   and taking a share over may last.
3. The next `fetch` calls `on_assigned`, then fetches.

So no message is handed out that belongs to an old share.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError

from scarcity.bus.base import Delivery, Rebalance, TopicPartition
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.lag import spans
from scarcity.bus.kafka.progress import Progress
from scarcity.bus.kafka.settings import KafkaSettings, reading
from scarcity.errors import BusClosed

QUIET_SECONDS = 5.0
"""After so long without a message a reader asks whether the brokers are still there.

A reader who gets messages all the time looks as often whether some partition is settled.
"""
NEVER_MS = 2**31 - 1


class KafkaSubscription:
    """A member of a group; made and joined by `join`. For one reading task at a time."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        admin: AIOKafkaAdminClient,
        *,
        group: str,
        rebalance: Rebalance | None,
        settings: KafkaSettings,
    ) -> None:
        self._consumer = consumer
        self._admin = admin
        self._group = group
        self._rebalance = rebalance
        self._settings = settings
        self._owned: frozenset[TopicPartition] = frozenset()
        self._dealt: frozenset[TopicPartition] | None = None
        self._was_dealt = asyncio.Event()
        self._changing = asyncio.Lock()
        self._waiting: asyncio.Timeout | None = None
        self._failure: BaseException | None = None
        self._progress = Progress(consumer)
        self._settled: Mapping[KafkaPartition, int] = {}
        self._settled_at = self._heard_at = asyncio.get_running_loop().time()
        self._closing = False
        self._closed = False

    async def join(self, topics: Sequence[str]) -> None:
        """Join the group; returns when this member has its share."""
        self._consumer.subscribe(list(topics), listener=_Listener(self))
        try:
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await self._consumer.start()
                    await self._was_dealt.wait()
            await self._take_over()
        except BaseException:
            self._closing = self._closed = True
            await self._consumer.stop()
            raise

    async def fetch(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        self._check()
        if self._seconds_since(self._settled_at) > QUIET_SECONDS:
            await self._settle()
        deliveries = await self._next(limit, wait)
        self._check()
        if deliveries:  # and nothing may be awaited any more, lest they get lost
            self._heard_at = asyncio.get_running_loop().time()
            return deliveries
        if self._seconds_since(self._heard_at) > QUIET_SECONDS:
            await self._ask_whether_brokers_are_there()
        await self._settle()
        return deliveries

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self._closed:
            raise BusClosed("this subscription is closed")
        mine = {
            KafkaPartition(*source): offset
            for source, offset in offsets.items()
            if source in self._owned
        }
        if not mine:
            return
        with translated():
            try:
                async with asyncio.timeout(self._settings.request_timeout):
                    await self._consumer.commit(await self._progress.committing(mine))
            except (CommitFailedError, IllegalStateError):
                return  # the group gave the partitions to others before it told us

    def pause(self, partitions: frozenset[TopicPartition]) -> None:
        mine = self._mine(partitions)
        self._progress.put_back(mine)
        self._consumer.pause(*mine)

    def resume(self, partitions: frozenset[TopicPartition]) -> None:
        self._consumer.resume(*self._mine(partitions))

    async def lag(self) -> Mapping[TopicPartition, int]:
        sources = self._mine(self._owned)
        if not sources:
            return {}
        with translated():
            async with asyncio.timeout(self._settings.request_timeout):
                found = await spans(self._consumer, self._admin, self._group, sources)
                behind: dict[TopicPartition, int] = {}
                for source, span in found.items():
                    with suppress(IllegalStateError):  # a rebalance took it away meanwhile
                        offset = await self._progress.past(source, span.committed)
                        behind[TopicPartition(*source)] = span.after(offset)
                return behind

    async def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        try:
            await self.let_go()
        finally:
            self._closed = True
            await self._consumer.stop()

    async def revoked(self) -> None:
        """Called by aiokafka, which logs and forgets an error; the next `fetch` raises it."""
        try:
            await self.let_go()
        except BaseException as error:
            self._failure = error
            raise

    async def let_go(self) -> None:
        """Give up the whole share, telling the owner first."""
        self._was_dealt.clear()
        self._cut_short()
        try:
            async with asyncio.timeout(self._settings.drain_timeout), self._changing:
                self._dealt = None
                if self._owned and self._rebalance:
                    await self._rebalance.on_revoked(self._owned)
        except TimeoutError as error:
            limit = self._settings.drain_timeout
            raise TimeoutError(f"on_revoked did not return within {limit:g} s") from error
        finally:
            self._owned = frozenset()
            self._settled = {}
            # Not emptied: a commit on its way still has to know what was handed out.
            self._progress = Progress(self._consumer)

    def dealt(self, share: Collection[KafkaPartition]) -> None:
        """Called by aiokafka when the group has dealt."""
        self._dealt = frozenset(TopicPartition(*source) for source in share)
        self._was_dealt.set()

    async def _take_over(self) -> None:
        """Make the share that was dealt this member's, unless it is already."""
        async with self._changing:
            if self._dealt is None:
                return
            self._owned, self._dealt = self._dealt, None
            if self._owned and self._rebalance:
                await self._rebalance.on_assigned(self._owned)

    async def _next(self, limit: int, wait: float) -> Sequence[Delivery]:
        async with self._at_most(wait):
            await self._was_dealt.wait()
        await self._take_over()
        if not self._was_dealt.is_set():
            return []  # nothing was dealt yet, or it is being taken back already
        deliveries: Sequence[Delivery] = []
        async with self._at_most(wait):
            with translated():
                deliveries = await self._progress.take(limit=limit, wait=wait)
        return deliveries

    async def _settle(self) -> None:
        """Commit past what is never handed out, where all that was handed out is committed."""
        self._settled_at = asyncio.get_running_loop().time()
        if not self._was_dealt.is_set():
            return
        async with self._at_most(QUIET_SECONDS):
            with translated(), suppress(CommitFailedError, IllegalStateError):
                await self._commit_past(self._progress, self._mine(self._owned))

    async def _commit_past(self, progress: Progress, sources: Sequence[KafkaPartition]) -> None:
        positions = {source: await progress.position(source) for source in sources}
        if not positions or positions == self._settled:
            return
        found = await self._admin.list_consumer_group_offsets(self._group, partitions=sources)
        behind = {
            source: past
            for source in sources
            if (committed := found[source].offset) >= 0  # where the group never did, nobody does
            and committed < (past := await progress.past(source, committed))
        }
        if behind:
            await self._consumer.commit(behind)
        self._settled = positions

    @asynccontextmanager
    async def _at_most(self, wait: float) -> AsyncIterator[None]:
        """Leave the block after `wait` seconds, or as soon as a rebalance begins."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait) as self._waiting:
                    yield
        finally:
            self._waiting = None

    def _cut_short(self) -> None:
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def _ask_whether_brokers_are_there(self) -> None:
        """Raise BusUnavailable when they are gone, which a waiting consumer hides."""
        with translated():
            async with asyncio.timeout(QUIET_SECONDS):
                await self._admin.find_coordinator(self._group)
        self._heard_at = asyncio.get_running_loop().time()

    def _seconds_since(self, moment: float) -> float:
        return asyncio.get_running_loop().time() - moment

    def _check(self) -> None:
        if self._closing:
            raise BusClosed("this subscription is closed")
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _mine(self, partitions: frozenset[TopicPartition]) -> list[KafkaPartition]:
        return [KafkaPartition(*source) for source in sorted(partitions & self._owned)]


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka demands a subclass
    def __init__(self, member: KafkaSubscription) -> None:
        self._member = member

    async def on_partitions_revoked(self, revoked: Collection[KafkaPartition]) -> None:
        del revoked  # it is always all of them
        await self._member.revoked()

    def on_partitions_assigned(self, assigned: Collection[KafkaPartition]) -> None:
        self._member.dealt(assigned)


def group_consumer(settings: KafkaSettings, group: str) -> AIOKafkaConsumer:
    """Return an unconnected consumer that will be a member of a group."""
    return AIOKafkaConsumer(
        **reading(settings),
        group_id=group,
        enable_auto_commit=False,
        partition_assignment_strategy=(RangePartitionAssignor,),
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.heartbeat_interval_ms,
        rebalance_timeout_ms=settings.rebalance_timeout_ms,
        # A slow handler keeps its membership; one that hangs is the liveness probe's business.
        max_poll_interval_ms=NEVER_MS,
    )
