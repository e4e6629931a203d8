"""The command `scarcity`.

Exit codes: 0 done; 1 a bug, or the command found something wrong; 2 the command, a setting or
a file is not right, and the message says what to change; 3 the system it talks to is not there
or refused; 130 interrupted.
"""

import importlib
import sys

import click

from scarcity import __version__
from scarcity.errors import Overloaded, ScarcityError, Transient

WRONG_USE = 2
NOT_THERE = 3
INTERRUPTED = 130

COMMANDS = {
    "up": "processes",
    "run": "processes",
    "discover": "discover",
    "ingest": "ingest",
    "graph": "graph",
    "define": "define",
    "streams": "streams",
    "pause": "streams",
    "resume": "streams",
    "forget": "streams",
    "topics": "topics",
    "replay": "replay",
    "dead-letters": "dead_letters",
    "keys": "keys",
    "federation": "federation",
    "doctor": "doctor",
}
"""Each command and the module it stands in."""


class Commands(click.Group):
    """Imports a command when it is asked for: most of them need little of the libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"scarcity.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with `scarcity up`, which runs everything and prints an address to open.",
)
@click.version_option(__version__, prog_name="scarcity")
def cli() -> None:
    """A live, calibrated causal graph for every stream."""


def main() -> None:
    """Run the command; a named failure becomes one sentence on standard error."""
    try:
        cli(prog_name="scarcity", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except ScarcityError as error:
        click.echo(f"scarcity: {error}", err=True)
        refused = isinstance(error, (Transient, Overloaded))
        sys.exit(NOT_THERE if refused else WRONG_USE)
