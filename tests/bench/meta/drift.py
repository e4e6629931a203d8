"""Which forgetting factor, on streams that drift or do not: M4; the streams of M5 come from here.

Mean squared error a variable and row, of recursive least squares that forgets, above that of the
best fixed factor in hindsight. "Hedge" is what one loses who follows a factor drawn by its weight.
The bandit runs one factor for SEGMENT rows, and learns its loss after them.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from bench.meta.scores import means
from scarcity.meta import Hedge
from scarcity.meta import bandit as thompson
from scarcity.meta.bandit import Bandit
from scarcity.meta.hedge import after_row, even, from_past
from scarcity.meta.recursive import Recursive, cold, learnt
from worlds.domains import drifting
from worlds.world import Floats

FACTORS = (0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 1.0)
DEFAULT = FACTORS.index(0.99)
KINDS: dict[str, int | None] = {"static": None, "slow": 1500, "medium": 400, "fast": 120}
"""Rows from one change of structure to the next."""
ROWS = 3000
RIDGE = 20.0
SEGMENT = 100
PAST = 2
"""Past streams of each kind, for what has a meta prior."""


def measure(first: int, seeds: int) -> dict[str, object]:
    """Of every kind of drift, on so many seeds from the first on."""
    return {kind: _kind(range(first, first + seeds), kind) for kind in KINDS}


def losses_of(values: Floats, factors: Sequence[float]) -> Floats:
    """(time, factor): mean squared error a variable; all factors in one model, side by side."""
    (rows, d), many = values.shape, len(factors)
    first = cold(many * d, d, RIDGE)
    model = Recursive(first.coefficients, np.repeat(first.covariance, many * d, axis=0))
    forgetting, losses = np.repeat(factors, d), np.empty((rows - 1, many))
    for t in range(rows - 1):
        target = np.tile(values[t + 1], many)
        missed = (target - model.foreseen(values[t])).reshape(many, d)
        losses[t] = np.mean(missed**2, axis=1)
        model = learnt(model, values[t], target, forgetting)
    return losses


def _kind(seeds: range, kind: str) -> dict[str, float]:
    regret: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        rng = np.random.default_rng([seed, list(KINDS).index(kind)])
        past = [_all_losses(rng, kind) for _ in range(PAST)]
        losses = _all_losses(rng, kind)
        best = float(losses.mean(axis=0).min())
        told = from_past(np.array([5.0 * each.mean(axis=0) for each in past]))
        first = thompson.begin(len(FACTORS))
        others = [_bandit(rng, each, first)[1] for each in past]
        found = {
            "default .99": float(losses[:, DEFAULT].mean()),
            "no forgetting": float(losses[:, -1].mean()),
            "Hedge": _hedge(Hedge(even(len(FACTORS))), losses),
            "Hedge, meta prior": _hedge(Hedge(told), losses),
            "Thompson": _bandit(rng, losses, first)[0],
            "Thompson, meta prior": _bandit(rng, losses, thompson.from_past(first, others))[0],
        }
        for arm, loss in found.items():
            regret[arm].append(loss - best)
    return means(regret)


def _all_losses(rng: np.random.Generator, kind: str) -> Floats:
    """(time, factor)"""
    return losses_of(drifting(rng, ROWS, KINDS[kind]), FACTORS)


def _hedge(hedge: Hedge, losses: Floats, variables: int = 10) -> float:
    state, total = hedge.start, 0.0
    for row in losses:
        total += float(state.weight @ row)
        state = after_row(hedge, state, 0.5 * variables * row)
    return total / len(losses)


def _bandit(rng: np.random.Generator, losses: Floats, bandit: Bandit) -> tuple[float, Bandit]:
    features, total = thompson.crossed(np.zeros(0), len(FACTORS)), 0.0
    for first in range(0, len(losses), SEGMENT):
        arm = thompson.choose(bandit, features, rng)
        loss = float(losses[first : first + SEGMENT, arm].mean())
        total += loss * SEGMENT
        bandit = thompson.learnt(bandit, features[arm], loss)
    return total / len(losses), bandit
