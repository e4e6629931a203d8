"""The local gate: what is imported is used as far as it helps to foresee this deployment's rows.

Two models foresee each row before it is seen: one from own evidence alone, one with what was
imported. Their log scores are ℓ and m. With w the weight of the import, π that at the beginning,
and α the share that is dealt anew at each row,

    score of the mixture   log( (1 - w) e^ℓ + w e^m ) ,
    w ← (1 - α) w e^m / ( (1 - w) e^ℓ + w e^m )  +  α π .

Promised, of the mixture as a forecast, whatever the import is: over n rows, its summed log score is
below that of the local model alone by no more than

    ln( 1 / (1 - π) ) + (n - 1) ln( 1 / (1 - α π) )   nats,

0.1 + 0.1 per thousand rows for the constants here: the first is the price of having trusted, the
second that of being able to change one's mind. The weight never falls below α π, so that an
import that becomes good is believed again after about ln( 1 / (α π) ) = 9.2 nats of evidence.

As a prior (`prior`) the import is used by what it has earned, not by what it was given,

    trust = max( 0, (min(w, h) - π) / (1 - π) ) ,     h ← h + (w - h) / 50 ,

so that one which makes no difference to forecasts changes no edge. It is lost at once, and gained
over some 50 rows: a lie is lucky in a few rows now and then, and edges should not come of it. For a
prior that is scaled, the promise is a guide, no theorem.

Sources: M. Herbster, M. K. Warmuth, "Tracking the best expert", Machine Learning 32 (1998), fixed
share; A. P. Dawid, "Statistical theory: the prequential approach", J. R. Stat. Soc. A 147 (1984).
"""

import math
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats
from scarcity.stats.compiled import compiled


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's constants."""

    prior: float = 0.1
    """π: the weight of an import before any row was seen"""
    share: float = 0.001
    """α: how much of all weight is dealt anew at each row"""
    patience: float = 50.0
    """over how many rows trust follows a weight that rises"""

    def __post_init__(self) -> None:
        if not (0.0 < self.prior < 1.0 and 0.0 < self.share < 1.0):
            raise ValueError("prior and share must lie between 0 and 1")
        if self.patience < 1.0:
            raise ValueError("patience is a number of rows, so at least 1")

    @property
    def start(self) -> "GateState":
        return GateState(self.prior, self.prior)

    def trust(self, state: "GateState") -> float:
        """How far the import has earned to be used as a prior, 0 to 1."""
        return max(0.0, (min(state.weight, state.held) - self.prior) / (1.0 - self.prior))

    def most_lost(self, rows: int) -> float:
        """The nats that the mixture can lose to the local model in so many rows."""
        if rows == 0:
            return 0.0
        return -math.log1p(-self.prior) - (rows - 1) * math.log1p(-self.share * self.prior)


@dataclass(frozen=True, slots=True)
class GateState:
    """What the gate remembers."""

    weight: float
    """of the import, for the next row"""
    held: float
    """h: the weight over the last rows"""
    rows: int = 0
    lost: float = 0.0
    """nats by which the mixture is behind the local model; negative where it is ahead"""


def after_rows(gate: Gate, state: GateState, local: Floats, imported: Floats) -> GateState:
    """The state after rows that both models foresaw, one after the other.

    local     (time): log scores without the import, in nats: the log density of each row, before
              it was seen
    imported  (time): the same with the import
    """
    if np.isnan(local).any() or np.isnan(imported).any():
        raise ValueError("log scores must be numbers: one is NaN")
    if max(local.max(initial=0.0), imported.max(initial=0.0)) == math.inf:
        raise ValueError("a log score cannot be infinite: no density is")
    before = (state.weight, state.held, state.lost)
    terms = (gate.prior, gate.share, gate.patience)
    weight, held, lost = _mixed(local, imported, before, terms)
    return GateState(weight, held, state.rows + len(local), lost)


@compiled
def _mixed(
    local: Floats,
    imported: Floats,
    before: tuple[float, float, float],
    terms: tuple[float, float, float],
) -> tuple[float, float, float]:
    """Weight, h and nats lost after these rows, from those before; terms: π, α and patience."""
    (weight, held, lost), (prior, share, patience) = before, terms
    for t in range(len(local)):
        earned = weight
        if max(local[t], imported[t]) > -np.inf:  # else both were sure that this cannot happen
            of_local, of_import = np.log1p(-weight) + local[t], np.log(weight) + imported[t]
            apart = abs(of_local - of_import)
            mixture = max(of_local, of_import) + np.log1p(np.exp(-apart))
            earned = np.exp(of_import - mixture)
            lost += local[t] - mixture
        weight = (1.0 - share) * earned + share * prior
        held += (weight - held) / patience
    return weight, held, lost
