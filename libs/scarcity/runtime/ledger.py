"""Which inputs of one partition are in the state, which in its snapshots, and which were told of.

    next_offset(key)   inputs of the key below it are in its state
    first unsaved      the lowest input that is in a state but in no snapshot
    position           whatever came of inputs below it is on the bus

A key is in one of two books: of those whose snapshot is as their state is, and of those whose
state is ahead of it. The second is ordered by the first input that is not in the snapshot, so that
nothing here ever looks at more keys than a batch has touched.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice, takewhile


@dataclass(slots=True)
class _Unsaved:
    """What is known of a key whose state is ahead of its snapshot."""

    first: int
    """The first input that is in no snapshot."""
    next_offset: int
    since: datetime


@dataclass(slots=True)
class Ledger:
    """The books of one partition."""

    position: int = 0
    _saved: dict[str, int] = field(default_factory=dict)
    # Not a dict, whose first item is slow to find once many before it were removed.
    _unsaved: OrderedDict[str, _Unsaved] = field(default_factory=OrderedDict)
    # Of the few keys that have more than one.
    _parts: dict[str, int] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self._unsaved or key in self._saved

    def __iter__(self) -> Iterator[str]:
        return chain(self._saved, self._unsaved)

    def __len__(self) -> int:
        return len(self._saved) + len(self._unsaved)

    def next_offset(self, key: str) -> int | None:
        """Return the offset after the last input in the state of a key; None for a new key."""
        unsaved = self._unsaved.get(key)
        return self._saved.get(key) if unsaved is None else unsaved.next_offset

    def restored(self, key: str, next_offset: int) -> None:
        """Note that a key's state was loaded from its snapshot."""
        self._saved[key] = next_offset

    def parts(self, key: str) -> int:
        """Return how many parts of snapshots of a key are on the bus: those of its newest one.

        More, if an earlier one left any there.
        """
        return self._parts.get(key, 1)

    def in_parts(self, key: str, parts: int) -> None:
        """Note how many parts of snapshots of a key are on the bus."""
        if parts > 1:
            self._parts[key] = parts
        else:
            self._parts.pop(key, None)

    def applied(self, key: str, *, first: int, next_offset: int, now: datetime) -> None:
        """Note that inputs from `first` on went into the state of a key.

        From call to call `first` rises, except for keys that are not saved yet.
        """
        unsaved = self._unsaved.get(key)
        if unsaved is not None:
            unsaved.next_offset = next_offset
            return
        self._saved.pop(key, None)
        self._unsaved[key] = _Unsaved(first, next_offset, now)

    def saved(self, keys: Iterable[str]) -> None:
        """Note that the snapshots of these keys, as their state is, are on the bus."""
        for key in keys:
            if (unsaved := self._unsaved.pop(key, None)) is not None:
                self._saved[key] = unsaved.next_offset

    def due(self, *, before: datetime, limit: int) -> list[str]:
        """Return up to `limit` keys that are unsaved since before a time, the oldest first."""
        late = takewhile(lambda item: item[1].since <= before, self._unsaved.items())
        return [key for key, _ in islice(late, limit)]

    def unsaved(self, *, limit: int) -> list[str]:
        """Return up to `limit` keys whose state is ahead of their snapshot, the oldest first."""
        return list(islice(self._unsaved, limit))

    def safe_offset(self, handled: int) -> int:
        """Return up to where the partition may be committed, when `handled` comes next."""
        return next((unsaved.first for unsaved in self._unsaved.values()), handled)
