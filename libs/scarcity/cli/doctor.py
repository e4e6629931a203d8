"""`scarcity doctor`: look at the surroundings and say what is wrong."""

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click
import httpx

from scarcity.bus.base import Bus
from scarcity.cli import assemble
from scarcity.errors import ScarcityError

PATIENCE_S = 2.0
KAFKA_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` None means: not needed, not there."""

    what: str
    ok: bool | None
    says: str


@click.command()
@click.option("--url", default=None, help="A running gateway to look at.")
def doctor(url: str | None) -> None:
    """Check this machine and the settings; exits with 1 when something is wrong."""
    wrong = False
    for finding in _findings(url):
        sign = {True: "ok  ", False: "BAD ", None: "-   "}[finding.ok]
        click.echo(f"{sign} {finding.what}: {finding.says}")
        wrong |= finding.ok is False
    if wrong:
        sys.exit(1)


def _findings(url: str | None) -> Iterator[Finding]:
    yield _python()
    yield _settings()
    yield _dashboard()
    yield _kafka()
    yield _data_dir()
    for tool, use in (
        ("java", "a real Kafka in the tests"),
        ("docker", "docker compose"),
        ("chromium", "the screenshot tests"),
    ):
        found = shutil.which(tool)
        yield Finding(tool, True if found else None, found or f"not found; only needed for {use}")
    if url:
        yield _gateway(url)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), f"{version}; 3.11 or later is needed")


def _settings() -> Finding:
    try:
        chosen = assemble.settings()
    except ScarcityError as error:
        return Finding("settings", ok=False, says=str(error))
    token = "set" if chosen.token else "made up at every start"
    return Finding("settings", ok=True, says=f"bus {chosen.bus}, token {token}")


def _dashboard() -> Finding:
    spec = find_spec("services")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    index = Path(folders[0], "dashboard", "dist", "index.html") if folders else Path()
    if index.is_file():
        return Finding("dashboard", ok=True, says="built")
    return Finding("dashboard", ok=False, says="not built; run `make setup`")


def _kafka() -> Finding:
    try:
        chosen = assemble.settings()
    except ScarcityError:
        return Finding("kafka", ok=None, says="not looked at: the settings come first")
    if not chosen.bus.startswith(assemble.KAFKA):
        return Finding("kafka", ok=None, says="not used; SCARCITY_BUS=kafka://host:9092 would")
    # The client is imported only where Kafka is spoken: it takes a while.
    from scarcity.bus.kafka import KafkaBus  # noqa: PLC0415
    from scarcity.cli.kafka import kafka_settings  # noqa: PLC0415

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it sees is said here
    try:
        how = kafka_settings(chosen)
        asyncio.run(_reach(KafkaBus(how)))
    except TimeoutError:
        return Finding("kafka", ok=False, says=f"{chosen.bus} does not answer")
    except ScarcityError as error:
        return Finding("kafka", ok=False, says=str(error))
    return Finding("kafka", ok=True, says=f"{chosen.bus} lets us in: {how.security}")


async def _reach(bus: Bus) -> None:
    async with asyncio.timeout(KAFKA_PATIENCE_S):
        await bus.start()
    await bus.close()


def _data_dir() -> Finding:
    folder = os.environ.get("SCARCITY_DATA_DIR")
    if not folder:
        return Finding("data directory", ok=None, says="none; the embedded bus forgets at its end")
    nearest = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
    writable = os.access(nearest, os.W_OK)
    return Finding("data directory", writable, f"{folder} is{'' if writable else ' not'} writable")


def _gateway(url: str) -> Finding:
    try:
        answer = httpx.get(f"{url.rstrip('/')}/readyz", timeout=PATIENCE_S)
    except httpx.HTTPError as error:
        return Finding("gateway", ok=False, says=f"{url} does not answer: {error}")
    return Finding("gateway", answer.status_code == httpx.codes.OK, answer.text)
