"""Rows for sums: complete ones, each once, whatever comes twice or is missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.sealed.rows import Rows, place_of
from scarcity.stats.arrays import Floats

MOST = 1000


def numbered(start: int, stop: int) -> Floats:
    """Rows that are known by their place."""
    return np.column_stack([np.arange(start, stop), np.zeros(stop - start)]).astype(np.float64)


def places(rows: Rows) -> list[list[int]]:
    return [window[:, 0].astype(int).tolist() for window in rows.take().windows]


def test_rows_that_follow_each_other_make_one_window() -> None:
    rows = Rows(MOST, 1)
    rows.add(0, 0, numbered(0, 5))
    rows.add(5, 0, numbered(5, 8))

    assert places(rows) == [list(range(8))]
    taken = rows.take()
    assert (taken.start, taken.stop, taken.count) == (0, 8, 8)


def test_windows_that_overlap_give_each_row_once() -> None:
    rows = Rows(MOST, 1)
    rows.add(0, 0, numbered(0, 6))
    rows.add(4, 0, numbered(4, 10))
    rows.add(2, 0, numbered(2, 7))

    assert places(rows) == [list(range(10))]


def test_a_missing_value_a_gap_and_a_new_session_end_a_window() -> None:
    rows = Rows(MOST, 1)
    holed = numbered(0, 7)
    holed[3, 1] = np.nan
    rows.add(0, 0, holed)
    rows.add(9, 0, numbered(9, 12))
    rows.add(12, 1, numbered(12, 15))

    assert places(rows) == [[0, 1, 2], [4, 5, 6], [9, 10, 11], [12, 13, 14]]


def test_what_has_no_step_with_all_its_lags_is_no_window() -> None:
    rows = Rows(MOST, 2)
    rows.add(0, 0, numbered(0, 2))
    rows.add(5, 0, numbered(5, 8))

    assert (rows.count, places(rows)) == (3, [[5, 6, 7]])


def test_of_more_rows_than_fit_the_newest_are_kept() -> None:
    rows = Rows(6, 1)
    rows.add(0, 0, numbered(0, 4))
    rows.add(10, 0, numbered(10, 15))

    assert (rows.count, places(rows)) == (5, [[10, 11, 12, 13, 14]])


def test_an_epoch_is_behind_all_steps_of_the_one_before() -> None:
    rows = Rows(MOST, 1)
    rows.add(place_of(0, 100), 0, numbered(0, 3))
    rows.add(place_of(1, 0), 0, numbered(3, 6))
    rows.add(place_of(0, 103), 0, numbered(6, 9))

    assert places(rows) == [[0, 1, 2], [3, 4, 5]]


@given(starts=st.lists(st.integers(0, 60), min_size=1, max_size=12), until=st.integers(0, 80))
def test_what_was_released_never_comes_back(starts: list[int], until: int) -> None:
    rows = Rows(MOST, 1)
    half = len(starts) // 2
    for start in starts[:half]:
        rows.add(start, 0, numbered(start, start + 10))
    rows.forget(until)
    for start in starts[half:]:
        rows.add(start, 0, numbered(start, start + 10))

    given_ = [place for window in places(rows) for place in window] if rows.count else []
    assert all(place >= until for place in given_)
    assert len(given_) == len(set(given_))
    assert given_ == sorted(given_)
