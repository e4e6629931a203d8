"""Who listens to whom: links at lag 0 point where the data decide it, and nowhere else."""

import numpy as np
import pytest

from scarcity.causal import EngineConfig, Graph
from worlds import cases, oracle, scores
from worlds.findings import discover, findings
from worlds.world import Bools, Floats, World

SEEDS = range(5)
MEMORY = np.array([0.7, 0.5, 0.6, 0.4])


def graph_of(values: Floats, config: EngineConfig | None = None) -> Graph:
    d = values.shape[1]
    world = World(values, np.zeros((1, d, d), np.bool_))
    return discover(world, config or EngineConfig())


def links(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges if edge.lag == 0}


def undirected(graph: Graph) -> set[frozenset[str]]:
    return {frozenset(link) for link in links(graph)}


def decided(graph: Graph) -> set[bool]:
    return {edge.oriented for edge in graph.edges if edge.lag == 0}


def instantly(rng: np.random.Generator, weights: Floats, rows: int = 3000) -> Floats:
    """Independent noise of which each variable passes some on at once (source, target)."""
    mixed: Floats = rng.normal(size=(rows, len(weights))) @ np.linalg.inv(
        np.eye(len(weights)) - weights
    )
    return mixed


def remembering(noise: Floats) -> Floats:
    """Noise that becomes the driving force of variables with a memory."""
    values = noise.copy()
    for t in range(1, len(values)):
        values[t] += MEMORY[: noise.shape[1]] * values[t - 1]
    return values


@pytest.mark.parametrize("seed", SEEDS)
def test_links_at_lag_0_are_found_and_point_from_cause_to_effect(seed: int) -> None:
    world = cases.make("contemporaneous", seed, d=8, rows=4000)
    assert world.instant is not None

    graph = discover(world)

    found = findings(graph, first_lag=0)
    assert np.array_equal(found.accepted[0], world.instant)
    assert decided(graph) <= {True}
    assert scores.f1(world.truth, found.accepted[1:]) > 0.95


def test_what_the_past_does_not_tell_apart_has_no_direction() -> None:
    """No variable has a past; whichever way a chain or a triangle points explains as much."""
    weights = np.zeros((6, 6))
    weights[0, 1], weights[1, 2] = 0.5, -0.7
    weights[3, 4] = weights[3, 5] = weights[4, 5] = 0.6
    linked = {frozenset((f"x{i}", f"x{j}")) for i, j in np.argwhere(weights).tolist()}
    oriented = []

    for seed in range(24):
        graph = graph_of(instantly(np.random.default_rng([61, seed]), weights, 2000))
        assert undirected(graph) == linked, seed
        oriented += [edge.oriented for edge in graph.edges if edge.lag == 0]

    assert np.mean(oriented) < 0.15


@pytest.mark.parametrize("seed", SEEDS)
def test_two_causes_that_meet_are_told_from_their_effect(seed: int) -> None:
    weights = np.zeros((3, 3))
    weights[0, 1] = weights[2, 1] = 0.6

    graph = graph_of(instantly(np.random.default_rng([63, seed]), weights))

    assert links(graph) == {("x0", "x1"), ("x2", "x1")}
    assert decided(graph) == {True}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_common_cause_at_lag_0_links_its_effects_to_it_alone(seed: int) -> None:
    rng = np.random.default_rng([64, seed])
    weights = np.zeros((4, 4))
    weights[0, 1:] = 0.6
    values = remembering(rng.normal(size=(4000, 4)))
    values = values @ np.linalg.inv(np.eye(4) - weights)

    graph = graph_of(values)

    assert undirected(graph) == {frozenset(("x0", each)) for each in ("x1", "x2", "x3")}


def is_acyclic(linked: Bools) -> bool:
    walks = np.linalg.matrix_power(linked.astype(np.float64) + np.eye(len(linked)), len(linked))
    return bool(np.trace(walks) == len(linked))


@pytest.mark.parametrize("seed", range(8))
def test_links_at_lag_0_never_run_in_a_circle(seed: int) -> None:
    rng = np.random.default_rng([65, seed])
    together = rng.normal(size=(600, 2)) @ rng.normal(size=(2, 9)) + rng.normal(size=(600, 9))

    for values in (together, remembering(instantly(rng, np.full((4, 4), 0.3), 600))):
        parents = oracle.parents_of(graph_of(values))
        assert parents[0].any()
        assert is_acyclic(parents[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pair_at_lag_0_is_one_hypothesis(seed: int) -> None:
    world = cases.make("contemporaneous", seed, d=5)

    listed = [edge for edge in discover(world).all_edges if edge.lag == 0]

    assert len({frozenset((edge.source, edge.target)) for edge in listed}) == len(listed) == 10


def test_smooth_collinear_dynamics_make_a_target_listen_to_everything() -> None:
    """A sum of two close columns shows in neither of them alone."""
    rng = np.random.default_rng(66)
    slow = np.cumsum(rng.normal(size=(2500, 3)), axis=0)
    slow -= np.linspace(0.0, 1.0, 2500)[:, None] * slow[-1]
    values = np.column_stack([slow, np.zeros(2500)])
    weights = np.array([0.02, -0.03, 0.025])
    values[3:, 3] = (slow[2:-1] - 2.0 * slow[1:-2] + slow[:-3]) @ weights * 50.0
    values[:, 3] += rng.normal(size=2500)

    parents = oracle.parents_of(graph_of(values, EngineConfig(nonlinear=False)))

    assert parents[1:, :3, 3].all()


@pytest.mark.parametrize("seed", SEEDS)
def test_where_few_parents_suffice_few_are_taken(seed: int) -> None:
    world = cases.make("linear", seed, rows=2000)

    parents = oracle.parents_of(discover(world))

    assert parents.sum() < 2 * world.truth.sum()
    assert np.mean(parents[1:][world.truth[:3]]) > 0.9
