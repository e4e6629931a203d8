"""Interactions: what two sources do to a target jointly, beyond what each of them does alone.

A hyperedge is a set of sources that act on a target jointly:

    x_j(t) = parents of j + f_a(x_a(t-k)) + f_b(x_b(t-l)) + β u_a(t-k) u_b(t-l) + e_j(t) ,

k, l = 1 … L, a ≠ b; u is x in standard deviations about its mean, both as the regime first knew
them, at most 4 in size. There are too many products to keep statistics of all, and too many to
believe the strongest. So they are selected on the past, and confirmed on what follows.

Selection looks at the rows of a regime while they are at hand: at what stands out in the residuals
of the linear model (`screening`), then at what is left of that in the regression it would be tested
with (`trial`). The sums of that regression are then begun anew, and take rows that came after
selection and no others, so that p-values owe nothing to the search. They are against the margin ρ₀
that edges have,

    p = P(T_df > |t| - δ) + P(T_df > |t| + δ) ,   δ = ρ₀ sqrt( df / (1 - ρ₀²) ) ,

and the false-discovery rate is controlled among the products of a regime that are tested.

Source: D. R. Cox, "A note on data-splitting for the evaluation of significance levels",
Biometrika 62 (1975).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from scarcity.causal.config import EngineConfig
from scarcity.causal.decision import beyond_margin
from scarcity.causal.model import Model
from scarcity.causal.screening import Found, Pair, Units, screen
from scarcity.causal.snapshot import Snapshot
from scarcity.causal.trial import Trial
from scarcity.stats.arrays import Floats, Stored
from scarcity.stats.multiplicity import benjamini_hochberg

MOST_VARIABLES = 64
"""Beyond, there are too many products to look at."""

MOST_PRODUCTS = 16
"""That are put to the test in one regime."""

MOST_OF_TARGET = 3
"""That are put to the test for one target."""

COVERAGE_OF_INTERVAL = 0.95


@dataclass(frozen=True, slots=True)
class JointEffect:
    """Two sources that act on a target jointly, and what the rows after selection say of it.

    sources   (variable, lag) of both
    target    variable
    effect    standard deviations of the target per standard deviation of the product, with all
              else of the past held fixed
    se, ci    its standard error and 95 % interval, in the same unit
    p_value   of the hypothesis that the partial correlation is at most `min_effect`
    q_value   false-discovery rate, among all that are put to the test, at which it is accepted
    score     |t|, the weakest one if variables at lag 0 are held fixed too
    accepted  whether q is at most `alpha`
    rows      that the numbers rest on, less what was fitted to them

    While there are not enough rows, numbers are NaN, and score and rows 0.
    """

    sources: Pair
    target: int
    effect: float
    se: float
    ci: tuple[float, float]
    p_value: float
    q_value: float
    score: float
    accepted: bool
    rows: int


@dataclass(eq=False)
class Interactions:
    """The interactions that are looked at in one regime."""

    max_lag: int
    units: Units
    trials: list[Trial]

    @classmethod
    def screened(cls, rows: Floats, model: Model) -> "Interactions":
        """Those that stand out in rows (time, variable); NaN = missing.

        model  the linear one that these rows obey
        """
        units = Units.of(rows)
        if rows.shape[1] > MOST_VARIABLES or len(rows) <= model.max_lag:
            return cls(model.max_lag, units, [])
        seen = units.apply(rows)
        trials = [_trial(each, model, seen) for each in _strongest(screen(rows, units, model))]
        return cls(model.max_lag, units, [trial for trial in trials if trial is not None])

    def learn(self, stretch: Floats) -> None:
        """Take the rows (time, variable) that follow the first L; NaN = missing.

        A row is skipped where a value is missing that a regression needs. None may have been
        screened; their predecessors may.
        """
        if self.trials:
            rows = self.units.apply(stretch)
            for trial in self.trials:
                trial.learn(rows, self.max_lag)

    def estimates(self, config: EngineConfig) -> tuple[JointEffect, ...]:
        """What is known of each, the surest first."""
        if not self.trials:
            return ()
        tested = np.hstack([trial.tested() for trial in self.trials])
        places = [(pair, trial.target) for trial in self.trials for pair in trial.pairs]
        return tuple(sorted(_effects(places, tested, config), key=lambda each: -each.score))

    @property
    def size(self) -> int:
        """In bytes, about."""
        return sum(trial.sums.gram.nbytes + trial.sums.makers.nbytes for trial in self.trials)

    def rescale(self, factor: Floats) -> None:
        """Multiply every variable's past by its factor (variable)."""
        self.units = Units(self.units.centre * factor, self.units.width * factor)

    def extend(self, added: int) -> None:
        """Append variables; they take no part."""
        centre, width = (np.pad(each, (0, added), constant_values=1.0) for each in self.units)
        self.units = Units(centre, width)

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        arrays: dict[str, Stored] = {
            f"{prefix}max_lag": np.array([self.max_lag], np.int64),
            f"{prefix}units": np.stack(self.units),
            f"{prefix}targets": np.array([trial.target for trial in self.trials], np.int64),
        }
        for trial in self.trials:
            arrays |= trial.arrays(f"{prefix}{trial.target}.")
        return arrays

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str) -> "Interactions":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        targets = part.ints("targets").tolist()
        return cls(
            max_lag=int(part.ints("max_lag")[0]),
            units=Units(*part.floats("units")),
            trials=[Trial.restore(part, f"{target}.", target) for target in targets],
        )


def _strongest(found: list[Found]) -> list[Found]:
    """As many products as are put to the test; others of their targets stand beside them."""
    scores = sorted((t for each in found for t, _ in each.products[:MOST_OF_TARGET]), reverse=True)
    least = scores[:MOST_PRODUCTS][-1] if scores else 0.0
    shared = [_shared(each, least) for each in found]
    return [each for each in shared if each.products]


def _shared(found: Found, least: float) -> Found:
    """Only products of at least this |t|, and not too many of them, are put to the test."""
    tested = [product for product in found.products[:MOST_OF_TARGET] if product[0] >= least]
    others = [pair for _, pair in found.products[len(tested) :]]
    return replace(found, products=tested, beside=[*found.beside, *others])


def _trial(found: Found, model: Model, rows: Floats) -> Trial | None:
    """One of which every product holds on the rows (time, variable), in units of u, of selection.

    None when there is no such product.
    """
    pairs = [pair for _, pair in found.products]
    while pairs:
        trial = Trial.of(found, pairs, model)
        score = trial.rehearse(rows, model.max_lag)[3].tolist()
        held = [pair for pair, t in zip(trial.pairs, score, strict=True) if t > found.critical]
        if held == pairs:
            return trial
        pairs = held
    return None


def _effects(
    places: list[tuple[Pair, int]], tested: Floats, config: EngineConfig
) -> Iterator[JointEffect]:
    """Of each pair and target, from effect, se, freedom, |t| (4, place)."""
    effect, se, freedom, score = tested
    p_value = beyond_margin(score, freedom, config.min_effect)
    margin = stdtrit(freedom, 0.5 + COVERAGE_OF_INTERVAL / 2) * se
    columns = (effect, se, effect - margin, effect + margin, p_value, benjamini_hochberg(p_value))
    basis = np.nan_to_num(np.stack([score, freedom], axis=1))
    numbers = np.hstack([np.stack(columns, axis=1), basis]).tolist()
    for (sources, target), (at, error, low, high, p, q, t, rows) in zip(
        places, numbers, strict=True
    ):
        yield JointEffect(
            sources=sources,
            target=target,
            effect=at,
            se=error,
            ci=(low, high),
            p_value=p,
            q_value=q,
            score=t,
            accepted=q <= config.alpha,
            rows=int(rows),
        )
