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

    trust = max( 0, (w - π) / (1 - π) ) ,

so that one which makes no difference to forecasts changes no edge. For a prior that is scaled, the
promise is a guide, no theorem.

Sources: M. Herbster, M. K. Warmuth, "Tracking the best expert", Machine Learning 32 (1998), fixed
share; A. P. Dawid, "Statistical theory: the prequential approach", J. R. Stat. Soc. A 147 (1984).
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's constants."""

    prior: float = 0.1
    """π: the weight of an import before any row was seen"""
    share: float = 0.001
    """α: how much of all weight is dealt anew at each row"""

    def __post_init__(self) -> None:
        if not (0.0 < self.prior < 1.0 and 0.0 < self.share < 1.0):
            raise ValueError("prior and share must lie between 0 and 1")

    @property
    def start(self) -> "GateState":
        return GateState(self.prior)

    def trust(self, state: "GateState") -> float:
        """How far the import has earned to be used as a prior, 0 to 1."""
        return max(0.0, (state.weight - self.prior) / (1.0 - self.prior))

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
    rows: int = 0
    lost: float = 0.0
    """nats by which the mixture is behind the local model; negative where it is ahead"""


def after_row(gate: Gate, state: GateState, local: float, imported: float) -> GateState:
    """The state after a row that both models foresaw.

    local     log score without the import, in nats: the log density of the row, before it was seen
    imported  the same with the import
    """
    if math.isnan(local + imported) and local != imported:
        raise ValueError(f"log scores must be numbers, not {local} and {imported}")
    if max(local, imported) == math.inf:
        raise ValueError("a log score cannot be infinite: no density is")
    if max(local, imported) == -math.inf:  # both were sure that this cannot happen
        return GateState(_dealt(gate, state.weight), state.rows + 1, state.lost)
    of_import = math.log(state.weight) + imported
    mixture = float(np.logaddexp(math.log1p(-state.weight) + local, of_import))
    weight = math.exp(of_import - mixture)
    return GateState(_dealt(gate, weight), state.rows + 1, state.lost + local - mixture)


def _dealt(gate: Gate, weight: float) -> float:
    return (1.0 - gate.share) * weight + gate.share * gate.prior
