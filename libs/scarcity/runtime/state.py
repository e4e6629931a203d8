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

A snapshot that is too large for a message is cut into parts, all in one piece: the first under the
key, the others under keys that no input may have. A shorter snapshot takes what only the one before
had with it, so that the parts on the bus are those of the newest. Nothing depends on that: what is
left over is passed over, and part of a state is no state.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

import cramjam

from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.errors import ConfigError
from scarcity.events import StateSaved, Topic
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.runtime.ledger import Ledger
from scarcity.runtime.service import KeyedState

POSITION = ""
"""The key of a partition's position."""
PART_BYTES = 8 * 1024 * 1024
"""The largest part of a snapshot: half of what a message may be."""
PART = "/"
"""Stands between a key and the number of a further part; no key that has state contains it."""


@dataclass(frozen=True, slots=True)
class StateKeeper:
    """Loads and saves the state of a service."""

    state: KeyedState
    topic: Topic

    async def restore(self, bus: Bus, partition: int) -> Ledger:
        """Load everything that was saved for one partition, or, when that fails, nothing.

        Raises ConfigError when a snapshot cannot be read, or a part of it is missing.
        """
        newest: dict[str, bytes] = {}
        wanted = Follow((self.topic.name,), partitions=frozenset({partition}))
        async with aclosing(bus.follow(wanted)) as stored:
            async for batch in stored:
                if not batch:
                    break
                _note(newest, batch)
        return self._load(newest)

    def snapshot(self, ledger: Ledger, partition: int, key: str, *, now: datetime) -> list[Message]:
        """Return the messages that save a key; they belong into one piece.

        They are the parts of its snapshot, and tombstones of those that it no longer has.
        """
        next_offset = ledger.next_offset(key)
        assert next_offset is not None, f"the state of {key} has no place in the input"
        packed = pack(self.state.snapshot(key))
        parts = [
            self._message(partition, part)
            for part in cut(StateSaved(key, next_offset, packed, now))
        ]
        gone = range(len(parts), ledger.parts(key))
        return parts + [
            Message(self.topic.name, key_of(key, part), None, partition=partition) for part in gone
        ]

    def position(self, partition: int, offset: int, *, now: datetime) -> Message:
        """Return the message that says that all below an offset has led to what it leads to."""
        return self._message(partition, StateSaved(POSITION, offset, b"", now))

    def forget(self, ledger: Ledger) -> None:
        """Drop the state of every key of a partition."""
        for key in ledger:
            self.state.forget(key)

    def _load(self, newest: dict[str, bytes]) -> Ledger:
        """Load what is in the newest message of each key, which is let go of on the way."""
        ledger = Ledger()
        for key in [key for key in newest if PART not in key]:
            saved = from_bytes(StateSaved, newest.pop(key))
            if key == POSITION:
                ledger.position = saved.next_offset
                continue
            packed = self._whole(saved, newest)
            if packed:
                self.state.restore(key, unpack(packed))
            ledger.restored(key, saved.next_offset)
            ledger.in_parts(key, 1 + saved.further)
        _note_left_over(newest, ledger)
        return ledger

    def _whole(self, first: StateSaved, newest: dict[str, bytes]) -> bytes:
        """Return a snapshot whose first part is at hand, and take the others out of what there is.

        Raises ConfigError when one of them is missing, or belongs to another snapshot.
        """
        packed = [first.state]
        for number in range(1, 1 + first.further):
            stored = newest.pop(key_of(first.key, number), None)
            part = None if stored is None else from_bytes(StateSaved, stored)
            if part is None or (part.next_offset, part.at) != (first.next_offset, first.at):
                raise ConfigError(
                    f"of the {1 + first.further} parts of the saved state of {first.key}, number "
                    f"{1 + number} is not in {self.topic.name}: restore the topic from a backup, "
                    "or delete the topics that begin with scarcity.v1. to begin anew"
                )
            packed.append(part.state)
        return b"".join(packed)

    def _message(self, partition: int, saved: StateSaved) -> Message:
        key = key_of(saved.key, saved.part)
        return Message(self.topic.name, key, to_bytes(saved), partition=partition)


def key_of(key: str, part: int) -> str:
    """Return the key under which a part of a snapshot is saved.

    >>> key_of("plant-1", 0), key_of("plant-1", 2)
    ('plant-1', 'plant-1/2')
    """
    return f"{key}{PART}{part}" if part else key


def cut(whole: StateSaved) -> Iterator[StateSaved]:
    """Yield the parts of a snapshot, the first of which is the whole unless that is too large."""
    begins = range(0, len(whole.state), PART_BYTES) or range(1)
    for part, begin in enumerate(begins):
        state = whole.state[begin : begin + PART_BYTES]
        yield replace(whole, state=state, part=part, further=len(begins) - 1)


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


def _note(newest: dict[str, bytes], batch: Iterable[Delivery]) -> None:
    for message in batch:
        if message.value is None:
            newest.pop(message.key, None)
        else:
            newest[message.key] = message.value


def _note_left_over(stored: Mapping[str, bytes], ledger: Ledger) -> None:
    """Note parts that belong to no snapshot any more: they go with the next one of their key."""
    for value in stored.values():
        part = from_bytes(StateSaved, value)
        ledger.in_parts(part.key, max(ledger.parts(part.key), 1 + part.part))
