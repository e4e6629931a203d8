"""What there is to win by choosing, stream by stream, what cannot run beside the engine.

Each choice is tried with every arm on the same streams, all else as it comes.

window   rows of a window
lags     the largest lag
targets  a part of all targets that edges are tested of at a window
parents  how many lagged parents a target can have

score    nats a row from row BEGUN on, against the arm of the best mean
f1       of pairs of variables, at the end
cost     processor time a row, against the cheapest arm
to_win   nats a row that a choice for each stream, made on rows BEGUN to MIDST, gains on the rows
         from MIDST on over the one arm that is best for all: what a bandit gains if trying is free
wrong    nats a row that the worst arm costs: what a bandit pays for a row of trying
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import process_time

import numpy as np

from scarcity.causal import Budget, Engine, EngineConfig
from worlds.domains import wandering
from worlds.findings import findings
from worlds.scores import f1
from worlds.var import comparison, observe, tamed
from worlds.world import Floats, World

ROWS, BEGUN, MIDST = 4096, 1024, 2560
D = 10
BURN_IN = 200


def lagged(rng: np.random.Generator, lag: int) -> World:
    """Each variable has two drivers, at lags up to this one, of which one is at the largest."""
    coefficients = np.zeros((lag, D, D))
    coefficients[0] += 0.3 * np.eye(D)
    for target in range(D):
        sources = rng.choice(np.delete(np.arange(D), target), 2, replace=False)
        for source, at in zip(sources, (lag - 1, int(rng.integers(lag))), strict=True):
            coefficients[at, source, target] = rng.uniform(0.2, 0.5) * rng.choice([-1.0, 1.0])
    return observe(rng, tamed(coefficients, 0.9), rng.normal(size=(ROWS + BURN_IN, D)))


def straying(rng: np.random.Generator) -> World:
    """Everything drives everything, by more or less."""
    return World(wandering(rng, ROWS, 0.005), np.ones((1, D, D), dtype=np.bool_))


KINDS: Mapping[str, Callable[[np.random.Generator], World]] = {
    "lag 1": lambda rng: lagged(rng, 1),
    "lag 3": lambda rng: lagged(rng, 3),
    "lag 5": lambda rng: lagged(rng, 5),
    "wide": lambda rng: comparison(rng, 40, ROWS),
    "straying": straying,
}
LAGS_AS_NEEDED = 5


class Arm:
    """One way to run an engine."""

    def __init__(
        self, *, window: int = 64, lags: int = LAGS_AS_NEEDED, part: int = 1, parents: int = 20
    ) -> None:
        self._window, self._part = window, part
        self._config = EngineConfig(max_lag=lags)
        self._budget = Budget(most_parents=parents)

    def run(self, world: World) -> tuple[Floats, float, float]:
        """Return the score (row), F1 and seconds of processor time a row."""
        budget = self._budget
        if self._part > 1:
            budget = replace(budget, targets=len(world.variables) // self._part)
        engine = Engine(world.variables, self._config)
        scores = np.full(ROWS, np.nan)
        begun = process_time()
        for first in range(0, ROWS, self._window):
            last = first + self._window
            engine.update(world.values[first:last], first, budget=budget)
            if engine.foresight is not None:
                told = engine.foresight.scores
                scores[last - len(told) : last] = told
        spent = (process_time() - begun) / ROWS
        found = findings(engine.graph()).pairs
        return scores, f1(world.pairs, found), spent


CHOICES: Mapping[str, Mapping[str, Arm]] = {
    "window": {str(rows): Arm(window=rows) for rows in (16, 64, 256, 1024)},
    "lags": {str(lags): Arm(lags=lags) for lags in (1, 2, 3, 5, 8)},
    "targets": {name: Arm(part=part) for name, part in (("all", 1), ("1/2", 2), ("1/4", 4))},
    "parents": {str(most): Arm(parents=most) for most in (2, 5, 10, 20)},
}


def measure(first: int, seeds: int) -> dict[str, object]:
    """Of so many streams of each kind."""
    worlds = {
        kind: [make(np.random.default_rng([first, place, seed])) for seed in range(seeds)]
        for place, (kind, make) in enumerate(KINDS.items())
    }
    return {name: _choice(arms, worlds) for name, arms in CHOICES.items()}


def _choice(arms: Mapping[str, Arm], worlds: Mapping[str, list[World]]) -> dict[str, object]:
    ran = {
        kind: [[arm.run(world) for arm in arms.values()] for world in each]
        for kind, each in worlds.items()
    }
    early, late, whole = (
        np.array(
            [[_mean(run[0], rows) for run in stream] for each in ran.values() for stream in each]
        )
        for rows in (slice(BEGUN, MIDST), slice(MIDST, ROWS), slice(BEGUN, ROWS))
    )
    best = int(np.argmax(early.mean(0)))
    chosen = late[np.arange(len(late)), early.argmax(1)]
    behind = whole - whole[:, [best]]
    count = len(next(iter(ran.values())))
    return {
        "best for all": list(arms)[best],
        "to_win": round(float(np.mean(chosen - late[:, best])), 4),
        "wrong": round(float(behind.mean(0).min()), 4),
        "kinds": {
            kind: _table(arms, each, behind[place * count : (place + 1) * count])
            for place, (kind, each) in enumerate(ran.items())
        },
    }


def _table(
    arms: Mapping[str, Arm], ran: list[list[tuple[Floats, float, float]]], behind: Floats
) -> dict[str, object]:
    cost = np.array([[run[2] for run in stream] for stream in ran]).mean(0)
    return {
        name: {
            "score": round(float(behind[:, index].mean()), 4),
            "f1": round(float(np.mean([stream[index][1] for stream in ran])), 3),
            "cost": round(float(cost[index] / cost.min()), 2),
        }
        for index, name in enumerate(arms)
    }


def _mean(scores: Floats, rows: slice) -> float:
    return float(np.nanmean(scores[rows]))
