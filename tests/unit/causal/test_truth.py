"""What is found is there, what is there is found, and nothing is found in noise."""

from collections.abc import Callable

import numpy as np
import pytest

from scarcity.causal import EngineConfig
from worlds import cases, scores, var
from worlds.findings import discover, findings

ORDINARY = EngineConfig(min_effect=0.0)
Null = Callable[[np.random.Generator, int, int], var.World]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("d", [10, 20])
def test_the_comparison_world_is_recovered(d: int, seed: int) -> None:
    world = var.comparison(np.random.default_rng([51, d, seed]), d, 5000)

    found = findings(discover(world))

    assert scores.auroc(world.pairs, found.pair_score) >= 0.99
    assert scores.f1(world.pairs, found.pairs) >= 0.95


@pytest.mark.parametrize("null", [var.independent_noise, var.autocorrelated_noise])
def test_noise_has_no_cross_edges(null: Null) -> None:
    worlds = [null(np.random.default_rng([52, seed]), 10, 1500) for seed in range(20)]

    found = [findings(discover(world), first_lag=0) for world in worlds]

    assert sum(each.cross > 0 for each in found) <= 1
    assert np.nanmean([scores.cross(each.p_value) for each in found]) > 0.5


@pytest.mark.parametrize("null", [var.independent_noise, var.autocorrelated_noise])
def test_without_a_least_effect_p_values_are_ordinary_ones(null: Null) -> None:
    worlds = [null(np.random.default_rng([52, seed]), 10, 1500) for seed in range(20)]

    found = [findings(discover(world, ORDINARY), first_lag=0) for world in worlds]

    for level in (0.01, 0.05, 0.2):
        none = np.zeros(found[0].p_value.shape, np.bool_)
        sizes = [scores.size(none, each.p_value, level) for each in found]
        assert 0.6 * level < np.mean(sizes) < 1.3 * level
    assert sum(each.cross > 0 for each in found) <= 3


@pytest.mark.parametrize("seed", range(5))
def test_effects_never_run_back_in_time(seed: int) -> None:
    world = var.chain(np.random.default_rng([53, seed]), 4, 3000)

    accepted = {edge.key for edge in discover(world, EngineConfig(alpha=1e-4)).edges}

    assert accepted == {("x0", "x1", 1), ("x1", "x2", 1), ("x2", "x3", 1)}


@pytest.mark.parametrize("seed", range(4))
def test_an_unobserved_common_cause_makes_few_edges(seed: int) -> None:
    world = cases.make("hidden", seed, rows=4000)

    found = findings(discover(world))

    assert scores.recall(world.pairs, found.pairs) > 0.9
    assert scores.precision(world.pairs, found.pairs) > 0.6


def test_intervals_hold_the_effect_as_often_as_they_say() -> None:
    held = []
    for seed in range(40):
        rng = np.random.default_rng([54, seed])
        noise = rng.normal(size=(800, 2))
        noise[1:, 1] += 0.5 * noise[:-1, 0]
        edge = discover(var.World(noise, np.zeros((1, 2, 2), np.bool_))).edge("x0", "x1", 1)
        assert edge is not None
        held.append(edge.ci[0] < 0.5 / np.sqrt(1.25) < edge.ci[1])

    assert np.mean(held) >= 0.87
