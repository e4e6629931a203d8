"""What comes from elsewhere adds edges as far as it foresees own rows, and is never evidence."""

import numpy as np
import pytest

from scarcity.causal import Engine, EngineConfig, Graph
from scarcity.causal.gate import Gate
from scarcity.causal.prior import Prior
from worlds.priors import prior_of
from worlds.world import Floats

CONFIG = EngineConfig(max_lag=2, min_effect=0.0)
D, SIZE, EFFECT = 10, 100, 0.15
WINDOWS = 6


def world(seed: int, *, null: bool = False, windows: int = WINDOWS) -> tuple[Floats, Floats]:
    """Rows of a VAR(1), and its coefficients (target, source) between different variables."""
    rng = np.random.default_rng(seed)
    linked = (rng.random((D, D)) < 0.12) & ~np.eye(D, dtype=np.bool_)
    effect = np.where(linked, EFFECT * rng.choice([-1.0, 1.0], (D, D)), 0.0) * (not null)
    values = rng.normal(size=(windows * SIZE, D))
    for t in range(1, len(values)):
        values[t] += (effect + 0.3 * np.eye(D)) @ values[t - 1]
    return values, effect


def invented(seed: int, count: int = 15) -> Floats:
    rng = np.random.default_rng(seed)
    mean = rng.normal(0.0, 0.02, D * D)
    mean[rng.choice(D * D, count, replace=False)] = rng.choice([-0.2, 0.2], count)
    return mean.reshape(D, D)


def fed(values: Floats, *priors: Prior) -> Engine:
    engine = Engine([f"x{n}" for n in range(D)], CONFIG)
    engine.consider(priors)
    for first in range(0, len(values), SIZE):
        engine.update(values[first : first + SIZE])
    return engine


def signs(graph: Graph) -> Floats:
    """(target, source), at lag 1."""
    found = np.zeros((D, D))
    for edge in graph.edges:
        if edge.is_cross and edge.lag == 1:
            place = graph.variables.index(edge.target), graph.variables.index(edge.source)
            found[place] = np.sign(edge.effect)
    return found


def right(graph: Graph, effect: Floats) -> float:
    """The share of the true edges that it has."""
    real = effect != 0.0
    return float(np.mean(signs(graph)[real] == np.sign(effect[real])))


def test_what_data_say_does_not_depend_on_a_prior() -> None:
    values, effect = world(1)
    alone, told = fed(values), fed(values, prior_of(effect))

    assert told.graph().to_json(state="all") == alone.graph().to_json(state="all")
    assert told.score == alone.score
    assert told.believed().to_json() != told.graph().to_json()
    assert alone.believed() is alone.graph()


def test_a_good_prior_adds_edges_and_a_false_one_none() -> None:
    gained, false, shown = [], 0, 0
    for seed in range(8):
        values, effect = world(seed, windows=3)
        good, bad = fed(values, prior_of(effect)), fed(values, prior_of(-effect))
        gained.append(right(good.believed(), effect) - right(good.graph(), effect))
        found = signs(good.believed())
        false += int(np.sum((found != 0.0) & (found != np.sign(effect))))
        shown += int(np.sum(found != 0.0))
        assert right(bad.believed(), effect) >= right(bad.graph(), effect)
        assert not any(edge.imported for edge in bad.believed().edges)

    assert np.mean(gained) > 0.3
    assert false <= 0.07 * shown


@pytest.mark.parametrize("null", [True, False])
def test_a_poisoned_prior_adds_nothing_and_costs_no_more_than_promised(*, null: bool) -> None:
    imported, gate = 0, Gate()
    for seed in range(10):
        values, _ = world(seed, null=null)
        engine = Engine([f"x{n}" for n in range(D)], CONFIG)
        engine.consider([prior_of(invented(seed))])
        for first in range(0, len(values), SIZE):
            engine.update(values[first : first + SIZE])
            graph = engine.believed()
            imported += sum(edge.imported for edge in graph.edges)
            (prior,) = graph.priors
            assert prior.gain >= -gate.most_lost(prior.rows) - 1e-9

    # Of 10 streams with 6 windows each; 15 false edges are offered in each.
    assert imported <= 10 * WINDOWS * 0.05


def test_a_prior_that_says_nothing_is_there_adds_no_edge_and_takes_none_away() -> None:
    values, _ = world(3)
    engine = fed(values, prior_of(np.zeros((D, D))))

    assert signs(engine.graph()).any()
    np.testing.assert_array_equal(signs(engine.believed()), signs(engine.graph()))


def test_an_imported_edge_is_marked_and_its_numbers_are_of_both_together() -> None:
    values, effect = world(1, windows=3)
    engine = fed(values, prior_of(effect))
    own = {edge.key for edge in engine.graph().edges}
    graph = engine.believed()

    imported = [edge for edge in graph.edges if edge.imported]
    assert imported
    assert not own & {edge.key for edge in imported}
    assert own <= {edge.key for edge in graph.edges}
    for edge in imported:
        alone = engine.graph().edge(*edge.key)
        assert alone is not None
        assert alone.state == "rejected"
        assert edge.prior is not None
        assert edge.q_value == edge.prior.q_value <= CONFIG.alpha
        assert min(alone.effect, edge.prior.effect) <= edge.effect
        assert edge.effect <= max(alone.effect, edge.prior.effect)
        assert edge.se < alone.se
        assert edge.rows == alone.rows
    lagged = [edge for edge in graph.edges if edge.is_cross and edge.lag == 1]
    assert all(edge.prior is not None for edge in lagged)
    assert {edge.prior for edge in graph.edges if not edge.is_cross} == {None}
    assert len(graph.all_edges) == len(engine.graph().all_edges)


def test_a_graph_says_what_came_from_elsewhere_and_how_far_it_is_used() -> None:
    values, effect = world(1)
    graph = fed(values, prior_of(effect, sequence=7)).believed()

    (prior,) = graph.priors
    assert (prior.origin, prior.sequence, prior.provenance) == (
        "federation:plants",
        7,
        ("p1", "p2"),
    )
    assert 0.9 < prior.trust <= 1.0
    assert prior.rows == (WINDOWS - 1) * SIZE
    assert prior.gain > 10.0
    assert graph.to_dict()["priors"][0]["at"] == "2026-01-01T00:00:00Z"


def test_two_priors_are_gated_apart() -> None:
    values, effect = world(1)
    engine = fed(values, prior_of(-effect), prior_of(effect, origin="meta_learning"))

    trust = {prior.origin: prior.trust for prior in engine.believed().priors}
    assert trust["federation:plants"] == 0.0
    assert trust["meta_learning"] > 0.9
    heard = {edge.prior.origin for edge in engine.believed().edges if edge.imported and edge.prior}
    assert heard <= {"meta_learning"}


def test_a_prior_that_is_withdrawn_is_forgotten() -> None:
    values, effect = world(1)
    engine = fed(values, prior_of(effect))

    engine.consider([])
    assert engine.believed() is engine.graph()
    engine.consider([prior_of(effect)])

    (prior,) = engine.believed().priors
    assert (prior.trust, prior.rows) == (0.0, 0)


def test_the_next_round_of_an_origin_goes_on_with_its_trust() -> None:
    values, effect = world(1)
    engine = fed(values, prior_of(effect))
    (before,) = engine.believed().priors

    engine.consider([prior_of(effect, sequence=2)])

    (after,) = engine.believed().priors
    assert (after.sequence, after.trust, after.rows) == (2, before.trust, before.rows)


def test_what_is_not_known_here_is_left_out() -> None:
    values, effect = world(1)
    wider = np.pad(effect, (0, 3), constant_values=0.4)

    engine = fed(values, prior_of(wider))

    known = fed(values, prior_of(effect))
    assert engine.believed().to_json() == known.believed().to_json()


def test_a_variable_that_is_added_is_told_about_too() -> None:
    values, effect = world(1)
    engine = Engine([f"x{n}" for n in range(D - 1)], CONFIG)
    engine.consider([prior_of(effect)])
    engine.update(values[:SIZE, :-1])
    engine.extend([f"x{D - 1}"])
    for first in range(SIZE, len(values), SIZE):
        engine.update(values[first : first + SIZE])

    told = {edge.key for edge in engine.believed().edges if edge.prior is not None}
    assert any(f"x{D - 1}" in key for key in told) == bool(effect[-1].any() or effect[:, -1].any())


def test_a_new_regime_begins_the_gate_anew_and_one_that_returns_goes_on() -> None:
    values, effect = world(1, windows=12)
    other = np.random.default_rng(5).normal(size=(8 * SIZE, D))
    for t in range(1, len(other)):
        other[t] -= 0.8 * other[t - 1]
    engine = fed(values[: 6 * SIZE], prior_of(effect))
    (first,) = engine.believed().priors

    engine.update(other[:SIZE])
    (anew,) = engine.believed().priors
    assert engine.believed().regime == 1
    for begin in range(SIZE, len(other), SIZE):
        engine.update(other[begin : begin + SIZE])
    for begin in range(6 * SIZE, len(values), SIZE):
        engine.update(values[begin : begin + SIZE])

    assert first.trust > 0.5
    assert (anew.trust, anew.rows) == (0.0, 0)
    assert engine.believed().regime == 0
    (again,) = engine.believed().priors
    assert first.rows <= again.rows < first.rows + 6 * SIZE


def test_a_restored_engine_goes_on_identically() -> None:
    values, effect = world(2)
    prior = prior_of(effect)
    steady = restarted = Engine([f"x{n}" for n in range(D)], CONFIG)
    for first in range(0, len(values), SIZE):
        for engine in {id(each): each for each in (steady, restarted)}.values():
            engine.consider([prior])
            engine.update(values[first : first + SIZE])
        restarted = Engine.restore(restarted.snapshot())
        restarted.consider([prior])

    assert restarted.snapshot() == steady.snapshot()
    assert restarted.believed().to_json(state="all") == steady.believed().to_json(state="all")


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_outliers_and_missing_values_decide_nothing(share: float) -> None:
    rng = np.random.default_rng(4)
    values, effect = world(4)
    values[rng.random(values.shape) < share] = np.nan
    values[350, 3] = 1e6

    good, bad = fed(values, prior_of(effect)), fed(values, prior_of(-effect))

    assert good.believed().priors[0].trust > 0.5
    assert bad.believed().priors[0].trust == 0.0
