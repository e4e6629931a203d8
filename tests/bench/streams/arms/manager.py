"""The Stream Manager as it is deployed: its own process, its durable state, its guarantees.

It drains until it has handled every record, and then in the ordinary way: what it holds is saved
and committed before the end, and counts. Arguments: bootstrap address, how many records there are.
"""

import asyncio
import os
import sys

from bench.streams.arms.meter import Meter
from scarcity.cli import assemble
from scarcity.events import RAW
from scarcity.roster import entry
from scarcity.runtime.process import Platform, Process

SERVICE = "stream_manager"
LOOK_S = 0.02


async def main(bootstrap: str, count: int) -> None:
    """Run the service until it has handled that many records."""
    os.environ |= {
        "SCARCITY_BUS": f"kafka://{bootstrap}",
        "SCARCITY_PORT": "0",
        "SCARCITY_LOG_LEVEL": "warning",
        # Nothing falls silent here; the last windows stay open.
        "SCARCITY_STREAM_MANAGER_IDLE_S": "3600",
    }
    process, platform = assemble.process([entry(SERVICE)], assemble.settings())
    meter = Meter()
    async with asyncio.TaskGroup() as group:
        group.create_task(process.run())
        await _watch(process, platform, meter, count)
    meter.report(count)


async def _watch(process: Process, platform: Platform, meter: Meter, count: int) -> None:
    while handled(platform) == 0:
        meter.begin()
        await asyncio.sleep(LOOK_S)
    while handled(platform) < count:
        await asyncio.sleep(LOOK_S)
    process.stop()


def handled(platform: Platform) -> float:
    """Return how many raw records were handled so far."""
    found = platform.metrics.registry.get_sample_value(
        "scarcity_events_handled_total", {"component": SERVICE, "topic": RAW.name}
    )
    return found or 0.0


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
