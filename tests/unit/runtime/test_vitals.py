"""How much a service has to do, and how long that takes it."""

import pytest

from scarcity.runtime.vitals import Vitals


class Clock:
    """Seconds, as a test wants them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_busy_half_of_the_time_from_the_first_batch_on() -> None:
    clock = Clock()
    vitals = Vitals(clock)
    for second in range(1, 61):
        clock.now = float(second)
        vitals.worked(100, 0.5)
        if second in (10, 60):
            assert vitals.busy == pytest.approx(0.5, abs=0.05)
            assert vitals.latency == pytest.approx(0.005)


def test_rest_is_seen_and_what_is_unknown_is_none() -> None:
    clock = Clock()
    vitals = Vitals(clock)

    assert (vitals.latency, vitals.waiting, vitals.busy) == (None, None, 0.0)

    clock.now = 5.0
    vitals.worked(10, 5.0)
    clock.now = 60.0

    assert vitals.busy < 0.01
    assert vitals.latency == 0.5


def test_an_empty_batch_takes_time_and_no_message() -> None:
    vitals = Vitals(Clock())
    vitals.worked(0, 0.1)

    assert vitals.latency is None
