"""What discovery may cost, from the share of full work that the governor allows."""

from typing import Protocol

from scarcity.causal import Budget
from scarcity.governor.lease import Allowance
from scarcity.governor.policy import Policy


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
        return self._most.within(rung.budget(variables))
