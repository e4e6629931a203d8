"""Where a follower begins that names an offset or a time: the same for every adapter.

In each partition, everything is passed over up to the first message that is not before the point
named; from it on everything counts, whatever its timestamp.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from scarcity.bus.base import Delivery, Start, TopicPartition

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Beginning:
    """Drops what lies before the beginning; adapters seek there as well as they can first."""

    def __init__(self, start: Start | int | datetime, sources: Collection[tuple[str, int]]) -> None:
        self._waiting: set[TopicPartition] = set()
        self._first = 0
        self._of_time = isinstance(start, datetime)
        if not isinstance(start, Start):
            self._waiting = {TopicPartition(*source) for source in sources}
            self._first = milliseconds(start) if isinstance(start, datetime) else start

    def rest(self, batch: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return what is not before the beginning."""
        if not self._waiting:
            return batch
        return [delivery for delivery in batch if self._reached_by(delivery)]

    def _reached_by(self, delivery: Delivery) -> bool:
        source = delivery.source
        if source not in self._waiting:
            return True
        place = delivery.timestamp_ms if self._of_time else delivery.offset
        if place < self._first:
            return False
        self._waiting.remove(source)
        return True


def milliseconds(moment: datetime) -> int:
    """Return the first whole millisecond since the epoch that is not before a moment.

    >>> milliseconds(datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=UTC))
    1001
    """
    return -((EPOCH - moment) // MILLISECOND)
