"""From rows to words and from sums to evidence, at the cost that is declared."""

import math

import numpy as np
import pytest
from scipy import stats

from scarcity.errors import ConfigError
from scarcity.federation.sealed.accountant import Budget, epsilon
from scarcity.federation.sealed.release import (
    Plan,
    Privacy,
    located,
    private,
    to_evidence,
    to_words,
)
from scarcity.federation.sealed.statistics import COUNTS, Frame, Shape, lagged_covariances
from scarcity.stats.arrays import Floats

SHAPE = Shape(2, 1)
FRAME = Frame(np.zeros(2), np.ones(2))
CLIP = 1.0
ROWS = 6
DELTA = 1e-2
TRIALS = 1500


def test_a_private_plan_costs_no_more_than_its_budget() -> None:
    for honest in (3, 12, 50):
        rho = Budget(1.0).rho
        plan = Plan(Shape(20, 2), 500, 60, private(Shape(20, 2), 4.0, honest, rho))

        assert 0.999 * rho <= plan.rho <= rho


def test_without_privacy_nothing_is_promised() -> None:
    assert Plan(SHAPE, 100, 10).rho == math.inf


def test_peers_who_mean_different_things_state_different_things() -> None:
    privacy = private(SHAPE, CLIP, 3, 0.1)
    plans = [
        Plan(SHAPE, 100, 10),
        Plan(Shape(2, 2), 100, 10),
        Plan(SHAPE, 101, 10),
        Plan(SHAPE, 100, 10, privacy),
        Plan(SHAPE, 100, 10, private(SHAPE, CLIP, 4, 0.1)),
    ]

    assert len({plan.statement for plan in plans}) == 5
    assert Plan(SHAPE, 100, 10).statement == plans[0].statement


def test_plans_that_cannot_be_exact_are_refused() -> None:
    with pytest.raises(ConfigError, match="not exact"):
        Plan(SHAPE, 2**30, 3)
    with pytest.raises(ConfigError, match="64 bits"):
        Plan(SHAPE, 2**28, 2**12)
    with pytest.raises(ConfigError, match="64 bits"):
        Plan(SHAPE, 100, 50, Privacy(CLIP, 2**110, 3))


def test_rows_that_do_not_fit_the_plan_are_refused_before_anything_is_sent() -> None:
    window = np.zeros((101, 2))

    with pytest.raises(ConfigError, match="declares"):
        to_words(Plan(SHAPE, 100, 10), [window])
    with pytest.raises(ConfigError, match="frame"):
        to_words(Plan(SHAPE, 200, 10, private(SHAPE, CLIP, 3, 0.1)), [window])


def test_fresh_noise_is_drawn_for_all_values_but_the_counts() -> None:
    plan = Plan(SHAPE, 100, 10, private(SHAPE, CLIP, 3, 0.1))
    window = np.random.default_rng(1).normal(size=(80, 2))

    first, second = (to_words(plan, [window], FRAME) for _ in range(2))

    assert not np.any(first[:-COUNTS] == second[:-COUNTS])
    assert plan.grid.decode(first)[-COUNTS:].tolist() == [80.0, 1.0]


def test_the_noise_of_a_sum_is_what_the_plan_says() -> None:
    privacy = private(SHAPE, CLIP, 3, 0.1)
    plan = Plan(SHAPE, 100, 10, privacy)
    window = np.random.default_rng(2).normal(size=(80, 2))
    exact = lagged_covariances([window], SHAPE, FRAME, CLIP)

    drawn = [
        to_words(plan, [window], FRAME).view(np.int64)[:-COUNTS] - exact[:-COUNTS]
        for _ in range(1500)
    ]

    sigma = math.sqrt(privacy.variance)
    beside = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    expected = sigma * np.where(beside, math.sqrt(0.5), 1.0)
    np.testing.assert_allclose(np.std(drawn, axis=0), expected, rtol=0.1)


def test_where_rows_lie_is_found_in_spite_of_the_noise_that_hides_it() -> None:
    window = np.random.default_rng(3).normal([5.0, -2.0], [2.0, 0.5], size=(5000, 2))
    declared = Frame(np.array([4.0, -1.8]), np.array([2.0, 0.5]))

    frames = [located([window], declared, 3.0, rho=0.01) for _ in range(2)]

    assert frames[0].location.tolist() != frames[1].location.tolist()
    for frame in frames:
        assert frame.scale is declared.scale
        np.testing.assert_allclose(frame.location, [5.0, -2.0], atol=0.2)


def test_evidence_of_a_private_sum_finds_a_strong_edge() -> None:
    rng = np.random.default_rng(4)
    plan = Plan(SHAPE, 1000, 10, private(SHAPE, 3.0, 10, Budget(3.0).rho))
    total = np.zeros(plan.length, np.uint64)
    for _ in range(10):
        rows = rng.normal(size=(1000, 2))
        rows[1:, 1] += 0.5 * rows[:-1, 0]
        total += to_words(plan, [rows / [1.0, 1.12]], FRAME)

    z = to_evidence(plan, total, 10).z[0]

    assert z[0, 1] > 5.0
    assert abs(z[1, 0]) < 4.5


@pytest.mark.parametrize("noise", ["as declared", "a fifth of it"])
def test_nobody_can_tell_a_row_apart_better_than_the_accountant_says(noise: str) -> None:
    """The worst row there is, taken away or not; that there is too little noise is noticed."""
    rho = Budget(1.0, DELTA).rho
    declared = private(SHAPE, CLIP, 1, rho)
    honest = noise == "as declared"
    privacy = declared if honest else Privacy(CLIP, declared.variance // 25, 1)
    rows = np.tile([1.0, 0.0], (ROWS, 1))
    without = rows.copy()
    without[ROWS // 2] = 0.0
    moved = lagged_covariances([rows], SHAPE, FRAME, CLIP) - lagged_covariances(
        [without], SHAPE, FRAME, CLIP
    )

    scores = [outputs(each, privacy) @ moved for each in (without, rows)]

    assert (distinguished(*scores) <= epsilon(rho, DELTA)) == honest


def outputs(rows: Floats, privacy: Privacy) -> Floats:
    """What many releases of one peer's rows look like, (trial, value)."""
    plan = Plan(SHAPE, ROWS, 3, privacy)
    words = [to_words(plan, [rows], FRAME).view(np.int64) for _ in range(TRIALS)]
    return np.array(words).astype(np.float64)


def distinguished(null: Floats, other: Floats) -> float:
    """A lower bound of ε, at 99.9 % confidence for all thresholds together."""
    thresholds = np.quantile(null, [0.5, 0.8, 0.9, 0.95, 0.98])
    level = 0.001 / (2 * len(thresholds))
    bounds = []
    for threshold in thresholds:
        false, right = int(np.sum(null > threshold)), int(np.sum(other > threshold))
        most_false = stats.beta.ppf(1.0 - level, false + 1, len(null) - false)
        least_right = stats.beta.ppf(level, right, len(other) - right + 1)
        bounds.append(math.log(max(least_right - DELTA, 1e-9) / most_false))
    return max(bounds)
