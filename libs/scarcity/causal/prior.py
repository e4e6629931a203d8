"""What comes from elsewhere, as a prior for this deployment's own evidence.

For an edge of which others say μ, with standard error se and the variance τ² between them, a new
deployment's effect is N(μ, s²), s² = τ² + se². Imported with a weight w, the gate's trust (`gate`),
it becomes a normal prior with

    mean μ ,     precision w / s² ,

a power prior (J. G. Ibrahim, M.-H. Chen, "Power prior distributions for regression models",
Statistical Science 15 (2000)). Where it is not certain that there is an effect at all, but only
with probability π, a spike and a slab: N(μ, s²) if there is one, else zero. As one normal
distribution, for forecasts, that is

    mean π μ ,     variance π (s² + (1 - π) μ²) ,

where an own estimate b with standard error σ, if there is one, says more of π:

    π  ←  π f / ( π f + 1 - π ) ,     f  =  N(b; μ, s² + σ²) / N(b; 0, σ²) .

Rejected edges are imported too: they draw to about zero what is
nothing. A contested edge counts a tenth, and only where own evidence confirms it: z of the same
sign, beyond 1.64. Own evidence must be no part of what is imported, or it would count twice.
"""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from scipy.special import expit, ndtr

from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg

CONTESTED_WEIGHT = 0.1
LEAST_SHARE = 1e-6
"""Of π given an own estimate: what is less probable is as good as not there."""
CONFIRMED = 1.6449
"""Standard errors: 5 % of those without effect are beyond, on the side of the import."""


@dataclass(frozen=True, eq=False)
class Normal:
    """Independent normal distributions, one per edge; arrays of one shape."""

    mean: Floats
    """0 where the precision is 0"""
    precision: Floats
    """1 / variance; 0 = nothing is known"""

    def with_evidence(self, effect: Floats, se: Floats) -> "Normal":
        """The posterior given own estimates, NaN where not tested."""
        tested = ~np.isnan(se)
        precision = np.where(tested, se, np.inf) ** -2.0
        total = self.precision + precision
        known = self.precision * self.mean + precision * np.where(tested, effect, 0.0)
        return Normal(known / np.where(total > 0.0, total, 1.0), total)

    def p_values(self, margin: Floats | float = 0.0) -> Floats:
        """Of an effect of no more than a margin, either way; NaN where nothing is known."""
        sure = np.sqrt(np.where(self.precision > 0.0, self.precision, np.nan))
        size, least = np.abs(self.mean) * sure, margin * sure
        p_value: Floats = ndtr(least - size) + ndtr(-least - size)
        return p_value

    def signs(self, q: float) -> Floats:
        """1 or -1 of those that are not zero, at this false-discovery rate; 0 elsewhere."""
        return np.where(benjamini_hochberg(self.p_values()) <= q, np.sign(self.mean), 0.0)


@dataclass(frozen=True, eq=False)
class Expected:
    """What is to be expected of edges by the evidence of others; arrays of one shape."""

    mean: Floats
    """μ, of an effect that there is; NaN = nothing is said"""
    se: Floats
    """s: of the effect, not of its mean"""
    contested: Bools
    """where those who know it differ about it"""
    share: Floats = field(default_factory=lambda: np.ones(()))
    """π: how probable it is that there is an effect at all, above 0; 1 = certain"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "share", np.broadcast_to(self.share, self.mean.shape))

    @property
    def normal(self) -> "Expected":
        """As one normal distribution, zero effects included; itself where all are certain."""
        if np.all(self.share == 1.0):
            return self
        variance = self.share * (self.se**2 + (1.0 - self.share) * self.mean**2)
        return Expected(self.share * self.mean, np.sqrt(variance), self.contested)

    def given(self, effect: Floats, se: Floats) -> "Expected":
        """The same, but for how probable effects are, given own estimates; NaN = not tested."""
        if np.all(self.share == 1.0):
            return self
        with np.errstate(divide="ignore"):  # log odds of what is certain are infinite
            odds = np.log(self.share) - np.log1p(-self.share)
        share = expit(odds + log_factor(effect, se, self.mean, self.se))
        told = np.where(np.isnan(share), self.share, np.maximum(share, LEAST_SHARE))
        return Expected(self.mean, self.se, self.contested, told)

    def weighed(self, effect: Floats, se: Floats, weight: float) -> Normal:
        """The prior that it makes for own estimates, at a weight from 0 to 1, certain or not."""
        if not 0.0 <= weight <= 1.0:
            raise ValueError(f"a weight lies between 0 and 1, so it is not {weight}")
        precision = np.where(np.isnan(self.mean), 0.0, weight / self.se**2)
        if self.contested.any():
            confirmed = effect * np.sign(self.mean) > CONFIRMED * se
            precision *= np.where(self.contested, CONTESTED_WEIGHT * confirmed, 1.0)
        return Normal(np.where(precision > 0.0, self.mean, 0.0), precision)


@dataclass(frozen=True, eq=False)
class Prior:
    """What one origin expects of the edges of one stream; arrays (edge)."""

    origin: str
    """"federation:<name>" or "meta_learning\""""
    sequence: int
    """the round or step it comes from"""
    at: datetime
    provenance: tuple[str, ...]
    """whose evidence it rests on"""
    rows: int
    """that it rests on"""
    variables: tuple[str, ...]
    source: Ints
    """positions in `variables`"""
    target: Ints
    lag: Ints
    expected: Expected

    def placed(self, variables: tuple[str, ...], max_lag: int) -> Expected:
        """(target, column): the same in the order of a stream, as far as its edges are known there.

        Lag 0 is left out: its direction is not known to be that of this stream.
        """
        names = {name: place for place, name in enumerate(variables)}
        place = np.array([names.get(name, -1) for name in self.variables], np.int64)
        source, target = place[self.source], place[self.target]
        known = (source >= 0) & (target >= 0) & (self.lag >= 1) & (self.lag <= max_lag)
        at = target[known], source[known] * (max_lag + 1) + self.lag[known]
        shape = len(variables), len(variables) * (max_lag + 1)
        told = self.expected
        mean, se, share = np.full(shape, np.nan), np.full(shape, np.nan), np.ones(shape)
        contested = np.zeros(shape, np.bool_)
        mean[at], se[at], share[at] = told.mean[known], told.se[known], told.share[known]
        contested[at] = told.contested[known]
        return Expected(mean, se, contested, share)


def log_factor(effect: Floats, se: Floats, mean: Floats, spread: Floats) -> Floats:
    """Log f of estimates, of an effect N(mean, spread²) beside none; NaN where one is missing."""
    wide = spread**2 + se**2
    factor: Floats = 0.5 * ((effect / se) ** 2 - (effect - mean) ** 2 / wide - np.log(wide / se**2))
    return factor


def edges_here(prior: Normal, effect: Floats, se: Floats, q: float) -> Floats:
    """(edge): 1 or -1 where this deployment has an edge, 0 elsewhere, from its own estimates.

    What own evidence shows by itself stays, whatever was imported: others can add an edge to it,
    and cannot take one away.
    """
    nothing = Normal(np.zeros(len(effect)), np.zeros(len(effect)))
    alone = nothing.with_evidence(effect, se).signs(q)
    return np.where(alone != 0.0, alone, prior.with_evidence(effect, se).signs(q))
