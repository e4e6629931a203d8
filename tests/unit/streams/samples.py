"""Records to feed an operator with, and ways to read what it says."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from scarcity.events import (
    DefinitionOrigin,
    Event,
    RecordLate,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.streams import Origin, Record, StreamOperator

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NOWHERE = Origin("scarcity.v1.raw", 0, 0, b"{}")


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
    return record(seconds, values, **({"text": "not-a-number"} if rng.random() < 0.2 else {}))


def delayed(records: Iterable[Record], seed: int, *, lateness_s: float) -> list[Record]:
    """The records in an order of arrival in which none is later than the lateness allows."""
    rng = random.Random(seed)
    arrivals = [(r.time + timedelta(seconds=rng.uniform(0, lateness_s)), r) for r in records]
    return [r for _, r in sorted(arrivals, key=lambda arrival: arrival[0])]


def fed(operator: StreamOperator, records: Iterable[Record]) -> list[Event]:
    return [event for r in records for event in operator.add(r, NOWHERE)]


def everything(operator: StreamOperator, records: Iterable[Record]) -> list[Event]:
    return [*fed(operator, records), *operator.flush()]


def windows(events: Iterable[Event]) -> list[WindowSealed]:
    return [event for event in events if isinstance(event, WindowSealed)]


def late(events: Iterable[Event]) -> list[RecordLate]:
    return [event for event in events if isinstance(event, RecordLate)]


def definitions(events: Iterable[Event]) -> list[StreamDefined]:
    return [event for event in events if isinstance(event, StreamDefined)]


def spans(events: Iterable[Event]) -> list[tuple[int, int]]:
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
