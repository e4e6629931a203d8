"""Missing values are filled in with what everything else makes most likely."""

import numpy as np
import pytest

from scarcity.causal import EngineConfig
from scarcity.causal.budget import UNLIMITED
from scarcity.causal.discovery import Discovery
from scarcity.causal.imputation import impute
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Model
from scarcity.stats.arrays import Bools
from worlds import cases
from worlds.world import Floats

LAGS = 3
D = 5
ROWS = 60


def learned(seed: int) -> tuple[Floats, Model]:
    """Rows that a model was not learned from, and the model."""
    values = cases.make("contemporaneous", seed, d=D, rows=1500 + ROWS).values
    values = (values - values[:1500].mean(axis=0)) / values[:1500].std(axis=0)
    moments = LaggedMoments(D, LAGS)
    moments.add(values[:1500])
    discovery = Discovery.begin(D, EngineConfig(max_lag=LAGS))
    discovery.refresh(moments, None, UNLIMITED)
    assert discovery.found is not None
    return values[1500:], discovery.found[1]


def most_likely(rows: Floats, missing: Bools, model: Model) -> tuple[Floats, Floats]:
    """By least squares on all residuals at once; and the variance of each, given the others."""
    start = np.where(missing, 0.0, rows)
    places = np.argwhere(missing)
    base = (model.residuals(start) / model.equations.noise).ravel()
    slopes = np.empty((len(base), len(places)))
    for column, (t, i) in enumerate(places):
        moved = start.copy()
        moved[t, i] = 1.0
        slopes[:, column] = (model.residuals(moved) / model.equations.noise).ravel() - base
    filled, variance = start.copy(), np.zeros_like(start)
    filled[missing] = -np.linalg.lstsq(slopes, base)[0]
    variance[missing] = 1.0 / np.sum(slopes**2, axis=0)
    return filled, variance


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.01, 0.1])
def test_values_are_filled_in_as_all_equations_together_say(seed: int, share: float) -> None:
    rows, model = learned(seed)
    missing = np.random.default_rng([5, seed]).random(rows.shape) < share
    missing[:LAGS] = False

    filled, variance = impute(np.where(missing, np.nan, rows), missing, model)

    expected, spread = most_likely(rows, missing, model)
    assert filled == pytest.approx(expected, abs=2e-3)
    assert variance == pytest.approx(spread, rel=1e-9)


def test_what_is_filled_in_is_nearer_to_the_truth_than_the_mean() -> None:
    rows, model = learned(1)
    missing = np.random.default_rng(8).random(rows.shape) < 0.1

    filled, _ = impute(np.where(missing, np.nan, rows), missing, model)

    assert np.mean((filled - rows)[missing] ** 2) < 0.8 * np.mean(
        (model.mean - rows)[:, :][missing] ** 2
    )


def test_nothing_else_is_touched() -> None:
    rows, model = learned(2)
    missing = np.zeros(rows.shape, np.bool_)
    missing[20:30, 1] = True

    filled, variance = impute(np.where(missing, np.nan, rows), missing, model)

    assert np.array_equal(filled[~missing], rows[~missing])
    assert not variance[~missing].any()
    assert np.isfinite(filled).all()


def test_a_variable_that_the_model_does_not_know_stays_missing() -> None:
    model = Model.empty(2, LAGS)
    rows = np.full((10, 2), np.nan)

    filled, variance = impute(rows, np.ones((10, 2), np.bool_), model)

    assert np.isnan(filled).all()
    assert not variance.any()


def test_values_missing_before_any_equation_holds_get_their_mean_and_what_children_say() -> None:
    rows, model = learned(3)
    missing = np.zeros(rows.shape, np.bool_)
    missing[0, :] = True

    filled, variance = impute(np.where(missing, np.nan, rows), missing, model)

    assert np.isfinite(filled[0]).all()
    assert (variance[0] <= model.spread**2 * (1.0 + 1e-12)).all()
