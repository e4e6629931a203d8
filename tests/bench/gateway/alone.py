"""A gateway with an embedded bus in memory and nobody else, for the bench to send records to."""

import asyncio
import sys

from opentelemetry.sdk.trace import TracerProvider

from scarcity.bus.embedded import EmbeddedBus
from scarcity.runtime.process import Listening, Platform, Process
from services.gateway.main import build


async def main(port: int, token: str) -> None:
    """Run until told to stop."""
    platform = Platform(bus=EmbeddedBus(), tracing=TracerProvider(), token=token)
    process = Process(platform, [build(platform)], Listening(port=port))
    process.stop_on_signals()
    await process.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
