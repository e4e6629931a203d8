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
KEEP_ALIVE_S = 15.0


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

    async def frames(self, last_id: str | None) -> AsyncGenerator[str, None]:
        """Yield what `follow` does as server-sent events, and a comment when it is quiet.

        The comment keeps proxies from closing the connection, and tells the reader that it lives.
        """
        async for item in self.follow(last_id, quiet_s=KEEP_ALIVE_S):
            yield self._frame(item) if item else ": nothing new\n\n"

    async def follow(
        self, last_id: str | None, *, quiet_s: float | None = None
    ) -> AsyncGenerator[Item | None, None]:
        """Yield what came after `last_id`, or from now on when there is none, until closed.

        Yields None whenever nothing came for `quiet_s` seconds.
        """
        seen = self._count if last_id is None else self._place(last_id)
        while not self._closed:
            if seen is None or seen < self._oldest():
                seen = self._count
                yield Item(seen, RESET, "{}")
            for item in self._after(seen):
                yield item
                seen = item.number
            if seen == self._count and not await self._woken(quiet_s):
                yield None

    async def _woken(self, quiet_s: float | None) -> bool:
        """Wait for the next item; False when none came in time."""
        try:
            async with asyncio.timeout(quiet_s):
                return await self._more.wait()
        except TimeoutError:
            return False

    def _frame(self, item: Item) -> str:
        # orjson writes one line, so that one data field holds it.
        return f"id: {self.id_of(item)}\nevent: {item.kind}\ndata: {item.data}\n\n"

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
