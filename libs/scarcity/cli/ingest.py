"""`scarcity ingest`: send a file, or standard input, to a running system."""

import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
import orjson
from rich.console import Console
from rich.progress import Progress

from scarcity.cli.client import DEFAULT_URL
from scarcity.cli.targets import target
from scarcity.errors import ConfigError

BATCH = 1000


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--stream", required=True, help="The stream that the records belong to.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Records per second.")
@click.option("--time", "time_column", default=None, help="Time column; guessed when left out.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where to.")
@click.option("--token", default=None, help="Its access token; SCARCITY_TOKEN otherwise.")
def ingest(
    file: Path,
    stream: str,
    rate: float | None,
    time_column: str | None,
    url: str,
    token: str | None,
) -> None:
    """Send a CSV, NDJSON or Parquet FILE to a running system; `-` reads NDJSON from stdin.

    The address is a gateway's, or kafka://host:9092 to write to the raw topic itself.
    """
    lines = _stdin(sys.stdin.buffer) if str(file) == "-" else _file(file, time_column)
    size = BATCH if rate is None else max(1, min(BATCH, int(rate / 5)))
    accepted = rejected = 0
    begun = time.monotonic()
    bar = Progress(console=Console(stderr=True), transient=True)
    with target(url, token) as sender, bar as progress:
        task = progress.add_task("sending", total=None)
        while batch := list(islice(lines, size)):
            answer = sender.send(stream, batch)
            for refused in answer.refused:
                line = accepted + rejected + refused.line
                click.echo(f"line {line}: {refused.reason}: {refused.message}", err=True)
            accepted += answer.accepted
            rejected += answer.rejected
            progress.update(task, completed=accepted, description=f"sent {accepted}")
            if rate is not None:
                time.sleep(max(0.0, begun + (accepted + rejected) / rate - time.monotonic()))
    click.echo(f"{accepted} accepted, {rejected} rejected")
    if rejected:
        sys.exit(1)


def _stdin(source: BinaryIO) -> Iterator[bytes]:
    return (line.rstrip(b"\r\n") for line in source if line.strip())


def _file(file: Path, time_column: str | None) -> Iterator[bytes]:
    if not file.exists():
        raise ConfigError(f"there is no file {file}")
    # Reading a pipe must not wait for this: it takes long to import, and takes Ctrl-C for itself.
    from scarcity.cli.files import load_table  # noqa: PLC0415

    table = load_table(file, time_column=time_column)
    timed = not any(note.startswith("no time column") for note in table.notes)
    for record in table.records():
        values = {"values": record.values}
        yield orjson.dumps({"ts": record.time, **values} if timed else values)
