"""Slow drift is followed by forgetting, and what is forgotten is forgotten exactly."""

import numpy as np
import pytest

from scarcity.causal import Engine, EngineConfig, Graph
from scarcity.causal.correlation import lagged_correlation
from scarcity.causal.lagged import LaggedMoments
from worlds.world import Floats

FACTOR = 0.8
SEGMENTS = ((0, 100), (100, 103), (103, 104), (104, 250), (250, 400))
GAPS = (100, 103, 104)


def weighted(values: Floats, lags: int) -> tuple[Floats, float]:
    """Correlations of the lagged columns, and the sum of weights, row by row."""
    rows: list[Floats] = []
    weights: list[float] = []
    for first, last in SEGMENTS:
        begun = max(gap for gap in (0, *GAPS) if gap <= first)
        weights = [weight * FACTOR for weight in weights]
        for t in range(first, last):
            if t - lags >= begun:
                rows.append(values[t - lags : t + 1][::-1])
                weights.append(1.0)
    design = np.array(rows).transpose(0, 2, 1).reshape(len(rows), -1)
    share = np.array(weights) / np.sum(weights)
    centred = design - share @ design
    covariance = (centred * share[:, None]).T @ centred
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread), float(np.sum(weights))


@pytest.mark.parametrize("lags", [1, 2, 3, 5])
@pytest.mark.parametrize("design", ["complete", "masked"])
def test_rows_count_by_their_weight_to_rounding(lags: int, design: str) -> None:
    rng = np.random.default_rng([17, lags])
    values = 0.1 * np.cumsum(rng.normal(size=(400, 4)), axis=0) + rng.normal(size=(400, 4))
    moments = LaggedMoments(4, lags)

    for first, last in SEGMENTS:
        if first in GAPS:
            moments.cut()
        moments.decay(FACTOR)
        moments.add(values[first:last])
    if design == "masked":
        moments.begin_mask()

    expected, rows = weighted(values, lags)
    assert lagged_correlation(moments).flat == pytest.approx(expected, abs=1e-12)
    assert moments.usable == pytest.approx(rows)
    assert 0.0 < moments.worth < moments.usable * 1.5


def test_equal_weights_are_worth_as_many_rows_as_there_are() -> None:
    moments = LaggedMoments(2, 1)
    moments.add(np.random.default_rng(3).normal(size=(50, 2)))

    assert moments.worth == pytest.approx(49.0)


def drifting(rows: int) -> Floats:
    """Of x0 on x1, an effect that goes slowly from .6 to -.6."""
    rng = np.random.default_rng(23)
    values = rng.normal(size=(rows, 2))
    effect = np.linspace(0.6, -0.6, rows)
    for t in range(1, rows):
        values[t, 1] += effect[t] * values[t - 1, 0]
    return values


def last(values: Floats, config: EngineConfig) -> Graph:
    engine = Engine(["x0", "x1"], config)
    for first in range(0, len(values), 200):
        engine.update(values[first : first + 200])
    return engine.graph()


def test_an_effect_that_drifts_is_followed() -> None:
    values = drifting(30_000)

    followed = last(values, EngineConfig(half_life=1500)).edge("x0", "x1", 1)
    averaged = last(values, EngineConfig()).edge("x0", "x1", 1)

    assert followed is not None
    assert averaged is not None
    assert followed.effect < -0.35
    assert followed.is_accepted
    assert averaged.effect > followed.effect + 0.1
    assert followed.rows < 5000


def test_a_forgetful_engine_survives_a_restart_bit_for_bit() -> None:
    values, config = drifting(6000), EngineConfig(half_life=500)
    steady, restarted = Engine(["x0", "x1"], config), Engine(["x0", "x1"], config)

    for first in range(0, len(values), 300):
        for engine in (steady, restarted):
            engine.update(values[first : first + 300])
        restarted = Engine.restore(restarted.snapshot())

    assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")


@pytest.mark.parametrize("half_life", [0.5, float("inf"), -3.0])
def test_a_half_life_that_makes_no_sense_is_refused(half_life: float) -> None:
    with pytest.raises(ValueError, match="half_life"):
        EngineConfig(half_life=half_life)
