"""The partitions that a worker owns, each with its books and with its own writer to publish by."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from scarcity.bus.base import TopicPartition, Writer
from scarcity.errors import Fenced, Transient
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.ledger import Ledger
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.state import StateKeeper


@dataclass(slots=True, eq=False)
class Owned:
    """A partition in the hands of a worker, from its assignment to its end."""

    source: TopicPartition
    publisher: Publisher
    writer: Writer | None = None
    """What the publisher publishes by, if it is not the bus itself."""
    ledger: Ledger = field(default_factory=Ledger)
    next_offset: int | None = None
    """The offset of the next message to handle; None until one has been."""
    committed: int | None = None
    is_held_back: bool = False

    @property
    def safe_offset(self) -> int | None:
        """Up to where the group may commit; None while nothing was handled."""
        return None if self.next_offset is None else self.ledger.safe_offset(self.next_offset)

    @property
    def uncommitted(self) -> int:
        """How many messages were handled and are not committed yet."""
        if self.next_offset is None or self.committed is None:
            return 0
        return self.next_offset - self.committed


class Share:
    """What one worker owns at the moment."""

    def __init__(self, service: str, around: Surroundings, keeper: StateKeeper | None) -> None:
        self._service = service
        self._around = around
        self._keeper = keeper
        self._owned: dict[TopicPartition, Owned] = {}
        self._former: list[Writer] = []

    @property
    def owned(self) -> list[Owned]:
        return list(self._owned.values())

    @property
    def held_back(self) -> int:
        """How many partitions are held back."""
        return sum(owned.is_held_back for owned in self._owned.values())

    def among(self, sources: Iterable[TopicPartition]) -> list[Owned]:
        """Return those of these partitions that are owned."""
        return [self._owned[source] for source in sources if source in self._owned]

    def still(self, share: Iterable[Owned]) -> list[Owned]:
        """Return those that are owned without a break since they were returned."""
        return [owned for owned in share if self._owned.get(owned.source) is owned]

    async def take(self, sources: Iterable[TopicPartition]) -> None:
        """Take partitions into hand, with their state. Raises Fenced when the bus fails at it."""
        await together(self._take(source) for source in sources)

    def let_go(self, sources: Iterable[TopicPartition]) -> None:
        """Drop partitions as they are, with their state."""
        for source in sources:
            if (owned := self._owned.pop(source, None)) is None:
                continue
            if self._keeper:
                self._keeper.forget(owned.ledger)
            if owned.writer:
                self._former.append(owned.writer)

    def drop(self) -> None:
        """Drop everything as it is."""
        self.let_go(list(self._owned))

    async def close_former(self) -> None:
        """Close the writers of partitions that were dropped, as far as the bus answers."""
        if self._former:
            former, self._former = self._former, []
            await together(_close(writer) for writer in former)

    async def _take(self, source: TopicPartition) -> None:
        owned = self._owned[source] = Owned(source, self._around.publisher)
        if self._keeper is None:
            return
        bus, partition = self._around.bus, source.partition
        try:
            owned.writer = await bus.writer(f"{self._service}-{partition}")
            owned.publisher = owned.publisher.through(owned.writer)
            # From here on nobody else can add to what is read.
            owned.ledger = await self._keeper.restore(bus, partition)
        except Transient as error:
            raise Fenced(f"the state of partition {partition} did not load: {error}") from error


async def together(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Do everything at once, each to its end. Raises what failed: a bug rather than Fenced."""
    # No task group: before Python 3.13 it forgets that it was cancelled when a task fails as well.
    results = await asyncio.gather(*works, return_exceptions=True)
    failures = [result for result in results if result is not None]
    for failure in sorted(failures, key=lambda failure: isinstance(failure, Fenced)):
        raise failure


async def _close(writer: Writer) -> None:
    # Whoever takes the name next does so whether it was given back or not.
    with suppress(Transient, Fenced):
        await writer.close()
