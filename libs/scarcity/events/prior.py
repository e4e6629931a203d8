"""What is expected of a stream's edges by the evidence of others."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from scarcity.events.base import Topic


@dataclass(frozen=True, slots=True)
class PriorTable:
    """What is expected of edges, by column, one entry per edge.

    `source` and `target` are positions in the event's variables. Float columns are little-endian
    float64, in standard deviations of the target per standard deviation of the source: the mean of
    the effect at a new deployment, and its standard deviation there, if there is an effect at all,
    which it is with the probability `share`. `contested` holds one byte per edge: 1 where those who
    know it differ about it.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    lag: tuple[int, ...]
    mean: bytes
    se: bytes
    contested: bytes
    share: bytes = b""
    """Float64 as the others; empty = 1 for every edge."""


@dataclass(frozen=True, slots=True)
class PriorOffered:
    """What the evidence of others leads one to expect of the edges of one stream.

    Belief, no evidence: it is used as far as it foresees the rows of this stream, and never put
    into what is shared. The newest of each stream and origin counts; a tombstone withdraws it.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.priors",
        "what the evidence of others leads one to expect of each stream's edges",
        compacted=True,
    )

    stream: str
    origin: str
    """"federation:<name>" or "meta_learning"."""
    at: datetime
    sequence: int
    """Of the round or step that it comes from."""
    provenance: tuple[str, ...]
    """The peers, or streams, whose evidence it rests on; this stream is none of them."""
    rows: int
    """That it rests on."""
    variables: tuple[str, ...]
    """In the names of the stream."""
    edges: PriorTable

    @property
    def key(self) -> str:
        """The name of a stream has no "/"."""
        return f"{self.stream}/{self.origin}"

    @property
    def event_id(self) -> str:
        return f"{self.key}/{self.sequence}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
