"""Consumer groups inside one process: who reads which partition of an embedded log."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scarcity.bus.base import Delivery, Rebalance, TopicPartition
from scarcity.bus.log import SqliteLog
from scarcity.errors import BusClosed


class EmbeddedSubscription:
    """A member of a group of an EmbeddedBus."""

    def __init__(
        self,
        log: SqliteLog,
        signals: "Signals",
        group: "Group",
        wanted: frozenset[TopicPartition],
        rebalance: Rebalance | None,
    ) -> None:
        self._log = log
        self._signals = signals
        self._group = group
        self._rebalance = rebalance
        self._positions: dict[TopicPartition, int] = {}
        self._paused: frozenset[TopicPartition] = frozenset()
        self._closed = False
        self.wanted = wanted

    @property
    def owned(self) -> frozenset[TopicPartition]:
        return frozenset(self._positions)

    async def fetch(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            if self._closed:
                raise BusClosed("this subscription is closed")
            seen = self._signals.appended.count
            batch = read_on(self._log, self._positions, self._in_turn(), limit)
            left = deadline - asyncio.get_running_loop().time()
            if batch or left <= 0:
                return batch
            await self._signals.appended.after(seen, wait=left)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self._closed:
            raise BusClosed("this subscription is closed")
        for source, offset in offsets.items():
            if source in self._positions:
                self._log.commit(self._group.name, source, offset)
        self._signals.freed.notify()

    def pause(self, partitions: frozenset[TopicPartition]) -> None:
        self._paused |= partitions & self.owned

    def resume(self, partitions: frozenset[TopicPartition]) -> None:
        self._paused -= partitions
        self._signals.appended.notify()

    async def lag(self) -> Mapping[TopicPartition, int]:
        return {
            source: self._log.count_after(source, self._committed(source))
            for source in self._positions
        }

    async def close(self) -> None:
        if not self._closed:
            await self._group.leave(self)
            self._closed = True
            self._signals.appended.notify()
            self._signals.freed.notify()

    async def lose(self, partitions: frozenset[TopicPartition]) -> None:
        """Give partitions up, telling the owner first."""
        self._paused |= partitions  # nothing more may be fetched while the owner finishes
        if partitions and self._rebalance:
            await self._rebalance.on_revoked(partitions)
        for source in partitions:
            del self._positions[source]
        self._paused -= partitions

    async def gain(self, partitions: frozenset[TopicPartition]) -> None:
        """Take partitions over, from the group's committed offsets on."""
        if partitions and self._rebalance:
            await self._rebalance.on_assigned(partitions)
        for source in partitions:
            self._positions[source] = self._committed(source)
        self._signals.appended.notify()

    def _committed(self, source: TopicPartition) -> int:
        return self._log.committed(self._group.name, source) or 0

    def _in_turn(self) -> list[TopicPartition]:
        """Owned partitions, another one first each time: a busy one must not starve the rest."""
        sources = [source for source in self._positions if source not in self._paused]
        if len(self._positions) > 1:
            first = next(iter(self._positions))
            self._positions[first] = self._positions.pop(first)
        return sources


class Group:
    """A consumer group: its members, and who reads what."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: list[EmbeddedSubscription] = []
        self._changing = asyncio.Lock()

    def reads(self, source: TopicPartition) -> bool:
        return any(source in member.wanted for member in self.members)

    async def join(self, member: EmbeddedSubscription) -> None:
        async with self._changing:
            self.members.append(member)
            await self._share_out()

    async def leave(self, member: EmbeddedSubscription) -> None:
        async with self._changing:
            if member in self.members:
                self.members.remove(member)
                await member.lose(member.owned)
                await self._share_out()

    async def _share_out(self) -> None:
        """Deal out by partition number, alike for every topic; first all losses, then all gains."""
        target: dict[EmbeddedSubscription, set[TopicPartition]] = {m: set() for m in self.members}
        for source in sorted(set().union(*(m.wanted for m in self.members))):
            takers = [member for member in self.members if source in member.wanted]
            target[takers[source.partition % len(takers)]].add(source)
        for member, sources in target.items():
            await member.lose(member.owned - sources)
        for member, sources in target.items():
            await member.gain(frozenset(sources) - member.owned)


class Signal:
    """Counts events and lets any number of tasks wait for the next one."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def notify(self) -> None:
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, seen: int, *, wait: float | None = None) -> None:
        """Return once `count` has passed `seen`, or after `wait` seconds."""
        if self.count != seen:
            return
        try:
            async with asyncio.timeout(wait):
                await self._next.wait()
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class Signals:
    """What readers and writers of one bus wait for."""

    appended: Signal = field(default_factory=Signal)
    """Something was published, or a reader has other reasons to look again."""
    freed: Signal = field(default_factory=Signal)
    """Something was committed, so that there may be room."""


def read_on(
    log: SqliteLog,
    positions: dict[TopicPartition, int],
    sources: Iterable[TopicPartition],
    limit: int,
) -> list[Delivery]:
    """Read up to `limit` messages on from the positions, and move them."""
    batch: list[Delivery] = []
    for source in sources:
        if len(batch) >= limit:
            break
        found = log.read(source, positions[source], limit=limit - len(batch))
        # Where nothing is found, what there was is gone; a position may also lie beyond the end.
        positions[source] = (
            found[-1].offset + 1 if found else max(positions[source], log.end(source))
        )
        batch += found
    return batch
