"""Dead letters as they are read from the bus, and made ready to be sent again."""

import asyncio
from collections.abc import Iterable, Sequence

from scarcity.errors import PoisonEvent
from scarcity.events import DeadLettered, LetterJudged
from services.gateway.context import Context
from services.gateway.domain.journal import Entry
from services.gateway.domain.letters import Wanted, said_in
from services.gateway.problems import Problem
from services.gateway.reading import whole
from services.gateway.replay import Again, again

AT_ONCE = 8
"""So many dead letters are read from the bus at a time."""
MOST_BYTES = 16 * 1024 * 1024
"""What a request sends again, in all; what is more waits for the next request."""


class LetterBox:
    """The dead letters that are kept."""

    def __init__(self, context: Context) -> None:
        self._bus = context.bus
        self._clock = context.clock
        self._letters = context.views.letters
        self._replayed = context.views.replayed

    def entry(self, letter: str) -> Entry:
        """Return a letter by its id; a 404 when it is not kept."""
        entry = self._letters.find(letter)
        if entry is None:
            raise Problem(404, f"there is no dead letter {letter!r} among the newest that are kept")
        return entry

    async def said(self, entry: Entry) -> DeadLettered:
        """Return all of a letter; a 404 when the bus has forgotten it."""
        event = await whole(self._bus, entry)
        if not isinstance(event, DeadLettered):
            raise Problem(404, f"the bus has forgotten what the dead letter {entry.event_id} held")
        return event

    async def again(
        self, entry: Entry, *, key: str | None = None, value: bytes | None = None
    ) -> Again:
        """Return a letter as it is to be sent, or why it is not."""
        said = await self.said(entry)
        return again(said, key=key, value=value, clock=self._clock)

    async def unsent(self, reason: str, *, most: int) -> Sequence[Again]:
        """Return the oldest letters of a reason that were never sent again, as they are to be."""
        entries = sorted(self._letters.matching(Wanted(reason=reason)), key=_age)
        waiting = (each for each in entries if not self._replayed.was_sent(each.event_id))
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(entry: Entry) -> Again:
            async with turns:
                return await self._again_or_why_not(entry)

        return await asyncio.gather(*map(one, _first(waiting, most)))

    async def _again_or_why_not(self, entry: Entry) -> Again:
        try:
            return await self.again(entry)
        except (Problem, PoisonEvent) as error:
            said = said_in(entry)
            why = error.detail if isinstance(error, Problem) else str(error)
            judged = LetterJudged(
                letter=said.event_id,
                topic=said.origin_topic,
                key=said.origin_key,
                edited=False,
                refused=why,
            )
            return Again(judged, reason="forgotten")


def _age(entry: Entry) -> tuple[int, str, int, int]:
    """Return the order in which letters are sent again: as they came."""
    return entry.published_ms, entry.topic, entry.partition, entry.offset


def _first(entries: Iterable[Entry], most: int) -> list[Entry]:
    """Return the first entries, up to a number and to a sum of bytes."""
    chosen: list[Entry] = []
    room = MOST_BYTES
    for entry in entries:
        room -= said_in(entry).original_bytes
        if len(chosen) == most or (chosen and room < 0):
            break
        chosen.append(entry)
    return chosen
