import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from scarcity.stats.multiplicity import benjamini_hochberg

p_values = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60).map(np.array)


@given(p_values)
def test_q_values_are_those_of_scipy(tests: np.ndarray) -> None:
    assert benjamini_hochberg(tests) == pytest.approx(false_discovery_control(tests), abs=1e-15)


@given(p_values, st.integers(0, 59))
def test_a_test_that_was_not_made_changes_nothing(tests: np.ndarray, place: int) -> None:
    with_gap = np.insert(tests, min(place, len(tests)), np.nan)

    q_values = benjamini_hochberg(with_gap)

    assert np.isnan(q_values).sum() == 1
    assert np.array_equal(q_values[~np.isnan(q_values)], benjamini_hochberg(tests))


def test_no_test_at_all_gives_no_q_value() -> None:
    assert benjamini_hochberg(np.array([])).size == 0
    assert np.isnan(benjamini_hochberg(np.full((2, 2), np.nan))).all()
