"""Sums of integers are exact; what does not fit is refused before it is sent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.errors import ConfigError
from scarcity.federation.sealed.fixedpoint import FixedPoint, from_bytes, to_bytes

LARGEST = 1000.0
values = st.lists(st.floats(-LARGEST, LARGEST), min_size=3, max_size=3)


@given(st.lists(values, min_size=1, max_size=50))
def test_a_sum_is_that_of_the_rounded_values_exactly(peers: list[list[float]]) -> None:
    grid = FixedPoint(LARGEST, len(peers))
    total = np.zeros(3, np.uint64)
    for each in peers:
        total += grid.encode(np.array(each))

    steps = [[round(value * 2**24) for value in each] for each in peers]

    assert grid.decode(total).tolist() == [
        sum(column) / 2**24 for column in zip(*steps, strict=True)
    ]


@given(values, st.integers(0, 2**64 - 1))
def test_a_mask_that_is_taken_off_again_leaves_no_trace(sent: list[float], mask: int) -> None:
    grid = FixedPoint(LARGEST, 1)
    words = grid.encode(np.array(sent))

    hidden = words + np.uint64(mask)

    assert (hidden - np.uint64(mask)).tolist() == words.tolist()


@pytest.mark.parametrize("value", [LARGEST * 1.001, -2.0 * LARGEST, np.nan, np.inf])
def test_what_lies_outside_the_declared_range_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="declare more rows"):
        FixedPoint(LARGEST, 3).encode(np.array([0.0, value]))


def test_a_range_whose_sum_may_wrap_is_refused_when_it_is_declared() -> None:
    largest = 2.0**63 / 2**24 / 50

    with pytest.raises(ConfigError, match="do not fit 64 bits"):
        FixedPoint(largest, 50)
    with pytest.raises(ConfigError, match="do not fit 64 bits"):
        FixedPoint(largest / 2, 50, headroom=2**62 // 50)
    assert FixedPoint(largest * 0.999, 50).peers == 50


def test_at_the_edge_of_the_range_a_sum_is_still_right() -> None:
    largest = float(2**38 // 50)
    grid = FixedPoint(largest, 50)

    total = np.zeros(2, np.uint64)
    for _ in range(50):
        total += grid.encode(np.array([largest, -largest]))

    assert grid.decode(total).tolist() == [50 * largest, -50 * largest]


def test_words_are_little_endian_bytes() -> None:
    words = np.array([1, 2**63], np.uint64)

    assert to_bytes(words).hex() == "01" + "00" * 14 + "80"
    assert from_bytes(to_bytes(words)).tolist() == words.tolist()
