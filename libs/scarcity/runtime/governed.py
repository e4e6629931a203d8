"""Lets the governor decide how much a service does: measures, tells, takes grants, keeps a pace.

None of that waits for a batch to end: when an engine is busy, it matters most.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from scarcity.clock import Clock
from scarcity.events import BudgetGranted, Event, ResourceSample
from scarcity.governor.lease import Allowance
from scarcity.governor.loop import LoopLag
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses
from scarcity.governor.sensors import Sensors
from scarcity.governor.tuning import Governing, Tuning, adjusted
from scarcity.runtime.process import instance_name
from scarcity.runtime.service import Route, Timer, route
from scarcity.runtime.vitals import Vitals

SAMPLE_S = 0.5
"""How often an instance says what it has and uses."""


@dataclass(frozen=True, slots=True)
class _Measuring:
    """Everything that can be measured of an instance."""

    vitals: Vitals
    loop: LoopLag
    sensors: Sensors

    def read(self) -> ResourceSample:
        return replace(
            self.sensors.read(),
            loop_lag=self.loop.seconds,
            consumer_lag=self.vitals.waiting,
            latency=self.vitals.latency,
            busy=self.vitals.busy(),
        )


class Governed:
    """One instance of a component under its reflex, and under what is granted to it."""

    def __init__(self, reflex: Reflex, loop: LoopLag, vitals: Vitals) -> None:
        self._started_with = reflex.policy
        self._reflex = reflex
        self._loop = loop
        self.vitals = vitals

    @classmethod
    def of(cls, component: str, policy: Policy, clock: Clock) -> Self:
        """Govern this process's instance of a component by all that can be measured of it."""
        measuring = _Measuring(Vitals(), LoopLag(), Sensors())
        senses = Senses(measuring.read, clock.now)
        reflex = Reflex(policy, senses, component=component, instance=instance_name(component))
        return cls(reflex, measuring.loop, measuring.vitals)

    @property
    def allowance(self) -> Allowance:
        """What may be spent now."""
        return self._reflex.allowance

    @property
    def policy(self) -> Policy:
        """By which it is governed now."""
        return self._reflex.policy

    @property
    def tuning(self) -> Governing:
        """How it is governed now."""
        return Governing(policy=self.policy)

    def tune(self, tuning: Tuning) -> None:
        """Be governed as is wanted from now on."""
        assert isinstance(tuning, Governing)
        self._reflex.retune(adjusted(self._started_with, tuning.policy))

    def pace(self) -> float:
        """The share of a batch to take in hand now; 0 while paused."""
        allowance = self.allowance
        return 0.0 if allowance.is_paused else allowance.intake

    @property
    def follows(self) -> Route:
        """Takes what is granted."""
        return route(BudgetGranted, self._on_grant, takes_turn=False)

    @property
    def timer(self) -> Timer:
        """Says what there is, and what was decided since the last time."""
        return Timer(SAMPLE_S, self._tell, takes_turn=False)

    async def govern(self) -> None:
        """Govern until cancelled."""
        self._reflex.start()
        try:
            await self._loop.watch()
        finally:
            self._reflex.stop()

    def _on_grant(self, grant: BudgetGranted) -> Iterable[Event]:
        self._reflex.grant(grant)
        return ()

    def _tell(self, _now: datetime) -> Iterable[Event]:
        return [*self._reflex.news(), self._reflex.report()]
