"""How soon a harmful change is rolled back, and how often a harmless one: M5.

Pushes put a forgetting factor in place of the best one after SETTLED rows. "exactly .1" shifts the
loss differences of a factor of .98 on static streams until their mean over all rows is .1.

Null streams are pairs of which neither is better, whatever is known of the past:

dither      one model on a drifting stream, foreseeing twice with independent noise added
Gaussian    differences N(0, 1)
heavy       Student's t with 3 degrees of freedom, with spells of larger differences

The rule that is compared with rolls back when the mean of 50 differences exceeds .02.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from bench.meta.drift import FACTORS, KINDS, losses_of
from scarcity.meta import Bounds, Guard, observe, push
from scarcity.meta.recursive import cold, learnt
from worlds.domains import drifting
from worlds.world import Floats

SETTLED = 1000
ROWS = 2000
BEST = {"static": 1.0, "slow": 0.998, "medium": 0.99, "fast": 0.98}
PUSHED = FACTORS[:4]
SOON = 100
WINDOW, TOLERATED = 50, 0.02
DITHER = 0.1
GUARD = Guard({"forgetting": Bounds(0.9, 1.0)}, canary_rows=500, promoted_rows=ROWS)


def measure(first: int, seeds: int, null_streams: int) -> dict[str, object]:
    """Pushes on so many seeds, and so many null streams of each kind."""
    return {
        "pushes": _pushes(range(first, first + seeds)),
        "null": {
            name: _null(np.random.default_rng([first, place]), made, null_streams)
            for place, (name, made) in enumerate(NULLS.items())
        },
    }


def rolled_back_at(differences: Floats) -> float:
    """After how many rows the guard goes back; infinite = never."""
    state, _ = push(GUARD, GUARD.start({"forgetting": 1.0}), {"forgetting": 0.95})
    for row, difference in enumerate(differences):
        state, decision = observe(GUARD, state, difference, 0.0)
        if decision.action == "roll-back":
            return row + 1.0
        if state.stage == "idle":
            break
    return np.inf


def by_window(differences: Floats) -> float:
    added = np.convolve(differences, np.ones(WINDOW) / WINDOW, "valid")
    above = np.flatnonzero(added > TOLERATED)
    return float(above[0] + WINDOW) if above.size else np.inf


def _pushes(seeds: range) -> dict[str, object]:
    runs: dict[str, list[Floats]] = defaultdict(list)
    for seed in seeds:
        for place, (kind, every) in enumerate(KINDS.items()):
            values = drifting(np.random.default_rng([seed, place]), SETTLED + ROWS, every)
            losses = losses_of(values, (*PUSHED, BEST[kind]))[SETTLED:]
            for factor, new in zip(PUSHED, losses.T, strict=False):
                if factor < BEST[kind]:
                    runs[f"{kind}, {factor}"].append(new - losses[:, -1])
    runs["exactly .1"] = [each - each.mean() + 0.1 for each in runs["static, 0.98"]]
    return {name: _summary(each) for name, each in runs.items()}


def _summary(runs: list[Floats]) -> dict[str, float]:
    rows = np.array([rolled_back_at(each) for each in runs])
    windowed = [by_window(each) for each in runs]
    middle, late = np.quantile(rows, (0.5, 0.9), method="higher")
    return {
        "change": round(float(np.mean([each.mean() for each in runs])), 3),
        "median rows": float(middle),
        "90 % within": float(late),
        f"within {SOON}": round(float(np.mean(rows <= SOON)), 3),
        "window rule, median rows": float(np.quantile(windowed, 0.5, method="higher")),
    }


def _null(
    rng: np.random.Generator, made: Callable[[np.random.Generator], Floats], streams: int
) -> dict[str, float]:
    runs = [made(rng) for _ in range(streams)]
    return {
        "streams": streams,
        "rolled back": int(np.isfinite([rolled_back_at(each) for each in runs]).sum()),
        "rolled back by the window rule": int(
            np.isfinite([by_window(each) for each in runs]).sum()
        ),
    }


def _dither(rng: np.random.Generator) -> Floats:
    every = KINDS[str(rng.choice(list(KINDS)))]
    values = drifting(rng, ROWS, every)
    d = values.shape[1]
    model, differences = cold(d, d, 20.0), np.empty(ROWS)
    for t in range(ROWS):
        missed = values[t + 1] - model.foreseen(values[t]) + DITHER * rng.normal(size=(2, d))
        differences[t] = np.mean(missed[1] ** 2) - np.mean(missed[0] ** 2)
        model = learnt(model, values[t], values[t + 1], 0.99)
    return differences


def _gaussian(rng: np.random.Generator) -> Floats:
    return rng.normal(size=ROWS)


def _heavy(rng: np.random.Generator) -> Floats:
    spell = np.repeat(np.exp(rng.normal(size=ROWS // 50)), 50)
    differences: Floats = spell * rng.standard_t(3, ROWS)
    return differences


NULLS = {"dither": _dither, "Gaussian": _gaussian, "heavy": _heavy}
