"""Lets the governor decide what discovery may cost, and how many windows are taken in hand."""

from collections.abc import Iterable
from datetime import datetime

from scarcity.causal import Budget
from scarcity.events import BudgetGranted, Event
from scarcity.governor.loop import LoopLag
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex


class Governed:
    """What the engines of this instance may spend: what is configured, or less."""

    def __init__(self, most: Budget, policy: Policy, reflex: Reflex, loop: LoopLag) -> None:
        self._most = most
        self._loop = loop
        self._policy = policy
        self._reflex = reflex

    def budget(self, variables: int) -> Budget:
        """What discovery may cost now, in a stream of so many variables."""
        rung = self._policy.rung(self._reflex.allowance.share)
        return self._most.within(rung.budget(variables))

    def in_hand(self) -> int:
        """How many windows may be taken in hand; 0 while paused."""
        allowance = self._reflex.allowance
        return 0 if allowance.is_paused else self._policy.in_hand(allowance.share)

    def on_grant(self, grant: BudgetGranted) -> Iterable[Event]:
        self._reflex.grant(grant)
        return ()

    def tell(self, _now: datetime) -> Iterable[Event]:
        """What there is, and what was decided since the last time."""
        return [*self._reflex.news(), self._reflex.report()]

    async def govern(self) -> None:
        """Govern until cancelled."""
        self._reflex.start()
        try:
            await self._loop.watch()
        finally:
            self._reflex.stop()
