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


class Vitals:
    """How much waits, how long a message takes, and how busy that keeps the service."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._work = _Work(self._begun, 0.0, 0.0)
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

    @property
    def busy(self) -> float:
        """The share of the time of late in which messages were being handled."""
        work, now = self._work, self._clock()
        remembered = REMEMBER_S * -math.expm1((self._begun - now) / REMEMBER_S)
        if remembered <= 0.0:
            return 0.0
        return min(work.seconds * math.exp((work.at - now) / REMEMBER_S) / remembered, 1.0)
