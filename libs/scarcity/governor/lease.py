"""What has been granted from outside, as long as it holds.

A grant is a lease: it holds from its arrival on, by the receiver's own clock, so that clocks need
not agree. A grant of a lower epoch, or of the same epoch and no higher sequence, comes from a
governor that has been replaced, or has been overtaken: it is ignored. When a lease runs out
whoever granted it is gone, and the share falls to `safe`. Who was never granted anything has
nobody to lose, and is bound by the reflex alone.
"""

from dataclasses import dataclass, replace

from scarcity.events import BudgetGranted
from scarcity.governor.policy import Policy


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be spent, all things considered."""

    share: float
    """of full work"""
    is_paused: bool
    """nothing new is to be taken in hand"""
    intake: float
    """the share of a batch to take in hand, at most; less than `share` only at the beginning"""


FULL = Allowance(1.0, is_paused=False, intake=1.0)


@dataclass(frozen=True, slots=True)
class Lease:
    """The newest grant, and when it came; seconds of any clock that does not go back."""

    grant: BudgetGranted | None = None
    arrived: float = 0.0

    def after(self, grant: BudgetGranted, now: float) -> "Lease":
        """The lease once a grant has come."""
        if self.grant is not None and _rank(grant) <= _rank(self.grant):
            return self
        return replace(self, grant=grant, arrived=now)

    def has_expired(self, now: float) -> bool:
        """Whether the governor that granted it has gone silent."""
        return self.grant is not None and now - self.arrived > self.grant.ttl_s

    def bound(self, policy: Policy, own: Allowance, now: float) -> Allowance:
        """The smaller of what the reflex allows and what is granted."""
        if self.grant is None:
            return own
        if self.has_expired(now):
            return _at_most(own, policy.safe)
        granted = _at_most(own, max(self.grant.share, policy.floor))
        return replace(granted, is_paused=own.is_paused or self.grant.is_paused)


def _at_most(own: Allowance, share: float) -> Allowance:
    return replace(own, share=min(own.share, share), intake=min(own.intake, share))


def _rank(grant: BudgetGranted) -> tuple[int, int]:
    return grant.epoch, grant.sequence
