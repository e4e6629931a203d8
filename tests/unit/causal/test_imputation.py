"""Missing values are filled in with what everything else makes most likely."""

from dataclasses import replace

import numpy as np
import pytest

from scarcity.causal.imputation import impute
from scarcity.causal.model import Equations, Model
from scarcity.stats.arrays import Bools
from scarcity.stats.subset import NONE
from worlds import sparse
from worlds.var import spectral_radius
from worlds.world import Floats

LAGS = 2
D = 3
ROWS = 10
BEFORE = 80
"""Rows after which a process no longer remembers how it began."""


def model_of(coefficients: Floats, level: Floats, noise: Floats) -> Model:
    """The model with coefficients (lag, source, target), in its stationary state."""
    lags, d = len(coefficients) - 1, len(level)
    shape = (d, int(np.count_nonzero(coefficients, axis=(0, 1)).max()) + 1)
    equations = Equations(
        np.full(shape, NONE), np.zeros(shape, np.int64), np.zeros(shape), level, noise
    )
    for j in range(d):
        for place, (lag, source) in enumerate(np.argwhere(coefficients[:, :, j])):
            equations.sources[j, place], equations.lags[j, place] = source, lag
            equations.weights[j, place] = coefficients[lag, source, j]
    begun = replace(Model.empty(d, lags), equations=equations, mean=np.zeros(d), spread=np.ones(d))
    mean, covariance = law(begun, BEFORE)
    return replace(begun, mean=mean[-d:], spread=np.sqrt(np.diag(covariance)[-d:]))


def drawn(seed: int) -> tuple[Floats, Model]:
    """Rows of a random stable VAR with links at lag 0, and the VAR."""
    rng = np.random.default_rng([51, seed])
    coefficients = rng.uniform(-0.6, 0.6, (LAGS + 1, D, D)) * (rng.random((LAGS + 1, D, D)) < 0.6)
    coefficients[0] = np.triu(coefficients[0], k=1)
    while spectral_radius(sparse.reduced(coefficients)) >= 0.7:
        coefficients[1:] *= 0.9
    model = model_of(coefficients, rng.normal(size=D), rng.uniform(0.5, 2.0, D))
    mean, covariance = law(model, BEFORE)
    values = rng.multivariate_normal(mean[-ROWS * D :], covariance[-ROWS * D :, -ROWS * D :])
    return values.reshape(ROWS, D), model


def law(model: Model, rows: int) -> tuple[Floats, Floats]:
    """Mean and covariance of so many rows at once, of which the first L are independent."""
    equations, d = model.equations, len(model.mean)
    left, level = np.eye(rows * d), np.empty((rows, d))
    level[: model.max_lag], level[model.max_lag :] = model.mean, equations.intercept
    noise = np.tile(equations.noise, (rows, 1))
    noise[: model.max_lag] = model.spread
    for t in range(model.max_lag, rows):
        for j, place in np.argwhere(equations.sources != NONE):
            cause = (t - equations.lags[j, place]) * d + equations.sources[j, place]
            left[t * d + j, cause] -= equations.weights[j, place]
    total = np.linalg.inv(left)
    return total @ level.ravel(), (total * noise.ravel() ** 2) @ total.T


def given_the_rest(
    of: tuple[Floats, Floats], values: Floats, missing: Bools
) -> tuple[Floats, Floats]:
    """Conditional mean, and covariance, of the missing values under a law of the rows."""
    size = values.size
    mean, covariance = of[0][-size:], of[1][-size:, -size:]
    out, seen = np.flatnonzero(missing), np.flatnonzero(~missing)
    gain = covariance[np.ix_(out, seen)] @ np.linalg.inv(covariance[np.ix_(seen, seen)])
    expected = mean[out] + gain @ (values.ravel()[seen] - mean[seen])
    return expected, covariance[np.ix_(out, out)] - gain @ covariance[np.ix_(seen, out)]


def filled_in(values: Floats, missing: Bools, model: Model) -> tuple[Floats, Floats]:
    """What was missing, and its variance."""
    rows, variance = impute(np.where(missing, np.nan, values), missing, model)
    assert np.array_equal(rows[~missing], values[~missing])
    assert not variance[~missing].any()
    return rows[missing], variance[missing]


@pytest.mark.parametrize("seed", range(5))
def test_a_single_value_has_its_conditional_mean_and_variance(seed: int) -> None:
    values, model = drawn(seed)
    stationary, begun = law(model, BEFORE), law(model, ROWS)

    for t, i in np.ndindex(ROWS, D):
        missing = np.zeros((ROWS, D), np.bool_)
        missing[t, i] = True
        mean, covariance = given_the_rest(stationary if t >= LAGS else begun, values, missing)
        found, variance = filled_in(values, missing, model)
        assert found == pytest.approx(mean, abs=1e-8), (t, i)
        assert variance == pytest.approx(np.diag(covariance), rel=1e-8), (t, i)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("first", [0, 1, 4, 8])
def test_neighbouring_values_have_their_joint_conditional_mean(seed: int, first: int) -> None:
    values, model = drawn(seed)
    missing = np.zeros((ROWS, D), np.bool_)
    missing[first : first + 2, :2] = True
    missing[np.random.default_rng([52, seed]).random((ROWS, D)) < 0.1] = True

    found, variance = filled_in(values, missing, model)

    mean, covariance = given_the_rest(law(model, ROWS), values, missing)
    alone = 1.0 / np.diag(np.linalg.inv(covariance))
    assert found == pytest.approx(mean, abs=2e-3)
    assert variance == pytest.approx(alone, rel=1e-8)
    assert np.all(variance <= np.diag(covariance) * (1.0 + 1e-8))


def test_own_past_and_children_share_the_say() -> None:
    model = model_of(np.array([[[0.0]], [[0.5]]]), np.zeros(1), np.ones(1))
    values = np.array([[1.0], [2.0], [3.0], [4.0]])
    spread = 4.0 / 3.0
    precision = 1.0 / spread + 0.25
    expected = [(0.5 * 2.0 / precision, 1.0 / precision), (0.5 * 4.0 / 1.25, 0.8)]
    expected += [(0.5 * 6.0 / 1.25, 0.8), (0.5 * 3.0, 1.0)]

    for t in range(4):
        missing = (np.arange(4) == t)[:, None]
        found = np.concatenate(filled_in(values, missing, model))
        assert found == pytest.approx(expected[t]), t


@pytest.mark.parametrize("rows", [5, 40, 400])
def test_a_long_run_of_missing_values_settles(rows: int) -> None:
    coefficients = np.array([np.zeros((2, 2)), [[0.4, 0.3], [0.0, 0.3]]])
    model = model_of(coefficients, np.array([3.0, -1.0]), np.ones(2))
    values = np.tile(model.mean + 3.0 * model.spread, (rows + 8, 1))
    missing = np.zeros(values.shape, np.bool_)
    missing[4:-4] = True

    found, _ = filled_in(values, missing, model)

    mean, _ = given_the_rest(law(model, len(values)), values, missing)
    assert found == pytest.approx(mean, abs=2e-3)
    if rows > 5:
        assert found.reshape(-1, 2)[rows // 2] == pytest.approx(model.mean, abs=1e-2)


def test_a_variable_that_the_model_does_not_know_stays_missing() -> None:
    coefficients = np.array([np.zeros((3, 3)), [[0.5, 0.6, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.5]]])
    model = model_of(coefficients, np.ones(3), np.ones(3))
    model.equations.intercept[0] = np.nan
    values = np.random.default_rng(53).normal(size=(12, 3))
    values[8, 2] = np.nan  # nobody asks for it
    missing = np.zeros((12, 3), np.bool_)
    missing[:, 0] = missing[5, 1:] = missing[11, 1:] = True

    filled, variance = impute(np.where(missing, np.nan, values), missing, model)

    assert np.array_equal(filled[~missing], values[~missing], equal_nan=True)
    assert np.isnan(filled[:, 0]).all()
    assert not variance[:, 0].any()
    assert filled[11, 1] == model.mean[1]
    assert variance[11, 1] == pytest.approx(model.spread[1] ** 2)
    assert filled[11, 2] == pytest.approx(1.0 + 0.5 * values[10, 2])
    assert filled[5, 2] == pytest.approx((1.0 + 0.5 * (values[4, 2] + values[6, 2] - 1.0)) / 1.25)
