"""When an input partition is held back, and when it goes on."""

import pytest

from scarcity.bus.base import partition_of
from scarcity.events import WindowSealed
from scarcity.runtime.feeds import Backlog
from scarcity.runtime.service import Feed

FEED = Feed(WindowSealed.topic, "mpie", limit=10)
HERE = partition_of("a", 8)
ELSEWHERE = (HERE + 1) % 8


@pytest.mark.parametrize(
    ("waiting", "is_held", "holds"),
    [
        (0, False, False),
        (10, False, False),
        (11, False, True),
        (0, True, False),
        (4, True, False),
        (5, True, True),
        (10, True, True),
    ],
)
def test_it_is_held_above_the_limit_and_goes_on_below_half_of_it(
    waiting: int, *, is_held: bool, holds: bool
) -> None:
    backlog = Backlog(FEED, {HERE: waiting, ELSEWHERE: 0})

    assert backlog.holds(["a"], is_held=is_held) is holds


@pytest.mark.parametrize("is_held", [False, True])
def test_what_waits_in_partitions_that_it_does_not_feed_is_nothing_to_it(*, is_held: bool) -> None:
    assert not Backlog(FEED, {HERE: 0, ELSEWHERE: 99}).holds(["a"], is_held=is_held)
    assert not Backlog(FEED, {HERE: 99}).holds([], is_held=is_held)


def test_the_fullest_partition_that_it_feeds_decides() -> None:
    other = next(key for key in "bcdefgh" if partition_of(key, 8) != HERE)

    assert Backlog(FEED, {HERE: 0, partition_of(other, 8): 11}).holds(["a", other], is_held=False)
