"""What a gateway answers, as far as programs work with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scarcity.causal import Path


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


@dataclass(frozen=True, slots=True)
class Point:
    """What changed in a graph over one or more moments."""

    at: datetime
    """the last of them, in the time of the data"""
    appeared: int
    strengthened: int
    weakened: int
    flipped: int
    vanished: int
    edges: int
    """accepted ones between different variables, after it"""
    regime: int
    """number of the one that the graph described after it"""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Point":
        """Read one of the gateway's list."""
        return cls(**{**document, "at": datetime.fromisoformat(document["at"])})


@dataclass(frozen=True, slots=True)
class History:
    """How a graph changed."""

    stream: str
    since: datetime
    """from when on all is known"""
    until: datetime
    changes: int
    points: Sequence[Point]
    """oldest first"""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "History":
        """Read the gateway's answer."""
        return cls(
            stream=document["stream"],
            since=datetime.fromisoformat(document["since"]),
            until=datetime.fromisoformat(document["until"]),
            changes=document["changes"],
            points=[Point.of(each) for each in document["points"]],
        )


@dataclass(frozen=True, slots=True)
class EdgeThen:
    """An accepted edge at a moment; None is what is not known of it."""

    source: str
    target: str
    lag: int
    effect: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    score: float | None
    form: str
    imported: bool
    regime: int | None
    changed_at: datetime | None
    """when it came to be so"""
    certain: bool
    """False: known backwards only, by what became of it later or by the graph of now"""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "EdgeThen":
        """Read one of the gateway's list."""
        changed_at = document["changed_at"] and datetime.fromisoformat(document["changed_at"])
        return cls(**{**document, "ci": tuple(document["ci"]), "changed_at": changed_at})


@dataclass(frozen=True, slots=True)
class GraphThen:
    """The accepted edges of a graph at a moment."""

    stream: str
    at: datetime
    since: datetime
    """from when on all is known"""
    variables: Sequence[str]
    edges: Sequence[EdgeThen]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "GraphThen":
        """Read the gateway's answer."""
        return cls(
            stream=document["stream"],
            at=datetime.fromisoformat(document["at"]),
            since=datetime.fromisoformat(document["since"]),
            variables=document["variables"],
            edges=[EdgeThen.of(each) for each in document["edges"]],
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """An edge at two moments; an effect of None = it was not there."""

    source: str
    target: str
    lag: int
    change: str
    """`appeared`, `vanished`, `strengthened`, `weakened`, `flipped` or `same`"""
    before: float | None
    after: float | None
    changes: int
    """after the first moment, up to the second"""


@dataclass(frozen=True, slots=True)
class Differences:
    """The difference between a graph at two moments."""

    stream: str
    begin: datetime
    end: datetime
    since: datetime
    """from when on all is known"""
    variables: Sequence[str]
    edges: Sequence[Difference]
    passing: Sequence[Difference]
    """edges that came and went in between"""
    counts: Mapping[str, int]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Differences":
        """Read the gateway's answer."""
        return cls(
            stream=document["stream"],
            begin=datetime.fromisoformat(document["from"]),
            end=datetime.fromisoformat(document["to"]),
            since=datetime.fromisoformat(document["since"]),
            variables=document["variables"],
            edges=[Difference(**each) for each in document["edges"]],
            passing=[Difference(**each) for each in document["passing"]],
            counts=document["counts"],
        )


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths from one variable to another, the surest first."""

    paths: Sequence["Path"]
    complete: bool
    """whether these are all that there are"""
    why: str | None
    """what is there in place of a path, when there is none"""
