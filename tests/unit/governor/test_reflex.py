"""The reflex governs a process by what it measures, tells why, and is heard when it fails."""

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scarcity.events import BudgetGranted, GovernorLevel, ResourceSample
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses

GIB = float(2**30)
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Surroundings:
    """Memory and time as a test wants them."""

    def __init__(self) -> None:
        self.load = 0.2
        self.time = 100.0
        self.evicted = 0

    def measure(self) -> ResourceSample:
        self.time += 0.05
        return ResourceSample(memory_used=self.load * GIB, memory_limit=GIB)

    def evict(self) -> None:
        self.evicted += 1

    def reflex(self, policy: Policy | None = None) -> Reflex:
        senses = Senses(self.measure, lambda: AT, lambda: self.time, self.evict)
        return Reflex(policy or Policy(), senses, component="mpie", instance="mpie-0")


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ticks(reflex: Reflex, count: int) -> None:
    for _ in range(count):
        reflex.tick()


def test_load_up_share_down_load_gone_share_restored() -> None:
    around = Surroundings()
    reflex = around.reflex()
    assert (reflex.allowance.share, reflex.allowance.intake) == (1.0, Policy().safe)
    ticks(reflex, 200)
    assert reflex.allowance.share == 1.0

    around.load = 0.95
    ticks(reflex, 3)
    assert reflex.allowance.is_paused
    assert reflex.allowance.share < 0.5

    around.load = 0.2
    ticks(reflex, 400)
    assert reflex.allowance.share == 1.0
    assert not reflex.allowance.is_paused
    told = reflex.news()
    assert next(each.level for each in told if each.level is not each.level_before) == "pause"
    assert told[-1].level is GovernorLevel.NORMAL
    assert {each.binding for each in told} == {"memory"}
    assert all(before.share == after.share_before for before, after in itertools.pairwise(told))
    assert reflex.news() == []


def test_another_policy_holds_from_the_next_look_on() -> None:
    around = Surroundings()
    around.load = 0.5
    reflex = around.reflex()
    ticks(reflex, 200)
    assert reflex.allowance.share == 1.0

    lower = (0.2, 0.3, 0.4, 0.45)
    reflex.retune(Policy(target=0.2, ceiling=0.3, enter=lower, leave=(0.1, 0.2, 0.3, 0.4)))
    ticks(reflex, 5)
    assert reflex.allowance.is_paused

    reflex.retune(Policy(dry_run=True))
    assert reflex.allowance.share == 1.0
    assert not reflex.allowance.is_paused
    around.load = 0.1
    ticks(reflex, 400)
    assert reflex.news()[-1].is_dry_run


def test_paused_for_memory_it_gives_back_ever_more_rarely() -> None:
    around = Surroundings()
    around.load = 0.97
    reflex = around.reflex()

    ticks(reflex, 160)

    # After 0, 1, 3 and 7 seconds of 8.
    assert around.evicted == 4


def test_a_dry_run_tells_and_changes_nothing() -> None:
    around = Surroundings()
    around.load = 0.97
    reflex = around.reflex(Policy(dry_run=True))

    ticks(reflex, 60)

    assert reflex.allowance.share == 1.0
    assert not reflex.allowance.is_paused
    assert around.evicted == 0
    assert all(each.is_dry_run for each in reflex.news())


@pytest.mark.parametrize(("instance", "share"), [("mpie-0", 0.4), ("mpie-1", 1.0)])
def test_what_is_granted_to_others_binds_nobody_here(instance: str, share: float) -> None:
    reflex = Surroundings().reflex()
    ticks(reflex, 200)

    reflex.grant(BudgetGranted(instance, "mpie", 1, 1, AT, 10.0, 0.4, False, GovernorLevel.CAUTION))

    assert reflex.allowance.share == share
    assert reflex.report().share == share


def test_it_runs_by_itself_and_its_failure_is_heard() -> None:
    around = Surroundings()
    reflex = around.reflex()
    reflex.start()
    around.load = 0.95
    until(lambda: reflex.allowance.is_paused)

    def broken() -> ResourceSample:
        raise ZeroDivisionError

    around.measure = broken  # type: ignore[method-assign]
    reflex.stop()

    failing = Reflex(Policy(), Senses(broken, lambda: AT), component="mpie", instance="mpie-0")
    failing.start()
    with pytest.raises(RuntimeError, match="governor has failed"):
        until(lambda: failing.allowance.is_paused)
