"""Causal graphs and how they change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class EdgeState(StrEnum):
    """What the engine holds of an edge."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """A directed lagged relation, how strong and how sure.

    `effect`, `se` and the interval are in standard deviations of the target per standard
    deviation of the source; `lag` is in steps.
    """

    source: str
    target: str
    lag: int
    effect: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    q_value: float
    score: float
    stability: float
    state: EdgeState
    oriented: bool
    windows: int
    first_seen: datetime | None = None
    last_seen: datetime | None = None


class EdgeChange(StrEnum):
    """How an edge changed from one graph to the next."""

    APPEARED = "appeared"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    FLIPPED = "flipped"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class EdgeChanged:
    """One edge of a stream's graph changed, and on what evidence."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.edges", "changes of single edges, with evidence")

    stream: str
    epoch: int
    graph_version: int
    at: datetime
    change: EdgeChange
    edge: EdgeEvidence
    previous_effect: float | None
    window_id: str

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        edge = self.edge
        return (
            f"{self.stream}/{self.epoch}/{self.graph_version}/"
            f"{edge.source}>{edge.target}@{edge.lag}/{self.change}"
        )

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Edges by column, one entry per edge.

    `source` and `target` are positions in the graph's variables. Float columns are little-endian
    float64; `state` holds one byte per edge, the number of the EdgeState in the proto file;
    times are microseconds since the epoch, 0 = never.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    lag: tuple[int, ...]
    effect: bytes
    se: bytes
    ci_low: bytes
    ci_high: bytes
    p_value: bytes
    q_value: bytes
    score: bytes
    stability: bytes
    state: bytes
    oriented: bytes
    windows: tuple[int, ...]
    first_seen_us: tuple[int, ...]
    last_seen_us: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CausalPath:
    """A chain of accepted edges: total effect, total delay in steps, and how sure."""

    variables: tuple[str, ...]
    lags: tuple[int, ...]
    effect: float
    delay: int
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class GraphUpdated:
    """The whole causal graph of a stream at one version."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.graphs", "the newest causal graph of each stream", compacted=True
    )

    stream: str
    epoch: int
    version: int
    as_of: datetime
    rows: int
    windows: int
    variables: tuple[str, ...]
    max_lag: int
    tested: int
    possible: int
    edges: EdgeTable
    paths: tuple[CausalPath, ...]
    window_id: str

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.stream}/{self.epoch}/graph/{self.version}"

    @property
    def occurred_at(self) -> datetime:
        return self.as_of
