import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.stats.arrays import Floats
from scarcity.stats.correlation import (
    independent_columns,
    is_positive_definite,
    nearest_correlation,
    twins,
)


def correlated(columns: Floats) -> Floats:
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    correlation: Floats = standard.T @ standard / len(columns)
    return correlation


def test_of_two_equal_columns_the_later_one_goes() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 100))
    correlation = correlated(np.column_stack([first, second, -4.0 * first]))

    assert twins(correlation).tolist() == [False, False, True]
    assert independent_columns(correlation).tolist() == [True, True, False]


def test_of_columns_that_sum_up_the_last_one_goes() -> None:
    rng = np.random.default_rng(2)
    first, second, other = rng.normal(size=(3, 100))
    correlation = correlated(np.column_stack([first, second, first - 3.0 * second, other]))

    assert twins(correlation).tolist() == [False] * 4
    assert independent_columns(correlation).tolist() == [True, True, False, True]


def test_columns_that_are_merely_close_all_stay() -> None:
    rng = np.random.default_rng(3)
    base = rng.normal(size=400)
    columns = np.column_stack([base + 1e-3 * rng.normal(size=400) for _ in range(4)])

    assert independent_columns(correlated(columns)).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 12))
def test_what_is_kept_can_always_be_factored(seed: int, rank: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(50, rank)) @ rng.normal(size=(rank, width))
    correlation = correlated(columns)

    keep = independent_columns(correlation)

    assert is_positive_definite(correlation[np.ix_(keep, keep)])
    assert 1 <= keep.sum() <= min(rank, width)


def test_a_matrix_of_impossible_pairs_is_mended() -> None:
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])

    mended = nearest_correlation(impossible)

    assert not is_positive_definite(impossible)
    assert is_positive_definite(mended)
    assert np.diag(mended) == pytest.approx(1.0)
    assert np.sign(mended).tolist() == np.sign(impossible).tolist()
