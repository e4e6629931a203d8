"""The watermark of a stream is that of its slowest partition, and never goes back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scarcity.streams.rows import NEVER, Ints
from scarcity.streams.watermark import Watermark, behind_watermark


def told(watermark: Watermark, source: int, *times: int) -> int:
    marks = watermark.marks(source, np.array(times))
    watermark.advance(source, np.array(times), int(marks[-1]))
    return watermark.value_us


def test_it_is_the_newest_time_less_the_lateness() -> None:
    watermark = Watermark(10)

    assert told(watermark, 0, 50, 40, 100) == 90


def test_it_waits_for_the_slowest_partition_that_spoke() -> None:
    watermark = Watermark(0)
    told(watermark, 0, 10)
    told(watermark, 1, 12)

    assert told(watermark, 0, 1000) == 12
    assert told(watermark, 1, 500) == 500


def test_a_partition_at_rest_is_waited_for_no_more_until_it_speaks() -> None:
    watermark = Watermark(0)
    told(watermark, 0, 10)
    told(watermark, 1, 12)
    told(watermark, 0, 1000)

    assert watermark.rest(1) == 1000
    assert watermark.sources == (0,)
    told(watermark, 1, 20)
    assert told(watermark, 0, 2000) == 1000  # never back, and no further than partition 1


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1000), st.booleans()), max_size=40),
    st.integers(0, 50),
)
def test_it_never_goes_back(steps: list[tuple[int, int, bool]], lateness: int) -> None:
    watermark, before = Watermark(lateness), NEVER
    for source, time, rests in steps:
        value = watermark.rest(source) if rests else told(watermark, source, time)
        assert value >= before
        before = value


def test_a_dumped_watermark_goes_on_the_same() -> None:
    watermark = Watermark(5)
    told(watermark, 0, 10)
    told(watermark, 1, 12)
    watermark.rest(1)
    other = Watermark(5)
    other.load(watermark.dump())

    assert told(other, 0, 99) == told(watermark, 0, 99)
    assert other.sources == watermark.sources


times = st.lists(st.integers(0, 60), max_size=12)


@given(times, times, st.integers(1, 12), st.integers(0, 20))
def test_the_first_row_with_enough_times_behind_is_found(
    waiting: list[int], coming: list[int], need: int, lateness: int
) -> None:
    marks: Ints = np.maximum.accumulate(np.array(coming, dtype=np.int64)) - lateness
    places = np.arange(len(coming))

    found = behind_watermark(
        need, np.array(waiting), np.array(coming, dtype=np.int64), places, marks
    )

    enough = [
        row
        for row in range(len(coming))
        if sum(t <= marks[row] for t in [*waiting, *coming[: row + 1]]) >= need
    ]
    assert found == (enough[0] if enough else len(coming))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1000), st.booleans()), max_size=40),
    st.integers(0, 50),
)
def test_it_is_the_largest_minimum_over_the_partitions_that_are_awake(
    steps: list[tuple[int, int, bool]], lateness: int
) -> None:
    watermark, expected = Watermark(lateness), NEVER
    newest, asleep = dict[int, int](), set[int]()
    for source, time, rests in steps:
        if rests:
            watermark.rest(source)
            asleep |= {source} & newest.keys()
        else:
            told(watermark, source, time)
            newest[source] = max(time, newest.get(source, 0))
            asleep.discard(source)
        awake = [newest[p] for p in newest if p not in asleep]
        expected = max(expected, min(awake) - lateness) if awake else expected

        assert watermark.value_us == expected
        assert set(watermark.sources) == newest.keys() - asleep


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20), st.integers(0, 20))
def test_many_times_at_once_mark_what_they_mark_one_by_one(times: list[int], cut: int) -> None:
    at_once, singly = Watermark(7), Watermark(7)
    for watermark in (at_once, singly):
        told(watermark, 1, 500)

    marks = at_once.marks(0, np.array(times)).tolist()

    assert marks == [told(singly, 0, time) for time in times]
    for part in (times[:cut], times[cut:]):
        if part:
            told(at_once, 0, *part)
    assert at_once.value_us == singly.value_us
