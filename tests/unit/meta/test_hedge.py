"""That the choice keeps its promise, follows what changes, and uses a past."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.meta import Hedge, HedgeState
from scarcity.meta.hedge import after_row, even, from_past
from scarcity.stats.arrays import Floats

losses = st.lists(
    st.lists(st.floats(-5.0, 5.0), min_size=3, max_size=3), min_size=1, max_size=60
).map(np.array)
rates = st.floats(0.05, 1.0)
shares = st.floats(1e-4, 0.3)


def after(hedge: Hedge, rows: Floats) -> HedgeState:
    state = hedge.start
    for row in rows:
        state = after_row(hedge, state, row)
    return state


@given(losses, rates, shares)
def test_no_configuration_is_better_by_more_than_promised(
    rows: Floats, rate: float, share: float
) -> None:
    hedge = Hedge(even(3), rate, share)

    state = after(hedge, rows)

    assert state.regret <= hedge.most_lost(len(rows)) + 1e-6
    assert state.weight.sum() == pytest.approx(1.0)
    assert state.weight.min() >= share / 3 * (1.0 - 1e-9)


@given(losses, rates, shares, st.data())
def test_no_sequence_with_few_changes_is_better_by_more_than_promised(
    rows: Floats, rate: float, share: float, data: st.DataObject
) -> None:
    hedge = Hedge(even(3), rate, share)
    path = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    changes = int(np.count_nonzero(np.diff(path)))

    state = after(hedge, rows)
    along = float(np.sum(rows[np.arange(len(rows)), path]))

    assert state.lost - along <= hedge.most_lost(len(rows), changes) + 1e-6


def test_the_best_is_followed_and_the_new_best_after_it() -> None:
    hedge = Hedge(even(2))
    first_is_better = np.tile([0.0, 0.2], (200, 1))

    before = after(hedge, first_is_better)
    later = after(hedge, np.vstack([first_is_better, first_is_better[:, ::-1]]))

    assert before.best == 0
    assert later.best == 1


def test_one_row_out_of_bounds_does_not_decide() -> None:
    hedge = Hedge(even(2), clip=5.0)
    rows = np.vstack([np.tile([0.0, 0.2], (200, 1)), [[1e9, 0.0]], np.tile([0.0, 0.2], (50, 1))])

    assert after(hedge, rows).best == 0


def test_a_past_gives_a_head_start() -> None:
    told = from_past(np.array([[1.0, 1.1, 1.3], [1.0, 1.2, 1.2]]))
    rows = np.random.default_rng(5001).normal([1.0, 1.1, 1.3], 0.1, (300, 3))

    with_past, without = after(Hedge(told), rows), after(Hedge(even(3)), rows)

    assert sum(told) == pytest.approx(1.0)
    assert min(told) > 0.0
    assert with_past.regret < without.regret


@pytest.mark.parametrize(
    "refused",
    [
        {"prior": ()},
        {"prior": (0.5, 0.6)},
        {"prior": (1.0, 0.0)},
        {"prior": (1.0,), "rate": 1.5},
        {"prior": (1.0,), "share": 0.0},
        {"prior": (1.0,), "clip": 0.0},
    ],
)
def test_constants_without_a_promise_are_refused(refused: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        Hedge(**refused)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [[0.0], [0.0, np.nan], [0.0, np.inf]])
def test_what_is_no_loss_is_refused(row: list[float]) -> None:
    with pytest.raises(ValueError, match="finite loss for each of 2"):
        after_row(Hedge(even(2)), Hedge(even(2)).start, np.array(row))


def test_before_the_first_row_nothing_is_lost() -> None:
    assert Hedge(even(4)).most_lost(0) == 0.0
    assert Hedge(even(4)).most_lost(1) == pytest.approx(np.log(4.0))
