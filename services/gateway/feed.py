"""The live feed: what happened lately, so that a screen that lost its line misses nothing.

Every item has an id `<boot>-<number>`. A reader that comes back with the last id it saw gets
all that came after; when that is no longer kept, or was another run of the gateway, it gets a
single `reset` and starts afresh. Readers hold a place in the feed, not a queue, so that a slow
one costs nothing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import orjson

KEPT = 20_000
RESET = "reset"


@dataclass(frozen=True, slots=True)
class Item:
    """One live event: its place in the feed, its kind and its JSON."""

    number: int
    kind: str
    data: str


class Feed:
    """A bounded log of live events with any number of readers. For one event loop."""

    def __init__(self, boot: str, *, kept: int = KEPT) -> None:
        self._boot = boot
        self._items: deque[Item] = deque(maxlen=kept)
        self._count = 0
        self._more = asyncio.Event()
        self._closed = False

    def close(self) -> None:
        """End every reader: the gateway is going away."""
        self._closed = True
        self._more.set()

    def show(self, kind: str, data: dict[str, object]) -> None:
        """Append an item and wake every reader."""
        self._count += 1
        self._items.append(Item(self._count, kind, orjson.dumps(data).decode()))
        self._more.set()
        self._more = asyncio.Event()

    def id_of(self, item: Item) -> str:
        return f"{self._boot}-{item.number}"

    async def follow(self, last_id: str | None) -> AsyncGenerator[Item, None]:
        """Yield what came after `last_id`, or from now on when there is none, until closed."""
        seen = self._count if last_id is None else self._place(last_id)
        while not self._closed:
            if seen is None or seen < self._oldest():
                seen = self._count
                yield Item(seen, RESET, "{}")
            for item in self._after(seen):
                yield item
                seen = item.number
            if seen == self._count:
                await self._more.wait()

    def _place(self, last_id: str) -> int | None:
        """Return the number in an id of this run; None for any other."""
        boot, _, number = last_id.rpartition("-")
        known = boot == self._boot and number.isdecimal() and int(number) <= self._count
        return int(number) if known else None

    def _oldest(self) -> int:
        """Return the number before the oldest item that is kept."""
        return self._items[0].number - 1 if self._items else self._count

    def _after(self, seen: int) -> list[Item]:
        # The reader yields between items, so it needs a copy; bounded, so that it stays cheap.
        skip = max(0, seen - self._oldest())
        return [self._items[i] for i in range(skip, min(len(self._items), skip + 500))]
