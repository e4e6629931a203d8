"""EmbeddedBus: the Runtime Bus inside one process, and the port's executable specification.

The log lives in SQLite, in memory or in a file; consumer groups live in this process. A file
belongs to one process at a time. The log is bounded: a partition that is full of messages which
a live group has not yet committed makes `publish` wait, and in the end raise Overloaded. Nothing
that a live group still needs is ever dropped.
"""

import asyncio
import fcntl
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import datetime
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
from scarcity.bus.beginning import Beginning, milliseconds
from scarcity.bus.log import SqliteLog
from scarcity.bus.membership import EmbeddedSubscription, Group, Signals, read_on
from scarcity.clock import Clock, SystemClock
from scarcity.errors import BusClosed, ConfigError, Fenced, Overloaded

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
        self._groups: dict[str, Group] = {}
        self._holders: dict[str, EmbeddedWriter] = {}
        self._signals = Signals()

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
        self._signals.appended.notify()
        self._signals.freed.notify()
        if self._lock_file:
            self._lock_file.close()

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        for spec in topics:
            self.log.create(spec)

    async def publish(self, messages: Sequence[Message]) -> None:
        await self.admit(messages)
        self.append(messages)

    async def admit(self, messages: Sequence[Message]) -> None:
        """Refuse what can never be appended, and wait until there is room for the rest."""
        for message in messages:
            if message.value is not None and len(message.value) > MAX_MESSAGE_BYTES:
                raise ConfigError(
                    f"a value of {len(message.value)} bytes for {message.topic} is over the "
                    f"limit of {MAX_MESSAGE_BYTES} bytes; send less at a time"
                )
        await self._make_room({self.log.route(message) for message in messages})

    def append(self, messages: Sequence[Message]) -> None:
        """Append what was admitted: all of it or, should that fail, nothing."""
        if messages:
            self.log.append(messages, now_ms=int(self._clock.now().timestamp() * 1000))
            self._signals.appended.notify()

    async def writer(self, name: str) -> "EmbeddedWriter":
        _ = self.log  # a closed bus has no writers
        holder = self._holders[name] = EmbeddedWriter(self, name, self._holders)
        return holder

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> EmbeddedSubscription:
        wanted = [source for topic in topics for source in self.log.partitions(topic)]
        coordinator = self._groups.setdefault(group, Group(group))
        member = EmbeddedSubscription(
            self.log, self._signals, coordinator, frozenset(wanted), rebalance
        )
        await coordinator.join(member)
        return member

    async def backlog(self, topic: str, *, group: str) -> Mapping[int, int]:
        return {
            source.partition: self.log.count_after(source, offset)
            for source in self.log.partitions(topic)
            if (offset := self.log.committed(group, source)) is not None
        }

    async def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        sources = [
            source
            for topic in what.topics
            for source in self.log.partitions(topic)
            if what.partitions is None or source.partition in what.partitions
        ]
        positions = {source: self._begin(source, what.start) for source in sources}
        beginning = Beginning(what.start, sources)
        for source in sources:
            while batch := read_on(self.log, positions, [source], FOLLOW_BATCH):
                if rest := beginning.rest(batch):
                    yield rest
        yield []
        while self._log is not None:
            seen = self._signals.appended.count
            batch = read_on(self.log, positions, sources, FOLLOW_BATCH)
            if rest := beginning.rest(batch):
                yield rest
            elif not batch:
                await self._signals.appended.after(seen)

    def _begin(self, source: TopicPartition, start: Start | int | datetime) -> int:
        match start:
            case Start.EARLIEST:
                return 0
            case Start.LATEST:
                return self.log.end(source)
            case datetime():
                return self.log.first_since(source, milliseconds(start))
        return max(start, 0)

    async def _make_room(self, targets: Iterable[TopicPartition]) -> None:
        deadline = asyncio.get_running_loop().time() + self._patience
        for target in targets:
            while not self._has_room(target):
                seen = self._signals.freed.count
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise Overloaded(
                        f"{target.topic} partition {target.partition} is full: its readers have "
                        f"not caught up for {self._patience:g} s; send more slowly"
                    )
                await self._signals.freed.after(seen, wait=left)

    def _has_room(self, target: TopicPartition) -> bool:
        log = self.log
        if log.topics[target.topic].retention is Retention.COMPACT:
            return True
        if log.size(target) >= self._partition_bytes:
            floors = [
                log.committed(group.name, target) or 0
                for group in self._groups.values()
                if group.reads(target)
            ]
            # Trimming to half makes the next trim a long way off.
            log.trim(
                target, limit=self._partition_bytes // 2, floor=min(floors, default=log.end(target))
            )
        return log.size(target) < self._partition_bytes


class EmbeddedWriter:
    """A writer of an EmbeddedBus: appending is atomic there, so only the name is to be guarded."""

    def __init__(self, bus: EmbeddedBus, name: str, holders: dict[str, "EmbeddedWriter"]) -> None:
        self._bus = bus
        self._name = name
        self._holders = holders
        self._closed = False

    async def publish(self, messages: Sequence[Message]) -> None:
        self._check()
        await self._bus.admit(messages)
        self._check()  # waiting for room takes long enough to lose the name
        self._bus.append(messages)

    async def close(self) -> None:
        self._closed = True
        if self._holders.get(self._name) is self:
            del self._holders[self._name]

    def _check(self) -> None:
        if self._closed:
            raise BusClosed("this writer is closed")
        if self._holders.get(self._name) is not self:
            raise Fenced(f"somebody else writes as {self._name} now")


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
