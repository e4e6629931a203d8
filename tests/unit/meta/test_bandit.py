"""That the bandit learns, by what streams are like, and from other streams."""

import numpy as np
import pytest

from scarcity.meta.bandit import Bandit, begin, choose, crossed, from_past, learnt
from scarcity.stats.arrays import Floats

ARMS = 4
NOISE = 0.1


def loss_of(rng: np.random.Generator, arm: int, descriptor: float) -> float:
    """The best arm is 0 where the descriptor is -1, and 3 where it is 1."""
    return 1.0 + 0.2 * abs(arm - 1.5 * (descriptor + 1.0)) + NOISE * float(rng.normal())


def run(rng: np.random.Generator, bandit: Bandit, descriptors: Floats) -> tuple[float, Bandit]:
    """Mean loss over choices, above that of the best arm."""
    lost = 0.0
    for descriptor in descriptors:
        features = crossed(np.array([descriptor]), ARMS)
        arm = choose(bandit, features, rng)
        lost += 0.2 * abs(arm - 1.5 * (descriptor + 1.0)) / len(descriptors)
        bandit = learnt(bandit, features[arm], loss_of(rng, arm, float(descriptor)))
    return lost, bandit


@pytest.mark.parametrize("seed", range(7001, 7006))
def test_it_learns_which_arm_suits_which_stream(seed: int) -> None:
    rng = np.random.default_rng(seed)
    descriptors = rng.choice([-1.0, 1.0], 200)

    _, learned = run(rng, begin(2 * ARMS), descriptors)
    later, _ = run(rng, learned, descriptors)

    assert later < 0.03  # at random: 0.3
    for descriptor, best in ((-1.0, 0), (1.0, 3)):
        expected = crossed(np.array([descriptor]), ARMS) @ learned.mean
        assert int(np.argmin(expected)) == best


def test_a_past_saves_what_trying_costs() -> None:
    with_past, without = 0.0, 0.0
    for seed in range(7010, 7020):
        rng = np.random.default_rng(seed)
        others = [run(rng, begin(2 * ARMS), rng.choice([-1.0, 1.0], 60))[1] for _ in range(3)]
        descriptors = rng.choice([-1.0, 1.0], 30)
        told = from_past(begin(2 * ARMS), others)
        with_past += run(rng, told, descriptors)[0]
        without += run(rng, begin(2 * ARMS), descriptors)[0]

    assert with_past < 0.5 * without


def test_a_past_that_misleads_is_overcome() -> None:
    rng = np.random.default_rng(7021)
    others = [run(rng, begin(2 * ARMS), np.full(60, -1.0))[1] for _ in range(3)]
    misled = from_past(begin(2 * ARMS), others, rows=5.0)
    features = crossed(np.array([-1.0]), ARMS)

    for _ in range(300):
        arm = choose(misled, features, rng)
        misled = learnt(misled, features[arm], 1.0 if arm == 3 else 2.0)

    assert int(np.argmin(features @ misled.mean)) == 3


def test_a_past_counts_as_so_many_rows_and_no_more() -> None:
    rng = np.random.default_rng(7022)
    first = begin(2 * ARMS)
    others = [run(rng, first, np.ones(50))[1] for _ in range(4)]

    told = from_past(first, others, rows=10.0)
    added = np.trace(told.precision - first.precision)

    assert added == pytest.approx(10.0 * 2.0)  # a feature vector of two ones a row
    assert told.shape == pytest.approx(first.shape + 5.0)
    assert told.rows == 0.0
    assert from_past(first, []).precision == pytest.approx(first.precision)


def test_what_is_known_is_the_regression_of_all_that_was_seen() -> None:
    rng = np.random.default_rng(7023)
    features, losses = rng.normal(size=(50, 3)), rng.normal(size=50)
    bandit = begin(3)
    for row, loss in zip(features, losses, strict=True):
        bandit = learnt(bandit, row, float(loss))
    precision = features.T @ features + begin(3).precision
    mean = np.linalg.solve(precision, features.T @ losses)

    assert bandit.mean == pytest.approx(mean)
    left = losses @ losses - mean @ precision @ mean
    assert bandit.rate == pytest.approx(begin(3).rate + 0.5 * left)
    with pytest.raises(ValueError, match="a number, not nan"):
        learnt(bandit, features[0], float("nan"))
