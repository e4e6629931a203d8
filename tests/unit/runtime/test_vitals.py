"""How much a service has to do, and how long that takes it."""

import pytest

from scarcity.runtime.vitals import Vitals


class Machine:
    """Time and processor time in seconds, as a test wants them."""

    def __init__(self) -> None:
        self.now, self.used = 0.0, 0.0
        self.vitals = Vitals(lambda: self.now, lambda: self.used)

    def run(self, seconds: float, cores: float) -> float:
        """Let time pass, asked twenty times a second how busy it is."""
        for _ in range(round(20 * seconds)):
            self.now += 0.05
            self.used += 0.05 * cores
            self.vitals.busy()
        return self.vitals.busy()


def test_how_busy_the_process_is_follows_what_it_does() -> None:
    machine = Machine()

    assert machine.run(60.0, 0.5) == pytest.approx(0.5, abs=0.01)
    assert machine.run(60.0, 1.5) == pytest.approx(1.5, abs=0.01)
    assert machine.run(60.0, 0.0) < 0.01


def test_a_message_takes_what_it_took_of_late() -> None:
    machine = Machine()
    assert (machine.vitals.latency, machine.vitals.waiting) == (None, None)

    machine.vitals.worked(10, 5.0)
    assert machine.vitals.latency == 0.5

    machine.now = 60.0
    machine.vitals.worked(1000, 5.0)
    assert machine.vitals.latency == pytest.approx(0.005, rel=0.01)


def test_an_empty_batch_takes_time_and_no_message() -> None:
    machine = Machine()
    machine.vitals.worked(0, 0.1)

    assert machine.vitals.latency is None
