"""Streams, their windows, and what was refused on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from scarcity.errors import PoisonEvent
from scarcity.events.base import Topic

MAX_ORIGINAL_BYTES = 1024 * 1024
"""How much of a refused record a dead letter keeps."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of a stream."""

    name: str
    unit: str = ""


class WindowKind(StrEnum):
    """What a window counts."""

    COUNT = "count"
    """Records, in the order of event time."""
    TIME = "time"
    """Steps of a regular grid in event time."""


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """How a stream is cut into windows. `size` is in steps, the rest in seconds of event time."""

    kind: WindowKind = WindowKind.COUNT
    size: int = 256
    lateness_s: float = 0.0
    cadence_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEdge:
    """An edge that is known to be true, to score a graph against."""

    source: str
    target: str
    lag: int


class DefinitionOrigin(StrEnum):
    """Who said what a stream is."""

    INFERRED = "inferred"
    EXPLICIT = "explicit"


@dataclass(frozen=True, slots=True)
class StreamDefined:
    """What a stream is. An explicit definition wins over an inferred one."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.streams",
        "the definition of each stream: variables, window policy, domain",
        compacted=True,
    )

    stream: str
    version: int
    defined_at: datetime
    origin: DefinitionOrigin
    variables: tuple[Variable, ...]
    window: WindowPolicy
    domain: str = ""
    reference_edges: tuple[ReferenceEdge, ...] = ()

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.stream}/definition/{self.origin}/{self.version}"

    @property
    def occurred_at(self) -> datetime:
        return self.defined_at


@dataclass(frozen=True, slots=True)
class WindowSealed:
    """Consecutive steps of one stream that will not change any more."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.windows", "sealed windows, ready for the engine")

    window_id: str
    stream: str
    epoch: int
    start_step: int
    steps: int
    columns: tuple[str, ...]
    values: bytes
    validity: bytes
    start_time: datetime
    end_time: datetime
    definition_version: int
    records: int
    flaws: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return self.window_id

    @property
    def occurred_at(self) -> datetime:
        return self.end_time

    def matrix(self) -> NDArray[np.float64]:
        """Return the values as (step, column) floats, NaN where missing.

        Raises PoisonEvent when the bytes do not fit the shape.
        """
        cells = self.steps * len(self.columns)
        if len(self.values) != 8 * cells or len(self.validity) != (cells + 7) // 8:
            raise PoisonEvent(
                "window-shape",
                f"window {self.window_id} says {self.steps} x {len(self.columns)} values, "
                f"but carries {len(self.values)} bytes",
            )
        flat = np.frombuffer(self.values, dtype="<f8").astype(np.float64)
        bits = np.frombuffer(self.validity, dtype=np.uint8)
        valid = np.unpackbits(bits, count=cells, bitorder="little").astype(bool)
        flat[~valid] = np.nan
        return flat.reshape(self.steps, len(self.columns))


def pack_matrix(matrix: NDArray[np.float64]) -> tuple[bytes, bytes]:
    r"""Return the `values` and `validity` bytes of a (step, column) matrix with NaN = missing.

    >>> pack_matrix(np.array([[1.0, np.nan]]))[1]
    b'\x01'
    """
    valid = np.isfinite(matrix)
    values = np.where(valid, matrix, 0.0).astype("<f8").tobytes()
    return values, np.packbits(valid.ravel(), bitorder="little").tobytes()


@dataclass(frozen=True, slots=True)
class RecordLate:
    """A record that came after its step was sealed; it changes nothing, and is kept here."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.late", "records that came after their window")

    stream: str
    record_time: datetime
    sealed_until: datetime
    origin_topic: str
    origin_partition: int
    origin_offset: int
    original: bytes

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.origin_topic}/{self.origin_partition}/{self.origin_offset}/late"

    @property
    def occurred_at(self) -> datetime:
        return self.record_time


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """An event that can never succeed, with the reason and the original bytes."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.dead-letters", "events that can never succeed, with the reason"
    )

    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_key: str
    reason: str
    message: str
    original: bytes
    original_bytes: int
    at: datetime
    component: str

    @property
    def key(self) -> str:
        return f"{self.origin_topic}/{self.origin_key}"

    @property
    def event_id(self) -> str:
        return f"{self.origin_topic}/{self.origin_partition}/{self.origin_offset}/{self.reason}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
