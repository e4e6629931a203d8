"""`scarcity define`: say what a stream is."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import orjson

from scarcity.cli.options import gathered, on_gateway
from scarcity.client import Gateway, stream_path
from scarcity.errors import ConfigError

Window = Mapping[str, object]
"""What was said about the windows, by the names of the HTTP surface."""

SECONDS = click.FloatRange(min=0)
MORE_SECONDS = click.FloatRange(min=0, min_open=True)
STEPS = click.IntRange(min=1)


def _window(
    window: int | None,
    kind: str | None,
    cadence: float | None,
    hop: int | None,
    lateness: float | None,
    session_gap: float | None,
) -> Window:
    given = {
        "size": window,
        "kind": kind,
        "cadence_s": cadence,
        "hop": hop,
        "lateness_s": lateness,
        "session_gap_s": session_gap,
    }
    return {name: value for name, value in given.items() if value is not None}


@click.command()
@click.argument("stream")
@click.option(
    "--file",
    "source",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default=None,
    help="A definition as JSON, as PUT /streams/{id} takes it; `-` reads it from stdin.",
)
@click.option(
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME[:UNIT]",
    help="May be repeated; none at all leaves the variables to be inferred.",
)
@gathered(
    "window",
    _window,
    click.option("--window", type=STEPS, default=None, help="Steps in a full window."),
    click.option("--kind", type=click.Choice(["count", "time"]), default=None, help="Of windows."),
    click.option("--cadence", type=MORE_SECONDS, default=None, help="Seconds between two steps."),
    click.option("--hop", type=STEPS, default=None, help="Steps from window to window."),
    click.option("--lateness", type=SECONDS, default=None, help="Seconds to wait for the late."),
    click.option(
        "--session-gap",
        type=MORE_SECONDS,
        default=None,
        help="Seconds of silence that end a session.",
    ),
)
@click.option("--domain", default=None, help="What kind of thing it is about.")
@on_gateway()
def define(
    stream: str,
    source: Path | None,
    variables: tuple[str, ...],
    window: Window,
    domain: str | None,
    gateway: Gateway,
) -> None:
    """Say what STREAM is: its variables, and how it is cut into windows.

    Options win over the file. What neither says takes its default, whatever the stream was before.
    The part after the last colon of a variable is its unit: `flow:m3/h`, `cpu:0:%`, `a:b:`.
    """
    document = definition(_file(source), variables, window, domain)
    answer = gateway.put(stream_path(stream), document)
    click.echo(f"{stream} is defined, version {answer['version']}")


def definition(
    file: Mapping[str, object],
    variables: tuple[str, ...],
    window: Window,
    domain: str | None,
) -> Mapping[str, object]:
    """Return the document to send. Raises ConfigError when it would say nothing."""
    given: dict[str, object] = dict(file)
    if variables:
        given["variables"] = [variable(text) for text in variables]
    if window:
        given["window"] = {**_mapping(file.get("window", {})), **window}
    if domain is not None:
        given["domain"] = domain
    if not given:
        raise ConfigError("say what the stream is, with --file, --variable, --window or others")
    return given


def variable(text: str) -> Mapping[str, str]:
    """Return a variable from NAME[:UNIT].

    >>> variable("flow:m3/h"), variable("flow"), variable("cpu:0:")
    ({'name': 'flow', 'unit': 'm3/h'}, {'name': 'flow'}, {'name': 'cpu:0', 'unit': ''})
    """
    name, colon, unit = text.rpartition(":")
    return {"name": name, "unit": unit} if colon else {"name": text}


def _file(source: Path | None) -> Mapping[str, object]:
    if source is None:
        return {}
    try:
        text = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        return _mapping(orjson.loads(text))
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{source} is not JSON ({error}); send a definition") from error


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError('a definition is a JSON object like {"window": {"size": 64}}')
    return value
