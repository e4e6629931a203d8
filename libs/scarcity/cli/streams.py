"""`scarcity streams`, and what can be done to one of them: pause, resume, forget."""

import sys
from collections.abc import Mapping, Sequence

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scarcity.cli.options import on_gateway
from scarcity.client import Gateway, stream_path

FIGURES = ("variables", "rate", "windows", "late", "flaws", "epoch")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="All that is known, as a JSON array.")
@on_gateway()
def streams(*, as_json: bool, gateway: Gateway) -> None:
    """List every stream, and how it does."""
    found = gateway.get("/streams")["items"]
    assert isinstance(found, list)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    elif found:
        Console(highlight=False).print(_table(found))
    else:
        click.echo("there are no streams yet; `scarcity ingest` begins one")


@click.command()
@click.argument("stream")
@on_gateway()
def pause(stream: str, gateway: Gateway) -> None:
    """Pass over the records of STREAM from now on.

    They stay on the raw topic, from where `scarcity replay` can send them again.
    """
    gateway.post(stream_path(stream, "/pause"))
    click.echo(f"{stream} is paused; `scarcity resume {stream}` goes on")


@click.command()
@click.argument("stream")
@on_gateway()
def resume(stream: str, gateway: Gateway) -> None:
    """Take the records of STREAM in again.

    Those that came while it was paused are not made up for.
    """
    gateway.post(stream_path(stream, "/resume"))
    click.echo(f"{stream} goes on")


@click.command()
@click.argument("stream")
@click.option("--yes", is_flag=True, help="Do not ask.")
@on_gateway()
def forget(stream: str, *, yes: bool, gateway: Gateway) -> None:
    """Forget STREAM: its definition, its open windows and its graph.

    Records and windows stay on their topics. A record that comes later starts the stream anew.
    """
    path = stream_path(stream)
    if not yes and not click.confirm(f"Forget the definition, state and graph of {stream}?"):
        click.echo("nothing was changed")
        sys.exit(1)
    gateway.delete(path)
    click.echo(f"{stream} is forgotten")


def _table(found: Sequence[Mapping[str, object]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("stream", min_width=10, overflow="fold")
    table.add_column("state", no_wrap=True)
    for name in FIGURES:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("last change", min_width=11, overflow="fold")
    for stream in found:
        table.add_row(*_cells(stream))
    return table


def _cells(stream: Mapping[str, object]) -> Sequence[str | Text]:
    state, variables, flaws = stream["state"], stream["variables"], stream["flaws"]
    assert isinstance(variables, list)
    assert isinstance(flaws, dict)
    return (
        Text(str(stream["id"])),
        Text(str(state), style="yellow" if state == "paused" else "green"),
        str(len(variables)),
        f"{stream['rate']:.1f}/s",
        str(stream["windows"]),
        str(stream["late"]),
        str(sum(flaws.values())),
        str(stream["epoch"]),
        Text(str(stream["change"])),
    )
