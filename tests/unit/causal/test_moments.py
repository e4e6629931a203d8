"""Moments put together know what both have seen."""

import numpy as np
import pytest

from scarcity.causal.lagged import LaggedMoments
from scarcity.stats.arrays import Floats


def moments(*segments: Floats, max_lag: int = 3) -> LaggedMoments:
    made = LaggedMoments(segments[0].shape[1], max_lag)
    for segment in segments:
        made.cut()
        made.add(segment)
    return made


@pytest.mark.parametrize("gaps", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("sizes", [(50, 70), (50, 2), (2, 50), (3, 3)])
def test_the_merge_of_two_states_equals_having_seen_both(
    sizes: tuple[int, int], gaps: tuple[bool, bool]
) -> None:
    rng = np.random.default_rng([71, *sizes])
    first, second = (rng.normal(size=(size, 4)) for size in sizes)
    for rows, gap in zip((first, second), gaps, strict=True):
        if gap:
            rows[1, 2] = np.nan

    merged = moments(second)
    before = merged.gram().copy()
    into = moments(first)
    into.absorb(merged)

    both = moments(first, second)
    if any(gaps):
        assert into.masked
    assert into.usable == both.usable
    assert into.gram() == pytest.approx(both.gram(), abs=1e-12)
    assert merged.gram() == pytest.approx(before, abs=0.0)


def test_a_merged_state_goes_on_with_its_own_segment() -> None:
    rng = np.random.default_rng(72)
    first, later, other = (rng.normal(size=(40, 3)) for _ in range(3))

    merged = moments(first)
    merged.absorb(moments(other))
    merged.add(later)

    both = moments(other, np.vstack([first, later]))
    assert merged.gram() == pytest.approx(both.gram(), abs=1e-12)


@pytest.mark.parametrize("gap", [False, True])
def test_moments_move_with_their_origin(*, gap: bool) -> None:
    rng = np.random.default_rng(73)
    first, second = rng.normal(size=(2, 60, 3))
    if gap:
        first[5, 1] = np.nan
    offset = np.array([0.5, -2.0, 0.0])

    moved = moments(first, second)
    moved.shift(offset)
    moved.add(second + offset)

    again = moments(first + offset, np.vstack([second + offset, second + offset]))
    assert moved.gram() == pytest.approx(again.gram(), abs=1e-9)


def test_states_of_other_variables_are_refused() -> None:
    with pytest.raises(ValueError, match="same variables"):
        moments(np.zeros((5, 2))).absorb(moments(np.zeros((5, 3))))
