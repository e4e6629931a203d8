"""The compiled search against the same search in plain numpy, and its numbers against lstsq."""

import numpy as np
import pytest

from scarcity.stats.arrays import Floats, Ints
from scarcity.stats.subset import (
    NONE,
    Rule,
    contributions,
    forward_backward,
    precisions,
    residual_share,
)

ROWS = 300


def data(seed: int, columns: int = 12) -> Floats:
    """Standardised rows of columns that hang together, without long-range order."""
    rng = np.random.default_rng([31, seed])
    rows = rng.normal(size=(ROWS, columns)) @ (np.eye(columns) + rng.normal(0, 0.3, (columns,) * 2))
    standard: Floats = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return standard


def correlation(rows: Floats) -> Floats:
    r: Floats = rows.T @ rows / len(rows)
    return r


def squared_t(r: Floats, target: int, column: int, given: list[int]) -> float:
    """t² of a column in the regression of the target on it and the given others."""
    both = [column, target]
    block = r[np.ix_(both, both)]
    if given:
        known = np.linalg.solve(r[np.ix_(given, given)], r[np.ix_(given, both)])
        block = block - r[np.ix_(both, given)] @ known
    share = block[0, 1] ** 2 / (block[0, 0] * block[1, 1])
    return float(share * (ROWS - len(given) - 2) / (1.0 - share))


def plain(r: Floats, target: int, candidates: list[int], forced: list[int], rule: Rule) -> Ints:
    """Forward, then backward, without any recursion."""
    taken = list(forced)
    while len(taken) < len(forced) + rule.most:
        left = [c for c in candidates if c != target and c not in taken]
        gains = [squared_t(r, target, c, taken) for c in left]
        if not gains or max(gains) <= rule.critical**2:
            break
        taken.append(left[int(np.argmax(gains))])
    while len(taken) > len(forced):
        chosen = taken[len(forced) :]
        t2 = [squared_t(r, target, c, [o for o in taken if o != c]) for c in chosen]
        if min(t2) >= rule.critical**2:
            break
        taken.remove(chosen[int(np.argmin(t2))])
    return np.array(taken, np.int64)


def filled_up(rows: list[list[int]]) -> Ints:
    width = max(len(row) for row in rows)
    return np.array([row + [NONE] * (width - len(row)) for row in rows], np.int64)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("critical", [1.0, 2.5])
def test_the_search_is_the_plain_one(seed: int, critical: float) -> None:
    r = correlation(data(seed))
    targets, candidates = np.arange(12), np.arange(10)
    forced = [[(t + 1) % 12, (t + 2) % 12][: t % 3] for t in range(12)]
    rule = Rule(critical, ROWS, 6)

    found = forward_backward(r, targets, candidates, filled_up(forced), rule)

    for target, chosen in enumerate(found):
        expected = plain(r, target, candidates.tolist(), forced[target], rule)
        assert chosen[chosen != NONE].tolist() == expected.tolist()
        assert np.all(chosen[len(expected) :] == NONE)


def test_a_target_is_never_its_own_regressor_and_may_find_nothing() -> None:
    none = np.zeros((3, 0), np.int64)

    found = forward_backward(np.eye(3), np.arange(3), np.arange(3), none, Rule(2.0, ROWS, 2))

    assert np.all(found == NONE)


def test_of_columns_that_are_nearly_one_the_search_takes_one() -> None:
    rows = data(0, 3)
    rows = np.column_stack([rows, rows[:, 0] + 1e-7 * rows[:, 1], rows[:, 0] + rows[:, 2]])
    r = correlation((rows - rows.mean(axis=0)) / rows.std(axis=0))
    none = np.zeros((1, 0), np.int64)

    (found,) = forward_backward(r, np.array([4]), np.arange(4), none, Rule(2.0, ROWS, 4))

    assert len({0, 3} & {*found.tolist()}) == 1
    assert 2 in found


def regression(rows: Floats, target: int, columns: list[int]) -> tuple[Floats, Floats, float]:
    design = rows[:, columns]
    coefficients: Floats = np.linalg.lstsq(design, rows[:, target])[0].astype(np.float64)
    inverse = np.diag(np.linalg.inv(design.T @ design / len(rows)))
    return coefficients, inverse, float(np.mean((rows[:, target] - design @ coefficients) ** 2))


@pytest.mark.parametrize("seed", range(4))
def test_what_a_column_adds_is_its_regression_on_it_and_the_chosen_ones(seed: int) -> None:
    rows = data(seed)
    chosen = [[1, 4, 7], [], [3]]
    targets, asked = np.array([0, 5, 9]), np.arange(12)

    found = contributions(correlation(rows), targets, filled_up(chosen), asked)

    for place, target in enumerate(targets.tolist()):
        for column in asked.tolist():
            numbers = found[:, place, column]
            if column == target:
                assert np.isnan(numbers).all()
                continue
            design = [column, *(c for c in chosen[place] if c != column)]
            coefficients, inverse, left = regression(rows, target, design)
            assert numbers == pytest.approx([coefficients[0], inverse[0], left], rel=1e-9)


def test_what_the_chosen_ones_determine_adds_nothing() -> None:
    rows = data(1, 3)
    rows = np.column_stack([rows, rows[:, 0] - rows[:, 1]])
    r = correlation((rows - rows.mean(axis=0)) / rows.std(axis=0))

    found = contributions(r, np.array([2]), np.array([[0, 1]]), np.arange(4))

    assert np.isnan(found[:, 0, 3]).all()
    assert np.isfinite(found[:, 0, :2]).all()


@pytest.mark.parametrize("seed", range(4))
def test_precisions_and_residual_shares_are_those_of_dense_algebra(seed: int) -> None:
    rows = data(seed)
    r = correlation(rows)
    chosen = [[2, 5, 8, 11], [7], []]
    filled = filled_up(chosen)

    inverses = precisions(r, filled)

    for place, columns in enumerate(chosen):
        size = len(columns)
        expected = np.zeros((4, 4))
        expected[:size, :size] = np.linalg.inv(r[np.ix_(columns, columns)])
        assert inverses[place] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        left = regression(rows, 0, columns)[2] if columns else 1.0
        assert residual_share(r, 0, filled[place]) == pytest.approx(left, rel=1e-9)
