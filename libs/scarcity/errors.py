"""Every failure SCARCITY names, by what the caller should do about it.

ScarcityError
├── ConfigError        refuse to start or to accept the command: say what to change, do not retry
├── PoisonEvent        this event can never succeed: dead-letter it, commit, go on
├── Transient          try the same thing again, with back-off
│   └── BusUnavailable
├── Overloaded         stop feeding me: slow down, do not drop
├── Fenced             somebody else does this now: drop what you hold, start over from the bus
└── BusClosed          the bus or subscription was used after it was closed

Anything else is a bug. It crashes the service, loudly, before the offset is committed.
"""


class ScarcityError(Exception):
    """The root of everything SCARCITY raises on purpose."""


class ConfigError(ScarcityError):
    """A setting, argument or definition that cannot work; the message says what to change."""


class PoisonEvent(ScarcityError):
    """An event that can never be handled, with a stable reason code for the dead-letter topic."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Transient(ScarcityError):
    """A failure that may pass: the same call may succeed later."""


class BusUnavailable(Transient):
    """The Runtime Bus did not answer in time."""


class Overloaded(ScarcityError):
    """The receiver cannot keep up; the sender must slow down."""


class Fenced(ScarcityError):
    """A writer's name was taken by another, or what became of its last publish cannot be told."""


class BusClosed(ScarcityError):
    """A bus or subscription was used after it was closed."""
