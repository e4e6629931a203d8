"""The live feed: what happened lately, so that a screen that lost its line misses nothing.

Every item has an id `<boot>-<number>`. A reader that comes back with the last id it saw gets
all that came after; when that is no longer kept, or was another run of the gateway, it gets a
single `reset` and starts afresh. Readers hold a place in the feed, not a queue, so that a slow
one costs nothing. A reader of some items passes over the others: its place goes on with them, and
it is told so when nothing was for it for a while.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TypeAlias

import orjson

KEPT = 20_000
RESET = "reset"
QUIET = "quiet"
"""The kind of what says no more than which place a reader has come to."""
KEEP_ALIVE_S = 15.0
AT_ONCE = 500
"""So many items are looked at before others have their turn."""


@dataclass(frozen=True, slots=True)
class Item:
    """One live event: its place in the feed, its kind, its JSON, and the stream it is about."""

    number: int
    kind: str
    data: str
    stream: str | None = None


Wants: TypeAlias = Callable[[Item], bool]
"""Says whether an item is for a reader."""


def _everything(_item: Item) -> bool:
    return True


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

    def show(self, kind: str, data: dict[str, object], stream: str | None = None) -> None:
        """Append an item, about a stream or about none, and wake every reader."""
        self._count += 1
        self._items.append(Item(self._count, kind, orjson.dumps(data).decode(), stream))
        self._more.set()
        self._more = asyncio.Event()

    def id_of(self, item: Item) -> str:
        return f"{self._boot}-{item.number}"

    async def frames(
        self, last_id: str | None, wants: Wants = _everything
    ) -> AsyncGenerator[str, None]:
        """Yield what `follow` does as server-sent events, and a comment when it is quiet.

        The comment keeps proxies from closing the connection, and tells the reader that it lives.
        With it comes the id of the place that the reader has come to, also at the beginning.
        """
        if last_id is None:
            now = Item(self._count, QUIET, "")
            last_id = self.id_of(now)
            yield self._frame(now)
        async for item in self.follow(last_id, wants, quiet_s=KEEP_ALIVE_S):
            yield self._frame(item)

    async def follow(
        self, last_id: str | None, wants: Wants = _everything, *, quiet_s: float | None = None
    ) -> AsyncGenerator[Item, None]:
        """Yield what is wanted of what came after `last_id`, until closed.

        Without an id, of what comes from now on. Yields a `QUIET` whenever nothing was wanted for
        `quiet_s` seconds, and a `RESET` where items after the place are not kept any more.
        """
        seen = self._count if last_id is None else self._place(last_id)
        due = _in(quiet_s)
        while not self._closed:
            if seen is None or seen < self._oldest():
                seen = self._count
                yield Item(seen, RESET, "{}")
            for item in self._after(seen):
                seen = item.number
                if wants(item):
                    yield item
                    due = _in(quiet_s)
            if not await self._more_than(seen, due):
                yield Item(seen, QUIET, "")
                due = _in(quiet_s)

    async def _more_than(self, seen: int, due: float | None) -> bool:
        """Wait for an item after a place; False when the time to say something has come."""
        try:
            async with asyncio.timeout_at(due):
                if seen == self._count:
                    return await self._more.wait()
                await asyncio.sleep(0)
                return True
        except TimeoutError:
            return False

    def _frame(self, item: Item) -> str:
        if item.kind == QUIET:
            return f": nothing new\nid: {self.id_of(item)}\n\n"
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
        return [self._items[i] for i in range(skip, min(len(self._items), skip + AT_ONCE))]


def _in(seconds: float | None) -> float | None:
    """Return when that will be, by the clock of the event loop."""
    return None if seconds is None else asyncio.get_running_loop().time() + seconds
