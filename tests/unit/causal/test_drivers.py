"""Clocks that many variables follow are found and subtracted; what is no clock is left alone."""

import numpy as np
import pytest

from scarcity.causal.drivers import LINE, TREND, Drivers, find_drivers
from worlds import cases
from worlds.world import Floats

ROWS = 1500
D = 6
TIME = np.arange(ROWS)


def noise(seed: int, case: str = "linear") -> Floats:
    values = cases.make(case, seed, d=D, rows=ROWS).values
    unit: Floats = (values - values.mean(axis=0)) / values.std(axis=0)
    return unit


def cycle(seed: int, period: float, amplitude: float = 1.0) -> Floats:
    """One period, in which every variable has a phase of its own."""
    phase = TIME[:, None] / period + np.random.default_rng([41, seed]).random(D)
    wave: Floats = amplitude * np.sin(2.0 * np.pi * phase)
    return wave


def oscillating(seed: int) -> Floats:
    """A noisy pendulum of two variables, which drives all others within a step."""
    rng = np.random.default_rng([42, seed])
    angle = 2.0 * np.pi / rng.uniform(10.0, 40.0)
    turn = 0.9 * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    dynamics = 0.5 * np.eye(D)
    dynamics[:2, :2] = turn
    dynamics[0, 2:] = rng.uniform(0.2, 0.5, D - 2)
    values = rng.normal(size=(ROWS + 200, D))
    for t in range(1, len(values)):
        values[t] += values[t - 1] @ dynamics
    return values[200:]


def found(rows: Floats, declared: tuple[float, ...] = ()) -> Drivers:
    known = Drivers.begin(rows.shape[1], np.array(declared, np.float64), len(declared))
    return find_drivers(known, rows, np.arange(len(rows)))


def widths(period: float, other: float) -> float:
    """How far apart two periods are, in widths of a line in the spectrum."""
    return abs(1.0 / period - 1.0 / other) * ROWS


def innovations(rows: Floats) -> Floats:
    """What a regression of every variable on the last two rows leaves."""
    past = np.column_stack([rows[1:-1], rows[:-2], np.ones(len(rows) - 2)])
    left: Floats = rows[2:] - past @ np.linalg.lstsq(past, rows[2:])[0]
    return left


@pytest.mark.parametrize("period", [5.0, 7.31, 24.0, 37.3, 96.0, 211.7])
@pytest.mark.parametrize("seed", range(3))
def test_a_period_that_variables_share_is_found_and_taken_away(period: float, seed: int) -> None:
    rows, wave = noise(seed, "noise") + np.arange(D), cycle(seed, period)

    clocks = found(rows + wave)
    cleaned = clocks.clean(rows + wave, TIME)

    assert clocks.is_active
    assert len(clocks.periods) == 1
    assert widths(clocks.periods[0], period) < 0.25
    assert cleaned.mean(axis=0) == pytest.approx(rows.mean(axis=0), abs=0.1)
    assert np.std(cleaned - rows, axis=0).max() < 0.3
    assert np.std(innovations(cleaned) - innovations(rows), axis=0).max() < 0.12


def test_several_periods_are_told_apart() -> None:
    clocks = found(noise(3) + cycle(3, 24.0) + cycle(4, 168.0))

    assert sorted(clocks.periods) == pytest.approx([24.0, 168.0], rel=0.02)


@pytest.mark.parametrize(
    "case", ["white_noise", "noise", "linear", "near_unit_root", "contemporaneous", "pendulum"]
)
def test_what_has_no_clock_gets_none(case: str) -> None:
    seeds = range(100, 124)
    rows = (oscillating(seed) if case == "pendulum" else noise(seed, case) for seed in seeds)

    with_period = [s for s, each in zip(seeds, rows, strict=True) if len(found(each).periods)]

    print(f"{case}: periods with seeds {with_period}")
    assert len(with_period) <= 2


def test_a_declared_period_is_used_however_weak_it_is() -> None:
    rows, wave = noise(4, "white_noise"), cycle(4, 96.0, amplitude=0.1)
    clocks = found(rows + wave, (96.0,))

    assert not found(rows + wave).is_active
    assert clocks.periods.tolist() == [96.0]
    left = clocks.clean(rows + wave, TIME) - rows
    assert np.linalg.norm(left) < 0.8 * np.linalg.norm(wave)
    assert found((rows + wave)[:100], (96.0,)).periods.tolist() == [96.0]


@pytest.mark.parametrize("seed", range(4))
def test_a_trend_is_taken_away_and_goes_on_when_it_is_beyond_doubt(seed: int) -> None:
    slope = 3.0 / ROWS * np.array([1.0, -1.0, 2.0, -2.0, 0.0, 1.0])
    rows, later = noise(seed, "noise"), np.arange(ROWS, ROWS + 400)
    clocks = found(rows + np.outer(TIME, slope))

    left = clocks.clean(np.outer(later, slope), later)

    cleaned = clocks.clean(rows + np.outer(TIME, slope), TIME)
    assert cleaned.std(axis=0) == pytest.approx(rows.std(axis=0), rel=0.15)
    assert np.abs(left[-1] - left[0]).max() < 0.4  # up to 1.6 if it did not go on
    assert np.median(np.abs(left[-1] - left[0])) < 0.15


def test_a_trend_in_doubt_stays_as_it_was_in_the_last_row() -> None:
    weak = np.linspace(0.0, 0.18, ROWS)[:, None]
    at = np.array([0, ROWS - 1, ROWS, ROWS + 1, 50_000])
    clocks = {seed: found(noise(seed, "white_noise") + weak) for seed in range(20)}
    in_doubt = {seed: each for seed, each in clocks.items() if LINE <= each.drift < TREND}

    print(f"in doubt with seeds {list(in_doubt)}")
    assert len(in_doubt) >= 10
    for each in in_doubt.values():
        taken = -each.clean(np.zeros((len(at), D)), at)
        assert np.mean(taken[1] - taken[0]) == pytest.approx(0.18, abs=0.1)
        assert np.array_equal(taken[2:], np.tile(taken[1], (3, 1)))


@pytest.mark.parametrize("drift", [1.0, 1e-4, 1e-9])
def test_learning_in_pieces_is_learning_at_once(drift: float) -> None:
    rows = noise(7) + cycle(7, 48.0)
    whole, pieces = (Drivers.begin(D, np.array([48.0]), 1) for _ in range(2))
    whole.drift = pieces.drift = drift

    whole.learn(rows, TIME)
    for first in range(0, ROWS, 100):
        pieces.learn(rows[first : first + 100], TIME[first : first + 100])

    assert pieces.coefficients == pytest.approx(whole.coefficients, abs=1e-9)
    cleaned, later = pieces.clean(rows, TIME + ROWS), whole.clean(rows, TIME + ROWS)
    assert cleaned == pytest.approx(later, abs=1e-9)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_a_period_is_found_behind_missing_values(share: float) -> None:
    rows, wave = noise(8), cycle(8, 37.3)
    holed = rows + wave
    holed[np.random.default_rng(9).random(holed.shape) < share] = np.nan
    holed[700] = np.nan

    clocks = found(holed)
    cleaned = clocks.clean(holed, TIME)

    assert len(clocks.periods) == 1
    assert widths(clocks.periods[0], 37.3) < 0.25
    assert np.array_equal(np.isnan(cleaned), np.isnan(holed))
    assert np.nanstd(cleaned - rows, axis=0).max() < 0.35


def test_units_do_not_matter_and_new_variables_follow_nothing() -> None:
    rows = noise(10) + cycle(10, 24.0)
    clocks, factor = found(rows), np.ldexp(1.0, np.arange(D))

    cleaned = clocks.clean(rows, TIME)
    clocks.rescale(factor)
    clocks.extend(1)
    again = clocks.clean(np.column_stack([rows * factor, np.ones(ROWS)]), TIME)

    assert again[:, :D] == pytest.approx(cleaned * factor, rel=1e-9, abs=1e-9)
    assert np.array_equal(again[:, D], np.ones(ROWS))


@pytest.mark.parametrize("seed", range(3))
def test_a_gap_makes_no_clock_forgotten(seed: int) -> None:
    values = cases.make("shared_cycle", seed, d=8, rows=1500).values
    kept = np.r_[0:900, 905:1500]

    clocks = find_drivers(Drivers.begin(8, np.zeros(0), 0), values[kept], kept)

    assert clocks.periods == pytest.approx([96.0], rel=0.02)
