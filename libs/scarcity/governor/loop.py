"""How late the event loop is: what everything else in the process has to wait for it."""

import asyncio
import time
from collections.abc import Callable

EVERY_S = 0.1
REMEMBER_S = 1.0
"""A lateness stays in view for so long, so that whoever looks more rarely sees it."""


class LoopLag:
    """Measures while `watch` runs; `seconds` may be read from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._worst = 0.0
        self._worst_at = clock()
        self._due: float | None = None

    @property
    def seconds(self) -> float | None:
        """The largest lateness of the last moment; None before there is one.

        A loop that does not turn now is late already.
        """
        due = self._due
        if due is None:
            return None
        return max(self._worst, self._clock() - due)

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            self._due = self._clock() + EVERY_S
            await asyncio.sleep(EVERY_S)
            now = self._clock()
            late = max(now - self._due, 0.0)
            if late >= self._worst or now - self._worst_at > REMEMBER_S:
                self._worst, self._worst_at = late, now
