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
MAX_HEADER_BYTES = 64 * 1024
"""How much of its headers."""


class VariableKind(StrEnum):
    """What the values of a variable are."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    """True and false, or nothing but 0 and 1."""
    CATEGORICAL = "categorical"
    """Text: known by name, but no column of the windows."""


class Resample(StrEnum):
    """What a step of a regular grid shows when the records do not lie on it."""

    LAST = "last"
    MEAN = "mean"
    INTERPOLATE = "interpolate"
    """The straight line between the values before and after the step's own time, if both are
    within one cadence of it."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a stream; a column of its windows unless it is categorical."""

    name: str
    unit: str = ""
    kind: VariableKind = VariableKind.NUMERIC
    resample: Resample = Resample.LAST
    low: float | None = None
    high: float | None = None
    """Values outside are flagged, not removed."""
    absent: bool = False
    """It has not come for a whole window; its column stays, without values."""


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
    """Of TIME windows; None takes the cadence that the first records have."""
    hop: int | None = None
    """Steps from the beginning of one window to that of the next; None means `size`."""
    session_gap_s: float | None = None
    """A silence of so many seconds of event time ends a session; None means that none does."""


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
    epoch: int = 0
    """Of the windows that this definition leads to; an explicit one leaves it to the stream."""
    paused: bool = False
    """Records are passed over while it is true."""
    cadence_s: float | None = None
    """Seconds of event time between two records, as measured; None until known."""
    change: str = ""
    """What differs from the version before, in words, and why that began a new epoch, if so."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The variables that are columns of the windows."""
        return tuple(
            variable.name
            for variable in self.variables
            if variable.kind is not VariableKind.CATEGORICAL
        )

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
class WindowQuality:
    """What the values of a window look like; each field is an array with one entry per column."""

    valid: bytes = b""
    """Little-endian uint32: how many values are there."""
    location: bytes = b""
    """Little-endian float64: the median; NaN without values."""
    scale: bytes = b""
    """Little-endian float64: 1.4826 times the median distance from the median."""
    drift: bytes = b""
    """Little-endian float64: how far both have moved from what is usual for the stream, in usual
    scales; NaN until that is known."""
    out_of_range: bytes = b""
    """Little-endian uint32: values outside the variable's range."""
    stuck: bytes = b""
    """One byte each: 1 = a numeric variable that had many values, all of them the same."""


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
    quality: WindowQuality = field(default_factory=WindowQuality)
    session: int = 0
    """Rises with every long silence of the stream."""

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
        """Return the values as (step, column) floats, NaN where missing; a view, not to be written.

        Raises PoisonEvent when the bytes do not fit the shape.
        """
        cells = self.steps * len(self.columns)
        if len(self.values) != 8 * cells or len(self.validity) != (cells + 7) // 8:
            raise PoisonEvent(
                "window-shape",
                f"window {self.window_id} says {self.steps} x {len(self.columns)} values, "
                f"but carries {len(self.values)} bytes",
            )
        flat = np.frombuffer(self.values, dtype="<f8")
        return flat.reshape(self.steps, len(self.columns))


def pack_matrix(matrix: NDArray[np.float64]) -> tuple[bytes, bytes]:
    r"""Return the `values` and `validity` bytes of a (step, column) matrix with NaN = missing.

    >>> pack_matrix(np.array([[1.0, np.nan]]))[1]
    b'\x01'
    """
    valid = np.isfinite(matrix)
    values = matrix.astype("<f8", copy=False).tobytes()
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
class Header:
    """A header of a message."""

    name: str
    value: bytes


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
    headers: tuple[Header, ...] = ()
    """As many as fit in MAX_HEADER_BYTES, in order."""
    header_bytes: int = 0
    """Of all there were, names and values."""

    @property
    def key(self) -> str:
        return f"{self.origin_topic}/{self.origin_key}"

    @property
    def event_id(self) -> str:
        return f"{self.origin_topic}/{self.origin_partition}/{self.origin_offset}/{self.reason}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
