"""`scarcity keys`: keys to a running system, for programs and for people."""

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scarcity.cli.options import on_gateway
from scarcity.client import Gateway
from scarcity.clock import SystemClock
from scarcity.errors import ConfigError
from scarcity.events import Role


@click.group()
def keys() -> None:
    """Let programs and people in, each with a key that does no more than it has to.

    A viewer reads; an operator sends records, defines and pauses streams, and sends dead letters
    again; an admin changes components, forgets streams, and issues keys.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.VIEWER.value,
    show_default=True,
    help="What it may do.",
)
@click.option(
    "--stream",
    "streams",
    multiple=True,
    metavar="NAME|BEGINNING*",
    help="Only for this stream, or for those that begin so; may be repeated.",
)
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Until it expires.")
@on_gateway()
def issue(
    name: str, role: str, streams: tuple[str, ...], days: float | None, gateway: Gateway
) -> None:
    """Make a key called NAME, and print it: it is shown this once.

    Commands that are given with it are signed with NAME.
    """
    expires = None if days is None else SystemClock().now() + timedelta(days=days)
    wanted = {"name": name, "role": role, "streams": list(streams), "expires_at": expires}
    made = gateway.post("/keys", orjson.dumps(wanted))
    click.echo(made["key"])
    click.echo("keep it: it is stored nowhere, and cannot be shown again", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="All that is known, as a JSON array.")
@on_gateway()
def list_keys(*, as_json: bool, gateway: Gateway) -> None:
    """List the keys that are not revoked, oldest first."""
    found = list(gateway.listed("/keys"))
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    elif found:
        Console(highlight=False).print(_table(found))
    else:
        click.echo("there are no keys yet; `scarcity keys issue` makes one")


@keys.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@on_gateway()
def revoke(name: str, *, yes: bool, gateway: Gateway) -> None:
    """Make the key called NAME count no more; NAME may also be its id."""
    found = _one(list(gateway.listed("/keys")), name)
    if not yes and not click.confirm(f"Revoke {found['name']} ({found['id']}, {found['role']})?"):
        click.echo("nothing was changed")
        sys.exit(1)
    gateway.delete(f"/keys/{found['id']}")
    click.echo(f"{found['name']} is revoked")


def _one(found: Sequence[Mapping[str, object]], name: str) -> Mapping[str, object]:
    meant = [key for key in found if name in (key["name"], key["id"])]
    if not meant:
        raise ConfigError(f"there is no key {name!r}; `scarcity keys list` lists them")
    if len(meant) > 1:
        ids = ", ".join(str(key["id"]) for key in meant)
        raise ConfigError(f"{name!r} may be any of {ids}; name its id")
    return meant[0]


def _table(found: Sequence[Mapping[str, object]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("name", min_width=8, overflow="fold")
    for title in ("id", "role", "until"):
        table.add_column(title, no_wrap=True)
    table.add_column("streams", min_width=8, overflow="fold")
    table.add_column("last used", no_wrap=True)
    for key in found:
        streams = key["streams"]
        assert isinstance(streams, list)
        table.add_row(
            Text(str(key["name"])),
            str(key["id"]),
            str(key["role"]),
            Text(_until(key), style="red" if key["is_expired"] else ""),
            Text(", ".join(streams) or "all"),
            _minute(key["used_at"]) or "not since the start",
        )
    return table


def _until(key: Mapping[str, object]) -> str:
    ends = _minute(key["expires_at"])
    if ends is None:
        return "it is revoked"
    return f"expired {ends}" if key["is_expired"] else ends


def _minute(moment: object) -> str | None:
    """Return a moment of JSON to the minute.

    >>> _minute("2026-01-31T12:00:00.25Z"), _minute(None)
    ('2026-01-31 12:00', None)
    """
    return None if moment is None else str(moment)[:16].replace("T", " ")
