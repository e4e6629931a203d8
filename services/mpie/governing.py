"""What discovery may cost, from the share of full work that the governor allows."""

from typing import Protocol

from scarcity.causal import Budget
from scarcity.governor.lease import Allowance
from scarcity.governor.policy import Policy, Rung

TRIALS_FROM = 0.75
"""The share of full work below which nothing is tried: a trial costs as much as the engine."""


class Governor(Protocol):
    """Whoever says what may be spent."""

    @property
    def allowance(self) -> Allowance: ...

    @property
    def policy(self) -> Policy: ...


class Depth:
    """What is configured, or less."""

    def __init__(self, most: Budget, governor: Governor) -> None:
        self._most = most
        self._governor = governor

    def budget(self, variables: int) -> Budget:
        """What discovery may cost now, in a stream of so many variables."""
        rung = self._governor.policy.rung(self._governor.allowance.share)
        return self._most.within(allowed(rung, variables))

    def has_room(self) -> bool:
        """Whether a second engine may run beside that of a stream, to try other settings."""
        return self._governor.allowance.share >= TRIALS_FROM


def allowed(rung: Rung, variables: int) -> Budget:
    """What discovery in a stream of so many variables may cost at a rung of the ladder."""
    targets = None if rung.targets == 1.0 else max(1, round(rung.targets * variables))
    return Budget(rung.every, targets, rung.most_parents, rung.nonlinear, rung.single)
