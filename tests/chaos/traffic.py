"""What the producers of one run send: seeded, out of order within the lateness, with gaps.

Every record carries its own number in the column `id`, so that a window shows which records it
holds. The last record of a stream lies far after the others and seals all that they filled. Some
streams have a producer that puts them into another partition than they live in, as clients with
another partitioner do: their records have to be moved, each once and in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson

from chaos.oracle import Expected, Observed, windows
from scarcity.bus.base import partition_of
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    StreamDefined,
    Variable,
    WindowKind,
    WindowPolicy,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEGIN_US = (BEGIN - EPOCH) // timedelta(microseconds=1)
COLUMNS = ("id", "x0", "x1", "x2")
SPACING_US = 100_000
CLOSING_US = 600_000_000
LATENESS_S = 2.0
MISSING = 0.1
DISORDERED = 0.1
STRAY_EVERY = 3


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one run sends, in the order of sending, and what the streams are."""

    definitions: tuple[StreamDefined, ...]
    records: tuple[Observed, ...]
    closing: tuple[Observed, ...]
    strays: frozenset[str]
    """The streams that come in the wrong partition."""

    def partition(self, stream: str) -> int:
        """Return where a stream's producer puts its records."""
        home = partition_of(stream, RAW.partitions)
        return (home + 1) % RAW.partitions if stream in self.strays else home

    def expected(self) -> list[Expected]:
        """Return every window that has to come."""
        sent = [*self.records, *self.closing]
        return [
            window
            for definition in self.definitions
            for window in windows(
                [record for record in sent if record.stream == definition.stream],
                definition.window,
                COLUMNS,
            )
        ]


def traffic(seed: int, prefix: str, *, streams: int, records: int) -> Traffic:
    """Return the traffic of a seed; names of streams begin with the prefix."""
    rng = np.random.default_rng(seed)
    defined = [_definition(rng, f"{prefix}-{number}", number) for number in range(streams)]
    each = [_records(rng, definition.stream, records) for definition in defined]
    return Traffic(
        definitions=tuple(defined),
        records=tuple(_interleaved(rng, each)),
        closing=tuple(_closing(sent, records) for sent in each),
        strays=frozenset(definition.stream for definition in defined[::STRAY_EVERY]),
    )


def line(record: Observed) -> bytes:
    """Return a record in the documented raw form.

    >>> line(Observed("s", 1_769_860_800_250_000, {"x0": 1.5}))
    b'{"ts":"2026-01-31T12:00:00.250000Z","values":{"x0":1.5}}'
    """
    time = EPOCH + timedelta(microseconds=record.time_us)
    return orjson.dumps({"ts": time, "values": record.values}, option=orjson.OPT_UTC_Z)


def _definition(rng: np.random.Generator, stream: str, number: int) -> StreamDefined:
    size = int(rng.integers(8, 17))
    counted = WindowPolicy(WindowKind.COUNT, size, LATENESS_S)
    timed = WindowPolicy(WindowKind.TIME, size, LATENESS_S, cadence_s=SPACING_US / 1e6)
    return StreamDefined(
        stream=stream,
        version=1,
        defined_at=BEGIN,
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(map(Variable, COLUMNS)),
        window=counted if number % 2 else timed,
    )


def _records(rng: np.random.Generator, stream: str, count: int) -> list[Observed]:
    """Return records in the order of arrival."""
    # Half a step of jitter makes steps without a record, steps with two, and a few equal times.
    jitter = rng.integers(-5, 6, count) * SPACING_US // 10
    times = BEGIN_US + np.arange(1, count + 1) * SPACING_US + jitter
    held_back = rng.random(count) < DISORDERED
    delays = np.where(held_back, rng.uniform(0.0, 0.99 * LATENESS_S * 1e6, count), 0.0)
    arrival = np.argsort(times + delays, kind="stable")
    return [Observed(stream, int(times[n]), _values(rng, int(n))) for n in arrival]


def _values(rng: np.random.Generator, number: int) -> dict[str, float]:
    values = {column: float(rng.standard_normal()) for column in COLUMNS[1:]}
    kept = {column: value for column, value in values.items() if rng.random() >= MISSING}
    return {COLUMNS[0]: float(number), **kept}


def _interleaved(rng: np.random.Generator, each: Sequence[Sequence[Observed]]) -> list[Observed]:
    """Mix the streams at random, each in its own order."""
    waiting = [iter(records) for records in each]
    turns = rng.permutation(np.repeat(np.arange(len(each)), [len(records) for records in each]))
    return [next(waiting[turn]) for turn in turns]


def _closing(sent: Sequence[Observed], number: int) -> Observed:
    last_us = max(record.time_us for record in sent)
    return Observed(sent[0].stream, last_us + CLOSING_US, {COLUMNS[0]: float(number)})
