"""Marks for a graph are what their definitions say."""

import numpy as np
import pytest

from worlds import scores
from worlds.world import Bools, Floats

EDGES = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=np.bool_)


def square(flat: list[float]) -> Floats:
    """Lay six numbers out off the diagonal of (source, target)."""
    array = np.full((3, 3), 99.0)
    array[~np.eye(3, dtype=np.bool_)] = flat
    return array


def flat(array: Bools) -> list[bool]:
    return [bool(each) for each in scores.cross(array)]


def test_only_different_variables_count_at_every_lag() -> None:
    lags = np.arange(18).reshape(2, 3, 3)

    assert scores.cross(lags).tolist() == [1, 2, 3, 5, 6, 7, 10, 11, 12, 14, 15, 16]


def test_a_perfect_ranking_scores_one() -> None:
    score = square([0.9, 0.1, 0.2, 0.8, 0.3, 0.0])

    assert flat(EDGES) == [True, False, False, True, False, False]
    assert scores.auroc(EDGES, score) == 1.0
    assert scores.auprc(EDGES, score) == 1.0


def test_average_precision_weighs_precision_with_the_recall_that_a_cut_adds() -> None:
    score = square([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])

    assert scores.auprc(EDGES, score) == pytest.approx(0.5 * 1.0 + 0.5 * 2.0 / 4.0)
    assert scores.auroc(EDGES, score) == pytest.approx(6 / 8)


def test_ties_are_one_cut() -> None:
    score = square([0.5, 0.5, 0.1, 0.5, 0.1, 0.1])

    assert scores.auprc(EDGES, score) == pytest.approx(2.0 / 3.0)
    assert scores.auroc(EDGES, score) == pytest.approx((2 + 0.5 + 0.5 + 2 + 2) / 8)


def test_saying_nothing_is_worth_the_share_of_edges() -> None:
    nothing = square([np.nan] * 6)

    assert scores.auprc(EDGES, nothing) == pytest.approx(2 / 6)
    assert scores.auroc(EDGES, nothing) == pytest.approx(0.5)


def test_what_is_not_a_number_comes_last() -> None:
    score = square([0.2, np.nan, np.nan, 0.1, np.nan, np.nan])

    assert scores.auprc(EDGES, score) == 1.0


def test_a_ranking_without_edges_has_no_score() -> None:
    nothing = np.zeros((3, 3), dtype=np.bool_)

    assert np.isnan(scores.auprc(nothing, square([1.0] * 6)))
    assert np.isnan(scores.auroc(nothing, square([1.0] * 6)))


def test_scores_do_not_depend_on_units() -> None:
    rng = np.random.default_rng(61)
    truth, score = rng.random((3, 5, 5)) < 0.2, rng.normal(size=(3, 5, 5))

    assert scores.auprc(truth, score) == scores.auprc(truth, np.exp(3.0 * score))
    assert scores.auroc(truth, score) == scores.auroc(truth, np.exp(3.0 * score))


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    found = np.array([[1, 1, 1], [0, 0, 0], [0, 0, 0]], dtype=np.bool_)

    assert scores.precision(EDGES, found) == 0.5
    assert scores.recall(EDGES, found) == 0.5
    assert scores.f1(EDGES, found) == 0.5


def test_finding_nothing_is_precise() -> None:
    nothing = np.zeros((3, 3), dtype=np.bool_)

    assert scores.precision(EDGES, nothing) == 1.0
    assert scores.f1(EDGES, nothing) == 0.0
    assert scores.f1(nothing, nothing) == 1.0


def test_the_size_of_a_test_counts_false_hypotheses_that_were_tested() -> None:
    p_value = square([0.001, 0.01, 0.2, 0.001, np.nan, 0.9])

    assert scores.size(EDGES, p_value) == pytest.approx(1 / 3)
