"""Commands to the Core Manager, and the wait for what becomes of them."""

import asyncio
from collections.abc import Iterable

from scarcity.events import CommandJudged, ComponentCommanded, Event
from scarcity.runtime.publisher import Publisher

PATIENCE_S = 5.0


class Commands:
    """Sends commands; one at a time is not needed, as each has an id of its own."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._waiting: dict[tuple[str, str], asyncio.Future[CommandJudged]] = {}

    def on_judged(self, judged: CommandJudged) -> Iterable[Event]:
        """Tell whoever waits for it."""
        found = self._waiting.get((judged.component, judged.command))
        if found is not None and not found.done():
            found.set_result(judged)
        return ()

    async def send(self, command: ComponentCommanded) -> CommandJudged | None:
        """Return what became of a command; None when nobody has judged it in time.

        Raises Overloaded or Transient when the bus cannot take it.
        """
        place = (command.component, command.command)
        waiting = self._waiting.setdefault(place, asyncio.get_running_loop().create_future())
        try:
            await self._publisher.try_send([self._publisher.message(command)])
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.shield(waiting)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(place, None)
