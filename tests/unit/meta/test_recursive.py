"""That row by row comes to what all rows at once come to, from wherever it begins."""

import numpy as np
import pytest

from scarcity.causal.prior import Expected
from scarcity.meta.recursive import Recursive, cold, informed, learnt, near
from scarcity.meta.reptile import Plan, Task, descended, reptile
from scarcity.stats.arrays import Floats

ROWS, COLUMNS, TARGETS = 60, 4, 3


def rows_of(seed: int) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(TARGETS, COLUMNS))
    rows = rng.normal(size=(ROWS, COLUMNS))
    return rows, rows @ true.T + 0.5 * rng.normal(size=(ROWS, TARGETS)), true


def after(model: Recursive, rows: Floats, targets: Floats, forgetting: float = 1.0) -> Recursive:
    for row, target in zip(rows, targets, strict=True):
        model = learnt(model, row, target, forgetting)
    return model


@pytest.mark.parametrize("forgetting", [1.0, 0.95])
def test_it_is_the_weighted_ridge_regression_of_all_rows(forgetting: float) -> None:
    rows, targets, _ = rows_of(8001)
    weight = forgetting ** np.arange(ROWS - 1, -1, -1)
    ridge = 7.0 * forgetting**ROWS

    found = after(cold(TARGETS, COLUMNS, 7.0), rows, targets, forgetting)
    gram = (rows.T * weight) @ rows + ridge * np.eye(COLUMNS)

    assert found.coefficients == pytest.approx(np.linalg.solve(gram, (rows.T * weight) @ targets).T)
    assert found.covariance[0] == pytest.approx(np.linalg.inv(gram))


def test_each_coefficient_is_drawn_to_what_is_expected_of_it() -> None:
    rows, targets, true = rows_of(8002)
    se = np.where(np.arange(TARGETS * COLUMNS) % 2, 1e-4, 10.0).reshape(TARGETS, COLUMNS)
    expected = Expected(true + 5.0, se, np.zeros(se.shape, np.bool_))

    found = after(informed(expected, noise=0.25), rows, targets)

    assert found.coefficients[se < 1.0] == pytest.approx((true + 5.0)[se < 1.0], abs=0.01)
    assert np.abs(found.coefficients - true)[se > 1.0].max() < 6.0
    gram = rows.T @ rows + np.diag(0.25 / se[0] ** 2)
    pull = rows.T @ targets[:, 0] + 0.25 / se[0] ** 2 * expected.mean[0]
    assert found.coefficients[0] == pytest.approx(np.linalg.solve(gram, pull))


def test_targets_may_forget_differently() -> None:
    rows, targets, _ = rows_of(8003)
    model = Recursive(np.zeros((TARGETS, COLUMNS)), np.stack([np.eye(COLUMNS)] * TARGETS))
    together = model
    for row, target in zip(rows, targets, strict=True):
        together = learnt(together, row, target, np.array([1.0, 0.9, 0.95]))

    alone = after(model, rows, targets, 0.9)

    assert together.coefficients[1] == pytest.approx(alone.coefficients[1])


def test_what_is_surely_known_stays() -> None:
    rows, targets, true = rows_of(8004)

    found = after(near(true, 1e9), rows, targets)

    assert found.coefficients == pytest.approx(true, abs=1e-5)
    assert found.foreseen(rows[0]) == pytest.approx(true @ rows[0], abs=1e-4)


def tasks_around(rng: np.random.Generator, centre: Floats, streams: int) -> list[Task]:
    tasks = []
    for _ in range(streams):
        rows = rng.normal(size=(300, COLUMNS))
        own = centre + 0.1 * rng.normal(size=centre.shape)
        tasks.append((rows, rows @ own.T + 0.1 * rng.normal(size=(300, TARGETS))))
    return tasks


def test_reptile_begins_near_what_streams_have_in_common() -> None:
    rng = np.random.default_rng(8005)
    centre = rng.normal(size=(TARGETS, COLUMNS))
    tasks = tasks_around(rng, centre, 10)

    start = reptile(tasks, rng, Plan(rounds=300))

    assert start == pytest.approx(centre, abs=0.2)


def test_reptile_is_chance_only_by_its_generator() -> None:
    rng = np.random.default_rng(8006)
    tasks = tasks_around(rng, np.ones((TARGETS, COLUMNS)), 3)

    once, again = (reptile(tasks, np.random.default_rng(1)) for _ in range(2))

    assert np.array_equal(once, again)
    with pytest.raises(ValueError, match="one at least"):
        reptile([], rng)


def test_a_step_never_overshoots() -> None:
    rng = np.random.default_rng(8007)
    row, target = 1e6 * rng.normal(size=COLUMNS), rng.normal(size=TARGETS)

    stepped = descended(np.zeros((TARGETS, COLUMNS)), row, target, 0.5)

    assert np.all(np.abs(target - stepped @ row) <= np.abs(target))
