"""Readers of a bus as services are: they handle, commit, and finish what they have when revoked.

Everything that happens to the members of a group is written in one journal, in order, so that a
test can say afterwards who owned what when.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from scarcity.bus.base import Bus, Delivery, Follow, Subscription, TopicPartition
from scarcity.errors import BusClosed

PATIENCE = 30.0
"""Seconds until a test gives up on what should have come at once."""


@dataclass
class Journal:
    """What happened, in order, over all members of a group."""

    entries: list[tuple[str, str, TopicPartition]] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)

    def note(self, what: str, who: str, sources: frozenset[TopicPartition]) -> None:
        self.entries += [(what, who, source) for source in sorted(sources)]

    def handle(self, who: str, delivery: Delivery) -> None:
        self.note("handled", who, frozenset({delivery.source}))
        self.handled.append(int(delivery.value or b""))

    def owned_by(self, who: str) -> frozenset[TopicPartition]:
        owned: set[TopicPartition] = set()
        for what, name, source in self.entries:
            if name == who and what == "assigned":
                owned.add(source)
            if name == who and what == "revoked":
                owned.remove(source)
        return frozenset(owned)

    def members_at_work(self) -> set[str]:
        return {who for what, who, _ in self.entries if what == "handled"}

    def check_one_owner_at_a_time(self) -> None:
        owners: dict[TopicPartition, str] = {}
        for what, who, source in self.entries:
            if what == "assigned":
                assert source not in owners, f"{who} got {source} before {owners[source]} lost it"
                owners[source] = who
            else:
                assert owners.get(source) == who, f"{who} {what} {source} without owning it"
            if what == "revoked":
                del owners[source]

    async def until_handled(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.handled) < count:
                await asyncio.sleep(0.02)

    async def until_shared(self, *names: str, partitions: int) -> list[frozenset[TopicPartition]]:
        """Wait until these members together own so many partitions; return what each owns."""
        async with asyncio.timeout(PATIENCE):
            while True:
                shares = [self.owned_by(name) for name in names]
                if all(shares) and sum(map(len, shares)) == partitions:
                    return shares
                await asyncio.sleep(0.02)


class Worker:
    """A member as a service runs it: handles, commits, and finishes what it has when revoked."""

    def __init__(self, name: str, journal: Journal) -> None:
        self.name = name
        self.reader: Subscription
        self._journal = journal
        self._busy = asyncio.Lock()
        self._next: dict[TopicPartition, int] = {}

    @classmethod
    async def joining(cls, bus: Bus, *topics: str, journal: Journal, name: str) -> "Worker":
        worker = cls(name, journal)
        worker.reader = await bus.subscribe(topics, group=topics[0], rebalance=worker)
        return worker

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        self._journal.note("assigned", self.name, partitions)
        await asyncio.sleep(0.1)  # as long as it takes to restore some state

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        async with self._busy:
            await asyncio.sleep(0.1)  # whoever does not wait for this owner is found out
            await self._commit()
        self._journal.note("revoked", self.name, partitions)

    async def work(self) -> None:
        try:
            while True:
                await self._step()
        except BusClosed:
            return

    async def idle(self) -> None:
        """Read on and handle nothing, until closed."""
        try:
            while True:
                await self.reader.fetch(limit=1, wait=0.1)
        except BusClosed:
            return

    async def close(self) -> None:
        await self.reader.close()

    async def _step(self) -> None:
        deliveries = await self.reader.fetch(limit=10, wait=0.1)
        async with self._busy:
            for delivery in deliveries:
                self._journal.handle(self.name, delivery)
                self._next[delivery.source] = delivery.offset + 1
                await asyncio.sleep(0.001)
            await self._commit()

    async def _commit(self) -> None:
        offsets, self._next = self._next, {}
        if offsets:
            await self.reader.commit(offsets)


def values(deliveries: Sequence[Delivery]) -> list[int]:
    """Read the numbers that the tests publish."""
    return [int(d.value or b"") for d in deliveries]


async def collect(reader: Subscription, count: int) -> list[Delivery]:
    """Fetch until `count` messages are there; fewer only if they do not come for a long time."""
    collected: list[Delivery] = []
    deadline = time.monotonic() + PATIENCE
    while len(collected) < count and time.monotonic() < deadline:
        collected += await reader.fetch(limit=count - len(collected), wait=0.2)
    return collected


async def everything_in(bus: Bus, topic: str) -> list[Delivery]:
    """Read a topic up to its end."""
    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        return await until_caught_up(batches)


async def read_until(bus: Bus, topic: str, *, last: int) -> list[int]:
    """Read the numbers in a topic, waiting for one that has to come."""
    read: list[int] = []
    async with asyncio.timeout(PATIENCE), aclosing(bus.follow(Follow((topic,)))) as batches:
        while last not in read:
            read += values(await anext(batches))
    return read


async def until_caught_up(batches: AsyncGenerator[Sequence[Delivery], None]) -> list[Delivery]:
    """Read up to the empty batch."""
    read: list[Delivery] = []
    while batch := await anext(batches):
        read += batch
    return read
