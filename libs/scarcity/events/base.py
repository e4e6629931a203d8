"""What an event is: a frozen fact in the past tense, which knows its topic, key and identity."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the Runtime Bus, as the code owns it."""

    name: str
    holds: str
    """What is in it, in words."""
    compacted: bool = False
    partitions: int = 8


class Event(Protocol):
    """A fact that services tell each other.

    `event_id` is deterministic: a fact that is published twice has one id, so that a reader may
    ignore the second.
    """

    topic: ClassVar[Topic]

    @property
    def key(self) -> str:
        """What orders it: events of one key are read in the order of publishing."""
        ...

    @property
    def event_id(self) -> str: ...

    @property
    def occurred_at(self) -> datetime:
        """When it became true, in the time of the data."""
        ...
