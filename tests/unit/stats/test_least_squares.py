import numpy as np
import pytest

from scarcity.stats.least_squares import least_squares


def test_regression_from_correlations_is_regression_from_rows() -> None:
    rng = np.random.default_rng(4)
    design = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 3))
    target = design @ [1.0, -2.0, 0.0] + rng.normal(size=200)
    rows = np.column_stack([design, target])
    standard = (rows - rows.mean(0)) / rows.std(0)
    correlation = standard.T @ standard / len(rows)

    fit = least_squares(correlation[:3, :3], correlation[:3, 3:])

    expected, residual, *_ = np.linalg.lstsq(standard[:, :3], standard[:, 3])
    inverse = np.linalg.inv(correlation[:3, :3])
    assert fit.coefficients[:, 0] == pytest.approx(expected, rel=1e-10)
    assert fit.residual[0] == pytest.approx(residual[0] / 200, rel=1e-10)
    assert fit.precision == pytest.approx(inverse, rel=1e-10)
    assert fit.variance_inflation == pytest.approx(np.diag(inverse), rel=1e-10)


def test_a_determined_target_leaves_a_residual_above_zero() -> None:
    fit = least_squares(np.eye(1), np.ones((1, 1)))

    assert fit.coefficients[0, 0] == 1.0
    assert 0.0 < fit.residual[0] < 1e-10
