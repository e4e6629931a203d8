"""The records that every arm reads: 50 streams of 20 fields, 40 ms apart, a few out of order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson

from chaos.oracle import Observed, windows
from scarcity.bus.base import partition_of
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    StreamDefined,
    Variable,
    WindowKind,
    WindowPolicy,
)

STREAMS = tuple(f"bench-{number:02}" for number in range(50))
FIELDS = tuple(f"x{number}" for number in range(20))
SPACING_US = 40_000
DISORDERED = 0.01
BEHIND = 75
"""Records: 3 s of event time."""
LATENESS_S = 5.0
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

POLICIES = {
    "time": WindowPolicy(WindowKind.TIME, 250, LATENESS_S, cadence_s=SPACING_US / 1e6),
    "count": WindowPolicy(WindowKind.COUNT, 256, LATENESS_S),
}
"""Windows of 10 s, and those of a stream that nobody defined."""


@dataclass(frozen=True, slots=True)
class Line:
    """A raw record as it lies on the topic."""

    stream: str
    time_us: int
    value: bytes

    @property
    def partition(self) -> int:
        return partition_of(self.stream, RAW.partitions)


def lines(seed: int, count: int) -> list[Line]:
    """Return records in the order of arrival, the streams taking turns."""
    rng = np.random.default_rng(seed)
    rows = count // len(STREAMS)
    orders = [_arrivals(rng, rows) for _ in STREAMS]
    values = iter(rng.standard_normal((rows * len(STREAMS), len(FIELDS))).tolist())
    return [
        _line(stream, order[row], next(values))
        for row in range(rows)
        for stream, order in zip(STREAMS, orders, strict=True)
    ]


def definitions(scenario: str) -> list[StreamDefined]:
    """Return what the streams are, for the windows of a scenario."""
    return [
        StreamDefined(
            stream=stream,
            version=1,
            defined_at=BEGIN,
            origin=DefinitionOrigin.EXPLICIT,
            variables=tuple(map(Variable, FIELDS)),
            window=POLICIES[scenario],
        )
        for stream in STREAMS
    ]


def expected_windows(sent: Iterable[Line], scenario: str) -> int:
    """Return how many windows these records lead to."""
    by_stream: dict[str, list[Observed]] = {stream: [] for stream in STREAMS}
    for line in sent:
        by_stream[line.stream].append(Observed(line.stream, line.time_us, {}))
    return sum(len(windows(records, POLICIES[scenario], ())) for records in by_stream.values())


def _arrivals(rng: np.random.Generator, rows: int) -> list[int]:
    """Return the numbers of a stream's records in the order of arrival."""
    held_back = rng.random(rows) < DISORDERED
    order = np.argsort(np.arange(rows) + np.where(held_back, BEHIND, 0), kind="stable")
    return [int(number) for number in order]


def _line(stream: str, number: int, values: list[float]) -> Line:
    time = BEGIN + timedelta(microseconds=SPACING_US * number)
    record = {"ts": time, "values": dict(zip(FIELDS, values, strict=True))}
    value = orjson.dumps(record, option=orjson.OPT_UTC_Z)
    return Line(stream, (time - EPOCH) // timedelta(microseconds=1), value)
