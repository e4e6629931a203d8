"""`scarcity graph`: the live graph of a stream in the terminal."""

import time

import click
from rich.console import Console, Group
from rich.live import Live

from scarcity.causal import Graph
from scarcity.causal.document import GraphDocument
from scarcity.cli.client import Gateway, stream_path
from scarcity.cli.discover import edges_table, summary
from scarcity.cli.options import on_gateway

EVERY_S = 1.0


@click.command()
@click.argument("stream")
@click.option("--watch", is_flag=True, help="Follow the graph until Ctrl-C.")
@click.option("--state", type=click.Choice(["accepted", "all"]), default="accepted")
@on_gateway()
def graph(stream: str, *, watch: bool, state: str, gateway: Gateway) -> None:
    """Show the causal graph of STREAM as it stands."""
    console = Console(highlight=False)
    if not watch:
        console.print(_view(gateway, stream, state))
        return
    with Live(_view(gateway, stream, state), console=console, refresh_per_second=4) as live:
        while True:
            time.sleep(EVERY_S)
            live.update(_view(gateway, stream, state))


def _view(gateway: Gateway, stream: str, state: str) -> Group:
    document: GraphDocument = gateway.get(stream_path(stream, "/graph"), state=state)  # type: ignore[assignment]
    found = Graph.from_dict(document)
    return Group(edges_table(found, state), f"version {document['version']}: {summary(found)}")
