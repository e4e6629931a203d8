"""A bus for workers that die and for calls that fail, at seeded random points.

Whatever can happen to a publish happens: it is refused, it is undone, it takes effect though its
caller hears of a failure, or the worker dies just before or just after it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scarcity.bus.base import (
    Bus,
    Delivery,
    Follow,
    Message,
    Rebalance,
    Subscription,
    TopicPartition,
    TopicSpec,
    Writer,
)
from scarcity.errors import BusUnavailable, Fenced

FAULTS = ("refused", "undone", "in doubt", "dies before", "dies after")


@dataclass
class ShakyBus:
    """Passes calls on to another bus, unless something happens; for one worker."""

    bus: Bus
    rate: float = 0.0
    """The probability that something happens to a publish or a commit."""
    rng: random.Random = field(default_factory=lambda: random.Random(0))
    kill: Callable[[], object] = lambda: None
    """Ends the worker."""
    happened: int = 0
    is_doomed: bool = False
    """Whether the worker dies as soon as it asks for more to do."""
    is_dead: bool = False
    is_away: bool = False
    """Whether nothing can be published for the moment."""
    is_blind: bool = False
    """Whether it does not say for the moment how far groups are behind."""
    looks: int = 0
    """How often it was asked how far a group is behind."""

    async def start(self) -> None:
        await self.bus.start()

    async def close(self) -> None:
        await self.bus.close()

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        await self.bus.provision(topics)

    async def writer(self, name: str) -> Writer:
        if self.dice() == "refused":
            raise BusUnavailable("the writer's name could not be had")
        return ShakyWriter(self, await self.bus.writer(name))

    async def subscribe(
        self, topics: Sequence[str], *, group: str, rebalance: Rebalance | None = None
    ) -> Subscription:
        assert rebalance is not None
        subscription = await self.bus.subscribe(
            topics, group=group, rebalance=MortalRebalance(self, rebalance)
        )
        fetch, commit = subscription.fetch, subscription.commit

        async def mortal_fetch(*, limit: int, wait: float) -> Sequence[Delivery]:
            if self.is_doomed:
                await self.die()
            return await fetch(limit=limit, wait=wait)

        async def shaky_commit(offsets: Mapping[TopicPartition, int]) -> None:
            match self.dice():
                case "refused":
                    raise BusUnavailable("the commit was refused")
                case "dies before":
                    await self.die()
                case "dies after":
                    await commit(offsets)
                    await self.die()
                case _:
                    await commit(offsets)

        subscription.fetch = mortal_fetch  # type: ignore[method-assign]
        subscription.commit = shaky_commit  # type: ignore[method-assign]
        return subscription

    async def publish(self, messages: Sequence[Message]) -> None:
        await self.bus.publish(messages)

    async def backlog(self, topic: str, *, group: str) -> Mapping[int, int]:
        self.looks += 1
        if self.is_blind:
            raise BusUnavailable("the backlog is not known")
        return await self.bus.backlog(topic, group=group)

    def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        return self.bus.follow(what)

    def dice(self) -> str:
        """Return what happens now; mostly nothing."""
        if self.rng.random() >= self.rate:
            return ""
        self.happened += 1
        return self.rng.choice(FAULTS)

    async def die(self) -> None:
        """End the worker at this point: nothing that it does from here on counts."""
        self.is_dead = True
        self.kill()
        await asyncio.Event().wait()


@dataclass
class ShakyWriter:
    """A writer whose publishes fail, or are the last thing that the worker does."""

    shaky: ShakyBus
    writer: Writer

    async def publish(self, messages: Sequence[Message]) -> None:
        what = "refused" if self.shaky.is_away else self.shaky.dice()
        if what == "refused":
            raise BusUnavailable("the publish was refused")
        if what == "undone":
            raise Fenced("the publish was undone")
        if what == "dies before":
            await self.shaky.die()
        await self.writer.publish(messages)
        if what == "in doubt":
            raise Fenced("nobody knows what became of the publish")
        if what == "dies after":
            await self.shaky.die()

    async def close(self) -> None:
        await self.writer.close()


@dataclass
class MortalRebalance:
    """What the bus tells a worker, as long as it lives."""

    shaky: ShakyBus
    rebalance: Rebalance

    async def on_revoked(self, partitions: frozenset[TopicPartition]) -> None:
        if not self.shaky.is_dead:
            await self.rebalance.on_revoked(partitions)

    async def on_assigned(self, partitions: frozenset[TopicPartition]) -> None:
        if not self.shaky.is_dead:
            await self.rebalance.on_assigned(partitions)
