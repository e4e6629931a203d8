"""As what the evidence of others enters the own model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.pooling import Beliefs, Pooled, edge_prior, pool
from worlds.beliefs import beliefs_of

PEERS = 11
SE = np.full(3, 0.1)


def others() -> Pooled:
    """An accepted edge, a contested one, and none; the asking peer is no part of it."""
    noise = 0.05 * np.resize([1.0, -1.0], PEERS)
    effect = np.column_stack([0.5 + noise, np.repeat([1.0, 0.0], [6, 5]) + noise, noise])
    beliefs = Beliefs(effect, np.full(effect.shape, 0.1), np.full(PEERS, 100.0))
    return pool(beliefs, 0, rule="mean", counts_own=False)


def test_the_precision_is_that_of_a_new_peer_times_the_weight() -> None:
    pooled = others()

    prior = edge_prior(pooled, np.zeros(3), SE, 0.6)

    assert prior.mean[[0, 2]] == pytest.approx(pooled.effect[[0, 2]])
    expected = 0.6 / (pooled.tau2 + pooled.se**2)
    assert prior.precision[[0, 2]] == pytest.approx(expected[[0, 2]])


@pytest.mark.parametrize(("own", "share"), [(0.17, 0.1), (0.16, 0.0), (-0.5, 0.0), (np.nan, 0.0)])
def test_a_contested_edge_counts_little_and_only_if_confirmed(own: float, share: float) -> None:
    pooled = others()
    assert pooled.states == ("accepted", "contested", "rejected")
    effect, se = np.array([0.5, own, 0.0]), np.where(np.isnan([0.0, own, 0.0]), np.nan, SE)

    prior = edge_prior(pooled, effect, se, 1.0)

    full = 1.0 / (pooled.tau2[1] + pooled.se[1] ** 2)
    assert prior.precision[1] == pytest.approx(share * full)
    assert (prior.mean[1] == 0.0) == (share == 0.0)


@given(st.integers(0, 2**32 - 1))
def test_without_trust_all_is_as_if_alone(seed: int) -> None:
    beliefs = beliefs_of(seed, missing=0.2)
    effect, se = beliefs.effect[0], beliefs.se[0]

    prior = edge_prior(pool(beliefs, 0, counts_own=False), effect, se, 0.0)
    after = prior.with_evidence(effect, se)

    assert not prior.precision.any()
    assert after.mean == pytest.approx(np.nan_to_num(effect))
    assert after.precision == pytest.approx(np.nan_to_num(se**-2.0))


def test_counting_own_evidence_twice_is_refused() -> None:
    pooled = pool(beliefs_of(1), 0)

    with pytest.raises(ValueError, match="twice"):
        edge_prior(pooled, np.zeros(30), np.ones(30), 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        edge_prior(others(), np.zeros(3), SE, 1.5)
