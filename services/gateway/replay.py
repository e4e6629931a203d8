"""Dead letters sent again: each request once, whatever crashes, and all of it or nothing.

What is sent and the record of it on topic `audit` go out in one transaction, under a name that one
gateway holds at a time. Whoever takes the name reads the audit before it sends anything: so it
knows every request that was done before, by itself or by another, and does none of them again.

Only raw records are sent again. They are what anybody may write, and the Stream Manager judges
them anew. The other topics belong to one service each, which keeps others off them by access rules
and by fencing its own former instances. A message of theirs that came from here would pass that
fence under somebody else's name, out of its order, perhaps after what it was the cause of had been
told another way. What they refused is for whoever wrote it to say again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from scarcity.bus.base import Bus, Follow, Headers, Message, Writer
from scarcity.clock import Clock
from scarcity.errors import ConfigError, Fenced, PoisonEvent, Transient
from scarcity.events import (
    RAW,
    DeadLettered,
    DeadLettersReplayed,
    LetterJudged,
    decode,
)
from scarcity.runtime.publisher import Publisher
from scarcity.runtime.service import MOVED_FROM
from scarcity.streams import check_stream_id, parse_record
from services.gateway.domain.replayed import Replayed
from services.gateway.problems import Problem

LETTER = "scarcity-dead-letter"
"""The header of a message that was sent again, with the id of the dead letter it was."""
WRITER = "gateway-replays"
TRIES = 3
CATCH_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants something sent again, under which id, and a digest of what that is."""

    request: str
    digest: str
    by: str


@dataclass(frozen=True, slots=True)
class Again:
    """A dead letter as it is to be sent; `message` is None when it is not, for `refused`."""

    judged: LetterJudged
    message: Message | None = None
    reason: str | None = None
    """The code of the parser that refuses it."""
    flaws: dict[str, str] = field(default_factory=dict)
    """Variables whose values would be treated as missing, and why."""


class Replays:
    """Sends dead letters again, one request after another."""

    def __init__(self, bus: Bus, publisher: Publisher, done: Replayed, clock: Clock) -> None:
        self._bus = bus
        self._publisher = publisher
        self._done = done
        self._clock = clock
        self._writer: Writer | None = None
        self._turn = asyncio.Lock()

    async def send(
        self, asked: Asked, prepare: Callable[[], Awaitable[Sequence[Again]]]
    ) -> DeadLettersReplayed:
        """Send what `prepare` returns, unless the request was done before; say what became of it.

        Raises Problem 422 when the request's id was used for something else; Overloaded or
        Transient when the bus cannot take it, and then nothing was sent.
        """
        async with self._turn:
            for _ in range(TRIES):
                writer = await self._taken()
                if known := self._done.request(asked.request):
                    return _same(known, asked)
                found = await prepare()
                replayed = DeadLettersReplayed(
                    request=asked.request,
                    digest=asked.digest,
                    by=asked.by,
                    at=self._clock.now(),
                    letters=tuple(each.judged for each in found),
                )
                messages = [each.message for each in found if each.message is not None]
                with suppress(Fenced):
                    await self._publish(writer, [*messages, self._publisher.message(replayed)])
                    self._done.add(replayed)
                    return replayed
        raise Transient("another gateway sends dead letters again just now")

    async def _taken(self) -> Writer:
        """Return the writer; everything that was sent through it before is known then."""
        if self._writer is None:
            writer = await self._bus.writer(WRITER)
            try:
                async with asyncio.timeout(CATCH_UP_S):
                    await self._catch_up()
            except TimeoutError as error:
                await writer.close()
                raise Transient("the audit could not be read in time") from error
            self._writer = writer
        return self._writer

    async def _publish(self, writer: Writer, messages: Sequence[Message]) -> None:
        # Whatever goes wrong, the name is taken anew, and the audit read.
        self._writer = None
        try:
            await self._publisher.through(writer).try_send(messages)
            self._writer = writer
        finally:
            if self._writer is None:
                await writer.close()

    async def _catch_up(self) -> None:
        what = Follow((DeadLettersReplayed.topic.name,))
        async with aclosing(self._bus.follow(what)) as batches:
            async for batch in batches:
                if not batch:
                    return
                for delivery in batch:
                    with suppress(PoisonEvent):
                        event = decode(delivery.value or b"").event
                        if isinstance(event, DeadLettersReplayed):
                            self._done.add(event)


def why_not(said: DeadLettered, *, edited: bool) -> str | None:
    """Say why a dead letter cannot be sent again; None when it can."""
    if said.origin_topic != RAW.name:
        return (
            f"{said.origin_topic} is written by one service alone: only raw records are sent "
            "again; what led to this message may be sent anew"
        )
    if said.original_bytes > len(said.original) and not edited:
        return (
            f"only the first {len(said.original)} of {said.original_bytes} bytes were kept; "
            "let its producer send it again"
        )
    return None


def again(said: DeadLettered, *, key: str | None, value: bytes | None, clock: Clock) -> Again:
    """Return a dead letter as it is to be sent: judged by the parser of its topic as of now."""
    edited = (key, value) != (None, None)
    name = said.origin_key if key is None else key
    data = said.original if value is None else value

    def judged(refused: str = "") -> LetterJudged:
        return LetterJudged(said.event_id, said.origin_topic, name, edited, refused)

    if why := why_not(said, edited=value is not None):
        return Again(judged(why), reason="not-replayable")
    try:
        check_stream_id(name)
        record = parse_record(data, arrived=clock.now())
    except ConfigError as error:
        return Again(judged(str(error)), reason="bad-stream-id")
    except PoisonEvent as error:
        return Again(judged(str(error)), reason=error.reason)
    message = Message(
        said.origin_topic,
        name,
        data,
        _headers(said, moved=key is not None),
        # A producer may deal keys out in its own way; another key has another partition.
        partition=None if key is not None else said.origin_partition,
    )
    return Again(judged(), message, flaws=dict(record.flaws))


def _headers(said: DeadLettered, *, moved: bool) -> Headers:
    """Return the headers that go with it: its own, and which dead letter it was."""
    dropped = {LETTER, MOVED_FROM} if moved else {LETTER}
    kept = ((each.name, each.value) for each in said.headers if each.name not in dropped)
    return (*kept, (LETTER, said.event_id.encode()))


def _same(known: DeadLettersReplayed, asked: Asked) -> DeadLettersReplayed:
    if known.digest != asked.digest:
        raise Problem(
            422,
            f"the Idempotency-Key {asked.request!r} was used for something else: take another",
        )
    return known
