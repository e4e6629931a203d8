"""Marks for an answer: how near it is to the truth, over edges between different variables.

    auprc, auroc    of the ranking: each lag from 1 on by itself; or, where only a summary is known,
                    pairs by their surest lag, 0 included
    f1, fdp, recall of what was accepted, over the same hypotheses
    fdp_all         share of false ones among all accepted edges, lag 0 included: a wrong direction
                    is false, an edge without a direction is true if there is one either way
    instant_f1      of the directed edges at lag 0, where the world has some
    size            share of p-values below 0.05 among hypotheses that are false

A figure that does not exist, such as the recall of nothing, is NaN, and means leave it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bench.mpie.answers import Answer
from worlds import scores
from worlds.cases import Case
from worlds.world import Bools, Floats, World

Marks = dict[str, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference, pair by pair, and its interval of 95 % (Student's t over pairs)."""

    mean: float
    low: float
    high: float


def mark(case: Case, world: World, answer: Answer) -> Marks:
    """Every mark of one answer."""
    lags = len(answer.score)
    truth = world.edges(lags - 1)
    marks = _summary_marks(world, answer) if case.is_summary else _lag_marks(truth, answer)
    if world.instant is not None:
        marks["instant_f1"] = scores.f1(truth[0], answer.accepted[0])
    return marks


def means(marks: Sequence[Marks]) -> Marks:
    """The mean of each figure over worlds."""
    names = dict.fromkeys(name for each in marks for name in each)
    return {name: _mean([each.get(name, np.nan) for each in marks]) for name in names}


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Difference:
    """Ours less theirs, world by world; NaN where fewer than two worlds have both."""
    apart = np.array(ours) - np.array(theirs)
    apart = apart[~np.isnan(apart)]
    if len(apart) < 2:
        return Difference(_mean(apart), float("nan"), float("nan"))
    middle = float(apart.mean())
    error = float(apart.std(ddof=1) / np.sqrt(len(apart)))
    margin = float(stats.t.ppf(0.975, len(apart) - 1)) * error
    return Difference(middle, middle - margin, middle + margin)


def false_share(truth: Bools, answer: Answer) -> float:
    """The share of false edges among all accepted ones, from lag 0 on."""
    undirected = np.triu(answer.undirected)
    right = scores.cross(answer.accepted & truth).sum()
    right += scores.cross(undirected & (truth[0] | truth[0].T)).sum()
    found = scores.cross(answer.accepted).sum() + scores.cross(undirected).sum()
    return float(1.0 - right / found) if found else 0.0


def _lag_marks(truth: Bools, answer: Answer) -> Marks:
    lagged = truth[1:], answer.score[1:], answer.accepted[1:]
    return {
        **_common(*lagged),
        "fdp_all": false_share(truth, answer),
        "size": scores.size(truth[1:], answer.p_value[1:]),
    }


def _summary_marks(world: World, answer: Answer) -> Marks:
    surest: Floats = np.max(np.where(np.isnan(answer.score), -np.inf, answer.score), axis=0)
    return _common(world.pairs, surest, np.any(answer.accepted, axis=0))


def _common(truth: Bools, score: Floats, found: Bools) -> Marks:
    return {
        "auprc": scores.auprc(truth, score),
        "auroc": scores.auroc(truth, score),
        "f1": scores.f1(truth, found),
        "fdp": 1.0 - scores.precision(truth, found),
        "recall": scores.recall(truth, found),
    }


def _mean(values: Sequence[float] | Floats) -> float:
    known = np.array(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return float(known.mean()) if known.size else float("nan")
