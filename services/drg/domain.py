"""One instance as its governor sees it: what the law remembers, its last grant, and its need."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    GovernorLevel,
    ResourceSample,
    ResourcesSampled,
)
from scarcity.governor.account import Account
from scarcity.governor.law import Cut, State, decide
from scarcity.governor.policy import Level, Policy

STEP_OF_PRIORITY = 0.06
"""By how much less load each lower priority is held, so that it is cut first and restored last."""
LOWEST_TARGET = 0.3
DRAIN_S = 60.0
"""What waits should be handled in so many seconds."""
UTILISATION = 0.7
LEAST_SHARE = 0.05
"""An instance that does less says nothing of how much it could do."""


@dataclass(frozen=True, slots=True)
class Governed:
    """An epoch begins whenever another governor takes over; it never goes back."""

    epoch: int = 0
    sequence: int = 0
    state: State = field(default_factory=State)

    @classmethod
    def beginning(cls, told: ResourcesSampled) -> Self:
        """Whoever comes new goes on with the share that it has."""
        return cls(state=State(share=told.share))

    def after(
        self, told: ResourcesSampled, policy: Policy, lease_s: float
    ) -> tuple[Self, BudgetGranted, BudgetDecided | None]:
        """What follows from a sample: this, the next grant, and the decision if it is another."""
        state, decision = decide(policy, self.state, told.sample, told.at.timestamp())
        next_ = replace(self, sequence=self.sequence + 1, state=state)
        grant = BudgetGranted(
            instance=told.instance,
            component=told.component,
            epoch=next_.epoch,
            sequence=next_.sequence,
            at=told.at,
            ttl_s=lease_s,
            share=1.0 if policy.dry_run else decision.share,
            is_paused=decision.is_paused and not policy.dry_run,
            level=GovernorLevel[decision.level.name],
        )
        is_other = (state.share, state.level) != (self.state.share, self.state.level)
        account = Account("drg", told.component, told.instance, policy.dry_run)
        before = (self.state.share, self.state.level)
        said = account.of(decision, before, told.sample, told.at) if is_other else None
        return next_, grant, said

    def to_bytes(self) -> bytes:
        """Everything, for a snapshot."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def succeeding(cls, data: bytes) -> Self:
        """Whoever restores a snapshot is another governor: its grants outrank the former's."""
        found = json.loads(data)
        cut = found["state"].pop("cut")
        level = Level(found["state"].pop("level"))
        state = State(**found["state"], level=level, cut=None if cut is None else Cut(**cut))
        return cls(found["epoch"] + 1, 0, state)


def prioritised(policy: Policy, priority: int) -> Policy:
    """The policy of a component of that priority; 0 is the highest."""
    target = max(policy.target - STEP_OF_PRIORITY * priority, LOWEST_TARGET)
    return policy.model_copy(update={"target": min(target, policy.target)})


def instances_needed(sample: ResourceSample, share: float) -> float:
    """How many instances like this one its work needs; 1 as long as nothing is known of it.

    An instance keeps a part of a core busy with a share of full work: handlers take turns, so a
    core is what it has. What waits adds what it takes to be done with it in `DRAIN_S`. Of each
    instance `UTILISATION` is asked for, as is usual where work is scaled by its load (Kubernetes'
    HorizontalPodAutoscaler).
    """
    if sample.busy is None:
        return 1.0
    backlog = (sample.consumer_lag or 0.0) * (sample.latency or 0.0) / DRAIN_S
    return (sample.busy + backlog) / max(share, LEAST_SHARE) / UTILISATION
