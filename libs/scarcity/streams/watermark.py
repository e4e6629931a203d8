"""How far the event time of a stream has come, when its records come from several partitions.

Let T_p be the largest event time seen from partition p, and l the lateness. The watermark

    W = max(W before, min over the partitions p that are not idle of T_p - l)

says that nothing older is expected. The minimum, because partitions are read at their own speed:
after a stop one of them may be hours ahead of another. A partition counts from its first record on,
and no longer once it is called idle, until it speaks again.
"""

from collections.abc import Mapping

import numpy as np

from scarcity.streams.rows import NEVER, Ints


class Watermark:
    """The watermark of one stream."""

    def __init__(self, lateness_us: int) -> None:
        self.lateness_us = lateness_us
        self.value_us = NEVER
        self._newest: dict[int, int] = {}
        self._idle: set[int] = set()

    @property
    def sources(self) -> tuple[int, ...]:
        """The partitions that the watermark waits for."""
        return tuple(source for source in self._newest if source not in self._idle)

    def marks(self, source: int, times: Ints) -> Ints:
        """Return the watermark after each of these times, if they all came from one partition."""
        newest = np.maximum.accumulate(times)
        np.maximum(newest, self._newest.get(source, NEVER), out=newest)
        others = [t for p, t in self._newest.items() if p != source and p not in self._idle]
        if others:
            np.minimum(newest, min(others), out=newest)
        newest -= self.lateness_us
        return np.maximum(newest, self.value_us, out=newest)

    def advance(self, source: int, times: Ints, mark_us: int) -> None:
        """Take note of times that came, with the watermark that `marks` gave for the last."""
        newest = int(times.max())
        self._newest[source] = max(self._newest.get(source, NEVER), newest)
        self._idle.discard(source)
        self.value_us = mark_us

    def rest(self, source: int) -> int:
        """Wait for this partition no more until it speaks; returns the watermark that follows."""
        if source in self._newest:
            self._idle.add(source)
        waited_for = [self._newest[active] for active in self.sources]
        if waited_for:
            self.value_us = max(self.value_us, min(waited_for) - self.lateness_us)
        return self.value_us

    def dump(self) -> dict[str, object]:
        """Return the state in plain values."""
        return {
            "value_us": self.value_us,
            "newest": list(self._newest.items()),
            "idle": sorted(self._idle),
        }

    def load(self, state: Mapping[str, object]) -> None:
        """Take over a dumped state, exactly."""
        value, newest, idle = state["value_us"], state["newest"], state["idle"]
        assert isinstance(value, int)
        assert isinstance(newest, list)
        assert isinstance(idle, list)
        self.value_us = value
        self._newest = dict(newest)
        self._idle = set(idle)


def behind_watermark(need: int, waiting: Ints, times: Ints, coming: Ints, marks: Ints) -> int:
    """Return the first row with which so many times lie behind the watermark.

    `waiting` are times that are here already; `coming` says which of the rows' times count, and
    `marks` is the watermark after each row. A time counts from the row with which it is here and
    the watermark has reached it. Returns the number of rows when there is no such row.
    """
    reached = np.searchsorted(marks, waiting)
    arriving = np.maximum(np.searchsorted(marks, times[coming]), coming)
    counts_from = np.concatenate([reached, arriving])
    if np.count_nonzero(counts_from < len(times)) < need:
        return len(times)
    return int(np.partition(counts_from, need - 1)[need - 1])
