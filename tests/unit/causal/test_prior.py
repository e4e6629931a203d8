"""As what comes from elsewhere enters the own model."""

import numpy as np
import pytest

from scarcity.causal.prior import Expected, Normal, edges_here

SE = np.full(3, 0.1)


def test_two_sources_are_weighed_by_their_precision() -> None:
    prior = Normal(np.array([1.0, 1.0]), np.array([3.0, 3.0]))

    after = prior.with_evidence(np.array([2.0, np.nan]), np.array([1.0, np.nan]))

    assert after.mean == pytest.approx([1.25, 1.0])
    assert after.precision == pytest.approx([4.0, 3.0])


def test_others_can_add_an_edge_and_take_none_away() -> None:
    contradicts = Normal(np.array([-1.0, 0.8, 0.0]), np.array([1e4, 1e4, 1e4]))
    effect = np.array([0.6, 0.1, 0.1])

    found = edges_here(contradicts, effect, SE, 0.05)

    assert found.tolist() == [1.0, 1.0, 0.0]


def test_an_edge_that_nobody_tested_is_no_edge() -> None:
    nothing = Normal(np.zeros(1), np.zeros(1))

    assert edges_here(nothing, np.array([np.nan]), np.array([np.nan]), 0.05).tolist() == [0.0]


def test_what_is_uncertain_is_as_a_normal_prior_of_the_same_moments() -> None:
    rng = np.random.default_rng(1)
    told = Expected(np.array([0.3]), np.array([0.1]), np.array([False]), np.array([0.8]))
    drawn = np.where(rng.random(200_000) < 0.8, rng.normal(0.3, 0.1, 200_000), 0.0)

    normal = told.normal

    assert normal.mean == pytest.approx(drawn.mean(), abs=0.002)
    assert normal.se == pytest.approx(drawn.std(), abs=0.002)
    assert normal.share.tolist() == [1.0]


def test_what_is_certain_is_a_normal_prior_already() -> None:
    told = Expected(np.array([0.3, np.nan]), np.array([0.1, np.nan]), np.zeros(2, np.bool_))

    assert told.normal is told
    assert told.given(np.array([5.0, 0.0]), np.array([0.1, 0.1])) is told


def test_own_estimates_say_whether_an_uncertain_effect_is_there() -> None:
    share = np.array([0.5, 0.5, 0.5, 1.0])
    told = Expected(np.full(4, 0.3), np.full(4, 0.1), np.zeros(4, np.bool_), share)

    given = told.given(np.array([0.3, 0.0, np.nan, 0.0]), np.array([0.05, 0.05, np.nan, 0.05]))

    assert given.share[0] > 0.99
    assert given.share[1] < 0.05
    assert given.share[2:].tolist() == [0.5, 1.0]
    assert given.mean.tolist() == told.mean.tolist()
