"""Against published analyses, and sums done by hand."""

import numpy as np
import pytest
from scipy.stats import t

from scarcity.federation.pooling import Beliefs
from scarcity.federation.pooling.averages import combined_by, shrunk_tau2
from scarcity.federation.pooling.heterogeneity import prediction_interval, spread
from worlds.beliefs import beliefs_of

# Tuberculosis after vaccination with BCG and without: ill and well in both groups of 13 trials.
# G. A. Colditz et al., JAMA 271 (1994), as in the documentation of R's metafor.
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)


def log_risk_ratios() -> Beliefs:
    ill, well, ill_without, well_without = BCG.T
    treated, control = ill + well, ill_without + well_without
    effect = np.log(ill / treated / (ill_without / control))
    variance = 1.0 / ill - 1.0 / treated + 1.0 / ill_without - 1.0 / control
    return Beliefs(effect[:, None], np.sqrt(variance)[:, None], np.full(13, 100.0))


def three_peers() -> Beliefs:
    """Effects 0, 1 and 2, each with standard error ½."""
    return Beliefs(np.arange(3.0)[:, None], np.full((3, 1), 0.5), np.full(3, 100.0))


def test_the_trials_of_bcg_are_as_published() -> None:
    trials = log_risk_ratios()

    found = spread(trials)
    pooled = combined_by(trials, np.ones((13, 1)), prior_freedom=0.0)

    assert found.q == pytest.approx(152.2330, abs=1e-4)
    assert found.tau2 == pytest.approx(0.3088, abs=1e-4)
    assert found.i2 == pytest.approx(0.9212, abs=1e-4)
    assert pooled.effect == pytest.approx(-0.7141, abs=1e-4)
    assert pooled.se == pytest.approx(0.1787, abs=1e-4)


def test_three_peers_are_as_by_hand() -> None:
    found = spread(three_peers())
    low, high = found.i2_interval

    # w = 4 each: Q = 4 (1 + 0 + 1), C = 12 - 48 / 12, and s = ½ ln 4 / (4 - √3).
    assert found.q == pytest.approx(8.0)
    assert found.scale == pytest.approx(8.0)
    assert found.tau2 == pytest.approx(0.75)
    assert found.i2 == pytest.approx(0.75)
    assert low == pytest.approx(0.1716, abs=1e-3)
    assert high == pytest.approx(0.9246, abs=1e-3)


def test_where_peers_agree_too_well_the_interval_begins_at_none() -> None:
    alike = Beliefs(np.full((6, 1), 0.3), np.full((6, 1), 0.1), np.full(6, 100.0))

    low, high = spread(alike).i2_interval

    # s² = (1 - 1 / (3 · 16)) / 8, so that the upper end is 1 - exp(-2 · 1.96 s).
    assert spread(alike).i2 == pytest.approx(0.0)
    assert low == pytest.approx(0.0)
    assert high == pytest.approx(1.0 - np.exp(-2.0 * 1.959964 * np.sqrt((1 - 1 / 48) / 8)))


def test_a_new_peer_is_expected_within_an_interval_of_t() -> None:
    ends = prediction_interval(np.array([0.2]), np.array([0.1]), np.array([0.04]), np.array([6.0]))

    margin = t.ppf(0.975, 5) * np.sqrt(0.05)
    assert np.concatenate(ends) == pytest.approx([0.2 - margin, 0.2 + margin])


def test_of_too_few_peers_nothing_is_claimed() -> None:
    gaps = Beliefs(
        np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, 1.0]]),
        np.array([[1.0, np.nan], [1.0, np.nan], [np.nan, 1.0]]),
        np.full(3, 100.0),
    )

    found = spread(gaps)

    assert np.isnan(found.i2).tolist() == [False, True]
    assert np.isnan(found.i2_interval).all()
    assert np.isnan(prediction_interval(np.ones(2), np.ones(2), np.ones(2), found.freedom)).all()


def test_two_estimates_of_the_spread_are_weighed_by_their_freedom() -> None:
    found = spread(beliefs_of(5, peers=6, edges=40))

    common = max(0.0, float(np.sum(found.q - 5.0) / np.sum(found.scale)))

    expected = (4.0 * common + 5.0 * found.tau2) / 9.0
    assert shrunk_tau2(found) == pytest.approx(expected)
