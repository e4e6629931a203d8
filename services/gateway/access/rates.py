"""How often somebody may do something: token buckets.

A bucket holds `burst` tokens and gets `per_s` back each second. All that is kept of one is when
it will be full again: with n tokens missing that is n / per_s seconds from now.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 10_000
"""Buckets beyond are dropped, those first that were used longest ago."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a bucket."""

    left: int
    full_s: float
    """Seconds until it is full again."""
    wait_s: float
    """Seconds until there is a token; 0 = there was one."""


class Buckets:
    """One bucket for everybody who has a name."""

    def __init__(self, per_s: float, burst: int, *, now: Callable[[], datetime]) -> None:
        self._per_s = per_s
        self._burst = burst
        self._now = now
        self._full_at: OrderedDict[str, float] = OrderedDict()

    @property
    def policy(self) -> str:
        """Tokens, and the seconds in which as many come back, as HTTP says it."""
        return f"q={self._burst};w={max(1, round(self._burst / self._per_s))}"

    def look(self, who: str) -> Allowance:
        """Say what is left, and take nothing."""
        return self._allowance(self._missing_s(who))

    def take(self, who: str) -> Allowance:
        """Take a token; one that is not there is not owed."""
        missing_s = self._missing_s(who)
        allowance = self._allowance(missing_s)
        if allowance.wait_s > 0:
            return allowance
        missing_s += 1 / self._per_s
        self._full_at[who] = self._now().timestamp() + missing_s
        self._full_at.move_to_end(who)
        if len(self._full_at) > KEPT:
            self._full_at.popitem(last=False)
        left = self._allowance(missing_s)
        return Allowance(left.left, left.full_s, 0.0)

    def _missing_s(self, who: str) -> float:
        now, empty_s = self._now().timestamp(), self._burst / self._per_s
        missing_s = max(self._full_at.get(who, 0.0) - now, 0.0)
        if missing_s > empty_s:
            # A clock that was set back locks nobody out for longer than an empty bucket does.
            self._full_at[who] = now + empty_s
        return min(missing_s, empty_s)

    def _allowance(self, missing_s: float) -> Allowance:
        left = self._burst - missing_s * self._per_s
        # What was added up of parts of seconds is a token in spite of the last digits.
        whole = int(left + 1e-6)
        return Allowance(whole, missing_s, 0.0 if whole else (1 - left) / self._per_s)
