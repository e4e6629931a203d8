"""The port of the Runtime Bus: a partitioned, keyed, replayable log of bytes.

What every adapter promises, and `tests/contract/test_bus.py` proves for each:

* **Order.** Messages with one key land in one partition, and a partition is read in order.
* **Durability.** When `publish` returns, the messages will survive whatever the adapter survives.
* **At least once.** A message that was fetched but not committed is delivered again to the
  group after its reader is gone.
* **One reader.** Within a group a partition belongs to one member at a time. The old owner's
  `on_revoked` has returned before the new owner's `on_assigned` is called.
* **Bounded.** `fetch(limit=n)` hands out at most n messages and holds a bounded number ready;
  a slow reader keeps its membership and costs no memory.
* **All or nothing.** What one `Writer.publish` appends, in any topics, every reader sees whole or
  not at all, however the writer ends. A writer's name belongs to its newest holder alone.
* **Compaction.** In a compacted topic at least the newest message of each key is kept; a null
  value is a tombstone for its key.

What it does not promise: order across partitions, or that `close` commits anything. Offsets are
no part of what a writer publishes: who needs effects exactly once publishes, with the effects, how
far it has read (see `runtime.state`).
"""

import zlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

Headers = tuple[tuple[str, bytes], ...]
"""Header names and raw values, in order."""

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""The largest value that any topic accepts."""


class TopicPartition(NamedTuple):
    """One partition of one topic: the unit of order and of ownership."""

    topic: str
    partition: int


class Retention(Enum):
    """How a topic forgets."""

    DELETE = "delete"
    """Old messages go by age or size."""
    COMPACT = "compact"
    """Only the newest message of each key is sure to stay."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it should exist on the broker."""

    name: str
    partitions: int = 8
    retention: Retention = Retention.DELETE


@dataclass(frozen=True, slots=True)
class Message:
    """What a producer puts on the bus."""

    topic: str
    key: str
    value: bytes | None
    headers: Headers = ()
    timestamp_ms: int | None = None
    """Milliseconds since the epoch; None means the time of publishing."""
    partition: int | None = None
    """None means that the partition follows from the key, by `partition_of`."""


class Delivery(NamedTuple):
    """A message as a reader gets it, with its place in the log."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: Headers
    timestamp_ms: int

    @property
    def source(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)

    def header(self, name: str) -> str | None:
        """Return the first header of that name as text, or None; what is no UTF-8 is escaped."""
        found = (value for key, value in self.headers if key == name)
        return next((value.decode(errors="backslashreplace") for value in found), None)


class Rebalance(Protocol):
    """Who wants to know when partitions come and go. Both calls are awaited by the bus."""

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        """Finish and commit what belongs to these partitions: another member may get them next.

        May be called for the whole share, though part of it comes back. It has to end within
        25 seconds; the group does not wait longer.
        """
        ...

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        """Get ready for these partitions: reading starts at the group's committed offset.

        Called inside `subscribe` or `fetch`.
        """
        ...


class Subscription(Protocol):
    """One member of a consumer group."""

    async def fetch(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """Return up to `limit` next messages, waiting at most `wait` seconds for the first.

        Returning does not commit. Messages of one partition are in order. Raises BusClosed
        after close, BusUnavailable when the broker is gone.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Record, for the group, the offset of the next message to read of each partition.

        Offsets of partitions that this member no longer owns are ignored.
        """
        ...

    def pause(self, partitions: frozenset[TopicPartition]) -> None:
        """Stop fetching these partitions; membership is kept. A pause ends with ownership."""
        ...

    def resume(self, partitions: frozenset[TopicPartition]) -> None:
        """Fetch these partitions again."""
        ...

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Return, for each partition owned, how many messages lie after the committed offset."""
        ...

    async def close(self) -> None:
        """Leave the group, calling `on_revoked` first. Commits nothing by itself."""
        ...


class Writer(Protocol):
    """Publishes all or nothing, under a name that belongs to its newest holder alone."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append all the messages, in order per partition, or none of them.

        When it returns they are durable, nothing undoes them, and readers see them in a moment;
        whoever takes the name sees them at once. Raises what `Bus.publish` raises, and then nothing
        was appended; or Fenced, when somebody else has taken the name, or when it cannot be told
        whether the messages were appended. After Fenced, and after a publish that was cancelled,
        the writer is of no more use: take the name again, and read what is there.
        """
        ...

    async def close(self) -> None:
        """Give the name back; calling it twice is harmless."""
        ...


class Start(Enum):
    """Where a groupless reader begins."""

    EARLIEST = "earliest"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Follow:
    """What a groupless reader wants: every partition of some topics, from one point on."""

    topics: tuple[str, ...]
    start: Start | int | datetime = Start.EARLIEST
    """Also an offset, or a time: from the first message on whose timestamp is not before it."""
    partitions: frozenset[int] | None = field(default=None)
    """Only these partitions; None means all."""


class Bus(Protocol):
    """The Runtime Bus. Made by an adapter's constructor, opened by `start`."""

    async def start(self) -> None:
        """Connect. Raises BusUnavailable when the broker does not answer."""
        ...

    async def close(self) -> None:
        """Flush and disconnect; closes what was subscribed. Calling it twice is harmless."""
        ...

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        """Create the topics that do not exist yet.

        Raises ConfigError when one exists with another number of partitions, on which keyed state
        depends, or with another retention.
        """
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append the messages, in order per partition, and return when they are durable.

        Raises ConfigError for an unknown topic or a value over MAX_MESSAGE_BYTES, Overloaded
        when readers do not keep up, BusUnavailable when the broker is gone.
        """
        ...

    async def writer(self, name: str) -> Writer:
        """Take over a writer's name.

        When it returns, whoever held the name can append no more, what it had not finished is
        undone for ever, and what it had finished can be read.
        """
        ...

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> Subscription:
        """Join a consumer group. A group that never committed starts at the beginning."""
        ...

    async def backlog(self, topic: str, *, group: str) -> Mapping[int, int]:
        """Return how many messages of each partition a group has yet to commit.

        Partitions that the group never committed are left out: nobody may be waiting for them.
        """
        ...

    def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        """Read without a group: batches as they come, for ever.

        The first empty batch says that the reader has caught up with what existed when it
        began; later batches are never empty.
        """
        ...


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a key, the same on every adapter: CRC-32, as librdkafka does it.

    >>> partition_of("plant-1", 8) == partition_of("plant-1", 8)
    True
    """
    return zlib.crc32(key.encode()) % partitions
