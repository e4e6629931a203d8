"""How well a graph was found: scores over the ordered pairs of different variables.

Arguments are square (source, target); diagonals are left out.
"""

import numpy as np
from scipy.stats import rankdata

from worlds.var import Bools, Floats


def auroc(truth: Bools, score: Floats) -> float:
    """The chance that a true pair has a higher score than a false one; ties count half."""
    off_diagonal = ~np.eye(len(truth), dtype=np.bool_)
    linked, ranks = truth[off_diagonal], rankdata(score[off_diagonal])
    positive, negative = np.sum(linked), np.sum(~linked)
    above = np.sum(ranks[linked]) - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def precision(truth: Bools, found: Bools) -> float:
    """The share of what was found that is true; 1 when nothing was found."""
    return _share(_both(truth, found), _off_diagonal(found))


def recall(truth: Bools, found: Bools) -> float:
    """The share of what is true that was found; 1 when nothing is true."""
    return _share(_both(truth, found), _off_diagonal(truth))


def f1(truth: Bools, found: Bools) -> float:
    """The harmonic mean of precision and recall."""
    p, r = precision(truth, found), recall(truth, found)
    return 0.0 if p + r == 0.0 else 2.0 * p * r / (p + r)


def _both(truth: Bools, found: Bools) -> Bools:
    return np.logical_and(_off_diagonal(truth), _off_diagonal(found))


def _share(part: Bools, whole: Bools) -> float:
    return float(np.sum(part) / np.sum(whole)) if np.any(whole) else 1.0


def _off_diagonal(square: Bools) -> Bools:
    return square[~np.eye(len(square), dtype=np.bool_)]
