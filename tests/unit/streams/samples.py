"""Records to feed an operator with, and ways to read what it says."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from scarcity.events import (
    DefinitionOrigin,
    Event,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.streams import Late, Outcome, Record, Rows, StreamOperator
from scarcity.streams.batch import to_us
from scarcity.streams.rows import block_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
Happening = Event | Late


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def record(seconds: float, values: Mapping[str, float], **flaws: str) -> Record:
    return Record(at(seconds), values, flaws)


def ramp(count: int, *, first: float = 0.0, every: float = 1.0) -> list[Record]:
    """Records of x and y = 10 x, one per `every` seconds; x counts them."""
    return [record(first + every * i, {"x": float(i), "y": 10.0 * i}) for i in range(count)]


def noisy(seed: int, count: int, *, seconds: float) -> list[Record]:
    """Records at random times (some equal), with missing values, flaws and rare names."""
    rng = random.Random(seed)
    return [_noisy_record(rng, rng.randrange(round(20 * seconds)) / 20) for _ in range(count)]


def _noisy_record(rng: random.Random, seconds: float) -> Record:
    names = rng.sample("abcd", k=4)
    values = {name: rng.gauss(0, 1) for name in names if rng.random() < 0.7}
    if rng.random() < 0.1:
        values["rare"] = 1.0
    return record(seconds, values, **({"text": "infinite"} if rng.random() < 0.2 else {}))


def delayed(records: Iterable[Record], seed: int, *, lateness_s: float) -> list[Record]:
    """The records in an order of arrival in which none is later than the lateness allows."""
    rng = random.Random(seed)
    arrivals = [(r.time + timedelta(seconds=rng.uniform(0, lateness_s)), r) for r in records]
    return [r for _, r in sorted(arrivals, key=lambda arrival: arrival[0])]


def rows_of(records: Sequence[Record]) -> Rows:
    """The records as one block, in the order of arrival."""
    rows = block_of([(to_us(r.time), place, r.values) for place, r in enumerate(records)])
    flaws = {place: tuple(r.flaws.items()) for place, r in enumerate(records) if r.flaws}
    return Rows(rows.times, rows.arrivals, rows.values, rows.names, rows.orders, flaws)


def happenings(outcomes: Iterable[Outcome]) -> list[Happening]:
    """What came of records, in order."""
    return [
        happening
        for outcome in outcomes
        for happening in ([outcome.late] if outcome.late else outcome.events)
    ]


def fed(
    operator: StreamOperator, records: Iterable[Record], *, chunk: int = 1, source: int = 0
) -> list[Happening]:
    """Feed the records in chunks of that size."""
    rest, found = iter(records), list[Happening]()
    while part := list(islice(rest, chunk)):
        found += happenings(operator.add(rows_of(part), source=source))
    return found


def everything(
    operator: StreamOperator, records: Iterable[Record], *, chunk: int = 1
) -> list[Happening]:
    return [*fed(operator, records, chunk=chunk), *operator.flush()]


def windows(events: Iterable[Happening]) -> list[WindowSealed]:
    return [event for event in events if isinstance(event, WindowSealed)]


def late(events: Iterable[Happening]) -> list[Late]:
    return [event for event in events if isinstance(event, Late)]


def definitions(events: Iterable[Happening]) -> list[StreamDefined]:
    return [event for event in events if isinstance(event, StreamDefined)]


def spans(events: Iterable[Happening]) -> list[tuple[int, int]]:
    """(start step, steps) of the windows."""
    return [(window.start_step, window.steps) for window in windows(events)]


def explicit(
    *names: str, window: WindowPolicy | None = None, version: int = 1, units: Sequence[str] = ()
) -> StreamDefined:
    padded = [*units, *[""] * len(names)]
    return StreamDefined(
        stream="s",
        version=version,
        defined_at=NOON,
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(Variable(name, unit) for name, unit in zip(names, padded, strict=False)),
        window=window or WindowPolicy(),
        domain="plants",
    )
