"""The simulated peers that figures are measured on."""

import numpy as np
import pytest

from worlds.peers import Setting, evidence, fleet, standardised


def test_evidence_is_that_of_least_squares() -> None:
    world = fleet(np.random.default_rng(1), Setting(peers=2, variables=5, overlap=0.8))
    beliefs = evidence(world)

    has = np.flatnonzero(world.has[1])
    values = standardised(world.training[1], world.training[1])[:, has]
    design = np.column_stack([np.ones(200), values[:-1]])
    found, left, _, _ = np.linalg.lstsq(design, values[1:], rcond=None)
    se = np.sqrt(np.linalg.inv(design.T @ design)[2, 2] * left[0] / (200 - 5))
    edge = [(i, j) for i in range(5) for j in range(5) if i != j].index((has[0], has[1]))

    assert np.isfinite(beliefs.effect[1]).sum() == 4 * 3
    assert beliefs.effect[1, edge] == pytest.approx(found[2, 0])
    assert beliefs.se[1, edge] == pytest.approx(se)


def test_relatives_share_most_of_their_edges() -> None:
    world = fleet(np.random.default_rng(2), Setting(alike=False))

    edges = world.sign != 0.0
    assert 0.05 < edges.mean() < 0.15
    assert 0.6 < np.mean(world.own_sign[edges] != 0.0) < 0.95
    assert np.mean(world.own_sign[~edges] != 0.0) < 0.05
    assert world.training.mean(axis=1).std() > 1.0
