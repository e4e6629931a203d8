"""What discovery may cost, from the share of full work that the governor allows."""

from collections.abc import Callable

from scarcity.causal import Budget
from scarcity.governor.policy import Policy


class Depth:
    """What is configured, or less."""

    def __init__(self, most: Budget, policy: Policy, share: Callable[[], float]) -> None:
        self._most = most
        self._policy = policy
        self._share = share

    def budget(self, variables: int) -> Budget:
        """What discovery may cost now, in a stream of so many variables."""
        rung = self._policy.rung(self._share())
        return self._most.within(rung.budget(variables))
