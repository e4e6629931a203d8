"""A flow of records of many streams, even or all at once; never more than the broker has taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain, islice

from bench.streams.loading import Loader, loader
from bench.streams.quick import QuickRecords
from scarcity.clock import SystemClock
from scarcity.events import RAW

TICK_S = 0.1
SPACING = timedelta(milliseconds=1)
"""Of event time, between two records of a stream. It lags behind the clock, which is allowed; and
it does not hang on the rate, which is found out last."""
CHUNK = 10_000


class Load:
    """The records of some streams, each stream's in the order of event time."""

    def __init__(self, raw: Loader, streams: int, seed: int) -> None:
        names = [f"soak-{number}" for number in range(streams)]
        rounds = QuickRecords(seed).rounds(names, SystemClock().now(), SPACING)
        self._raw = raw
        self._lines = chain.from_iterable(rounds)
        self.sent = 0

    async def burst(self, count: int) -> None:
        """Send so many records as quickly as the broker takes them."""
        for _ in range(0, count, CHUNK):
            await self._send(CHUNK)

    async def flow(self, rate: float) -> None:
        """Send so many records a second, for ever; what cannot be sent in time is left out."""
        loop = asyncio.get_running_loop()
        while True:
            begin = loop.time()
            await self._send(round(rate * TICK_S))
            await asyncio.sleep(TICK_S - (loop.time() - begin))

    async def _send(self, count: int) -> None:
        await self._raw.append(islice(self._lines, count))
        self.sent += count


@asynccontextmanager
async def loading(bootstrap: str, streams: int, seed: int) -> AsyncIterator[Load]:
    """Connect a load to a broker."""
    async with loader(bootstrap, RAW.name) as raw:
        yield Load(raw, streams, seed)
