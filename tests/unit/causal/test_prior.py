"""As what comes from elsewhere enters the own model."""

import numpy as np
import pytest

from scarcity.causal.prior import Normal, edges_here

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
