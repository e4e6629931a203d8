"""What time it is: a port, so that nothing else has to ask the machine."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of wall-clock time."""

    def now(self) -> datetime:
        """Return the current time, with a time zone."""
        ...


class SystemClock:
    """The machine's own clock, in UTC."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time_ns() / 1e9, UTC)
