"""How well a graph was found: scores over hypotheses about different variables.

Arguments are (source, target), or (lag, source, target) to score every lag by itself; diagonals
are left out. A score that is not a number is below all others.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from worlds.world import Bools, Floats

Scalar = TypeVar("Scalar", bound=np.generic)


def auroc(truth: Bools, score: Floats) -> float:
    """The chance that a true edge has a higher score than a false one; ties count half.

    NaN when there is not one of each.
    """
    linked, ranks = cross(truth), _ranks(score)
    positive, negative = int(np.sum(linked)), int(np.sum(~linked))
    if not positive or not negative:
        return float("nan")
    above = np.sum(ranks[linked]) - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def auprc(truth: Bools, score: Floats) -> float:
    """Average precision: that of each cut, weighted with the recall it adds; ties are one cut.

    NaN when nothing is true.
    """
    linked, ranks = cross(truth), _ranks(score)
    if not linked.any():
        return float("nan")
    order = np.argsort(-ranks)
    cuts = np.append(np.flatnonzero(np.diff(ranks[order])), len(order) - 1)
    hits = np.cumsum(linked[order])[cuts]
    added = np.diff(hits, prepend=0) / hits[-1]
    return float(np.sum(added * hits / (cuts + 1)))


def precision(truth: Bools, found: Bools) -> float:
    """The share of what was found that is true; 1 when nothing was found."""
    return _share(cross(truth & found), cross(found))


def recall(truth: Bools, found: Bools) -> float:
    """The share of what is true that was found; 1 when nothing is true."""
    return _share(cross(truth & found), cross(truth))


def f1(truth: Bools, found: Bools) -> float:
    """The harmonic mean of precision and recall."""
    p, r = precision(truth, found), recall(truth, found)
    return 0.0 if p + r == 0.0 else 2.0 * p * r / (p + r)


def size(truth: Bools, p_value: Floats, level: float = 0.05) -> float:
    """The share of false hypotheses with a p-value below this level; NaN when none was tested."""
    p = cross(p_value)[~cross(truth)]
    tested = p[~np.isnan(p)]
    return float(np.mean(tested < level)) if tested.size else float("nan")


def cross(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """What an array says of different variables, flat."""
    d = array.shape[-1]
    return array[..., ~np.eye(d, dtype=np.bool_)].ravel()


def _ranks(score: Floats) -> Floats:
    """From the lowest; ties share their mean rank."""
    flat = cross(score)
    ranks: Floats = rankdata(np.where(np.isnan(flat), -np.inf, flat))
    return ranks


def _share(part: Bools, whole: Bools) -> float:
    return float(np.sum(part) / np.sum(whole)) if np.any(whole) else 1.0
