"""A writer in a process of its own, for tests that kill it or stop it.

Arguments: where the bus is (`host:port`, or the directory of an embedded one), the writer's name,
the topic, and what to do:

    steady    publish 0, 1, 2, ... for ever, each as a pair in partitions 0 and 1
    before    publish 0; when told to go on, publish 1
    within    publish 0; begin to publish 1, and stop before it is committed until told to go on

It says on each line of its output how far it has come, and is told to go on by a line of input.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

from aiokafka import AIOKafkaProducer

from scarcity.bus.base import Bus, Message, Writer
from scarcity.bus.embedded import EmbeddedBus
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.errors import Fenced


async def main(place: str, name: str, topic: str, conduct: str) -> None:
    bus: Bus = KafkaBus(KafkaSettings(place)) if ":" in place else EmbeddedBus(Path(place))
    await bus.start()
    writer = await bus.writer(name)
    if conduct == "steady":
        for n in count():
            await writer.publish(pair(topic, n))
            say(str(n))
    await writer.publish(pair(topic, 0))
    if conduct == "within":
        stop_before_commits()
    else:
        say("before")
        await told_to_go_on()
    say(await attempt(writer, topic))
    await bus.close()


async def attempt(writer: Writer, topic: str) -> str:
    try:
        await writer.publish(pair(topic, 1))
    except Fenced:
        return "fenced"
    return "published"


def stop_before_commits() -> None:
    commit = AIOKafkaProducer.commit_transaction

    async def commit_later(producer: AIOKafkaProducer) -> None:
        say("within")
        await told_to_go_on()
        await commit(producer)

    AIOKafkaProducer.commit_transaction = commit_later


async def told_to_go_on() -> None:
    await asyncio.to_thread(sys.stdin.readline)


def pair(topic: str, n: int) -> list[Message]:
    return [Message(topic, "k", str(n).encode(), partition=partition) for partition in (0, 1)]


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
