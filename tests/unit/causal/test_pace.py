"""With few looks at hand, those come first that may find something, and none waits forever."""

import numpy as np
import pytest

from scarcity.causal.pace import Pace
from scarcity.stats.arrays import Bools, Floats, Ints

TARGETS = 40
LOOKS = 2
STEPS = 300
STEP = 0.05
"""Turnover between two turns."""


def found_by(choice: str, seed: int) -> Floats:
    """How many changes each turn finds, of targets of which a few change often."""
    rng = np.random.default_rng([31, seed])
    rate = np.where(np.arange(TARGETS) % 5 == 0, 1.5, 0.02)
    pace, changed = Pace.begin(TARGETS), np.zeros(TARGETS, np.bool_)
    pace.looked(np.arange(TARGETS), changed, 0.0)
    found = np.zeros(STEPS)
    for step in range(STEPS):
        turnover = STEP * (step + 1)
        changed |= rng.random(TARGETS) < rate * STEP
        in_turn = np.sort(np.arange(LOOKS * step, LOOKS * (step + 1)) % TARGETS)
        targets = pace.choose(turnover, LOOKS) if choice == "pace" else in_turn
        found[step] = changed[targets].sum()
        pace.looked(targets, changed[targets], turnover)
        changed[targets] = False
    return found


@pytest.mark.parametrize("seed", range(5))
def test_looks_go_where_changes_are_and_more_so_the_more_is_known(seed: int) -> None:
    learned, in_turn = found_by("pace", seed), found_by("in turn", seed)

    begun, later = learned[:60].sum(), learned[-240:].sum() / 4
    print(f"seed {seed}: {learned.sum():.0f} found, in turn {in_turn.sum():.0f}")
    assert learned.sum() > 1.2 * in_turn.sum()
    assert later > begun


def looked_at(pace: Pace, turns: int, changes: Bools) -> list[Ints]:
    looks = []
    for turn in range(turns):
        targets = pace.choose(float(turn + 1), 2)
        pace.looked(targets, changes[targets], float(turn + 1))
        looks.append(targets)
    return looks


def test_what_was_never_looked_at_comes_first() -> None:
    pace = Pace.begin(5)
    pace.looked(np.array([0, 1, 3]), np.array([True, True, True]), 1.0)

    assert pace.choose(2.0, 2).tolist() == [2, 4]


def test_no_target_waits_forever() -> None:
    always = np.arange(8) < 2

    looks = looked_at(Pace.begin(8), 60, always)

    assert {int(target) for look in looks[-30:] for target in look} == set(range(8))


def test_what_costs_more_than_is_allowed_is_saved_up_for() -> None:
    pace = Pace.begin(10)

    assert [pace.affords(4, 10) for _ in range(10)] == [False, False, False, False, True] * 2
    assert pace.affords(None, 10)
    assert pace.affords(10, 10)


def test_only_every_so_manieth_window_is_looked_at() -> None:
    pace = Pace.begin(2)

    assert [pace.is_time(3) for _ in range(7)] == [False, False, True] * 2 + [False]
