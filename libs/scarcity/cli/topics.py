"""`scarcity topics`: what the code owns on the bus."""

import click
from rich.console import Console
from rich.table import Table

from scarcity.events import topics as every_topic


@click.command()
def topics() -> None:
    """List every topic with its key figures."""
    table = Table("topic", "partitions", "kind", "holds")
    for topic in every_topic():
        kind = "compact" if topic.compacted else "delete"
        table.add_row(topic.name, str(topic.partitions), kind, topic.holds)
    Console(highlight=False).print(table)
