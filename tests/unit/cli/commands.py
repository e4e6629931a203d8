"""Commands run in this process, over embedded buses that were filled beforehand."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import orjson
from click.testing import CliRunner, Result

from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.bus.embedded import EmbeddedBus
from scarcity.cli import cli
from scarcity.runtime.process import specs

T = TypeVar("T")


def run(*arguments: str | Path) -> Result:
    """Run a command; what it raises is in the result."""
    return CliRunner().invoke(cli, [str(part) for part in arguments], standalone_mode=False)


def lines_of(result: Result) -> list[dict[str, Any]]:
    """Return the JSON lines that a command that went well printed."""
    if result.exception:
        raise result.exception
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def on_bus(folder: Path, work: Callable[[Bus], Coroutine[None, None, T]]) -> T:
    """Do something on the embedded bus in a folder, and close it."""

    async def whole() -> T:
        bus = EmbeddedBus(folder)
        await bus.start()
        try:
            await bus.provision(specs())
            return await work(bus)
        finally:
            await bus.close()

    return asyncio.run(whole())


def fill(folder: Path, messages: Sequence[Message]) -> None:
    """Put messages on the bus in a folder."""
    on_bus(folder, lambda bus: bus.publish(messages))


def held(folder: Path, topic: str) -> list[Delivery]:
    """Return all that a topic holds, partition by partition."""

    async def read(bus: Bus) -> list[Delivery]:
        found: list[Delivery] = []
        batches = bus.follow(Follow((topic,)))
        async for batch in batches:
            if not batch:
                break
            found += batch
        await batches.aclose()
        return found

    return on_bus(folder, read)
