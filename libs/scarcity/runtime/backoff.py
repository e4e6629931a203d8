"""How long to wait before trying again.

    wait(attempt) = min(longest, first · 2^attempt) · (1/2 + u/2),   u uniform in [0, 1)

The random half keeps many clients from coming back at one moment ("equal jitter",
Brooker, Exponential Backoff and Jitter, 2015).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """A schedule of waits, in seconds."""

    first: float = 0.05
    longest: float = 5.0

    def wait(self, attempt: int, *, u: float) -> float:
        """Return the seconds to wait after failure number `attempt`, counted from 0.

        >>> Backoff(first=1.0, longest=8.0).wait(2, u=1.0)
        4.0
        >>> Backoff(first=1.0, longest=8.0).wait(50, u=0.0)
        4.0
        """
        # 2 ** attempt would overflow a float after a thousand failures.
        return min(self.longest, self.first * 2.0 ** min(attempt, 60)) * (0.5 + u / 2)
