"""What the governor allows is what discovery costs and what is taken in hand; then all is back."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from scarcity.causal import Budget, Engine, EngineConfig
from scarcity.events import ResourceSample
from scarcity.governor.loop import LoopLag
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses
from scarcity.runtime.governed import Governed
from scarcity.runtime.vitals import Vitals
from services.mpie.governing import Depth, allowed
from worlds import cases

GIB = float(2**30)
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Machine:
    """Memory and time as a test wants them."""

    def __init__(self) -> None:
        self.load, self.time = 0.2, 100.0
        senses = Senses(self.measure, lambda: AT, lambda: self.time, lambda: None)
        self.reflex = Reflex(Policy(), senses, component="mpie", instance="mpie-0")
        self.governed = Governed(self.reflex, LoopLag(), Vitals())

    def depth(self, most: Budget) -> Depth:
        return Depth(most, self.governed)

    def measure(self) -> ResourceSample:
        self.time += 0.05
        return ResourceSample(memory_used=self.load * GIB, memory_limit=GIB)

    def after(self, seconds: float, load: float) -> None:
        self.load = load
        for _ in range(round(seconds / 0.05)):
            self.reflex.tick()


def test_load_up_budget_down_load_gone_budget_back() -> None:
    machine, most = Machine(), Budget(targets=15)
    depth, governed = machine.depth(most), machine.governed
    machine.after(10.0, 0.2)
    assert depth.budget(20) == most
    assert governed.pace() == 1.0

    machine.after(2.0, 0.89)
    tight = depth.budget(20)
    assert tight.every > 1
    assert tight.targets is not None
    assert tight.targets < 15
    assert governed.pace() < 0.2

    machine.after(1.0, 0.95)
    assert governed.pace() == 0.0

    machine.after(20.0, 0.2)
    assert depth.budget(20) == most
    assert governed.pace() == 1.0


def test_evidence_taken_while_throttled_is_all_there_afterwards() -> None:
    machine = Machine()
    depth = machine.depth(Budget())
    values = cases.make("linear", 3, rows=2560).values
    names = [f"x{i}" for i in range(10)]
    free, throttled = Engine(names, EngineConfig()), Engine(names, EngineConfig())
    for window, load in zip(np.split(values, 10), [0.2] * 2 + [0.89] * 5 + [0.2] * 3, strict=True):
        machine.after(10.0, load)
        free.update(window)
        throttled.update(window, budget=depth.budget(10))

    mine, other = free.graph(), throttled.graph()

    assert other.rows == mine.rows
    assert other.budget == mine.budget
    assert {edge.key for edge in other.edges} == {edge.key for edge in mine.edges}
    assert [edge.rows for edge in other.edges] == [edge.rows for edge in mine.edges]


def test_a_budget_is_within_what_is_configured() -> None:
    configured = Budget(every=3, targets=None, most_parents=4, nonlinear=False)

    assert configured.within(Budget()) == configured
    assert configured.within(Budget(targets=2, single=True)) == Budget(3, 2, 4, False, True)


def test_full_work_has_no_limits() -> None:
    assert allowed(Policy().rung(1.0), 50) == Budget()


@pytest.mark.parametrize("variables", [1, 7, 500])
def test_less_share_never_allows_more(variables: int) -> None:
    ladder = Policy()
    budgets = [allowed(ladder.rung(share / 100), variables) for share in range(101)]

    for less, more in pairwise(budgets):
        assert less.every >= more.every
        assert (less.targets or variables) <= (more.targets or variables)
        assert less.most_parents <= more.most_parents
        assert less.nonlinear <= more.nonlinear
