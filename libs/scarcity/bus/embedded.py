"""EmbeddedBus: the Runtime Bus inside one process, and the port's executable specification.

The log lives in SQLite, in memory or in a file; consumer groups live in this process. A file
belongs to one process at a time. The log is bounded: a partition that is full of messages which
a live group has not yet committed makes `publish` wait, and in the end raise Overloaded. Nothing
that a live group still needs is ever dropped.
"""

import asyncio
import fcntl
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from scarcity.bus.base import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Follow,
    Message,
    Rebalance,
    Retention,
    Start,
    TopicPartition,
    TopicSpec,
)
from scarcity.bus.log import SqliteLog
from scarcity.clock import Clock, SystemClock
from scarcity.errors import BusClosed, ConfigError, Overloaded

FOLLOW_BATCH = 1000
DEFAULT_PARTITION_BYTES = 64 * 1024 * 1024
DEFAULT_PATIENCE = 30.0


class EmbeddedBus:
    """A bus for one process and one event loop.

    `partition_bytes` bounds each partition of a topic that is not compacted; `patience` is how
    many seconds `publish` waits for slow readers before it raises Overloaded.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        partition_bytes: int = DEFAULT_PARTITION_BYTES,
        patience: float = DEFAULT_PATIENCE,
        clock: Clock | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._partition_bytes = partition_bytes
        self._patience = patience
        self._clock = clock or SystemClock()
        self._log: SqliteLog | None = None
        self._lock_file: TextIO | None = None
        self._groups: dict[str, _Group] = {}
        self._appended = _Signal()
        self._freed = _Signal()

    @property
    def log(self) -> SqliteLog:
        """The stored log; BusClosed before `start` and after `close`."""
        if self._log is None:
            raise BusClosed("the bus is not open")
        return self._log

    async def start(self) -> None:
        if self._data_dir is None:
            self._log = SqliteLog(None)
            return
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._lock_file = _lock(self._data_dir)
        self._log = SqliteLog(self._data_dir / "bus.sqlite3")

    async def close(self) -> None:
        if self._log is None:
            return
        for group in self._groups.values():
            for member in list(group.members):
                await member.close()
        self._log.close()
        self._log = None
        self._appended.notify()
        self._freed.notify()
        if self._lock_file:
            self._lock_file.close()

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        for spec in topics:
            self.log.create(spec)

    async def publish(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        for message in messages:
            if message.value is not None and len(message.value) > MAX_MESSAGE_BYTES:
                raise ConfigError(
                    f"a value of {len(message.value)} bytes for {message.topic} is over the "
                    f"limit of {MAX_MESSAGE_BYTES} bytes; send less at a time"
                )
        targets = {self.log.route(message) for message in messages}
        await self._make_room(targets)
        self.log.append(messages, now_ms=int(self._clock.now().timestamp() * 1000))
        self._appended.notify()

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> "EmbeddedSubscription":
        wanted = [source for topic in topics for source in self.log.partitions(topic)]
        coordinator = self._groups.setdefault(group, _Group(group))
        member = EmbeddedSubscription(self, coordinator, frozenset(wanted), rebalance)
        await coordinator.join(member)
        return member

    async def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        sources = [
            source
            for topic in what.topics
            for source in self.log.partitions(topic)
            if what.partitions is None or source.partition in what.partitions
        ]
        ends = {source: self.log.end(source) for source in sources}
        positions = dict(ends) if what.start is Start.LATEST else dict.fromkeys(sources, 0)
        for source in sources:
            while batch := self._next(positions, [source], FOLLOW_BATCH):
                yield batch
        yield []
        while self._log is not None:
            seen = self._appended.count
            if batch := self._next(positions, sources, FOLLOW_BATCH):
                yield batch
            else:
                await self._appended.after(seen)

    async def appended_after(self, seen: int, *, wait: float) -> None:
        """Wait until something is published that was not yet when `seen` was read."""
        await self._appended.after(seen, wait=wait)

    @property
    def appended_count(self) -> int:
        return self._appended.count

    def wake_readers(self) -> None:
        self._appended.notify()

    def wake_writers(self) -> None:
        self._freed.notify()

    def _next(
        self, positions: dict[TopicPartition, int], sources: Iterable[TopicPartition], limit: int
    ) -> list[Delivery]:
        """Read on from the positions, and move them."""
        batch: list[Delivery] = []
        for source in sources:
            if len(batch) >= limit:
                break
            found = self.log.read(source, positions[source], limit=limit - len(batch))
            positions[source] = found[-1].offset + 1 if found else self.log.end(source)
            batch += found
        return batch

    async def _make_room(self, targets: Iterable[TopicPartition]) -> None:
        deadline = asyncio.get_running_loop().time() + self._patience
        for target in targets:
            while not self._has_room(target):
                seen = self._freed.count
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise Overloaded(
                        f"{target.topic} partition {target.partition} is full: its readers have "
                        f"not caught up for {self._patience:g} s; send more slowly"
                    )
                await self._freed.after(seen, wait=left)

    def _has_room(self, target: TopicPartition) -> bool:
        log = self.log
        if log.topics[target.topic].retention is Retention.COMPACT:
            return True
        if log.size(target) >= self._partition_bytes:
            floors = [
                log.committed(group.name, target)
                for group in self._groups.values()
                if group.reads(target)
            ]
            # Trimming to half makes the next trim a long way off.
            log.trim(
                target, limit=self._partition_bytes // 2, floor=min(floors, default=log.end(target))
            )
        return log.size(target) < self._partition_bytes


class EmbeddedSubscription:
    """A member of a group of an EmbeddedBus."""

    def __init__(
        self,
        bus: EmbeddedBus,
        group: "_Group",
        wanted: frozenset[TopicPartition],
        rebalance: Rebalance | None,
    ) -> None:
        self._bus = bus
        self._group = group
        self._rebalance = rebalance
        self._positions: dict[TopicPartition, int] = {}
        self._paused: frozenset[TopicPartition] = frozenset()
        self._closed = False
        self.wanted = wanted

    @property
    def owned(self) -> frozenset[TopicPartition]:
        return frozenset(self._positions)

    async def fetch(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            if self._closed:
                raise BusClosed("this subscription is closed")
            seen = self._bus.appended_count
            batch = self._bus._next(self._positions, self._in_turn(), limit)  # noqa: SLF001
            left = deadline - asyncio.get_running_loop().time()
            if batch or left <= 0:
                return batch
            await self._bus.appended_after(seen, wait=left)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self._closed:
            raise BusClosed("this subscription is closed")
        for source, offset in offsets.items():
            if source in self._positions:
                self._bus.log.commit(self._group.name, source, offset)
        self._bus.wake_writers()

    def pause(self, partitions: frozenset[TopicPartition]) -> None:
        self._paused |= partitions & self.owned

    def resume(self, partitions: frozenset[TopicPartition]) -> None:
        self._paused -= partitions
        self._bus.wake_readers()

    async def lag(self) -> Mapping[TopicPartition, int]:
        log = self._bus.log
        return {
            source: log.end(source) - log.committed(self._group.name, source)
            for source in self._positions
        }

    async def close(self) -> None:
        if not self._closed:
            await self._group.leave(self)
            self._closed = True
            self._bus.wake_readers()
            self._bus.wake_writers()

    async def lose(self, partitions: frozenset[TopicPartition]) -> None:
        """Give partitions up, telling the owner first."""
        self._paused |= partitions  # nothing more may be fetched while the owner finishes
        if partitions and self._rebalance:
            await self._rebalance.on_revoked(partitions)
        for source in partitions:
            del self._positions[source]
        self._paused -= partitions

    async def gain(self, partitions: frozenset[TopicPartition]) -> None:
        """Take partitions over, from the group's committed offsets on."""
        if partitions and self._rebalance:
            await self._rebalance.on_assigned(partitions)
        for source in partitions:
            self._positions[source] = self._bus.log.committed(self._group.name, source)
        self._bus.wake_readers()

    def _in_turn(self) -> list[TopicPartition]:
        """Owned partitions, another one first each time: a busy one must not starve the rest."""
        sources = [source for source in self._positions if source not in self._paused]
        if len(self._positions) > 1:
            first = next(iter(self._positions))
            self._positions[first] = self._positions.pop(first)
        return sources


class _Group:
    """A consumer group: its members, and who reads what."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: list[EmbeddedSubscription] = []
        self._changing = asyncio.Lock()

    def reads(self, source: TopicPartition) -> bool:
        return any(source in member.wanted for member in self.members)

    async def join(self, member: EmbeddedSubscription) -> None:
        async with self._changing:
            self.members.append(member)
            await self._share_out()

    async def leave(self, member: EmbeddedSubscription) -> None:
        async with self._changing:
            if member in self.members:
                self.members.remove(member)
                await member.lose(member.owned)
                await self._share_out()

    async def _share_out(self) -> None:
        """Deal out by partition number, alike for every topic; first all losses, then all gains."""
        target: dict[EmbeddedSubscription, set[TopicPartition]] = {m: set() for m in self.members}
        for source in sorted(set().union(*(m.wanted for m in self.members))):
            takers = [member for member in self.members if source in member.wanted]
            target[takers[source.partition % len(takers)]].add(source)
        for member, sources in target.items():
            await member.lose(member.owned - sources)
        for member, sources in target.items():
            await member.gain(frozenset(sources) - member.owned)


class _Signal:
    """Counts events and lets any number of tasks wait for the next one."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def notify(self) -> None:
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, seen: int, *, wait: float | None = None) -> None:
        """Return once `count` has passed `seen`, or after `wait` seconds."""
        if self.count != seen:
            return
        try:
            async with asyncio.timeout(wait):
                await self._next.wait()
        except TimeoutError:
            return


def _lock(data_dir: Path) -> TextIO:
    """Take the directory for this process; ConfigError when another one has it."""
    file = (data_dir / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ConfigError(
            f"{data_dir} is in use by another running scarcity; stop it, or choose another "
            "--data-dir"
        ) from error
    return file
