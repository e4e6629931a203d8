"""A window is told from its past when the structure has changed, and only then."""

import numpy as np
import pytest

from scarcity.causal import EngineConfig
from scarcity.causal.budget import UNLIMITED
from scarcity.causal.change import CHANGED, judge, obeys, read
from scarcity.causal.discovery import Discovery
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Model
from worlds import cases, sparse
from worlds.world import Floats

LAGS = 3
LEARNED = 1500
WINDOW = 256
STATIONARY = ("linear", "heavy", "near_unit_root", "noise", "contemporaneous", "tanh")


def model_of(rows: Floats) -> Model:
    moments = LaggedMoments(rows.shape[1], LAGS)
    moments.add(rows)
    discovery = Discovery.begin(rows.shape[1], EngineConfig(max_lag=LAGS))
    discovery.refresh(moments, None, UNLIMITED)
    assert discovery.found is not None
    return discovery.found[1]


def window(values: Floats, first: int, rows: int = WINDOW) -> Floats:
    """So many rows, and the ones that their lags reach back to."""
    return values[first - LAGS : first + rows]


def unit(values: Floats) -> Floats:
    scaled: Floats = (values - values[:LEARNED].mean(axis=0)) / values[:LEARNED].std(axis=0)
    return scaled


def switching(seed: int, d: int = 8) -> Floats:
    """Values of which the structure is another one from row 1500 on."""
    return unit(sparse.regimes(np.random.default_rng([7, seed]), d, (LEARNED, 600)).values)


def test_while_nothing_changes_p_values_are_not_small() -> None:
    p_values = {}
    for case in STATIONARY:
        for seed, learned in ((0, 600), (1, 600), (2, 2048), (3, 2048)):
            values = unit(cases.make(case, seed, d=8, rows=learned + 20 * WINDOW).values)
            model = model_of(values[:learned])
            for first in range(learned, len(values), WINDOW):
                p_values[case, seed, first] = judge(read(window(values, first), model)).p_value

    small = {key: p_value for key, p_value in p_values.items() if p_value < 1e-3}

    assert len(p_values) == 480
    assert len(small) <= 4, small
    assert min(p_values.values()) > 1e-6, small


@pytest.mark.parametrize("seed", range(8))
def test_missing_values_are_no_change(seed: int) -> None:
    rng = np.random.default_rng([71, seed])
    values = unit(cases.make("linear", seed, d=8, rows=LEARNED + 4 * WINDOW).values)
    model = model_of(values[:LEARNED])
    values[rng.random(values.shape) < 0.1 * (1 + seed % 4)] = np.nan
    values[LEARNED + 1 :, seed % 8] = np.nan

    p_values = [judge(read(window(values, LEARNED + k * WINDOW), model)).p_value for k in range(4)]

    assert min(p_values) > 1e-4


def test_a_window_that_says_nothing_is_no_change() -> None:
    values = switching(0)
    model = model_of(values[:LEARNED])

    assert judge(read(window(values, LEARNED, 15), model)).p_value == 1.0
    assert judge(read(np.full((200, 8), np.nan), model)).p_value == 1.0
    assert judge(read(window(values, LEARNED), Model.empty(8, LAGS))).p_value == 1.0


def test_louder_or_quieter_noise_is_no_change() -> None:
    rng = np.random.default_rng(72)
    coefficients = sparse.draw(rng, 6, sparse.LINEAR)
    calm = sparse.run(coefficients, rng.normal(size=(LEARNED + sparse.BURN_IN, 6)))
    model = model_of(unit(calm))

    for loudness in (0.2, 1.0, 3.0):
        noise = loudness * rng.normal(size=(WINDOW, 6))
        later = sparse.run(coefficients, noise, before=calm[-LAGS:])
        stretch = window(unit(np.vstack([calm, later])), LEARNED)
        assert judge(read(stretch, model)).p_value > 1e-4, loudness


@pytest.mark.parametrize("seed", range(12))
def test_another_structure_is_found_in_the_window_it_begins_with(seed: int) -> None:
    values = switching(seed)

    verdict = judge(read(window(values, LEARNED), model_of(values[:LEARNED])))

    assert verdict.changed


def test_another_structure_is_found_inside_a_window_and_located() -> None:
    found, off = 0, []
    for seed in range(20):
        values = switching(seed)
        verdict = judge(read(window(values, LEARNED - 100), model_of(values[:LEARNED])))
        found += verdict.changed
        off.append(abs(verdict.first - 100))

    assert found >= 18
    assert np.median(off) <= 10
    assert np.mean(np.array(off) <= 30) >= 0.85


@pytest.mark.parametrize("seed", range(6))
def test_a_change_of_one_edge_among_many_is_found(seed: int) -> None:
    rng = np.random.default_rng([73, seed])
    before = sparse.draw(rng, 16, sparse.LINEAR)
    before[1, 3, 5] = 0.4
    before = sparse.damped(before, 0.95)
    after = before.copy()
    after[1, 3, 5] *= -1.0
    past = sparse.run(before, rng.normal(size=(LEARNED + sparse.BURN_IN, 16)))
    present = sparse.run(after, rng.normal(size=(400, 16)), before=past[-LAGS:])
    values = unit(np.vstack([past, present]))
    model = model_of(values[:LEARNED])

    assert not judge(read(window(values, LEARNED - WINDOW), model)).changed
    assert judge(read(window(values, LEARNED, 400), model)).changed


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_look_lets_no_change_pass(seed: int) -> None:
    values = switching(seed)
    model = model_of(values[:LEARNED])
    readings = [read(window(values, first), model) for first in range(LEARNED - 512, 1800, 64)]

    calm = [reading for reading in readings if obeys(reading)]

    assert 0 < len(calm) < len(readings)
    assert all(judge(reading).p_value >= CHANGED for reading in calm)


@pytest.mark.parametrize("case", STATIONARY)
def test_the_quick_look_mostly_suffices(case: str) -> None:
    values = unit(cases.make(case, 5, d=8, rows=LEARNED + 20 * WINDOW).values)
    model = model_of(values[:LEARNED])

    firsts = range(LEARNED, len(values), WINDOW)
    calm = sum(obeys(read(window(values, first), model)) for first in firsts)

    assert calm >= len(firsts) // 2


@pytest.mark.parametrize("seed", [63_000_003, 4])
def test_the_model_is_a_regression_to_the_last_digits(seed: int) -> None:
    values = cases.make("near_unit_root", seed, d=10, rows=512).values
    values = (values - values[0]) / values.std(axis=0)
    equations = model_of(values).equations
    for j in range(values.shape[1]):
        is_parent = equations.sources[j] >= 0
        lagged = zip(equations.sources[j], equations.lags[j], strict=True)
        columns = [values[LAGS - lag : 512 - lag, i] for i, lag in lagged if i >= 0]
        table = np.column_stack([*columns, np.ones(512 - LAGS)])

        weights = np.linalg.lstsq(table, values[LAGS:, j], rcond=None)[0]
        found = [*equations.weights[j, is_parent], equations.intercept[j]]

        differ = table @ (np.array(found) - weights)
        assert np.abs(differ).max() < 1e-4 * equations.noise[j]
