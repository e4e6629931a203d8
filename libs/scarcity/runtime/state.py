"""State that survives: snapshots on the bus, each tied to a place in the input.

A key's snapshot carries `next_offset`, the offset after the last input it contains; the snapshot of
the empty key, which no input may have, carries the position of its whole partition. Whatever the
inputs of a partition lead to goes out in one piece with the snapshots of the keys that led to
events, and with the position, through the writer that belongs to that partition. So

    open        take the writer's name, so that nobody else can publish for the partition any more;
                only then load the newest snapshot of each key, and the position
    replay      from the group's commit; an input in its key's snapshot is skipped. Another goes
                into the state, and the events that follow are new, since events never go out
                without the snapshot that contains their cause. What leaves no trace in a snapshot,
                a dead letter or a message moved, is new from the position on
    save        in the same piece as the events; otherwise when the key has been changed for a while
    commit      up to the first input of the partition that is in no snapshot yet: only a hint
                where to begin

which makes every effect happen exactly once, however often inputs come.
"""

from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

import cramjam

from scarcity.bus.base import Bus, Follow, Message
from scarcity.errors import ConfigError
from scarcity.events import StateSaved, Topic
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.runtime.ledger import Ledger
from scarcity.runtime.service import KeyedState

POSITION = ""
"""The key of a partition's position."""


@dataclass(frozen=True, slots=True)
class StateKeeper:
    """Loads and saves the state of a service."""

    state: KeyedState
    topic: Topic

    async def restore(self, bus: Bus, partition: int) -> Ledger:
        """Load everything that was saved for one partition, or, when that fails, nothing."""
        newest: dict[str, bytes] = {}
        wanted = Follow((self.topic.name,), partitions=frozenset({partition}))
        async with aclosing(bus.follow(wanted)) as stored:
            async for batch in stored:
                if not batch:
                    break
                newest.update((m.key, m.value) for m in batch if m.value is not None)
        return self._load(newest)

    def snapshots(
        self, ledger: Ledger, partition: int, keys: Iterable[str], *, now: datetime
    ) -> list[Message]:
        """Return the messages that save these keys of a partition."""
        return [
            self._message(partition, key, next_offset, pack(self.state.snapshot(key)), now)
            for key in keys
            if (next_offset := ledger.next_offset(key)) is not None
        ]

    def position(self, partition: int, offset: int, *, now: datetime) -> Message:
        """Return the message that says that all below an offset has led to what it leads to."""
        return self._message(partition, POSITION, offset, b"", now)

    def forget(self, ledger: Ledger) -> None:
        """Drop the state of every key of a partition."""
        for key in ledger:
            self.state.forget(key)

    def _load(self, newest: dict[str, bytes]) -> Ledger:
        ledger = Ledger()
        for key, value in newest.items():
            saved = from_bytes(StateSaved, value)
            if key == POSITION:
                ledger.position = saved.next_offset
                continue
            if saved.state:
                self.state.restore(key, unpack(saved.state))
            ledger.restored(key, saved.next_offset)
        return ledger

    def _message(
        self, partition: int, key: str, next_offset: int, state: bytes, now: datetime
    ) -> Message:
        saved = StateSaved(key=key, next_offset=next_offset, state=state, at=now)
        return Message(self.topic.name, key, to_bytes(saved), partition=partition)


def pack(state: bytes | None) -> bytes:
    """Return what a snapshot holds for a state; nothing for none.

    >>> unpack(pack(b"1.5" * 100)) == b"1.5" * 100
    True
    """
    return b"" if state is None else bytes(cramjam.lz4.compress_block(state))


def unpack(packed: bytes) -> bytes:
    """Return the state that a snapshot holds. ConfigError when this version cannot read it."""
    try:
        return bytes(cramjam.lz4.decompress_block(packed))
    except cramjam.DecompressionError as error:
        raise ConfigError(
            "saved state is not as this version saves it: run the version that saved it, or "
            "delete the topics that begin with scarcity.v1. to begin anew"
        ) from error
