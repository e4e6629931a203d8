"""What a member may commit in a log of which markers of transactions are a part."""

from collections.abc import Sequence

import pytest
from aiokafka import ConsumerRecord
from aiokafka import TopicPartition as KafkaPartition
from hypothesis import given
from hypothesis import strategies as st

from scarcity.bus.kafka.progress import Progress

SOURCE = KafkaPartition("t", 0)


class Consumer:
    """One partition, as aiokafka reads it: `None` in the log is a marker, which is passed over."""

    def __init__(self, log: Sequence[bytes | None]) -> None:
        self._log = log
        self._position = 0

    async def getmany(
        self, *, timeout_ms: int, max_records: int
    ) -> dict[KafkaPartition, list[ConsumerRecord]]:
        del timeout_ms
        found: list[ConsumerRecord] = []
        while self._position < len(self._log) and len(found) < max_records:
            value = self._log[self._position]
            if value is not None:
                found.append(
                    ConsumerRecord("t", 0, self._position, 0, 0, b"k", value, None, 1, 1, ())
                )
            self._position += 1
        return {SOURCE: found} if found else {}

    async def position(self, source: KafkaPartition) -> int:
        assert source == SOURCE
        return self._position

    def seek(self, source: KafkaPartition, offset: int) -> None:
        assert source == SOURCE
        self._position = offset


@given(
    st.lists(st.sampled_from([b"message", None])),
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=40, max_size=40),
)
async def test_every_message_is_handed_out_once_and_what_is_committed_leaves_only_messages(
    log: list[bytes | None], steps: list[tuple[int, bool]]
) -> None:
    progress = Progress(Consumer(log))
    handed: list[int] = []

    for limit, pause in steps:
        if pause:
            progress.put_back([SOURCE])
        batch = await progress.take(limit=limit, wait=0.0)
        assert len(batch) <= limit
        handed += [delivery.offset for delivery in batch]
        if batch:
            (committed,) = (await progress.committing({SOURCE: handed[-1] + 1})).values()
            assert committed == next_message(log, handed[-1] + 1)
            assert await progress.past(SOURCE, handed[-1]) == handed[-1]

    assert handed == [offset for offset, value in enumerate(log) if value is not None]
    assert await progress.past(SOURCE, len(log)) == len(log)


@pytest.mark.parametrize("offset", [0, 1, 2])
async def test_an_offset_that_was_not_handed_out_is_committed_as_it_is(offset: int) -> None:
    progress = Progress(Consumer([None, None, b"message"]))

    assert await progress.committing({SOURCE: offset}) == {SOURCE: offset}


def next_message(log: Sequence[bytes | None], begin: int) -> int:
    """Return the offset of the next message, or the end."""
    rest = range(begin, len(log))
    return next((offset for offset in rest if log[offset] is not None), len(log))
