"""Clocks that many variables follow are found and subtracted; what is no clock is left alone."""

import numpy as np
import pytest

from scarcity.causal.drivers import Drivers, find_drivers
from worlds import cases
from worlds.world import Floats

ROWS = 1500
D = 6


def noise(seed: int, case: str = "linear") -> Floats:
    values = cases.make(case, seed, d=D, rows=ROWS).values
    unit: Floats = (values - values.mean(axis=0)) / values.std(axis=0)
    return unit


def with_period(seed: int, period: float, amplitude: float = 1.0) -> tuple[Floats, Floats]:
    """Rows, and the cycle in them, of which every variable has a phase of its own."""
    rng = np.random.default_rng([41, seed])
    phase = np.arange(ROWS)[:, None] / period + rng.random(D)
    cycle = amplitude * np.sin(2.0 * np.pi * phase)
    return noise(seed) + cycle, cycle


def found(rows: Floats, declared: tuple[float, ...] = ()) -> Drivers:
    known = Drivers.begin(rows.shape[1], np.array(declared, np.float64), len(declared))
    return find_drivers(known, rows, np.arange(len(rows)))


@pytest.mark.parametrize("period", [24.0, 96.0, 37.3])
@pytest.mark.parametrize("seed", range(3))
def test_a_period_that_variables_share_is_found_and_taken_away(period: float, seed: int) -> None:
    rows, cycle = with_period(seed, period)

    clocks = found(rows)

    assert clocks.periods == pytest.approx([period], rel=0.02)
    left = clocks.clean(rows, np.arange(ROWS)) - (rows - cycle)
    assert np.std(left, axis=0).max() < 0.35  # of .71
    assert clocks.is_active


@pytest.mark.parametrize("case", ["linear", "near_unit_root", "heavy", "contemporaneous"])
def test_what_has_no_clock_gets_none(case: str) -> None:
    clocks = [found(noise(seed, case)) for seed in range(100, 115)]

    assert sum(len(each.periods) for each in clocks) <= 1


def test_a_declared_period_is_used_however_weak_it_is() -> None:
    rows, _ = with_period(4, 96.0, amplitude=0.05)

    assert found(rows).periods.size == 0
    assert found(rows, (96.0,)).periods.tolist() == [96.0]


def test_a_trend_is_taken_away_and_goes_on_when_it_is_beyond_doubt() -> None:
    drift = np.linspace(0.0, 5.0, ROWS + 200)[:, None] * np.ones(D)
    rows = noise(5)
    clocks = found(rows + drift[:ROWS])

    later = clocks.clean(np.zeros((200, D)) + drift[ROWS:], np.arange(ROWS, ROWS + 200))

    assert np.abs(later - later[0]).max() < 0.5  # it would be .67 with the trend left in
    assert clocks.clean(rows + drift[:ROWS], np.arange(ROWS)).std(axis=0).max() < 1.2


def test_a_trend_that_is_in_doubt_does_not_go_on() -> None:
    rows = noise(6, "near_unit_root")[:300]
    clocks = found(rows)

    later = clocks.clean(np.zeros((5, D)), np.array([400, 500, 600, 5000, 50_000]))

    assert np.abs(later - later[0]).max() < 1e-9


def test_learning_in_pieces_is_learning_at_once() -> None:
    rows, _ = with_period(7, 48.0)
    whole, pieces = (Drivers.begin(D, np.array([48.0]), 1) for _ in range(2))

    whole.learn(rows, np.arange(ROWS))
    for first in range(0, ROWS, 100):
        pieces.learn(rows[first : first + 100], np.arange(first, first + 100))

    assert pieces.coefficients == pytest.approx(whole.coefficients, abs=1e-9)


def test_a_period_is_found_behind_missing_values() -> None:
    rows, _ = with_period(8, 24.0)
    rows[np.random.default_rng(9).random(rows.shape) < 0.1] = np.nan

    assert found(rows).periods == pytest.approx([24.0], rel=0.01)


def test_units_do_not_matter_and_new_variables_follow_nothing() -> None:
    rows, _ = with_period(10, 24.0)
    clocks = found(rows)
    factor: Floats = np.exp2(np.arange(D, dtype=np.float64))

    cleaned = clocks.clean(rows, np.arange(ROWS))
    clocks.rescale(factor)
    clocks.extend(1)
    wide = np.column_stack([rows * factor, np.ones(ROWS)])
    again = clocks.clean(wide, np.arange(ROWS))

    assert again[:, :D] == pytest.approx(cleaned * factor, rel=1e-9, abs=1e-9)
    assert np.array_equal(again[:, D], np.ones(ROWS))
