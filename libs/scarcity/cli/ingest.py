"""`scarcity ingest`: send a file, or standard input, to a running system."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click

from scarcity.cli.options import TOKEN, gathered
from scarcity.cli.pace import Pace, progress_bar, sendings
from scarcity.cli.targets import Sender, target
from scarcity.client import DEFAULT_URL, Sent
from scarcity.errors import ConfigError, ScarcityError

READ = 1024 * 1024

Lines = Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """JSON records, in parts that are sent as they come."""

    parts: Iterable[Lines]
    total: int | None
    """How many there are; None when nobody can tell."""


@dataclass
class Tally:
    """What became of the lines so far."""

    accepted: int = 0
    rejected: int = 0

    @property
    def sent(self) -> int:
        return self.accepted + self.rejected

    def count(self, answer: Sent) -> None:
        """Count an answer, and name what was refused."""
        for refused in answer.refused:
            line = self.sent + refused.line
            click.echo(f"line {line}: {refused.reason}: {refused.message}", err=True)
        self.accepted += answer.accepted
        self.rejected += answer.rejected


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--stream", required=True, help="The stream that the records belong to.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Records per second.")
@click.option("--time", "time_column", default=None, help="Time column; guessed when left out.")
@gathered(
    "opening",
    target,
    click.option("--url", default=DEFAULT_URL, show_default=True, help="Where to."),
    TOKEN,
    click.option(
        "--format",
        "form",
        type=click.Choice(["json", "protobuf"]),
        default="json",
        show_default=True,
        help="Of the records on the raw topic; protobuf for kafka:// only.",
    ),
)
def ingest(
    file: Path,
    stream: str,
    rate: float | None,
    time_column: str | None,
    opening: AbstractContextManager[Sender],
) -> None:
    """Send a CSV, NDJSON or Parquet FILE to a running system; `-` reads NDJSON from stdin.

    The address is a gateway's, or kafka://host:9092 to write to the raw topic itself.
    """
    source = Source(parts(sys.stdin.buffer), None) if str(file) == "-" else _file(file, time_column)
    tally = Tally()
    with opening as sender:
        try:
            _send(source, stream, sender, rate, tally)
        except ScarcityError:
            click.echo(f"{tally.accepted} accepted before this:", err=True)
            raise
    click.echo(f"{tally.accepted} accepted, {tally.rejected} rejected")
    if tally.rejected:
        sys.exit(1)


def _send(source: Source, stream: str, sender: Sender, rate: float | None, tally: Tally) -> None:
    with progress_bar() as progress:
        task = progress.add_task(stream, total=source.total)
        pace = Pace(rate, now=time.monotonic())
        for lines in chain.from_iterable(sendings(part, pace.at_once) for part in source.parts):
            tally.count(sender.send(stream, lines))
            progress.update(task, completed=tally.sent)
            time.sleep(pace.wait_s(tally.sent, now=time.monotonic()))


def parts(stdin: BinaryIO) -> Iterator[Lines]:
    """Yield the lines that are there, and wait when there are none: a slow producer is no file."""
    rest = b""
    while block := stdin.read1(READ):  # type: ignore[attr-defined]
        *whole, rest = (rest + block).split(b"\n")
        yield (line.strip() for line in whole if line.strip())
    if rest.strip():
        yield [rest.strip()]


def _file(file: Path, time_column: str | None) -> Source:
    if not file.exists():
        raise ConfigError(f"there is no file {file}")
    # Reading a pipe must not wait for this: it takes long to import, and takes Ctrl-C for itself.
    from scarcity.cli.files import load_table  # noqa: PLC0415

    table = load_table(file, time_column=time_column)
    if not table.timed:
        click.echo("note: no time column; a record gets the time at which it arrives", err=True)
    return Source([table.lines()], table.rows)
