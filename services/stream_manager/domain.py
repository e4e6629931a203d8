"""Where a stream lives, and when it has fallen silent.

Home: the partition of the raw topic on which a stream's windows are cut. It follows from the name:

    crc32      CRC-32 of the name modulo the partitions: librdkafka, and everything of ours
    murmur2    as Kafka's own Java client does it, and aiokafka and kafka-python

Silence: so long without a record that nobody waits for the next one.

    silent  ⇔  quiet ≥ max(idle, PATIENCE · gap)

quiet is the time without a record, gap the usual time between two of them: a moving average. A
stream of one record a minute is not silent after a few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = 5.0
"""How many usual gaps a record may be overdue."""

UNKNOWN_GAP_S: Final = 12.0
"""The pace of a stream that has sent one record so far."""

MEMORY: Final = 0.2
"""The weight of the newest gap."""

_WORD: Final = 0xFFFFFFFF
_MIX: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C


@dataclass(slots=True)
class Pace:
    """How quickly the records of one stream come from one partition."""

    gap_s: float | None = None
    last_ms: int | None = None
    heard: bool = False
    quiet_since: datetime | None = None

    def hear(self, first_ms: int, last_ms: int, *, records: int) -> None:
        """Take note of records, with the times at which the first and the last of them arrived."""
        before_ms = first_ms if self.last_ms is None else self.last_ms
        gaps = records - (self.last_ms is None)
        if gaps:
            gap_s = max(0, last_ms - before_ms) / 1000 / gaps
            known_s = gap_s if self.gap_s is None else self.gap_s
            self.gap_s = gap_s + (1.0 - MEMORY) ** gaps * (known_s - gap_s)
        self.last_ms = last_ms
        self.heard = True

    def is_silent(self, *, now: datetime, idle: timedelta) -> bool:
        """Say whether nothing is waited for any more; to be asked again and again."""
        if self.heard or self.quiet_since is None:
            self.heard = False
            self.quiet_since = now
        gap_s = UNKNOWN_GAP_S if self.gap_s is None else self.gap_s
        return now - self.quiet_since >= max(idle, timedelta(seconds=PATIENCE * gap_s))


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 of Kafka's Java client (Appleby, 2008).

    >>> hex(murmur2(b"21"))
    '0xc5f2f8ec'
    """
    length = len(data)
    state = (_SEED ^ length) & _WORD
    whole = length - length % 4
    for place in range(0, whole, 4):
        word = int.from_bytes(data[place : place + 4], "little") * _MIX & _WORD
        state = state * _MIX & _WORD ^ (word ^ word >> 24) * _MIX & _WORD
    if whole < length:
        state = (state ^ int.from_bytes(data[whole:], "little")) * _MIX & _WORD
    state = (state ^ state >> 13) * _MIX & _WORD
    return state ^ state >> 15


def murmur2_partition(key: str, partitions: int) -> int:
    """Return the partition that Kafka's Java client chooses for a key."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
