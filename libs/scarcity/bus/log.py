"""A partitioned log in SQLite: what the embedded bus stores, with nothing of who reads it.

One table holds every message under one integer, its position:

    position = partition's number << 40 | offset

so that reading a partition is one range scan. Compacted topics forget a key's older message
as the newer one is appended. Other topics are bounded in bytes per partition: the oldest
messages go first, but never beyond the `floor` that the caller sets.
"""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, takewhile
from pathlib import Path

import orjson

from scarcity.bus.base import (
    Delivery,
    Headers,
    Message,
    Retention,
    TopicPartition,
    TopicSpec,
    partition_of,
)
from scarcity.errors import ConfigError

OFFSET_BITS = 40
TRIM_BATCH = 256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, partitions INTEGER, retention TEXT);
CREATE TABLE IF NOT EXISTS partitions (
    number INTEGER PRIMARY KEY, topic TEXT, partition INTEGER, next_offset INTEGER,
    UNIQUE (topic, partition));
CREATE TABLE IF NOT EXISTS log (
    position INTEGER PRIMARY KEY, key TEXT, value BLOB, headers BLOB, timestamp_ms INTEGER);
CREATE TABLE IF NOT EXISTS committed (
    grp TEXT, topic TEXT, partition INTEGER, next_offset INTEGER,
    PRIMARY KEY (grp, topic, partition));
"""


class _Partition:
    """What is kept in memory about one partition."""

    def __init__(self, number: int, source: TopicPartition, *, next_offset: int) -> None:
        self.base = number << OFFSET_BITS
        self.number = number
        self.source = source
        self.next_offset = next_offset
        self.size = 0
        self.newest: dict[str, int] = {}


class SqliteLog:
    """The stored log; every call is one short transaction. Not for use by several threads."""

    def __init__(self, path: Path | None) -> None:
        """Open the log in a file, or in memory when there is no path."""
        self._db = sqlite3.connect(
            str(path) if path else ":memory:", isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        # Survives a killed process; a power cut may lose the last moments.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self.topics: dict[str, TopicSpec] = {}
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._load()

    def close(self) -> None:
        self._db.close()

    def create(self, spec: TopicSpec) -> None:
        """Create a topic; an existing one must have the same shape (else ConfigError)."""
        known = self.topics.get(spec.name)
        if known == spec:
            return
        if known is not None:
            raise ConfigError(
                f"topic {spec.name} exists with {known.partitions} partitions "
                f"({known.retention.value}), not {spec.partitions} ({spec.retention.value}); "
                "use another data directory, or keep the old number of partitions"
            )
        with self._db:
            self._db.execute("BEGIN")
            self._db.execute(
                "INSERT INTO topics VALUES (?, ?, ?)",
                (spec.name, spec.partitions, spec.retention.value),
            )
            self._db.executemany(
                "INSERT INTO partitions (topic, partition, next_offset) VALUES (?, ?, 0)",
                [(spec.name, number) for number in range(spec.partitions)],
            )
        self._load()

    def partitions(self, topic: str) -> list[TopicPartition]:
        """Return the partitions of a topic; ConfigError when there is no such topic."""
        return [TopicPartition(topic, n) for n in range(self._spec(topic).partitions)]

    def end(self, source: TopicPartition) -> int:
        """Return the offset that the next message of the partition will get."""
        return self._partitions[source].next_offset

    def first_since(self, source: TopicPartition, timestamp_ms: int) -> int:
        """Return the offset of the first message not before a time; the end when there is none."""
        partition = self._partitions[source]
        row = self._db.execute(
            "SELECT position FROM log WHERE position >= ? AND position < ? AND timestamp_ms >= ?"
            " ORDER BY position LIMIT 1",
            (partition.base, partition.base | partition.next_offset, timestamp_ms),
        ).fetchone()
        return row[0] - partition.base if row else partition.next_offset

    def count_after(self, source: TopicPartition, offset: int) -> int:
        """Return how many offsets lie from one on, or from the first that is kept, to the end."""
        partition = self._partitions[source]
        (first,) = self._db.execute(
            "SELECT min(position) FROM log WHERE position >= ? AND position < ?",
            (partition.base | offset, partition.base | partition.next_offset),
        ).fetchone()
        return 0 if first is None else partition.next_offset - (first - partition.base)

    def size(self, source: TopicPartition) -> int:
        """Return how many bytes of keys and values the partition holds."""
        return self._partitions[source].size

    def route(self, message: Message) -> TopicPartition:
        """Return where a message belongs; ConfigError for an unknown topic or partition."""
        spec = self._spec(message.topic)
        number = message.partition
        if number is None:
            number = partition_of(message.key, spec.partitions)
        if not 0 <= number < spec.partitions:
            raise ConfigError(f"topic {spec.name} has no partition {number}")
        return TopicPartition(spec.name, number)

    def append(self, messages: Sequence[Message], *, now_ms: int) -> None:
        """Append all messages or none."""
        rows, stale = [], []
        for message in messages:
            partition = self._partitions[self.route(message)]
            position = partition.base | partition.next_offset
            partition.next_offset += 1
            partition.size += _size(message.key, message.value)
            if self.topics[message.topic].retention is Retention.COMPACT:
                older = partition.newest.get(message.key)
                if older is not None:
                    stale.append((older,))
                partition.newest[message.key] = position
            stamp = now_ms if message.timestamp_ms is None else message.timestamp_ms
            headers = _encode_headers(message.headers)
            rows.append((position, message.key, message.value, headers, stamp))
        ends = [(p.next_offset, p.number) for p in {self._touched(row[0]) for row in rows}]
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
            self._db.executemany("DELETE FROM log WHERE position = ?", stale)
            self._db.executemany("UPDATE partitions SET next_offset = ? WHERE number = ?", ends)

    def read(self, source: TopicPartition, offset: int, *, limit: int) -> list[Delivery]:
        """Return up to `limit` messages of a partition from an offset on."""
        partition = self._partitions[source]
        if offset >= partition.next_offset:
            return []
        rows = self._db.execute(
            "SELECT position, key, value, headers, timestamp_ms FROM log"
            " WHERE position >= ? AND position < ? ORDER BY position LIMIT ?",
            (partition.base | offset, partition.base | partition.next_offset, limit),
        )
        return [
            Delivery(*source, row[0] - partition.base, row[1], row[2], _decode(row[3]), row[4])
            for row in rows
        ]

    def trim(self, source: TopicPartition, *, limit: int, floor: int) -> None:
        """Delete the oldest messages, none at or after `floor`, until `limit` bytes are left."""
        partition = self._partitions[source]
        while partition.size > limit:
            rows = self._db.execute(
                "SELECT position, length(key) + coalesce(length(value), 0) FROM log"
                " WHERE position >= ? AND position < ? ORDER BY position LIMIT ?",
                (partition.base, partition.base | floor, TRIM_BATCH),
            ).fetchall()
            gone = _oldest(rows, at_least=partition.size - limit)
            if not gone:
                return
            self._db.execute(
                "DELETE FROM log WHERE position >= ? AND position <= ?",
                (partition.base, gone[-1][0]),
            )
            partition.size -= sum(size for _, size in gone)

    def commit(self, group: str, source: TopicPartition, offset: int) -> None:
        """Remember a group's next offset of one partition."""
        self._db.execute(
            "INSERT INTO committed VALUES (?, ?, ?, ?)"
            " ON CONFLICT (grp, topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
            (group, *source, offset),
        )

    def committed(self, group: str, source: TopicPartition) -> int | None:
        """Return a group's next offset of one partition; None when it never committed."""
        row = self._db.execute(
            "SELECT next_offset FROM committed WHERE grp = ? AND topic = ? AND partition = ?",
            (group, *source),
        ).fetchone()
        return int(row[0]) if row else None

    def _spec(self, topic: str) -> TopicSpec:
        if topic not in self.topics:
            raise ConfigError(f"there is no topic {topic!r}; provision it before using it")
        return self.topics[topic]

    def _touched(self, position: int) -> _Partition:
        return self._by_number[position >> OFFSET_BITS]

    def _load(self) -> None:
        self.topics = {
            name: TopicSpec(name, count, Retention(retention))
            for name, count, retention in self._db.execute("SELECT * FROM topics")
        }
        rows = self._db.execute("SELECT number, topic, partition, next_offset FROM partitions")
        for number, topic, partition, next_offset in rows.fetchall():
            source = TopicPartition(topic, partition)
            if source not in self._partitions:
                found = _Partition(number, source, next_offset=next_offset)
                self._measure(found)
                self._partitions[source] = found
        self._by_number = {p.number: p for p in self._partitions.values()}

    def _measure(self, partition: _Partition) -> None:
        window = (partition.base, partition.base | partition.next_offset)
        (partition.size,) = self._db.execute(
            "SELECT coalesce(sum(length(key) + coalesce(length(value), 0)), 0) FROM log"
            " WHERE position >= ? AND position < ?",
            window,
        ).fetchone()
        if self.topics[partition.source.topic].retention is Retention.COMPACT:
            partition.newest = dict(
                self._db.execute(
                    "SELECT key, max(position) FROM log WHERE position >= ? AND position < ?"
                    " GROUP BY key",
                    window,
                ).fetchall()
            )


def _oldest(rows: list[tuple[int, int]], *, at_least: int) -> list[tuple[int, int]]:
    """Return the first (position, bytes) rows that together hold `at_least` bytes, or all."""
    before = accumulate((size for _, size in rows), initial=0)
    taken = sum(1 for _ in takewhile(at_least.__gt__, before))
    return rows[:taken]


def _size(key: str, value: bytes | None) -> int:
    return len(key) + (len(value) if value is not None else 0)


# Messages of one batch mostly share their headers, so the few distinct ones are encoded once.
@lru_cache(maxsize=1024)
def _encode_headers(headers: Headers) -> bytes | None:
    return orjson.dumps([(name, value.hex()) for name, value in headers]) if headers else None


@lru_cache(maxsize=1024)
def _decode(stored: bytes | None) -> Headers:
    if stored is None:
        return ()
    return tuple((name, bytes.fromhex(value)) for name, value in orjson.loads(stored))
