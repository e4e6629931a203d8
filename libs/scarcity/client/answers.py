"""What a gateway answers, as far as programs work with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was not taken; records are counted from 1 in each sending."""

    line: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the records of a sending. All are counted, a hundred refused ones named."""

    accepted: int
    rejected: int
    refused: Sequence[Refused]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Sent":
        """Read the gateway's answer."""
        refused = [
            Refused(each["line"], each["reason"], each["message"]) for each in document["problems"]
        ]
        return cls(document["accepted"], document["rejected"], refused)

    def __add__(self, other: "Sent") -> "Sent":
        moved = [
            Refused(each.line + self.accepted + self.rejected, each.reason, each.message)
            for each in other.refused
        ]
        return Sent(
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            [*self.refused, *moved],
        )


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """A stream, and how it does."""

    id: str
    state: str
    """`running` or `paused`"""
    domain: str
    variables: Sequence[str]
    records: int
    windows: int
    late: int
    rate: float
    """records a second, lately"""
    edges: int
    """accepted ones between different variables"""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "StreamSummary":
        """Read one of the gateway's list."""
        return cls(**{name: document[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an edge of a graph."""

    id: str
    at: datetime
    stream: str
    source: str
    target: str
    lag: int
    """steps"""
    change: str
    """`appeared`, `strengthened`, `weakened`, `flipped` or `vanished`"""
    effect: float
    """standard deviations of the target per standard deviation of the source"""
    imported: bool
    """whether it is believed because others know it"""
    summary: str
    """the same in words"""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Change":
        """Read a live event, or one of the list."""
        found = {name: document[name] for name in cls.__dataclass_fields__}
        return cls(**{**found, "at": datetime.fromisoformat(document["at"])})
