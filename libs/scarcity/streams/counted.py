"""COUNT windows: `size` records each, in the order of event time; every record is one step.

Let W be the watermark. With the open records sorted by (event time, arrival), the first `size` of
them are sealed as soon as the last of these has an event time <= W: whatever arrives within the
lateness bound sorts behind them.
"""

from bisect import insort
from collections import Counter
from itertools import chain
from typing import TypedDict

import orjson

from scarcity.events import WindowPolicy
from scarcity.streams.batch import NEVER, Batch, Observation
from scarcity.streams.policy import MAX_WAITING
from scarcity.streams.snapshot import Packed, dumps, pack, unpack


class CountBuffer:
    """The open records of a stream with COUNT windows."""

    def __init__(self, policy: WindowPolicy, *, sealed_us: int = NEVER) -> None:
        self.sealed_steps = 0
        self.sealed_us = sealed_us
        self._size = policy.size
        self._open: list[Observation] = []

    @property
    def open_records(self) -> int:
        return len(self._open)

    def add(self, observation: Observation) -> None:
        if not self._open or observation > self._open[-1]:
            self._open.append(observation)
        else:
            insort(self._open, observation)

    def ready(self, watermark_us: int) -> list[Batch]:
        batches = []
        while self._is_complete(watermark_us):
            batches.append(self._take(self._size))
        return batches

    def rest(self) -> list[Batch]:
        batches = []
        while self._open:
            batches.append(self._take(min(self._size, len(self._open))))
        return batches

    def dump(self) -> bytes:
        return dumps(
            _State(sealed_steps=self.sealed_steps, sealed_us=self.sealed_us, open=pack(self._open))
        )

    def load(self, state: bytes) -> None:
        read: _State = orjson.loads(state)
        self.sealed_steps = read["sealed_steps"]
        self.sealed_us = read["sealed_us"]
        self._open = list(unpack(read["open"]))

    def _is_complete(self, watermark_us: int) -> bool:
        if len(self._open) < self._size:
            return False
        in_time = self._open[self._size - 1].time_us <= watermark_us
        return in_time or len(self._open) > self._size + MAX_WAITING

    def _take(self, count: int) -> Batch:
        taken = self._open[:count]
        del self._open[:count]
        batch = Batch(
            start_step=self.sealed_steps,
            steps=count,
            start_us=taken[0].time_us,
            end_us=taken[-1].time_us,
            newest_us=taken[-1].time_us,
            records=count,
            rows=list(enumerate(observation.values for observation in taken)),
            flaws=Counter(chain.from_iterable(observation.flaws for observation in taken)),
        )
        self.sealed_steps += count
        self.sealed_us = batch.end_us
        return batch


class _State(TypedDict):
    sealed_steps: int
    sealed_us: int
    open: Packed
