"""Silence is measured against a stream's own pace."""

from datetime import UTC, datetime, timedelta

import pytest

from services.stream_manager.domain import Pace

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
IDLE = timedelta(seconds=2)


def silent_after(pace: Pace, last_s: float) -> float:
    """Return how many seconds after its last record the stream counts as silent."""
    for second in range(100_000):
        if pace.is_silent(now=BEGIN + timedelta(seconds=last_s + second), idle=IDLE):
            return float(second)
    raise AssertionError("never")


def heard(*seconds: float) -> Pace:
    pace = Pace()
    for second in seconds:
        pace.hear(int(1000 * second), int(1000 * second), records=1)
    return pace


def test_a_burst_is_over_after_the_idle_time() -> None:
    assert silent_after(heard(*[0.0] * 500), 0.0) == 2.0


@pytest.mark.parametrize("gap", [1.0, 10.0, 60.0])
def test_a_slow_stream_is_given_five_of_its_gaps(gap: float) -> None:
    seconds = [gap * number for number in range(40)]

    assert silent_after(heard(*seconds), seconds[-1]) == 5.0 * gap


def test_one_record_is_waited_upon_for_a_minute() -> None:
    assert silent_after(heard(0.0), 0.0) == 60.0


def test_a_record_ends_the_silence() -> None:
    pace = heard(*[0.0] * 10)
    assert silent_after(pace, 0.0) == 2.0

    pace.hear(5000, 5000, records=1)

    assert not pace.is_silent(now=BEGIN + timedelta(seconds=5), idle=IDLE)


def test_many_records_at_once_are_heard_like_one_by_one() -> None:
    one_by_one = heard(*[0.5 * number for number in range(21)])

    at_once = Pace()
    at_once.hear(0, 10_000, records=21)

    assert at_once.gap_s == pytest.approx(one_by_one.gap_s)
