"""Where a follower begins: at the first message that is not before the point it named."""

from datetime import UTC, datetime, timedelta
from itertools import dropwhile

from hypothesis import given
from hypothesis import strategies as st

from scarcity.bus.base import Delivery, Start, TopicPartition
from scarcity.bus.beginning import Beginning

SOURCES = [TopicPartition("t", 0), TopicPartition("t", 1)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

logs = st.lists(st.tuples(st.sampled_from(SOURCES), st.integers(0, 50)), max_size=30)
cuts = st.integers(1, 7)


@given(logs, cuts, st.integers(0, 50))
def test_from_a_time_each_partition_begins_with_the_first_message_not_before_it(
    log: list[tuple[TopicPartition, int]], cut: int, start: int
) -> None:
    batch = deliveries(log)

    read = through(Beginning(EPOCH + timedelta(milliseconds=start), SOURCES), batch, cut)

    for source in SOURCES:
        mine = [d for d in batch if d.source == source]
        expected = list(dropwhile(lambda d: d.timestamp_ms < start, mine))
        assert [d for d in read if d.source == source] == expected


@given(logs, cuts, st.integers(-3, 40))
def test_from_an_offset_no_earlier_message_is_read(
    log: list[tuple[TopicPartition, int]], cut: int, start: int
) -> None:
    batch = deliveries(log)

    read = through(Beginning(start, SOURCES), batch, cut)

    assert read == [d for d in batch if d.offset >= start]


@given(logs, cuts)
def test_from_either_end_nothing_is_passed_over(
    log: list[tuple[TopicPartition, int]], cut: int
) -> None:
    batch = deliveries(log)

    for start in Start:
        assert through(Beginning(start, SOURCES), batch, cut) == batch


def deliveries(log: list[tuple[TopicPartition, int]]) -> list[Delivery]:
    ends = dict.fromkeys(SOURCES, 0)
    made = []
    for source, timestamp_ms in log:
        made.append(Delivery(*source, ends[source], "k", b"", (), timestamp_ms))
        ends[source] += 1
    return made


def through(beginning: Beginning, batch: list[Delivery], cut: int) -> list[Delivery]:
    """Read in pieces."""
    read: list[Delivery] = []
    for begin in range(0, len(batch), cut):
        read += beginning.rest(batch[begin : begin + cut])
    return read
