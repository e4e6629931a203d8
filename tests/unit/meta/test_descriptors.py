"""That a stream's description says what the stream is like."""

import numpy as np
import pytest

from scarcity.meta.descriptors import Descriptors, described, summed
from scarcity.stats.arrays import Floats


def remembering(rng: np.random.Generator, own: float, rows: int = 4000, d: int = 3) -> Floats:
    values = rng.normal(size=(rows, d))
    for t in range(1, rows):
        values[t] += own * values[t - 1]
    return values


def of(past: Floats, recent: Floats) -> Descriptors:
    return described(summed(past), summed(recent), step_s=60.0)


def test_memory_is_what_it_is() -> None:
    rng = np.random.default_rng(9001)

    found = of(remembering(rng, 0.7), remembering(rng, 0.7))

    assert found.self_lag == pytest.approx(0.7, abs=0.03)
    assert found.radius == pytest.approx(0.7, abs=0.06)
    assert found.kurtosis == pytest.approx(0.0, abs=0.2)
    assert (found.variables, found.rows, found.missing) == (3, 2 * 3999, 0.0)


def test_without_drift_the_score_is_one() -> None:
    rng = np.random.default_rng(9008)
    scores = [of(remembering(rng, 0.5, 400), remembering(rng, 0.5, 200)).drift for _ in range(40)]

    assert np.mean(scores) == pytest.approx(1.0, abs=0.25)


def test_drift_shows() -> None:
    rng = np.random.default_rng(9002)

    assert of(remembering(rng, 0.7), remembering(rng, 0.2)).drift > 50.0


def test_units_change_nothing() -> None:
    rng = np.random.default_rng(9003)
    values = remembering(rng, 0.5)
    other_units = values * np.array([1e-6, 1.0, 1e6]) + np.array([5.0, 0.0, -1e7])

    assert of(other_units, other_units).vector() == pytest.approx(of(values, values).vector())


def test_heavy_tails_show() -> None:
    values = np.random.default_rng(9004).standard_t(4, (20_000, 2))

    assert of(values, values).kurtosis > 1.0


def test_missing_values_are_counted() -> None:
    rng = np.random.default_rng(9005)
    values = remembering(rng, 0.5)
    holed = np.where(rng.random(values.shape) < 0.1, np.nan, values)

    found = of(holed, values)

    assert found.missing == pytest.approx(0.05, abs=0.01)
    assert np.isfinite(found.vector()).all()


def test_copies_and_constants_have_a_description() -> None:
    values = remembering(np.random.default_rng(9006), 0.5)
    odd = np.column_stack([values, values[:, 0], np.full(len(values), 3.0)])

    assert np.isfinite(of(odd, odd).vector()).all()


def test_a_step_has_a_length() -> None:
    sums = summed(remembering(np.random.default_rng(9007), 0.5, rows=50))

    with pytest.raises(ValueError, match="longer than 0 s"):
        described(sums, sums, step_s=0.0)
