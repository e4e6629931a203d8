"""When a stream has fallen silent: so long without a record that nobody waits for the next one.

    silent  ⇔  quiet ≥ max(idle, PATIENCE · gap)

quiet is the time without a record, gap the stream's own pace: a moving average of the time between
the arrivals of two records. A stream of one record a minute is not silent after a few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = 5.0
"""How many usual gaps a record may be overdue."""

UNKNOWN_GAP_S = 12.0
"""The pace of a stream that has sent one record so far."""

MEMORY = 0.2
"""The weight of the newest gap."""


@dataclass(slots=True)
class Pace:
    """How quickly the records of one stream come."""

    gap_s: float | None = None
    last_ms: int | None = None
    heard: bool = False
    quiet_since: datetime | None = None

    def hear(self, arrived_ms: int) -> None:
        """Take note of a record, with the time of its arrival."""
        if self.last_ms is not None:
            gap_s = max(0, arrived_ms - self.last_ms) / 1000
            known_s = gap_s if self.gap_s is None else self.gap_s
            self.gap_s = known_s + MEMORY * (gap_s - known_s)
        self.last_ms = arrived_ms
        self.heard = True

    def is_silent(self, *, now: datetime, idle: timedelta) -> bool:
        """Say whether the stream has fallen silent; to be asked again and again."""
        if self.heard or self.quiet_since is None:
            self.heard = False
            self.quiet_since = now
        gap_s = UNKNOWN_GAP_S if self.gap_s is None else self.gap_s
        return now - self.quiet_since >= max(idle, timedelta(seconds=PATIENCE * gap_s))
