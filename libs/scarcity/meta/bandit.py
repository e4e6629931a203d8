"""Choosing what cannot run in shadow: lag order, window length, candidate budget, sampling.

Running one configuration excludes the others, so each choice has to be paid for. The loss of an arm
is linear in what describes stream and arm, with noise of unknown variance,

    loss  =  φ·θ + σ ε ,     θ | σ² ~ N(μ, σ² Λ⁻¹) ,     1/σ² ~ Gamma(a, b) ,

and after a choice of which the loss is known

    Λ ← Λ + φ φ' ,   Λ μ ← Λ μ + φ loss ,   a ← a + ½ ,   b ← b + ½ (loss² + μ'Λμ - μ₊'Λ₊μ₊) .

Thompson: draw σ² and θ, take the arm of the smallest φ·θ. So an arm is tried as often as it is
probable to be the best.

Other streams are a power prior: their sums count along, as if they were few rows in all, so that a
stream which is like none of them is soon free of what they say.

Sources: W. R. Thompson, "On the likelihood that one unknown probability exceeds another",
Biometrika 25 (1933); S. Agrawal, N. Goyal, "Thompson sampling for contextual bandits with linear
payoffs", ICML (2013); J. G. Ibrahim, M.-H. Chen, "Power prior distributions for regression models",
Statistical Science 15 (2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats

WIDTH = 30.0
"""Of θ before anything is known, in standard deviations of the noise. Wide: what was not tried may
be good, and a loss that was not expected must not pass for noise."""
SHAPE, RATE = 2.0, 0.02
"""a and b before anything is known: a noise of about .1."""


@dataclass(frozen=True, eq=False)
class Bandit:
    """What is known of θ and σ²."""

    precision: Floats
    """(feature, feature): Λ"""
    pull: Floats
    """(feature): Λ μ"""
    shape: float
    """a"""
    rate: float
    """b"""
    rows: float = 0.0
    """how many choices that rests on"""

    @property
    def mean(self) -> Floats:
        """(feature): μ"""
        return np.linalg.solve(self.precision, self.pull).astype(np.float64)

    def drawn(self, rng: np.random.Generator) -> Floats:
        """(feature): one θ of those that are probable."""
        deviation = np.sqrt(self.rate / rng.gamma(self.shape))
        factor = np.linalg.cholesky(self.precision)
        theta: Floats = self.mean + deviation * np.linalg.solve(
            factor.T, rng.normal(size=len(self.pull))
        )
        return theta


def begin(features: int, width: float = WIDTH) -> Bandit:
    """Before anything is known."""
    return Bandit(np.eye(features) / width**2, np.zeros(features), SHAPE, RATE)


def crossed(descriptors: Floats, arms: int) -> Floats:
    """(arm, feature): every arm has a level, and a slope for each descriptor, of its own."""
    one = np.concatenate([[1.0], descriptors])
    return np.kron(np.eye(arms), one)


def choose(bandit: Bandit, features: Floats, rng: np.random.Generator) -> int:
    """The arm to run next; features (arm, feature)."""
    return int(np.argmin(features @ bandit.drawn(rng)))


def learnt(bandit: Bandit, features: Floats, loss: float) -> Bandit:
    """After an arm with these features (feature) had this loss."""
    if not np.isfinite(loss):
        raise ValueError(f"a loss must be a number, not {loss}")
    precision = bandit.precision + np.outer(features, features)
    pull = bandit.pull + loss * features
    before = float(bandit.pull @ bandit.mean)
    after = float(pull @ np.linalg.solve(precision, pull))
    rate = bandit.rate + max(0.0, 0.5 * (loss**2 + before - after))
    return Bandit(precision, pull, bandit.shape + 0.5, rate, bandit.rows + 1.0)


def from_past(first: Bandit, others: Sequence[Bandit], rows: float = 20.0) -> Bandit:
    """Begin with what bandits of other streams know, counted as so many rows in all at most.

    first  what each of them began with
    """
    seen = sum(each.rows for each in others)
    part = min(1.0, rows / seen) if seen else 0.0
    precision, pull = first.precision.copy(), first.pull.copy()
    for each in others:
        precision += part * (each.precision - first.precision)
        pull += part * (each.pull - first.pull)
    shape = first.shape + part * sum(each.shape - first.shape for each in others)
    rate = first.rate + part * sum(each.rate - first.rate for each in others)
    return Bandit(precision, pull, shape, rate)
