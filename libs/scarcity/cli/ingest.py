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

from scarcity.cli.client import DEFAULT_URL, Gateway
from scarcity.errors import ConfigError

BATCH = 1000


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--stream", required=True, help="The stream that the records belong to.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Records per second.")
@click.option("--time", "time_column", default=None, help="Time column; guessed when left out.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="The running system.")
@click.option("--token", default=None, help="Its access token; SCARCITY_TOKEN otherwise.")
def ingest(
    file: Path,
    stream: str,
    rate: float | None,
    time_column: str | None,
    url: str,
    token: str | None,
) -> None:
    """Send a CSV, NDJSON or Parquet FILE to a running system; `-` reads NDJSON from stdin."""
    gateway = Gateway(url, token)
    lines = _stdin(sys.stdin.buffer) if str(file) == "-" else _file(file, time_column)
    size = BATCH if rate is None else max(1, min(BATCH, int(rate / 5)))
    accepted = rejected = 0
    begun = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("sending", total=None)
        while batch := list(islice(lines, size)):
            answer = gateway.post(
                f"/streams/{stream}/records",
                b"\n".join(batch),
                content_type="application/x-ndjson",
            )
            accepted += _count(answer["accepted"])
            rejected += _count(answer["rejected"])
            _complain(answer)
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


def _complain(answer: object) -> None:
    assert isinstance(answer, dict)
    for problem in answer["problems"]:
        click.echo(f"line {problem['line']}: {problem['reason']}: {problem['message']}", err=True)


def _count(value: object) -> int:
    assert isinstance(value, int)
    return value
