"""The stream's answer is the batch answer, given the parents it names, however it was cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.causal import Engine, EngineConfig, Graph
from worlds import cases, oracle, var
from worlds.findings import Findings, discover, findings
from worlds.var import Floats

WORLD = var.comparison(np.random.default_rng(11), 4, 400)
LINEAR = EngineConfig(min_effect=0.0, nonlinear=False)
MARGIN = EngineConfig(min_effect=0.05, nonlinear=False)

cuts = st.lists(st.integers(0, 400), max_size=12).map(sorted)


def streamed(values: Floats, cut_at: list[int], config: EngineConfig = LINEAR) -> Graph:
    engine = Engine([f"x{i}" for i in range(values.shape[1])], config)
    for window in np.split(values, cut_at):
        engine.update(window)
    return engine.graph()


def assert_is_least_squares(
    graph: Graph, segments: list[Floats], config: EngineConfig = LINEAR, tolerance: float = 1e-8
) -> None:
    found = findings(graph, first_lag=0)
    truth = oracle.given_parents(graph, segments, min_effect=config.min_effect)
    small = truth.p_value < 0.4
    assert found.effect == pytest.approx(
        truth.effect, rel=tolerance, abs=tolerance * 1e-2, nan_ok=True
    )
    assert found.se == pytest.approx(truth.se, rel=tolerance, nan_ok=True)
    assert found.p_value[small] == pytest.approx(
        truth.p_value[small], rel=tolerance * 1e3, abs=1e-300, nan_ok=True
    )
    assert found.p_value == pytest.approx(truth.p_value, abs=1e-3, nan_ok=True)


def assert_same(one: Graph, other: Graph) -> None:
    """Equal to rounding."""
    mine, its = findings(one, first_lag=0), findings(other, first_lag=0)
    assert mine.effect == pytest.approx(its.effect, rel=1e-9, abs=1e-12, nan_ok=True)
    assert mine.se == pytest.approx(its.se, rel=1e-9, nan_ok=True)
    assert mine.p_value == pytest.approx(its.p_value, rel=1e-8, abs=1e-300, nan_ok=True)
    assert np.array_equal(mine.accepted, its.accepted)
    assert np.array_equal(oracle.parents_of(one), oracle.parents_of(other))
    assert one.regime == other.regime


@pytest.mark.parametrize("min_effect", [0.0, 0.05, 0.3])
@pytest.mark.parametrize(("d", "max_lag"), [(1, 1), (1, 4), (2, 3), (3, 2), (4, 5), (8, 3)])
def test_effects_errors_and_p_values_are_those_of_least_squares_on_the_parents(
    d: int, max_lag: int, min_effect: float
) -> None:
    world = var.comparison(np.random.default_rng([12, d]), d, 500)
    config = EngineConfig(max_lag=max_lag, min_effect=min_effect, nonlinear=False)

    graph = discover(world, config, window=37)

    assert_is_least_squares(graph, [world.values], config)


@pytest.mark.parametrize("config", [LINEAR, MARGIN])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", ["contemporaneous", "lorenz96"])
def test_links_at_lag_0_and_dense_dynamics_are_least_squares_too(
    case: str, seed: int, config: EngineConfig
) -> None:
    world = cases.make(case, seed, d=6, rows=600)

    graph = discover(world, config, window=100)

    assert oracle.parents_of(graph)[0].any() or case == "lorenz96"
    assert_is_least_squares(graph, [world.values], config)


@pytest.mark.parametrize("window", [29, 256, 6000])
def test_a_long_stream_is_least_squares_on_the_parents_it_names(window: int) -> None:
    world = cases.make("contemporaneous", 1, d=5, rows=6000)

    graph = discover(world, LINEAR, window=window)

    assert_is_least_squares(graph, [world.values])


@pytest.mark.parametrize("seed", range(3))
def test_the_windowing_of_a_long_stream_moves_no_clear_edge(seed: int) -> None:
    """Parents are chosen anew with every eighth more rows, so that unsure ones depend on it."""
    world = cases.make("linear", seed, d=6, rows=5000)

    whole, *pieces = (findings(discover(world, window=w), first_lag=0) for w in (5000, 256, 90))

    for found in pieces:
        clear = (found.p_value < 1e-6) | (whole.p_value < 1e-6)
        both = found.accepted & whole.accepted
        assert np.array_equal(found.accepted[clear], whole.accepted[clear])
        assert np.mean(found.accepted != whole.accepted) < 0.01
        assert np.all(np.abs(found.effect - whole.effect)[both] < 0.1)


@given(cuts)
@settings(max_examples=25, deadline=None)
def test_the_windowing_does_not_matter(cut_at: list[int]) -> None:
    assert_same(
        streamed(WORLD.values, cut_at, EngineConfig()), streamed(WORLD.values, [], EngineConfig())
    )


@given(cuts, st.sampled_from([0.1, 0.4, 0.6]))
@settings(max_examples=25, deadline=None)
def test_the_windowing_does_not_matter_when_values_are_missing(
    cut_at: list[int], share: float
) -> None:
    values = var.with_missing_values(np.random.default_rng(13), WORLD, share=share).values

    assert_same(streamed(values, cut_at, EngineConfig()), streamed(values, [], EngineConfig()))


@pytest.mark.parametrize("window", [1500, 2000, 7000])
def test_a_window_of_any_size_is_searched_for_all_there_is(window: int) -> None:
    world = cases.make("shared_cycle", 1, d=6, rows=7000)

    found, usual = (findings(discover(world, window=w), first_lag=0) for w in (window, 250))

    assert found.effect == pytest.approx(usual.effect, abs=0.1, nan_ok=True)
    assert np.array_equal(found.pairs, usual.pairs)


def test_a_gap_is_not_bridged() -> None:
    segments = [WORLD.values[:100], WORLD.values[130:133], WORLD.values[150:]]
    engine = Engine(WORLD.variables, LINEAR)

    for first, segment in zip((0, 130, 150), segments, strict=True):
        engine.update(segment, first)

    assert engine.rows == 353
    assert_is_least_squares(engine.graph(), segments)


@pytest.mark.parametrize("jump", [1, 3, 4, 1000])
def test_no_lag_reaches_over_a_jump_however_windows_overlap(jump: int) -> None:
    engine = Engine(WORLD.variables, LINEAR)

    for first in range(0, 161, 20):
        engine.update(WORLD.values[first : first + 40], first)
    for first in range(200, 361, 20):
        engine.update(WORLD.values[first : first + 40], first + jump)

    assert engine.rows == 400
    assert engine.next_step == 400 + jump
    assert_is_least_squares(engine.graph(), [WORLD.values[:200], WORLD.values[200:]])


@given(st.integers(5, 120), st.integers(1, 120))
@settings(max_examples=15, deadline=None)
def test_overlap_does_not_matter(size: int, hop: int) -> None:
    engine = Engine(WORLD.variables, LINEAR)
    for first in range(0, 400, max(min(hop, size), 5)):
        engine.update(WORLD.values[first : first + size], first)

    assert engine.rows == 400
    assert_same(engine.graph(), streamed(WORLD.values, []))


def test_a_row_without_any_value_is_a_gap() -> None:
    values = WORLD.values.copy()
    values[[0, 100, 101, 399]] = np.nan

    graph = streamed(values, [100, 250])

    assert graph.rows == 400
    assert_is_least_squares(graph, [values[1:100], values[102:399]])


@pytest.mark.parametrize("config", [MARGIN, EngineConfig()])
def test_units_and_offsets_do_not_matter(config: EngineConfig) -> None:
    units = np.array([1e-150, 1.0, 1e6, 1e150])
    offsets = np.array([0.0, 1e3, -1e8, 1e150])
    standard = (WORLD.values - WORLD.values.mean(0)) / WORLD.values.std(0)

    plain = findings(streamed(standard, [64, 128], config), first_lag=0)
    moved = findings(streamed(standard * units + offsets, [64, 128], config), first_lag=0)

    assert_near(moved, plain)


def assert_near(one: Findings, other: Findings) -> None:
    assert one.effect == pytest.approx(other.effect, rel=1e-5, abs=1e-7, nan_ok=True)
    assert np.array_equal(one.accepted, other.accepted)


def test_a_variable_that_outgrows_its_first_window_loses_nothing() -> None:
    values = WORLD.values.copy()
    values[:, 0] *= 2.0**200
    quiet = values.copy()
    quiet[:64, 0] *= 2.0**-180

    graph = streamed(quiet, [64])

    assert_is_least_squares(graph, [quiet * [2.0**-200, 1, 1, 1]])


def test_a_stream_of_single_rows_gives_the_same_answer() -> None:
    values = WORLD.values[:120]

    graph = streamed(values, list(range(1, 120)))

    assert graph.windows == 120
    assert_is_least_squares(graph, [values])
