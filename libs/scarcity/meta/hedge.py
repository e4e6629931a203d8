"""Online choice among configurations that all run in shadow: Hedge with fixed share.

Each configuration i foresees each row before it is seen, at a loss l(i) in nats, the negative log
score. With weights w, before the first row p, a rate η and a share α that is dealt anew,

    loss of the mixture   m  =  -1/η ln Σ_i w(i) e^(-η l(i)) ,
    w(i)  ←  (1 - α) w(i) e^(-η (l(i) - m))  +  α p(i) .

Promised, whatever the rows are: the summed loss of the mixture exceeds that of any sequence of
configurations that begins with i and changes S times, to j and k and so on, in n rows by at most

    1/η [ ln 1/p(i) + Σ_changes ln 1/(α p(j)) + (n - 1 - S) ln 1/(1 - α) ]   nats ,

`most_lost` here for even p. At η = 1, m is the log score of the mixture as a forecast. Who follows
one configuration drawn by its weight loses, beyond m, at most η R² / 8 a row on average where the
losses of a row lie within R of each other; they are cut off at `clip` above the best, so R ≤ clip.

Sources: Y. Freund, R. E. Schapire, "A decision-theoretic generalization of on-line learning", J.
Comput. Syst. Sci. 55 (1997); M. Herbster, M. K. Warmuth, "Tracking the best expert", Machine
Learning 32 (1998).
"""

import math
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats
from scarcity.stats.compiled import compiled


@dataclass(frozen=True, slots=True)
class Hedge:
    """The constants of a choice."""

    prior: tuple[float, ...]
    """p: of each configuration, positive, summing to 1"""
    rate: float = 1.0
    """η"""
    share: float = 0.001
    """α: one change in 1000 rows"""
    clip: float = 20.0
    """nats that one row can count against a configuration, beside the best of that row"""

    def __post_init__(self) -> None:
        if not self.prior or min(self.prior) <= 0.0 or not math.isclose(sum(self.prior), 1.0):
            raise ValueError("prior weights must be positive and sum to 1")
        if not (0.0 < self.rate <= 1.0 and 0.0 < self.share < 1.0 and self.clip > 0.0):
            raise ValueError("rate must lie in (0, 1], share in (0, 1), and clip be above 0")

    @property
    def start(self) -> "HedgeState":
        none = np.zeros(len(self.prior))
        return HedgeState(np.array(self.prior), 0, 0.0, none)

    def most_lost(self, rows: int, changes: int = 0) -> float:
        """Nats that the mixture can lose to any sequence with so many changes, for even p."""
        if rows == 0:
            return 0.0
        many = math.log(len(self.prior))
        moved = many + changes * (many - math.log(self.share))
        return (moved - (rows - 1 - changes) * math.log1p(-self.share)) / self.rate


@dataclass(frozen=True, eq=False)
class HedgeState:
    """What is remembered."""

    weight: Floats
    """(configuration): for the next row"""
    rows: int
    lost: float
    """nats, summed: of the mixture"""
    losses: Floats
    """(configuration): nats, summed and clipped"""

    @property
    def best(self) -> int:
        """The configuration to follow."""
        return int(np.argmax(self.weight))

    @property
    def regret(self) -> float:
        """Nats by which the mixture is behind the best single configuration."""
        return self.lost - float(self.losses.min())


def even(configurations: int) -> tuple[float, ...]:
    """The prior of who knows nothing."""
    return (1.0 / configurations,) * configurations


def from_past(losses: Floats, rows: float = 100.0, least: float = 0.01) -> tuple[float, ...]:
    """The prior that other streams lead one to expect.

    losses  (stream, configuration): mean nats a row
    rows    for how many rows of this stream they count
    least   what every configuration keeps, before all are scaled to sum to 1
    """
    mean = losses.mean(axis=0)
    weight = np.exp(-rows * (mean - mean.min())) + least
    return tuple((weight / weight.sum()).tolist())


def after_row(hedge: Hedge, state: HedgeState, losses: Floats) -> HedgeState:
    """The state after a row that each configuration (configuration) foresaw."""
    return after_rows(hedge, state, losses[None])


def after_rows(hedge: Hedge, state: HedgeState, losses: Floats) -> HedgeState:
    """The state after rows, one after the other; losses (time, configuration)."""
    if losses.shape[1:] != state.weight.shape or not np.isfinite(losses).all():
        raise ValueError(f"there must be a finite loss for each of {len(state.weight)}")
    bounded = np.minimum(losses, losses.min(axis=1, keepdims=True) + hedge.clip)
    weight, lost = _dealt(bounded, state.weight, np.array(hedge.prior), (hedge.rate, hedge.share))
    summed = state.losses + bounded.sum(axis=0)
    return HedgeState(weight, state.rows + len(losses), state.lost + lost, summed)


@compiled
def _dealt(
    losses: Floats, before: Floats, prior: Floats, terms: tuple[float, float]
) -> tuple[Floats, float]:
    """Weights after rows (time, configuration), and the nats lost in them; terms: η and α."""
    (rate, share), weight, lost = terms, before.copy(), 0.0
    for t in range(len(losses)):
        least = losses[t].min()
        total = 0.0
        for i in range(len(weight)):
            weight[i] *= np.exp(rate * (least - losses[t, i]))
            total += weight[i]
        lost += least - np.log(total) / rate
        for i in range(len(weight)):
            weight[i] = (1.0 - share) * weight[i] / total + share * prior[i]
    return weight, lost


def mixed(weight: Floats, score: Floats) -> tuple[Floats, float]:
    """Weights in the light of log scores, and the log score of their mixture."""
    highest = float(score.max())
    earned = weight * np.exp(score - highest)
    total = float(earned.sum())
    return earned / total, highest + math.log(total)
