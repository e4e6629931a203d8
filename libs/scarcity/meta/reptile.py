"""Reptile: where to begin, so that few steps of gradient descent lead to any stream of a domain.

    repeat: draw a stream, take some steps of descent on its rows from W to W' ,
            W ← W + ε (W' - W) ,     ε falling to 0 .

Each step is that of normalised least mean squares, W ← W + η e x' / (1 + η x'x), which is stable
whatever the size of x. For linear models W comes to be about the mean of the streams'
coefficients, all alike: it knows neither which edges are shared nor how sure it is of any. A
baseline; `priors` does both.

Source: A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms",
arXiv:1803.02999 (2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats

Task = tuple[Floats, Floats]
"""Rows (time, column) and what followed each (time, target)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to descend."""

    rounds: int = 100
    steps: int = 50
    inner: float = 0.02
    """η"""
    outer: float = 0.3
    """ε of the first round; of the last it is nearly 0"""


def reptile(tasks: Sequence[Task], rng: np.random.Generator, plan: Plan | None = None) -> Floats:
    """(target, column): where to begin on another stream like these."""
    if not tasks:
        raise ValueError("reptile learns from streams: give it one at least")
    plan = plan or Plan()
    rows, targets = tasks[0]
    start = np.zeros((targets.shape[1], rows.shape[1]))
    for each in range(plan.rounds):
        rows, targets = tasks[int(rng.integers(len(tasks)))]
        first = int(rng.integers(max(len(rows) - plan.steps, 0) + 1))
        end = start
        for row, target in zip(rows[first:], targets[first : first + plan.steps], strict=False):
            end = descended(end, row, target, plan.inner)
        start = start + plan.outer * (1.0 - each / plan.rounds) * (end - start)
    return start


def descended(coefficients: Floats, row: Floats, target: Floats, rate: float) -> Floats:
    """(target, column): after one step on one row."""
    missed = target - coefficients @ row
    stepped: Floats = coefficients + rate * np.outer(missed, row) / (1.0 + rate * row @ row)
    return stepped
