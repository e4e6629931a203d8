"""The half-life that foresees best is preferred, at a price that does not grow with the stream."""

import numpy as np
import pytest

from scarcity.meta.forgetting import HALF_LIVES, Forgetting
from scarcity.stats.arrays import Floats, Ints
from worlds.domains import drifting, wandering

LAGS = 1
D = 10


def parents_of(d: int) -> Ints:
    """Everybody's parents are the last values of all."""
    return np.tile(np.arange(d) * (LAGS + 1) + 1, (d, 1))


def after(forgetting: Forgetting, values: Floats, window: int = 64) -> Forgetting:
    for at in range(0, len(values), window):
        rows = values[at : at + window]
        parents = parents_of(values.shape[1])
        forgetting = forgetting.after(rows, 0, parents, LAGS, is_next=True)
    return forgetting


def best(forgetting: Forgetting) -> float:
    return HALF_LIVES[int(np.argmax(forgetting.weights))]


def test_a_structure_that_stays_is_best_foreseen_by_all_rows() -> None:
    weights = after(Forgetting.begin(), drifting(np.random.default_rng(1), 6000, None)).weights
    assert sum(weights[:3]) > 0.95


@pytest.mark.parametrize(("speed", "slowest"), [(0.02, 512.0), (0.005, 2048.0)])
def test_the_faster_it_changes_the_shorter_the_memory(speed: float, slowest: float) -> None:
    found = best(after(Forgetting.begin(), wandering(np.random.default_rng(2), 6000, speed)))

    assert 0.0 < found <= slowest


def test_what_others_prefer_is_preferred_from_the_start_and_given_up_when_wrong() -> None:
    told = (0.01, 0.01, 0.01, 0.01, 0.96)
    begun = Forgetting.begin(told)

    assert begun.weights == pytest.approx(told)
    assert best(after(begun, drifting(np.random.default_rng(3), 6000, None))) != HALF_LIVES[-1]


def test_another_regime_begins_anew_and_keeps_what_is_preferred() -> None:
    before = after(Forgetting.begin(), wandering(np.random.default_rng(2), 6000, 0.02))

    now = before.after(np.zeros((1, D)), 1, parents_of(D), LAGS, is_next=False)

    assert now.weights == pytest.approx(before.weights)
    assert now.shadow is not None
    assert now.shadow.rows == 0


def test_a_column_of_nothing_and_one_of_outliers_are_borne() -> None:
    values = drifting(np.random.default_rng(4), 3000, None)
    values[:, 0] = np.nan
    values[:, 1] = 7.0
    values[::50, 2] = 1e12

    weights = after(Forgetting.begin(), values).weights

    assert np.isfinite(weights).all()
    assert sum(weights) == pytest.approx(1.0)


def test_its_state_does_not_grow_with_the_stream() -> None:
    def size(d: int) -> int:
        values = np.random.default_rng(5).normal(size=(256, d))
        arrays = after(Forgetting.begin(), values).arrays("")
        return sum(each.nbytes for name, each in arrays.items() if name == "shadow.sums")

    assert size(200) == size(16)


def test_what_is_restored_goes_on_identically() -> None:
    values = wandering(np.random.default_rng(6), 2000, 0.02)
    first = after(Forgetting.begin((0.1, 0.2, 0.3, 0.2, 0.2)), values[:1024])

    second = Forgetting.restore(first.arrays("f."), "f.")

    assert after(second, values[1024:]).weights == after(first, values[1024:]).weights
