"""What is told of a decision, by whichever loop made it."""

from dataclasses import dataclass
from datetime import datetime

from scarcity.events import BudgetDecided, GovernorLevel, ResourceSample
from scarcity.governor.law import Decision
from scarcity.governor.policy import Level


@dataclass(frozen=True, slots=True)
class Account:
    """Who decides about whom."""

    by: str
    """`reflex` or `drg`"""
    component: str
    instance: str
    is_dry_run: bool

    def of(
        self,
        decision: Decision,
        before: tuple[float, Level],
        sample: ResourceSample,
        at: datetime,
    ) -> BudgetDecided:
        """The event that tells of a decision; before: the share and the level that it changed."""
        share, level = before
        return BudgetDecided(
            component=self.component,
            instance=self.instance,
            at=at,
            by=self.by,
            rule=decision.rule,
            binding=decision.binding,
            load=decision.load,
            predicted=decision.predicted,
            time_to_limit_s=decision.time_to_limit,
            share_before=share,
            share=decision.share,
            level_before=GovernorLevel[level.name],
            level=GovernorLevel[decision.level.name],
            sample=sample,
            is_dry_run=self.is_dry_run,
        )
