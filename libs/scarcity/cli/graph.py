"""`scarcity graph`: the live graph of a stream in the terminal."""

import time

import click
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from scarcity.causal import Graph
from scarcity.causal.document import GraphDocument
from scarcity.cli.discover import edges_table, reasons, summary
from scarcity.cli.options import on_gateway
from scarcity.client import Gateway, stream_path

EVERY_S = 1.0


@click.command()
@click.argument("stream")
@click.option("--watch", is_flag=True, help="Follow the graph until Ctrl-C.")
@click.option("--state", type=click.Choice(["accepted", "all"]), default="accepted")
@click.option("--why", "explain", is_flag=True, help="Say why each edge is believed.")
@on_gateway()
def graph(stream: str, *, watch: bool, state: str, explain: bool, gateway: Gateway) -> None:
    """Show the causal graph of STREAM as it stands."""
    console = Console(highlight=False)

    def view() -> Group:
        return _view(gateway, stream, state, explain=explain)

    if not watch:
        console.print(view())
        return
    with Live(view(), console=console, refresh_per_second=4) as live:
        while True:
            time.sleep(EVERY_S)
            live.update(view())


def _view(gateway: Gateway, stream: str, state: str, *, explain: bool) -> Group:
    document: GraphDocument = gateway.get(stream_path(stream, "/graph"), state=state)  # type: ignore[assignment]
    found = Graph.from_dict(document)
    said = map(Text, reasons(found, state) if explain else ())
    line = f"version {document['version']}: {summary(found)}"
    return Group(edges_table(found, state), *said, line)
