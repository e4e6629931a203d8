"""The least that anybody can do with aiokafka: fetch every record and decode its JSON.

Arguments: bootstrap address, how many records there are.
"""

import asyncio
import sys
from uuid import uuid4

import orjson

from bench.streams.arms.meter import Meter
from scarcity.bus.kafka import KafkaSettings
from scarcity.bus.kafka.subscription import group_consumer
from scarcity.events import RAW
from scarcity.runtime.service import BATCH


async def main(bootstrap: str, count: int) -> None:
    """Drain the topic as a member of a group, with the consumer that the service has."""
    meter = Meter()
    consumer = group_consumer(KafkaSettings(bootstrap), f"consume-{uuid4().hex}")
    consumer.subscribe([RAW.name])
    await consumer.start()
    seen = 0
    while seen < count:
        if seen == 0:
            meter.begin()
        batches = await consumer.getmany(timeout_ms=20, max_records=BATCH)
        for records in batches.values():
            for record in records:
                orjson.loads(record.value)
            seen += len(records)
    meter.report(seen)
    await consumer.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
