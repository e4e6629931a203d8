"""Messages of producers that name headers in bytes which are no text."""

import asyncio
import os
import shutil
import subprocess
from contextlib import aclosing
from uuid import uuid4

import pytest

from scarcity.bus.base import Delivery, Follow, TopicSpec
from scarcity.bus.kafka import KafkaBus, KafkaSettings

pytestmark = pytest.mark.kafka
LONG_S = 30.0


def produce(bootstrap: str, topic: str, codec: str, header: bytes, *values: str) -> None:
    command = ["kcat", "-b", bootstrap, "-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec, "-H"]
    lines = "".join(f"key:{value}\n" for value in values)
    subprocess.run([*map(os.fsencode, command), header], input=lines.encode(), check=True)


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4"])
async def test_every_message_is_read_by_groups_and_by_followers(
    kafka_bootstrap: str, codec: str
) -> None:
    if not shutil.which("kcat"):
        message = "odd header names were not tried; install kcat (`apt-get install kcat`)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    topic, bus = f"names.{uuid4().hex[:12]}", KafkaBus(KafkaSettings(kafka_bootstrap))
    await bus.start()
    try:
        await bus.provision([TopicSpec(topic, 1)])
        produce(kafka_bootstrap, topic, codec, b"good=1", "a", "b")
        produce(kafka_bootstrap, topic, codec, b"b\xffd=2", "c", "d", "e")
        produce(kafka_bootstrap, topic, codec, b"good=3", "f")
        read: list[Delivery] = []
        async with asyncio.timeout(LONG_S):
            subscription = await bus.subscribe([topic], group=topic)
            while len(read) < 6:
                read += await subscription.fetch(limit=2, wait=1.0)
            await subscription.close()
            followed: list[Delivery] = []
            async with aclosing(bus.follow(Follow((topic,)))) as batches:
                async for batch in batches:
                    if not batch:
                        break
                    followed += batch
    finally:
        await bus.close()

    assert [delivery.value for delivery in read] == [b"a", b"b", b"c", b"d", b"e", b"f"]
    assert [delivery.offset for delivery in read] == list(range(6))
    assert followed == read
    assert read[1].headers == (("good", b"1"),)
    assert read[3].headers == ((r"b\xffd", b"2"),)
