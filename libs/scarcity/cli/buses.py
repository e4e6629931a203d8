"""The bus that a command looks into: a Kafka, or the log of an embedded bus that is not running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from scarcity.bus.base import Bus
from scarcity.cli import assemble
from scarcity.cli.options import Decorator, gathered
from scarcity.errors import ConfigError
from scarcity.events import topics
from scarcity.runtime.settings import PlatformSettings

PREFIX = "scarcity.v1."


def on_bus() -> Decorator:
    """Give a command the options that lead to a bus with something in it, as its argument `bus`."""
    return gathered(
        "bus",
        _bus,
        click.option("--bus", default=None, help="kafka://host:9092; SCARCITY_BUS otherwise."),
        click.option(
            "--data-dir",
            type=click.Path(path_type=Path, file_okay=False),
            default=None,
            help="Of an embedded bus that is not running; SCARCITY_DATA_DIR otherwise.",
        ),
    )


@asynccontextmanager
async def opened(bus: Bus) -> AsyncIterator[Bus]:
    """Open a bus, and close it in the end."""
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


def topic_name(name: str) -> str:
    """Return the full name of a topic that may be named without its prefix.

    >>> topic_name("raw")
    'scarcity.v1.raw'
    """
    known = [topic.name for topic in topics()]
    found = next((full for full in known if name in (full, full.removeprefix(PREFIX))), None)
    if found is None:
        raise ConfigError(f"there is no topic {name!r}; `scarcity topics` lists them")
    return found


def _bus(bus: str | None, data_dir: Path | None) -> Bus:
    chosen = assemble.settings()
    if bus is not None:
        chosen = chosen.model_copy(update={"bus": bus, "data_dir": data_dir})
    elif data_dir is not None:
        chosen = chosen.model_copy(update={"bus": "embedded", "data_dir": data_dir})
    _check(chosen)
    return assemble.bus(chosen)


def _check(chosen: PlatformSettings) -> None:
    if chosen.bus.startswith(assemble.KAFKA):
        return
    if chosen.bus != "embedded":
        raise ConfigError(f"there is no bus {chosen.bus!r}; name one with --bus kafka://host:9092")
    if chosen.data_dir is None:
        raise ConfigError("name a bus to look into: --bus kafka://host:9092, or --data-dir DIR")
    if not (chosen.data_dir / "bus.sqlite3").is_file():
        raise ConfigError(f"{chosen.data_dir} holds no bus; name another --data-dir")
