import numpy as np
import pytest

from scarcity.causal import Engine
from worlds import scores, var
from worlds.findings import discover, findings

SEEDS = range(6)


def test_one_missing_value_hardly_moves_the_answer() -> None:
    world = var.comparison(np.random.default_rng(31), 5, 2000)
    holed = world.values.copy()
    holed[1000, 2] = np.nan

    whole = findings(discover(world))
    found = findings(discover(var.World(holed, world.truth)))

    assert found.effect == pytest.approx(whole.effect, abs=0.02)
    assert found.se == pytest.approx(whole.se, rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tenth_of_the_values_missing_does_not_hide_the_graph(seed: int) -> None:
    rng = np.random.default_rng([32, seed])
    world = var.with_missing_values(rng, var.comparison(rng, 8, 4000), share=0.1)

    found = findings(discover(world))

    assert scores.auroc(world.pairs, found.pair_score) > 0.99
    assert scores.f1(world.pairs, found.pairs) > 0.9


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_missing_values_do_not_make_false_edges_sure(share: float) -> None:
    small = []
    for seed in SEEDS:
        rng = np.random.default_rng([33, seed])
        calm = var.autocorrelated_noise(rng, 8, 2000, strongest=0.8)
        found = findings(discover(var.with_missing_values(rng, calm, share=share)))
        cross = ~np.eye(8, dtype=np.bool_)
        small.append(np.mean(found.p_value[:, cross] < 0.05))

    assert np.mean(small) < 0.08


def test_the_sample_is_the_rows_that_have_both_values() -> None:
    world = var.chain(np.random.default_rng(34), 3, 2000)
    values = world.values.copy()
    values[:1800, 2] = np.nan
    full = findings(discover(world))

    found = findings(discover(var.World(values, world.truth)))

    ratio = found.se / full.se
    assert np.all(ratio[:, 2, :2] > 2.5)
    assert np.all(ratio[:, :2, 2] > 2.5)
    assert found.effect[0, 0, 1] == pytest.approx(full.effect[0, 0, 1], abs=0.1)


def test_variables_never_seen_together_are_not_tested() -> None:
    rng = np.random.default_rng(35)
    values = rng.normal(size=(600, 3))
    values[:300, 0] = np.nan
    values[310:, 1] = np.nan
    engine = Engine(["a", "b", "c"])
    engine.update(values)

    states = {edge.key: edge.state for edge in engine.graph().all_edges}

    assert {states["a", "b", lag] for lag in (1, 2, 3)} == {"untested"}
    assert {states["a", "c", lag] for lag in (1, 2, 3)} <= {"accepted", "rejected"}


def test_infinite_values_are_missing_values() -> None:
    world = var.comparison(np.random.default_rng(36), 3, 300)
    missing, infinite = world.values.copy(), world.values.copy()
    missing[[50, 51], 1] = np.nan
    infinite[[50, 51], 1] = np.inf, -np.inf

    one, other = Engine(world.variables), Engine(world.variables)
    one.update(missing)
    other.update(infinite)

    assert one.graph().to_dict(state="all") == other.graph().to_dict(state="all")


def test_a_variable_may_join_late() -> None:
    world = var.chain(np.random.default_rng(37), 3, 3000)
    values = world.values.copy()
    values[:1000, 0] = np.nan

    found = findings(discover(var.World(values, world.truth)))

    assert found.accepted[0, 0, 1]
    assert found.accepted[0, 1, 2]
