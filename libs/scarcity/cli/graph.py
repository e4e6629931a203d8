"""`scarcity graph`: the live graph of a stream in the terminal."""

import time

import click
from rich.console import Console, Group
from rich.live import Live

from scarcity.causal import Graph
from scarcity.causal.document import GraphDocument
from scarcity.cli.client import DEFAULT_URL, Gateway
from scarcity.cli.discover import edges_table, summary

EVERY_S = 1.0


@click.command()
@click.argument("stream")
@click.option("--watch", is_flag=True, help="Follow the graph until Ctrl-C.")
@click.option("--state", type=click.Choice(["accepted", "all"]), default="accepted")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="The running system.")
@click.option("--token", default=None, help="Its access token; SCARCITY_TOKEN otherwise.")
def graph(stream: str, *, watch: bool, state: str, url: str, token: str | None) -> None:
    """Show the causal graph of STREAM as it stands."""
    gateway = Gateway(url, token)
    console = Console(highlight=False)
    if not watch:
        console.print(_view(gateway, stream, state))
        return
    with Live(_view(gateway, stream, state), console=console, refresh_per_second=4) as live:
        while True:
            time.sleep(EVERY_S)
            live.update(_view(gateway, stream, state))


def _view(gateway: Gateway, stream: str, state: str) -> Group:
    document: GraphDocument = gateway.get(f"/streams/{stream}/graph", state=state)  # type: ignore[assignment]
    found = Graph.from_dict(document)
    return Group(edges_table(found, state), f"version {document['version']}: {summary(found)}")
