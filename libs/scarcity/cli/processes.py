"""`scarcity up`: everything in one process. `scarcity run`: one service, as in its container."""

import asyncio
import atexit
import os
import shutil
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from scarcity.cli import assemble
from scarcity.errors import ConfigError, ScarcityError
from scarcity.roster import ROSTER, Entry, entry
from scarcity.runtime.process import Process
from scarcity.runtime.settings import PlatformSettings

DEMOS = ("streams", "federation")


@click.command()
@click.option("--host", default=None, help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="0 = any free port.")
@click.option("--bus", default=None, help="embedded, or kafka://host:9092.  [default: embedded]")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Keep the embedded bus here; a restart goes on where it stopped.",
)
@click.option(
    "--demo",
    type=click.Choice(DEMOS),
    is_flag=False,
    flag_value="streams",
    default="streams",
    show_default=True,
    help="Two streams to look at; or five plants that share evidence, one of which lies.",
)
@click.option("--no-demo", is_flag=True, help="Nothing but what is sent in.")
@click.option("--open", "open_page", is_flag=True, help="Open the dashboard in the browser.")
def up(  # noqa: PLR0913 - one for each option
    host: str | None,
    port: int | None,
    bus: str | None,
    data_dir: Path | None,
    *,
    demo: str,
    no_demo: bool,
    open_page: bool,
) -> None:
    """Run every service in one process, with the dashboard.

    Prints the dashboard's address with its access token. SCARCITY_TOKEN sets the token; programs
    send it as `Authorization: Bearer`.
    """
    given = {"host": host, "port": port, "bus": bus, "data_dir": data_dir}
    chosen = assemble.settings()
    # Running one's own process, a person wants the address, not the life of every partition.
    level = chosen.log_level if "log_level" in chosen.model_fields_set else "warning"
    changes = {name: value for name, value in given.items() if value is not None}
    chosen = PlatformSettings.model_validate({**chosen.model_dump(), **changes, "log_level": level})
    process, platform = assemble.process(
        _entries("none" if no_demo else demo, chosen.data_dir), chosen
    )
    console = Console(highlight=False)

    status = console.status("starting")

    def announce() -> None:
        status.stop()
        address = f"http://{_shown(chosen.host)}:{process.port}/#token={platform.token}"
        console.print(f"[bold green]SCARCITY is running[/]  {address}", soft_wrap=True)
        console.print(f"Token for programs: {platform.token}   Stop with Ctrl-C.", soft_wrap=True)
        if open_page:
            webbrowser.open(address)

    with status:
        _run(process, announce)


@click.command(epilog="Services: " + "; ".join(f"{e.name}, {e.does}" for e in ROSTER) + ".")
@click.argument("service", type=click.Choice([e.name for e in ROSTER]))
def run(service: str) -> None:
    """Run one service, as in its container; settings come from the environment.

    SCARCITY_BUS=kafka://host:9092 names the broker. Probes are on SCARCITY_HOST:SCARCITY_PORT.
    """
    found: Entry = entry(service)
    chosen = assemble.settings()
    if chosen.bus == "embedded":
        raise ConfigError(
            "a service of its own meets the others on Kafka: set SCARCITY_BUS=kafka://host:9092, "
            "or run everything in one process with `scarcity up`"
        )
    process, _ = assemble.process([found], chosen)
    _run(process, lambda: None)


def _entries(demo: str, data_dir: Path | None) -> list[Entry]:
    """Return the services to run. The demo is made first: it makes its federation's folder."""
    if demo == "federation":
        root = data_dir or _for_now()
        os.environ["SCARCITY_DEMO_FEDERATION_DIR"] = str(root / "federation")
        os.environ["SCARCITY_FEDERATION_DIR"] = str(root / "federation")
    is_member = bool(os.environ.get("SCARCITY_FEDERATION_DIR"))
    return [
        *(each for each in ROSTER if each.name == "demo" and demo != "none"),
        *(
            each
            for each in ROSTER
            if each.core
            or each.name == "meta_learning"
            or (each.name == "federation" and is_member)
        ),
    ]


def _for_now() -> Path:
    """Return a folder that goes with the process, as the bus in memory does."""
    folder = tempfile.mkdtemp(prefix="scarcity-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _run(process: Process, on_ready: Callable[[], None]) -> None:
    async def drive() -> None:
        process.stop_on_signals()
        await process.run(on_ready=on_ready)

    try:
        asyncio.run(drive())
    except ExceptionGroup as group:
        named, bugs = group.split(ScarcityError)
        if bugs is not None or named is None:
            raise
        # One named failure is enough to say what to change.
        raise _first(named) from None


def _first(group: ExceptionGroup[ScarcityError]) -> ScarcityError:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found


def _shown(host: str) -> str:
    """Return a host as an address bar takes it; a wildcard is reached as this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
