"""A Stream Manager that tells, whenever asked, how much memory it takes.

For each line on its standard input, a number of windows, it waits until it has published that many
in all, collects its garbage, and prints its resident bytes. Argument: bootstrap address.
"""

import asyncio
import gc
import os
import sys

import psutil

from scarcity.cli import assemble
from scarcity.events import WindowSealed
from scarcity.roster import entry
from scarcity.runtime.process import Platform

SERVICE = "stream_manager"
IDLE_S = "1"
SETTLE_S = 2.0
LOOK_S = 0.2


async def main(bootstrap: str) -> None:
    """Run the service until the standard input ends."""
    os.environ |= {
        "SCARCITY_BUS": f"kafka://{bootstrap}",
        "SCARCITY_PORT": "0",
        "SCARCITY_LOG_LEVEL": "warning",
        "SCARCITY_STREAM_MANAGER_IDLE_S": IDLE_S,
    }
    process, platform = assemble.process([entry(SERVICE)], assemble.settings())
    async with asyncio.TaskGroup() as group:
        group.create_task(process.run())
        while line := await asyncio.to_thread(sys.stdin.readline):
            await _published(platform, int(line))
            gc.collect()
            sys.stdout.write(f"{psutil.Process().memory_info().rss}\n")
            sys.stdout.flush()
        process.stop()


async def _published(platform: Platform, count: int) -> None:
    labels = {"component": SERVICE, "topic": WindowSealed.topic.name}
    registry = platform.metrics.registry
    while (registry.get_sample_value("scarcity_events_published_total", labels) or 0) < count:
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SETTLE_S)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
