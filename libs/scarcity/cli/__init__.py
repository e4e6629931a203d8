"""The command `scarcity`.

Exit codes: 0 done; 1 a bug, or the command found something wrong; 2 the command, a setting or
a file is not right, and the message says what to change; 3 the system it talks to is not there
or refused; 130 interrupted.
"""

import sys

import click

from scarcity import __version__
from scarcity.cli.discover import discover
from scarcity.cli.doctor import doctor
from scarcity.cli.graph import graph
from scarcity.cli.ingest import ingest
from scarcity.cli.processes import run, up
from scarcity.cli.topics import topics
from scarcity.errors import ScarcityError, Transient

WRONG_USE = 2
NOT_THERE = 3


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with `scarcity up`, which runs everything and prints an address to open.",
)
@click.version_option(__version__, prog_name="scarcity")
def cli() -> None:
    """A live, calibrated causal graph for every stream."""


for _command in (up, run, discover, ingest, graph, topics, doctor):
    cli.add_command(_command)


def main() -> None:
    """Run the command; a named failure becomes one sentence on standard error."""
    try:
        cli(prog_name="scarcity")
    except ScarcityError as error:
        click.echo(f"scarcity: {error}", err=True)
        sys.exit(NOT_THERE if isinstance(error, Transient) else WRONG_USE)
