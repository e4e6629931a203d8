"""A prior that says how probable an edge is: power where it is right, few false edges where not."""

import numpy as np
import pytest

from scarcity.causal import Engine, EngineConfig, Graph
from scarcity.causal.prior import Prior
from worlds.priors import prior_of
from worlds.world import Floats

CONFIG = EngineConfig(max_lag=2)
D, SIZE = 12, 100
SHARED, ELSEWHERE, SLAB = 0.8, 0.03, 0.05
"""How probable edges of the base are, and others; and how far sizes are apart."""
SEEDS = range(8)
NAMES = [f"x{n}" for n in range(D)]


def base(rng: np.random.Generator) -> Floats:
    """(target, source): what streams have in common."""
    linked = (rng.random((D, D)) < 0.12) & ~np.eye(D, dtype=np.bool_)
    return np.where(linked, rng.choice([-0.18, 0.18], (D, D)), 0.0)


def stream_of(rng: np.random.Generator, common: Floats, windows: int) -> tuple[Floats, Floats]:
    """Rows of a stream that keeps four edges in five, and its coefficients."""
    effect = np.where(rng.random((D, D)) < SHARED, common, 0.0)
    new = (rng.random((D, D)) < 0.12 * (1.0 - SHARED)) & (common == 0.0)
    effect = np.where(new & ~np.eye(D, dtype=np.bool_), 0.18, effect)
    values = rng.normal(size=(windows * SIZE, D))
    for t in range(1, len(values)):
        values[t] += (effect + 0.3 * np.eye(D)) @ values[t - 1]
    return values, effect


def told(common: Floats, shared: float = SHARED) -> Prior:
    share = np.where(common != 0.0, shared, ELSEWHERE)
    return prior_of(common, se=SLAB, origin="meta_learning", share=share)


def fed(values: Floats, *priors: Prior) -> Engine:
    engine = Engine(NAMES, CONFIG)
    engine.consider(priors)
    for first in range(0, len(values), SIZE):
        engine.update(values[first : first + SIZE])
    return engine


def found(graph: Graph, *, imported: bool | None = None) -> Floats:
    """(target, source): signs of edges at lags above 0."""
    signs = np.zeros((D, D))
    for edge in graph.edges:
        if edge.is_cross and edge.lag > 0 and imported in (None, edge.imported):
            signs[NAMES.index(edge.target), NAMES.index(edge.source)] = np.sign(edge.effect)
    return signs


@pytest.mark.parametrize("windows", [2, 4])
def test_what_is_shared_is_found_from_few_rows_and_few_of_it_are_false(windows: int) -> None:
    gained, false, shown = [], 0, 0
    for seed in SEEDS:
        rng = np.random.default_rng([17, seed])
        common = base(rng)
        values, effect = stream_of(rng, common, windows)
        engine = fed(values, told(common))
        real = effect != 0.0
        own, believed = found(engine.graph()), found(engine.believed())
        gained.append(np.mean((believed == np.sign(effect))[real]))
        gained[-1] -= np.mean((own == np.sign(effect))[real])
        shown += int(np.sum(believed != 0.0))
        false += int(np.sum((believed != 0.0) & (believed != np.sign(effect))))

    assert np.mean(gained) > 0.3
    assert false <= 0.1 * shown


@pytest.mark.parametrize("shared", [SHARED, 0.99])
@pytest.mark.parametrize("null", [True, False])
def test_a_wrong_past_adds_hardly_an_edge(*, null: bool, shared: float) -> None:
    imported = windows = 0
    for seed in SEEDS:
        rng = np.random.default_rng([18, seed])
        values, _ = stream_of(rng, np.zeros((D, D)) if null else base(rng), 6)
        engine = Engine(NAMES, CONFIG)
        engine.consider([told(base(rng), shared)])
        for first in range(0, len(values), SIZE):
            engine.update(values[first : first + SIZE])
            imported += sum(edge.imported for edge in engine.believed().edges)
            windows += 1

    # Some 16 edges are offered in each window.
    assert imported <= 0.25 * windows


def test_what_own_data_show_stays_whatever_is_probable() -> None:
    rng = np.random.default_rng(19)
    values, _ = stream_of(rng, base(rng), 20)
    nothing = prior_of(np.zeros((D, D)), se=SLAB, share=np.full((D, D), 1e-6))

    engine = fed(values, nothing)

    assert found(engine.graph()).any()
    np.testing.assert_array_equal(found(engine.believed()), found(engine.graph()))


def test_evidence_does_not_depend_on_it() -> None:
    rng = np.random.default_rng(20)
    common = base(rng)
    values, _ = stream_of(rng, common, 4)

    alone, with_it = fed(values), fed(values, told(common))

    assert with_it.graph().to_json(state="all") == alone.graph().to_json(state="all")
    assert found(with_it.believed(), imported=True).any()


def test_numbers_of_an_imported_edge_say_how_probable_it_is_that_there_is_none() -> None:
    rng = np.random.default_rng(20)
    common = base(rng)
    values, _ = stream_of(rng, common, 4)

    graph = fed(values, told(common)).believed()

    imported = sorted((e for e in graph.edges if e.imported), key=lambda edge: edge.p_value)
    doubt = [edge.p_value for edge in imported]
    running = np.cumsum(doubt) / np.arange(1, len(doubt) + 1)
    assert [edge.q_value for edge in imported] == pytest.approx(running.tolist())
    assert max(running) <= CONFIG.alpha
    for edge in imported:
        assert edge.prior is not None
        assert edge.prior.origin == "meta_learning"
        alone = graph.edge(*edge.key)
        assert alone is not None
        assert np.sign(edge.effect) == np.sign(edge.prior.effect)


def test_beside_a_prior_that_is_certain_each_edge_hears_the_weightier_one() -> None:
    rng = np.random.default_rng(21)
    common = base(rng)
    values, effect = stream_of(rng, common, 4)
    certain = prior_of(effect, se=0.02)

    graph = fed(values, told(common), certain).believed()

    origins = {edge.prior.origin for edge in graph.edges if edge.imported and edge.prior}
    assert origins == {"federation:plants"}
    assert {prior.origin for prior in graph.priors} == {"federation:plants", "meta_learning"}
