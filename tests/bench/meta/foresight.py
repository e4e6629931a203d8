"""How well the first rows of a new stream are foreseen, from wherever a model begins: M3.

Excess squared error a variable and row, in noise variances, over who knows the coefficients. All
models are the same recursive least squares, but for "Reptile + SGD", which goes on as Reptile did.
Variables have standard deviation 1, so that nobody has to learn a scale. The ridge of the tuned
cold start is the best of RIDGES on these very streams.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from bench.meta.baselines import reptile_start
from bench.meta.scores import means
from scarcity.causal.prior import Expected
from scarcity.meta import Domain, Evidence, Hedge, HedgeState, learn
from scarcity.meta.hedge import after_row, even
from scarcity.meta.recursive import Recursive, cold, informed, learnt, near
from scarcity.meta.reptile import Plan, descended
from worlds.domains import evidence_of, family, simulated, standard_form
from worlds.world import Floats

SHARES = (0.9, 0.8, 0.6, 0.0)
PAST, PAST_ROWS = 10, 1000
ROWS = 200
RIDGES = (10.0, 20.0, 50.0, 100.0, 200.0)

Losses = dict[str, Floats]
"""(time): by arm, squared errors in noise variances, a variable."""


def measure(first: int, seeds: int) -> dict[str, object]:
    """Of every share, on so many seeds from the first on."""
    return {f"share {share}": _share(range(first, first + seeds), share) for share in SHARES}


def _share(seeds: range, share: float) -> dict[str, object]:
    excess: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        for arm, losses in _stream(np.random.default_rng(seed), share).items():
            excess[arm].append(float(losses.mean()))
    found = means({arm: values for arm, values in excess.items() if "ridge" not in arm})
    ridges = means({arm: values for arm, values in excess.items() if "ridge" in arm})
    tuned = min(ridges, key=lambda arm: ridges[arm])
    return {
        **found,
        "cold, ridge 1": ridges["cold, ridge 1"],
        f"cold, tuned: {tuned}": ridges[tuned],
        "guarded over tuned": round(found["guarded prior"] / ridges[tuned], 3),
    }


def _stream(rng: np.random.Generator, share: float) -> Losses:
    common = family(rng, share)
    past = simulated(rng, np.stack([common.domain(rng) for _ in range(PAST)]), PAST_ROWS)
    domain = learn([evidence_of(f"past {k}", each) for k, each in enumerate(past)])
    structure = common.domain(rng)
    standard, noise = standard_form(structure)
    values = simulated(rng, structure[None], ROWS)[0] * np.sqrt(noise)
    d = len(standard)
    expected = _expected(domain, d)
    own = np.diag(np.diag(expected.mean))
    start, spread = reptile_start(rng, past)
    begun = {
        "prior": informed(expected),
        "own lags of the prior": near(own, 100.0),
        "Reptile + RLS": near(start, 1.0 / spread),
        **{f"cold, ridge {ridge:g}": cold(d, d, ridge) for ridge in (1.0, *RIDGES)},
    }
    least = _losses(values, noise, lambda row: standard @ row)
    losses = {arm: _of_model(values, noise, model) for arm, model in begun.items()}
    losses["Reptile + SGD"] = _of_descent(values, noise, start)
    losses["guarded prior"] = _guarded(losses["prior"], losses["cold, ridge 50"], d)
    return {arm: each - least for arm, each in losses.items()}


def _expected(domain: Domain, d: int) -> Expected:
    """(target, source): before the new stream has said anything."""
    silent = evidence_of("new", np.random.default_rng(0).normal(size=(2 * d + 4, d)))
    nothing = np.full(len(silent.edges), np.nan)
    said = domain.prior_for(Evidence("new", silent.edges, nothing, nothing))
    told = said.expected().normal
    shape = (d, d)
    return Expected(told.mean.reshape(shape), told.se.reshape(shape), told.contested.reshape(shape))


def _losses(values: Floats, noise: Floats, foresee: Callable[[Floats], Floats]) -> Floats:
    foreseen = np.array([foresee(row) for row in values[:-1]])
    squares: Floats = np.mean((values[1:] - foreseen) ** 2 / noise, axis=1)
    return squares


def _of_model(values: Floats, noise: Floats, model: Recursive) -> Floats:
    losses = np.empty(ROWS)
    for t in range(ROWS):
        losses[t] = np.mean((values[t + 1] - model.foreseen(values[t])) ** 2 / noise)
        model = learnt(model, values[t], values[t + 1])
    return losses


def _of_descent(values: Floats, noise: Floats, start: Floats) -> Floats:
    losses = np.empty(ROWS)
    for t in range(ROWS):
        losses[t] = np.mean((values[t + 1] - start @ values[t]) ** 2 / noise)
        start = descended(start, values[t], values[t + 1], Plan().inner)
    return losses


def _guarded(prior: Floats, alone: Floats, d: int) -> Floats:
    """Of who follows the prior or a cold start, drawn by the weights of Hedge."""
    hedge = Hedge(even(2))
    state: HedgeState = hedge.start
    losses = np.empty(ROWS)
    for t, both in enumerate(np.column_stack([prior, alone])):
        losses[t] = state.weight @ both
        state = after_row(hedge, state, 0.5 * d * both)
    return losses
