"""`scarcity replay`: run a recorded topic through a service, or send its records again."""

import asyncio
from collections import Counter

import click

from scarcity.bus.base import Bus
from scarcity.cli import show
from scarcity.cli.again import send_again
from scarcity.cli.buses import on_bus, opened
from scarcity.cli.rehearsal import rehearse
from scarcity.cli.stretch import Stretch, on_stretch
from scarcity.errors import ConfigError
from scarcity.roster import ROSTER
from scarcity.telemetry import logs


@click.command()
@on_stretch()
@click.option("--through", type=click.Choice([e.name for e in ROSTER]), help="A service.")
@click.option("--json", "as_json", is_flag=True, help="With --through: events as JSON lines.")
@click.option("--into", default=None, help="A stream that gets the raw records again.")
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), help="With --into: per second."
)
@on_bus()
def replay(
    stretch: Stretch,
    through: str | None,
    into: str | None,
    rate: float | None,
    *,
    as_json: bool,
    bus: Bus,
) -> None:
    """Read TOPIC as it was recorded, up to its end, and do something with it.

    --through SERVICE hands the messages to that service's own handlers, in this process, and
    prints what they lead to. The service begins without state, but knows what it follows, such as
    the definitions of streams. Nothing is published.

    --into STREAM puts raw records onto the raw topic once more, under another name. A record
    without a time of its own keeps the time of its message. The originals stay as they are.

    --from and --to take an offset, or a time of messages in RFC 3339. TOPIC may be short: raw.
    """
    if through and not into:
        asyncio.run(_through(bus, stretch, through, as_json=as_json))
    elif into and not through:
        asyncio.run(_into(bus, stretch, into, rate))
    else:
        raise ConfigError("say what to do, one of both: --through SERVICE, or --into STREAM")


async def _through(bus: Bus, stretch: Stretch, service: str, *, as_json: bool) -> None:
    logs.configure("error")
    found: Counter[str] = Counter()
    async with opened(bus):
        async for event in rehearse(bus, stretch, service):
            found[type(event).__name__] += 1
            click.echo(show.document(event) if as_json else show.line(event))
    told = ", ".join(f"{count} {name}" for name, count in found.items())
    click.echo(f"{service}: {told or 'nothing'}", err=True)


async def _into(bus: Bus, stretch: Stretch, into: str, rate: float | None) -> None:
    async with opened(bus):
        sent = await send_again(bus, stretch, into, rate)
    click.echo(f"{sent} records sent into {into}")
