"""What is measured of the work of a service while it runs; read from any thread."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

REMEMBER_S = 10.0
"""Time constant with which work is forgotten."""


class _Work(NamedTuple):
    """Each forgotten exponentially, up to a moment."""

    at: float
    seconds: float
    messages: float


class _Processor(NamedTuple):
    """What the process had used up at a moment, and how fast it did of late."""

    at: float
    seconds: float
    cores: float


class Vitals:
    """How much waits, how long a message takes, and how busy the process is."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        processor: Callable[[], float] = time.process_time,
    ) -> None:
        self._clock = clock
        self._processor = processor
        self._work = _Work(clock(), 0.0, 0.0)
        self._used = _Processor(clock(), processor(), 0.0)
        self.waiting: int | None = None
        """Messages not yet handled, when they were counted last."""

    def worked(self, messages: int, seconds: float) -> None:
        """Note that so many messages took so long, just now."""
        now = self._clock()
        kept = math.exp((self._work.at - now) / REMEMBER_S)
        before = self._work
        # One assignment, so that a reader in another thread never sees half of it.
        self._work = _Work(now, kept * before.seconds + seconds, kept * before.messages + messages)

    @property
    def latency(self) -> float | None:
        """Seconds that a message took of late; None before there was one."""
        work = self._work
        return work.seconds / work.messages if work.messages else None

    def busy(self) -> float:
        """Return how many cores the process kept busy of late; to be asked often, by one thread."""
        before, now, seconds = self._used, self._clock(), self._processor()
        if now <= before.at:
            return before.cores
        rate = (seconds - before.seconds) / (now - before.at)
        kept = math.exp((before.at - now) / REMEMBER_S)
        self._used = _Processor(now, seconds, kept * before.cores + (1.0 - kept) * rate)
        return self._used.cores
