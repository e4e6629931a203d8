"""State that survives: snapshots on the bus, each tied to a place in the input.

A key's snapshot carries `next_offset`, the offset after the last input it contains. So

    restore     newest snapshot of each key of a partition, then replay from the group's commit;
                an input below its key's next_offset is already in the state and is skipped
    save        whenever a key's handling led to events, in the same publish as these events;
                otherwise when the key has been changed for `save_every`
    commit      up to the first input of the partition that is in no snapshot yet

which makes effects on state exactly once, however often inputs come, and publishes an event
again only if the process dies between publishing and committing.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.errors import PoisonEvent
from scarcity.events import StateSaved, Topic
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.runtime.service import KeyedState

COMPRESSION = 1
"""zlib's quickest level: numbers hardly get smaller by more effort."""


@dataclass(slots=True)
class _Key:
    """Where a key's state stands."""

    partition: int
    next_offset: int
    unsaved_from: int | None = None
    """The first input that is in the state but in no snapshot; None when all is saved."""
    changed_at: datetime | None = None


@dataclass(slots=True)
class StateKeeper:
    """Knows which inputs are in the state of a service and in its snapshots."""

    state: KeyedState
    topic: Topic
    save_every: timedelta
    _keys: dict[str, _Key] = field(default_factory=dict)

    async def restore(self, bus: Bus, partition: int) -> None:
        """Load every snapshot of one partition."""
        newest: dict[str, bytes] = {}
        stored = bus.follow(Follow((self.topic.name,), partitions=frozenset({partition})))
        async for batch in stored:
            if not batch:
                break
            newest.update((found.key, found.value) for found in batch if found.value is not None)
        await stored.aclose()
        for key, value in newest.items():
            saved = from_bytes(StateSaved, value)
            self.state.restore(key, zlib.decompress(saved.state))
            self._keys[key] = _Key(partition, saved.next_offset)

    def contains(self, delivery: Delivery) -> bool:
        """Say whether the state already holds this input."""
        known = self._keys.get(delivery.key)
        return (
            known is not None
            and self._is_at_home(delivery)
            and (delivery.offset < known.next_offset)
        )

    def check(self, delivery: Delivery) -> None:
        """Raise PoisonEvent for an input of a key that lives in another partition.

        Inputs of one key have an order only within one partition, and its state lives there.
        """
        if not self._is_at_home(delivery):
            home = self._keys[delivery.key].partition
            raise PoisonEvent(
                "split-stream",
                f"{delivery.key} came in partition {delivery.partition} of {delivery.topic}, and "
                f"its other records in {home}: let all its producers use one partitioner",
            )

    def applied(self, delivery: Delivery, *, now: datetime) -> None:
        """Note that an input went into the state of its key."""
        known = self._keys.setdefault(delivery.key, _Key(delivery.partition, delivery.offset))
        known.next_offset = delivery.offset + 1
        if known.unsaved_from is None:
            known.unsaved_from = delivery.offset
            known.changed_at = now

    def _is_at_home(self, delivery: Delivery) -> bool:
        known = self._keys.get(delivery.key)
        return known is None or known.partition == delivery.partition

    def due(self, *, now: datetime) -> set[str]:
        """Return the keys that have been changed for longer than `save_every`."""
        return {
            key
            for key, known in self._keys.items()
            if known.changed_at is not None and now - known.changed_at >= self.save_every
        }

    def snapshots(self, keys: Iterable[str], *, now: datetime) -> list[Message]:
        """Return the messages that save these keys."""
        messages = []
        for key in sorted(keys):
            known = self._keys.get(key)
            data = self.state.snapshot(key)
            if known is None or data is None:
                continue
            packed = zlib.compress(data, COMPRESSION)
            saved = StateSaved(key=key, next_offset=known.next_offset, state=packed, at=now)
            messages.append(
                Message(self.topic.name, key, to_bytes(saved), partition=known.partition)
            )
        return messages

    def saved(self, keys: Iterable[str]) -> None:
        """Note that the snapshots of these keys are on the bus."""
        for key in keys:
            if key in self._keys:
                self._keys[key].unsaved_from = None
                self._keys[key].changed_at = None

    def changed(self, partitions: frozenset[int]) -> set[str]:
        """Return the keys of these partitions that are in no snapshot as they are now."""
        return {
            key
            for key, known in self._keys.items()
            if known.partition in partitions and known.unsaved_from is not None
        }

    def safe_offset(self, partition: int, handled: int) -> int:
        """Return up to where a partition may be committed, when `handled` comes next."""
        unsaved = (
            known.unsaved_from
            for known in self._keys.values()
            if known.partition == partition and known.unsaved_from is not None
        )
        return min(unsaved, default=handled)

    def forget(self, partitions: frozenset[int]) -> None:
        """Drop the keys of partitions that now belong to another instance."""
        for key in [key for key, known in self._keys.items() if known.partition in partitions]:
            self.state.forget(key)
            del self._keys[key]
