"""What comes from elsewhere about one stream, and how far it has earned to be used.

Every regime has gates of its own: what foresaw rows of one regime well says nothing of another, and
a new regime has hardly any evidence that could contradict. A regime of the past that returns goes
on with its gates. So what is promised of the gate (`gate`) is promised of each regime.

What is offered anew by an origin is used at the trust that the origin has earned. It is judged by a
window before any edge is believed because of it. What is no longer offered is forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from scarcity.causal.gate import Gate, GateState, after_rows
from scarcity.causal.prior import Expected, Prior
from scarcity.stats.arrays import Floats

Gates = Mapping[int, Mapping[str, GateState]]
"""By the number of a regime and by origin."""


class Weighed(NamedTuple):
    """A prior, and how far it is used.

    trust   0 to 1
    rows    that it was judged by
    gain    nats by which forecasts with it, used as far as it was trusted, are ahead of own ones
    """

    origin: str
    sequence: int
    at: datetime
    provenance: tuple[str, ...]
    trust: float
    rows: int
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class Imports:
    """A value: a window, or an offer, makes another one of it."""

    gate: Gate = field(default_factory=Gate)
    gates: Gates = field(default_factory=dict)
    priors: tuple[Prior, ...] = ()
    """one of an origin, by origin"""
    expected: tuple[Expected, ...] = ()
    """the same, (target, column)"""

    def offered(
        self, priors: Sequence[Prior], variables: tuple[str, ...], max_lag: int
    ) -> "Imports":
        """These are what is offered now."""
        ordered = tuple(sorted(priors, key=lambda prior: prior.origin))
        origins = {prior.origin for prior in ordered}
        gates = {
            regime: {origin: state for origin, state in states.items() if origin in origins}
            for regime, states in self.gates.items()
        }
        placed = tuple(prior.placed(variables, max_lag) for prior in ordered)
        return replace(self, gates=gates, priors=ordered, expected=placed)

    def after(self, regime: int, scores: Floats) -> "Imports":
        """After rows that were foreseen: log scores (model, time), without a prior first."""
        own, *others = scores
        states = {
            prior.origin: after_rows(self.gate, self._state(regime, prior), own, its)
            for prior, its in zip(self.priors, others, strict=True)
        }
        return replace(self, gates={**self.gates, regime: states})

    def kept(self, regimes: Iterable[int]) -> "Imports":
        """Without gates of regimes that are forgotten."""
        known = set(regimes)
        if self.gates.keys() <= known:
            return self
        return replace(self, gates={n: each for n, each in self.gates.items() if n in known})

    def trusts(self, regime: int) -> tuple[float, ...]:
        """How far each prior has earned to be used."""
        return tuple(self.gate.trust(self._state(regime, prior)) for prior in self.priors)

    def weighed(self, regime: int) -> tuple[Weighed, ...]:
        """Each prior, for whoever wants to know."""
        return tuple(self._weighed(prior, self._state(regime, prior)) for prior in self.priors)

    def _weighed(self, prior: Prior, state: GateState) -> Weighed:
        return Weighed(
            origin=prior.origin,
            sequence=prior.sequence,
            at=prior.at,
            provenance=prior.provenance,
            trust=self.gate.trust(state),
            rows=state.rows,
            gain=-state.lost,
        )

    def _state(self, regime: int, prior: Prior) -> GateState:
        return self.gates.get(regime, {}).get(prior.origin, self.gate.start)
