"""Work of one service never overlaps: whoever wants to work takes a turn.

A turn may take long, as it publishes until the bus takes what it has to say. A rebalance cannot
wait so long: its turn is `urgent`. Turns that are not over when its patience is, or begin while it
still waits, are cut short, and raise Fenced.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from scarcity.errors import Fenced

T = TypeVar("T")


class Turns:
    """The turns of one service."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._running: asyncio.Timeout | None = None
        self._deadline: float | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Work alone. Raises Fenced when somebody could not wait any longer."""
        async with self._lock:
            scope = asyncio.timeout_at(self._deadline)
            try:
                async with scope:
                    self._running = scope
                    yield
            except TimeoutError as error:
                if not scope.expired():
                    raise
                raise Fenced("a rebalance could not wait for the bus any longer") from error
            finally:
                self._running = None

    @asynccontextmanager
    async def urgent(self, *, patience: float) -> AsyncIterator[None]:
        """Work alone, once others have finished, which they get `patience` seconds for."""
        self._cut_short(asyncio.get_running_loop().time() + patience)
        try:
            async with self._lock:
                self._deadline = None
                yield
        finally:
            self._deadline = None

    def _cut_short(self, deadline: float) -> None:
        self._deadline = deadline
        if self._running is not None and not self._running.expired():
            self._running.reschedule(deadline)


async def in_thread(work: Callable[[], T]) -> T:
    """Do work in a thread. Cancelled, it returns when the work is over all the same."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # A thread cannot be stopped, and must not go on changing what the caller then drops.
        await asyncio.wait([running])
        raise
