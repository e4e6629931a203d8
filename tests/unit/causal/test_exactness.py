"""The stream's answer is the batch answer, however the stream was cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.causal import Engine, EngineConfig, Graph
from worlds import oracle, var
from worlds.findings import discover, findings

WORLD = var.comparison(np.random.default_rng(11), 4, 400)
cuts = st.lists(st.integers(0, 400), max_size=12).map(sorted)


def streamed(values: np.ndarray, cut_at: list[int], max_lag: int = 3) -> Graph:
    engine = Engine([f"x{i}" for i in range(values.shape[1])], EngineConfig(max_lag=max_lag))
    for window in np.split(values, cut_at):
        engine.update(window)
    return engine.graph()


def assert_agree(graph: Graph, truth: oracle.Oracle, tolerance: float) -> None:
    found = findings(graph)
    assert found.effect == pytest.approx(truth.effect, rel=tolerance, abs=tolerance * 1e-2)
    assert found.se == pytest.approx(truth.se, rel=tolerance)
    assert found.p_value == pytest.approx(truth.p_value, rel=tolerance * 1e3, abs=1e-300)


@pytest.mark.parametrize(("d", "max_lag"), [(1, 1), (1, 4), (2, 3), (3, 2), (4, 5), (8, 3)])
def test_effects_errors_and_p_values_are_those_of_least_squares(d: int, max_lag: int) -> None:
    world = var.comparison(np.random.default_rng([12, d]), d, 500)

    graph = discover(world, EngineConfig(max_lag=max_lag), window=37)

    assert_agree(graph, oracle.autoregression([world.values], max_lag), 1e-8)


@given(cuts)
@settings(max_examples=40, deadline=None)
def test_the_windowing_does_not_matter(cut_at: list[int]) -> None:
    whole = findings(streamed(WORLD.values, []))
    pieces = findings(streamed(WORLD.values, cut_at))

    assert pieces.effect == pytest.approx(whole.effect, rel=1e-9, abs=1e-12)
    assert pieces.se == pytest.approx(whole.se, rel=1e-9)
    assert pieces.p_value == pytest.approx(whole.p_value, rel=1e-9, abs=1e-300)
    assert np.array_equal(pieces.accepted, whole.accepted)


@given(cuts)
@settings(max_examples=20, deadline=None)
def test_the_windowing_does_not_matter_when_values_are_missing(cut_at: list[int]) -> None:
    holes = var.with_missing_values(np.random.default_rng(13), WORLD, share=0.1)

    whole = findings(streamed(holes.values, []))
    pieces = findings(streamed(holes.values, cut_at))

    assert pieces.effect == pytest.approx(whole.effect, rel=1e-9, abs=1e-12)
    assert pieces.p_value == pytest.approx(whole.p_value, rel=1e-9, abs=1e-300)


def test_a_gap_is_not_bridged() -> None:
    segments = [WORLD.values[:100], WORLD.values[130:133], WORLD.values[150:]]
    engine = Engine(WORLD.variables)

    for first, segment in zip((0, 130, 150), segments, strict=True):
        engine.update(segment, first)

    assert engine.rows == 353
    assert_agree(engine.graph(), oracle.autoregression(segments, 3), 1e-8)


@pytest.mark.parametrize("jump", [1, 3, 4, 1000])
def test_no_lag_reaches_over_a_jump_however_windows_overlap(jump: int) -> None:
    engine = Engine(WORLD.variables)

    for first in range(0, 161, 20):
        engine.update(WORLD.values[first : first + 40], first)
    for first in range(200, 361, 20):
        engine.update(WORLD.values[first : first + 40], first + jump)

    assert engine.rows == 400
    assert engine.next_step == 400 + jump
    segments = [WORLD.values[:200], WORLD.values[200:]]
    assert_agree(engine.graph(), oracle.autoregression(segments, 3), 1e-8)


@given(st.integers(5, 120), st.integers(1, 120))
@settings(max_examples=25, deadline=None)
def test_overlap_does_not_matter(size: int, hop: int) -> None:
    engine = Engine(WORLD.variables)
    for first in range(0, 400, min(hop, size)):
        engine.update(WORLD.values[first : first + size], first)

    whole, found = findings(streamed(WORLD.values, [])), findings(engine.graph())

    assert engine.rows == 400
    assert found.effect == pytest.approx(whole.effect, rel=1e-9, abs=1e-12)
    assert found.p_value == pytest.approx(whole.p_value, rel=1e-9, abs=1e-300)
    assert np.array_equal(found.accepted, whole.accepted)


def test_a_row_without_any_value_is_a_gap() -> None:
    values = WORLD.values.copy()
    values[[0, 100, 101, 399]] = np.nan
    segments = [values[1:100], values[102:399]]

    graph = streamed(values, [100, 250])

    assert graph.rows == 400
    assert_agree(graph, oracle.autoregression(segments, 3), 1e-8)


def test_units_and_offsets_do_not_matter() -> None:
    units = np.array([1e-150, 1.0, 1e6, 1e150])
    offsets = np.array([0.0, 1e3, -1e8, 1e150])
    standard = (WORLD.values - WORLD.values.mean(0)) / WORLD.values.std(0)

    plain = findings(streamed(standard, [64, 128]))
    moved = findings(streamed(standard * units + offsets, [64, 128]))

    assert moved.effect == pytest.approx(plain.effect, rel=1e-5, abs=1e-7)


def test_a_variable_that_outgrows_its_first_window_loses_nothing() -> None:
    values = WORLD.values.copy()
    values[:, 0] *= 2.0**200
    quiet = values.copy()
    quiet[:64, 0] *= 2.0**-180

    graph = streamed(quiet, [64])

    assert_agree(graph, oracle.autoregression([quiet * [2.0**-200, 1, 1, 1]], 3), 1e-8)


def test_a_stream_of_single_rows_gives_the_same_answer() -> None:
    values = WORLD.values[:120]

    graph = streamed(values, list(range(1, 120)))

    assert graph.windows == 120
    assert_agree(graph, oracle.autoregression([values], 3), 1e-8)
