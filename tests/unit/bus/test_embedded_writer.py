"""A writer of an embedded bus that is kept waiting for room."""

import asyncio

import pytest

from contract.members import everything_in
from scarcity.bus.base import Message, Subscription, TopicPartition, TopicSpec
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import Fenced, Overloaded

BIG = bytes(1000)


async def test_a_writer_whose_readers_do_not_keep_up_is_told_so_and_goes_on_later() -> None:
    bus, reader = await full_bus(patience=0.05)
    writer = await bus.writer("w")

    with pytest.raises(Overloaded):
        await writer.publish([Message("other", "k", b""), Message("full", "k", BIG)])
    await reader.commit({TopicPartition("full", 0): 1})
    await writer.publish([Message("full", "k", BIG)])

    assert await everything_in(bus, "other") == []
    await bus.close()


async def test_a_writer_that_loses_its_name_while_it_waits_for_room_appends_nothing() -> None:
    bus, reader = await full_bus(patience=30.0)
    former = await bus.writer("w")
    waiting = asyncio.ensure_future(former.publish([Message("full", "k", BIG)]))
    await asyncio.sleep(0)

    await bus.writer("w")
    await reader.commit({TopicPartition("full", 0): 1})

    with pytest.raises(Fenced):
        await waiting
    assert await everything_in(bus, "full") == []  # what was there made room
    await bus.close()


async def full_bus(*, patience: float) -> tuple[EmbeddedBus, Subscription]:
    """A bus with a topic that is full, and the reader who has read nothing of it."""
    bus = EmbeddedBus(partition_bytes=1000, patience=patience)
    await bus.start()
    await bus.provision([TopicSpec("full", 1), TopicSpec("other", 1)])
    reader = await bus.subscribe(["full"], group="slow")
    await bus.publish([Message("full", "k", BIG)])
    return bus, reader
