"""What releases cost in differential privacy, and what is left of a budget.

One release of a statistic of sensitivity Δ with Gaussian noise σ², discrete or not, is ρ-zCDP,

    ρ = Δ² / (2 σ²) ,    and    D_α ≤ ρ α    for every order α > 1 .

Releases of the same rows add up; of disjoint rows the dearest counts. From ρ follows, for any δ,

    ε(δ) = min over α of   ρ α + log(1 - 1/α) - log(δ α) / (α - 1) .

Of h peers each adds discrete Gaussian noise of variance s². Their sum is not quite a discrete
Gaussian of h s²; with m values and τ = 10 Σ_{k=1}^{h-1} exp(-2 π² s² k / (k+1)) it costs

    ρ = ½ min( Δ²/(h s²) + τ m / 2 ,  (Δ/(√h s) + τ √m)² ) .

At the noise of sealed mode, millions of steps of the grid, τ is smaller than any number.

Protected is one row of one peer: with and without it, whoever sees all releases, and everything
else there is, learns almost the same. Who is behind r rows is protected by r times less.

Source: M. Bun, T. Steinke, "Concentrated differential privacy", TCC 2016; C. L. Canonne, G. Kamath,
T. Steinke, "The discrete Gaussian for differential privacy", NeurIPS 2020, proposition 12;
P. Kairouz, Z. Liu, T. Steinke, "The distributed discrete Gaussian mechanism for federated learning
with secure aggregation", ICML 2021.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from scarcity.errors import ConfigError, ScarcityError

ORDERS = 1.0 + np.geomspace(0.01, 1e5, 4000)
"""Every order gives a true bound; these are close enough that a better one is 1e-5 better."""
ROUNDING = 1e-9
"""Added to every ε, as a share: more than double precision loses."""
BISECTIONS = 60
"""Halve the error of a ρ as often as double precision can tell."""
SLACK = 1e-12
"""A budget that is used up to the last digit is not exceeded."""


class BudgetSpent(ScarcityError):
    """A release that would cost more privacy than is left; the message says what would help."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the releases of any row may cost in all."""

    epsilon: float
    delta: float = 1e-5

    @property
    def rho(self) -> float:
        return rho_for(self)


@dataclass(frozen=True, slots=True)
class Release:
    """Rows `start` up to, not including, `stop` of one stream, released at a cost."""

    start: int
    stop: int
    rho: float


def epsilon(rho: float, delta: float) -> float:
    """ε at this δ of what costs ρ.

    >>> round(epsilon(0.1, 1e-5), 3)
    1.914
    """
    if rho == 0.0:
        return 0.0
    bounds = rho * ORDERS + np.log1p(-1.0 / ORDERS) - np.log(delta * ORDERS) / (ORDERS - 1.0)
    return max(0.0, float(bounds.min())) * (1.0 + ROUNDING)


@lru_cache(maxsize=64)
def rho_for(budget: Budget) -> float:
    """The largest ρ that stays within a budget."""
    if not (budget.epsilon > 0.0 and 0.0 < budget.delta < 1.0):
        raise ConfigError(f"no budget: ε = {budget.epsilon}, δ = {budget.delta}")
    low, high = 0.0, budget.epsilon
    while epsilon(high, budget.delta) < budget.epsilon:
        high *= 2.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        if epsilon(middle, budget.delta) <= budget.epsilon:
            low = middle
        else:
            high = middle
    return low


def summed_rho(squared: int, variance: int, honest: int, values: int) -> float:
    """ρ of a sum to which so many honest peers add noise of this variance each.

    squared   Δ², variance: both in steps of the grid, of the value with the least noise
    values    how many the noise is added to
    """
    plain = squared / (honest * variance)
    tau = 10.0 * sum(math.exp(-2.0 * math.pi**2 * variance * k / (k + 1)) for k in range(1, honest))
    added = plain + tau * values / 2.0
    apart = (math.sqrt(plain) + tau * math.sqrt(values)) ** 2
    return 0.5 * min(added, apart)


def rows_needed(effect: float, z: float, sigma: float) -> float:
    """How many rows, of all peers together, bring an effect to this z under noise σ.

    effect   in standard deviations, of little correlated variables
    sigma    of the sum of products of standardised rows
    From z² = effect² / ( 1/N + σ²/N² ).

    >>> round(rows_needed(0.1, 3.0, 0.0)), round(rows_needed(0.1, 3.0, 100.0))
    (900, 3484)
    """
    ratio = (z / effect) ** 2
    return ratio / 2.0 * (1.0 + math.sqrt(1.0 + 4.0 * sigma**2 / ratio))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the rows of one stream have cost so far, at one peer; to be kept as the keys are."""

    budget: Budget
    releases: tuple[Release, ...] = ()
    closed_before: int = 0
    """rows before it are never released again, so what they cost is of no more account"""

    def spent(self, start: int, stop: int) -> float:
        """ρ of the row, of these, that has cost the most."""
        inside = [each for each in self.releases if each.start < stop and start < each.stop]
        begins = {max(start, each.start) for each in inside}
        return max((_cost_of(inside, row) for row in begins), default=0.0)

    def after(self, release: Release) -> "Ledger":
        """The ledger with this release; refused, loudly, when it would exceed the budget."""
        if release.start < self.closed_before:
            raise BudgetSpent(
                f"rows before {self.closed_before} were closed, and {release.start} is one of them"
            )
        left = self.budget.rho - self.spent(release.start, release.stop)
        if release.rho > left + SLACK:
            raise BudgetSpent(self._advice(release, max(left, 0.0)))
        return replace(self, releases=(*self.releases, release))

    def close(self, before: int) -> "Ledger":
        """The ledger that promises not to release earlier rows again, and is shorter for it."""
        kept = tuple(each for each in self.releases if each.stop > before)
        return replace(self, releases=kept, closed_before=max(before, self.closed_before))

    def _advice(self, release: Release, left: float) -> str:
        budget = self.budget
        fresh = max((each.stop for each in self.releases), default=0)
        wanted = epsilon(release.rho, budget.delta)
        help_ = (
            f"rows from {fresh} on have spent nothing"
            if release.rho <= budget.rho
            else "no row has as much: more noise, or a larger budget"
        )
        return (
            f"rows {release.start} to {release.stop}: this release alone is ε = {wanted:.3g} "
            f"(ρ = {release.rho:.3g}), of ε = {budget.epsilon:g} at δ = {budget.delta:g} "
            f"what is left is ε = {epsilon(left, budget.delta):.3g} (ρ = {left:.3g}); {help_}"
        )


@dataclass(frozen=True, slots=True)
class Account:
    """What rounds have cost one peer: each of its rows, which is in one of them, and all together.

    The latter counts for whoever is behind one row in each round.
    """

    rows: Budget
    total: Budget
    rho: float = 0.0
    """of all rounds"""
    released: int = 0
    """rows before this place are never released again"""

    @property
    def epsilon(self) -> float:
        """What all rounds together have cost."""
        return epsilon(self.rho, self.total.delta)

    def charged(self, release: Release) -> "Account":
        """The account after a release; refused, loudly, when a budget does not allow it."""
        ledger = Ledger(self.rows, closed_before=self.released).after(release).close(release.stop)
        rho = self.rho + release.rho
        if rho > self.total.rho + SLACK:
            raise BudgetSpent(
                f"the rounds so far have cost ε = {self.epsilon:.3g} of {self.total.epsilon:g} "
                f"(δ = {self.total.delta:g}), and one more would make it "
                f"{epsilon(rho, self.total.delta):.3g}: the federation has to agree on a larger "
                "budget, or on more noise"
            )
        return replace(self, rho=rho, released=ledger.closed_before)


def _cost_of(releases: list[Release], row: int) -> float:
    return sum(each.rho for each in releases if each.start <= row < each.stop)
