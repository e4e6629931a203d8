"""`scarcity dead-letters`: look at what was refused, and send it again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scarcity.bus.base import Bus, Delivery, Message
from scarcity.cli.buses import on_bus, opened
from scarcity.cli.stretch import Stretch, recorded
from scarcity.errors import ConfigError
from scarcity.events import DeadLettered, decode

PREVIEW_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and where it is on its topic."""

    place: str
    """Partition and offset."""
    said: DeadLettered

    def is_called(self, name: str) -> bool:
        """Say whether a person may mean this one: by its place, its offset alone, or its id."""
        return name in (self.place, self.place.partition("/")[2], self.said.event_id)


@click.command("dead-letters")
@click.option("--reason", default=None, help="Only those refused for this reason code.")
@click.option("--json", "as_json", is_flag=True, help="All of each, as JSON lines.")
@click.option(
    "--resend",
    multiple=True,
    metavar="PLACE|ID",
    help="Put the original back onto its topic, under its key; may be repeated.",
)
@on_bus()
def dead_letters(reason: str | None, resend: tuple[str, ...], *, as_json: bool, bus: Bus) -> None:
    """List what was refused, oldest first: where it is, why, and how it begins.

    With --resend, puts the original bytes back onto the topic that they came from instead. What
    was wrong with them has to be put right first; else they come back as a dead letter.
    """
    if resend:
        click.echo(f"{asyncio.run(_resend(bus, resend))} sent again")
        return
    found = [
        letter
        for letter in asyncio.run(_read(bus))
        if reason is None or letter.said.reason == reason
    ]
    if as_json:
        for letter in found:
            click.echo(_document(letter))
    else:
        Console(highlight=False).print(_table(found))


async def _read(bus: Bus) -> Sequence[Letter]:
    async with opened(bus):
        return await _letters(bus)


async def _resend(bus: Bus, names: Sequence[str]) -> int:
    async with opened(bus):
        letters = await _letters(bus)
        chosen = {letter.said.event_id: letter for letter in (_one(letters, n) for n in names)}
        await bus.publish([_original(letter.said) for letter in chosen.values()])
    return len(chosen)


async def _letters(bus: Bus) -> Sequence[Letter]:
    """Return every dead letter once, in the order of time: a crash may have told one twice."""
    found: dict[str, Letter] = {}
    async for batch in recorded(bus, Stretch(DeadLettered.topic.name)):
        for delivery in batch:
            if letter := _letter(delivery):
                found.setdefault(letter.said.event_id, letter)
    return sorted(found.values(), key=lambda letter: letter.said.at)


def _letter(delivery: Delivery) -> Letter | None:
    said = decode(delivery.value).event if delivery.value else None
    place = f"{delivery.partition}/{delivery.offset}"
    return Letter(place, said) if isinstance(said, DeadLettered) else None


def _one(letters: Sequence[Letter], name: str) -> Letter:
    found = [letter for letter in letters if letter.is_called(name)]
    if not found:
        raise ConfigError(f"there is no dead letter {name!r}; `scarcity dead-letters` lists them")
    if len(found) > 1:
        places = ", ".join(letter.place for letter in found)
        raise ConfigError(f"{name!r} may be any of {places}; name its partition too")
    return found[0]


def _original(letter: DeadLettered) -> Message:
    if letter.original_bytes > len(letter.original):
        raise ConfigError(
            f"of {letter.event_id} only the first {len(letter.original)} of "
            f"{letter.original_bytes} bytes were kept; let its producer send it again"
        )
    return Message(
        letter.origin_topic,
        letter.origin_key,
        letter.original,
        # A producer may deal keys out in its own way.
        partition=letter.origin_partition,
    )


def _document(letter: Letter) -> bytes:
    said = letter.said
    return orjson.dumps(
        {
            "place": letter.place,
            "id": said.event_id,
            "at": said.at,
            "reason": said.reason,
            "message": said.message,
            "component": said.component,
            "origin_topic": said.origin_topic,
            "origin_partition": said.origin_partition,
            "origin_offset": said.origin_offset,
            "origin_key": said.origin_key,
            "bytes": said.original_bytes,
            "original": said.original.decode(errors="replace"),
        }
    )


def _table(letters: Sequence[Letter]) -> Table:
    table = Table("place", "at", "key", "reason", "message", "begins with")
    for letter in letters:
        said = letter.said
        begin = said.original[: 4 * PREVIEW_CHARACTERS].decode(errors="replace")
        table.add_row(
            letter.place,
            f"{said.at:%F %T}",
            Text(said.origin_key),
            said.reason,
            Text(said.message),
            Text(begin[:PREVIEW_CHARACTERS]),
        )
    return table
