"""Faust (faust-streaming): a windowed count in a table.

Tumbling windows of 10 s over the timestamps of the messages, with a changelog topic; JSON is read
by orjson, which Faust takes when it is there. Arguments: bootstrap address, topic, how many records
to take, where the table lives (`memory://` or `rocksdb://`).
"""

import asyncio
import os
import sys
import tempfile
from uuid import uuid4

import faust

from bench.streams.arms.meter import Meter

WINDOW_S = 10.0
GRACE_S = 5.0
PARTITIONS = 8


def application(bootstrap: str, store: str, folder: str) -> faust.App:
    """Return an application that has begun nothing yet."""
    return faust.App(
        f"faust-{uuid4().hex[:8]}",
        broker=f"kafka://{bootstrap}",
        store=store,
        datadir=folder,
        topic_partitions=PARTITIONS,
        topic_disable_leader=True,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
    )


async def main(bootstrap: str, name: str, count: int, store: str) -> None:
    """Run the application until its table has counted that many records."""
    meter, done = Meter(), asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        app = application(bootstrap, store, folder)
        counts = app.Table("counts", default=int, partitions=PARTITIONS)
        counts = counts.tumbling(WINDOW_S, expires=WINDOW_S + GRACE_S).relative_to_stream()

        async def count_all(stream: faust.Stream) -> None:
            seen = 0
            async for event in stream.events():
                if seen == 0:
                    meter.begin()
                counts[event.key] += 1
                seen += 1
                if seen == count:
                    meter.report(seen, store=store)
                    done.set()

        raw = app.topic(name, key_serializer="raw", value_serializer="json", partitions=PARTITIONS)
        app.agent(raw)(count_all)
        async with app:
            await done.wait()
            sys.stdout.flush()
            # What comes after the last record is of no interest, and takes Faust seconds.
            os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
