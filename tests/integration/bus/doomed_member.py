"""A group member that fetches, commits nothing, says what it got, and waits to be killed.

Arguments: bootstrap address, topic (also the group), how many messages to fetch.
"""

import asyncio
import sys

from scarcity.bus.kafka import KafkaBus, KafkaSettings


async def main(bootstrap: str, topic: str, count: str) -> None:
    bus = KafkaBus(KafkaSettings(bootstrap, session_timeout_ms=3_000, heartbeat_interval_ms=300))
    await bus.start()
    reader = await bus.subscribe([topic], group=topic)
    fetched = 0
    while fetched < int(count):
        fetched += len(await reader.fetch(limit=100, wait=0.2))
    sys.stdout.write(f"{fetched}\n")
    sys.stdout.flush()
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
