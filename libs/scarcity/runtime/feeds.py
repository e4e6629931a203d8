"""Back-pressure: inputs wait while what they lead to waits too long to be read.

Let w be how many messages wait in the fullest partition that the keys of an input partition feed:

    w > limit                            it is held back
    w < limit / 2                        it goes on
    limit / 2 ≤ w ≤ limit                it stays as it is

A held partition is paused, not left: the group stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scarcity.bus.base import Subscription, TopicPartition, partition_of
from scarcity.runtime.handling import Surroundings
from scarcity.runtime.service import Feed, Service
from scarcity.runtime.share import Owned, Share
from scarcity.telemetry.logs import logger

CHECK_S = 0.5


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages of each partition of a feed wait."""

    feed: Feed
    waiting: Mapping[int, int]

    def holds(self, keys: Iterable[str], *, is_held: bool) -> bool:
        """Say whether a partition with these keys is to be held back; it is, or is not yet."""
        limit = self.feed.limit
        fullest = max(self.waiting.values(), default=0)
        if 2 * fullest >= limit:  # otherwise there is no need to look at every key
            fed = {partition_of(key, self.feed.topic.partitions) for key in keys}
            fullest = max((self.waiting.get(number, 0) for number in fed), default=0)
        return fullest > limit or (is_held and 2 * fullest >= limit)


class Backpressure:
    """Holds back the partitions of one worker, and lets them go on."""

    def __init__(self, service: Service, around: Surroundings, share: Share) -> None:
        self._feeds = service.feeds
        self._bus = around.bus
        self._share = share
        self._log = logger(service.name)
        self._gauge = around.metrics.paused_partitions.labels(service.name)

    async def backlogs(self) -> Sequence[Backlog]:
        """Return how far the readers of every feed are behind. Raises Transient."""
        return [
            Backlog(feed, await self._bus.backlog(feed.topic.name, group=feed.group))
            for feed in self._feeds
        ]

    def apply(self, backlogs: Sequence[Backlog], subscription: Subscription) -> None:
        """Pause and resume what is owned now."""
        paused: list[Owned] = []
        resumed: list[Owned] = []
        for owned in self._share.owned:
            is_held = owned.is_held_back
            owned.is_held_back = any(b.holds(owned.ledger, is_held=is_held) for b in backlogs)
            if owned.is_held_back != is_held:
                (resumed if is_held else paused).append(owned)
        if paused:
            subscription.pause(_sources(paused))
            self._log.info("partitions held back", partitions=_numbers(paused))
        if resumed:
            subscription.resume(_sources(resumed))
            self._log.info("partitions go on", partitions=_numbers(resumed))
        self._gauge.set(self._share.held_back)


def _sources(share: Iterable[Owned]) -> frozenset[TopicPartition]:
    return frozenset(owned.source for owned in share)


def _numbers(share: Iterable[Owned]) -> list[int]:
    return sorted(owned.source.partition for owned in share)
