"""One raw record: from the bytes of a producer to an event time and finite numbers.

    {"ts": "2026-01-31T12:00:00.250Z", "values": {"x0": 1.5, "x1": null}}
    {"ts": 1769860800250, "x0": 1.5}

`ts` is RFC 3339 or epoch milliseconds; without it, the time of arrival counts. null, NaN and an
absent name are a missing value. A protobuf `Record` (proto/scarcity/v1/stream.proto) says the same
in fewer bytes, and is told from JSON by its first byte. A value that is no number makes that value
missing, with a reason; a record that cannot be used at all raises PoisonEvent. Nothing else is ever
raised.
"""

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeGuard

import orjson

from scarcity.errors import PoisonEvent
from scarcity.events.codec import decode_record

MAX_RECORD_BYTES: Final = 1024 * 1024
"""A larger record is refused before it is parsed."""
MAX_FUTURE: Final = timedelta(hours=1)
"""How far the event time may lie after the arrival: producers' clocks are not ours."""
MAX_VARIABLES: Final = 2000
"""Names in one record, and variables of one stream."""
MAX_NAME_CHARACTERS: Final = 256

NOT_A_NUMBER: Final = "not-a-number"
INFINITE: Final = "infinite"
"""Reasons why a value counts as missing."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MS: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
_NUMBERS: Final = frozenset({float, int, bool})
_FLOATS: Final = frozenset({float})
_WHITE_SPACE: Final = (b"\t", b"\n", b"\r")
_NO_FLAWS: Final[Mapping[str, str]] = MappingProxyType({})
_EXAMPLE: Final = '{"ts": "2026-01-31T12:00:00Z", "values": {"x0": 1.5}}'


@dataclass(frozen=True, slots=True)
class Record:
    """One observation of a stream at one event time."""

    time: datetime
    """UTC."""
    values: Mapping[str, float]
    """The finite values by variable name; a missing value has no entry."""
    flaws: Mapping[str, str] = field(default_factory=dict)
    """Variable -> reason, for values that were there but are not numbers."""


def parse_record(value: bytes | None, *, arrived: datetime) -> Record:
    """Return the record in the bytes; `arrived` is the aware time at which they came.

    Raises PoisonEvent with one of the reasons empty, too-large, broken-json, not-an-object,
    no-values, too-many-variables, bad-name, bad-timestamp, ancient-timestamp, future-timestamp.

    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> parse_record(b'{"x0": 1.5, "x1": null, "x2": "on"}', arrived=noon).values
    {'x0': 1.5}
    """
    fields = _fields(value)
    stamp = fields.pop("ts", None)
    nested = fields.get("values")
    raw = nested if isinstance(nested, dict) else fields
    _check_names(raw)
    time = _utc(arrived) if stamp is None else _event_time(stamp, arrived)
    if _are_floats(raw):
        values = raw
    elif _are_numbers(raw):
        values = dict(zip(raw, map(float, raw.values()), strict=True))
    else:
        return _flawed(time, raw)
    # A sum is finite only if every term is.
    if not math.isfinite(sum(values.values())):
        return _flawed(time, raw)
    return Record(time, values, _NO_FLAWS)


def _fields(value: bytes | None) -> dict[str, object]:
    if not value:
        raise PoisonEvent("empty", f"the record is empty: send an object like {_EXAMPLE}")
    if len(value) > MAX_RECORD_BYTES:
        raise PoisonEvent(
            "too-large",
            f"the record has {len(value)} bytes, the limit is {MAX_RECORD_BYTES}: split it",
        )
    if value[0] < ord(" ") and value[:1] not in _WHITE_SPACE:
        return _from_protobuf(value)
    try:
        document: object = orjson.loads(value)
    except orjson.JSONDecodeError:
        document = _tolerant(value)
    if not isinstance(document, dict):
        raise PoisonEvent("not-an-object", f"a record is a JSON object like {_EXAMPLE}")
    return document


def _from_protobuf(value: bytes) -> dict[str, object]:
    try:
        names, values, time_us = decode_record(value)
    except PoisonEvent as error:
        raise PoisonEvent("broken-protobuf", f"{error}: send a Record, or JSON") from error
    if len(values) != len(names) or len(set(names)) < len(names):
        raise PoisonEvent(
            "broken-protobuf",
            f"the record has {len(names)} names and {len(values)} values: send one value for each "
            "name, and each name once",
        )
    fields: dict[str, object] = {"values": dict(zip(names, values, strict=True))}
    return fields if time_us is None else {"ts": _since_epoch(time_us), **fields}


def _since_epoch(microseconds: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise _future() if microseconds > 0 else _ancient() from error


def _tolerant(value: bytes) -> object:
    # Python producers write NaN and Infinity, which orjson refuses; integers without end become
    # infinite here instead of failing.
    try:
        document: object = json.loads(value.decode(), parse_int=float)
    except ValueError as error:
        raise PoisonEvent("broken-json", f"not JSON ({error}): send {_EXAMPLE}") from error
    except RecursionError as error:
        raise PoisonEvent("broken-json", f"nested too deeply: send {_EXAMPLE}") from error
    return document


def _check_names(raw: Mapping[str, object]) -> None:
    if not raw:
        raise PoisonEvent("no-values", f"the record has no values: send {_EXAMPLE}")
    if len(raw) > MAX_VARIABLES:
        raise PoisonEvent(
            "too-many-variables",
            f"the record has {len(raw)} variables, the limit is {MAX_VARIABLES}: "
            "send them as several streams",
        )
    # One look at all names together costs a tenth of a look at each.
    together = "".join(raw)
    if "" in raw or len(together) > MAX_NAME_CHARACTERS or not together.isprintable():
        _check_each_name(raw)


def _check_each_name(names: Iterable[str]) -> None:
    for name in names:
        if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
            raise PoisonEvent(
                "bad-name",
                f"the variable name {name[:40]!r} has {len(name)} characters: "
                f"use 1 to {MAX_NAME_CHARACTERS}",
            )
        if not name.isprintable() and any(map(_is_control, name)):
            raise PoisonEvent(
                "bad-name", f"the variable name {name[:40]!r} has control characters: remove them"
            )


def _is_control(character: str) -> bool:
    # A lone surrogate (Cs) cannot be written as UTF-8 again.
    return unicodedata.category(character) in {"Cc", "Cs"}


def _are_floats(raw: Mapping[str, object]) -> TypeGuard[dict[str, float]]:
    return set(map(type, raw.values())) == _FLOATS


def _are_numbers(raw: Mapping[str, object]) -> TypeGuard[dict[str, float]]:
    return set(map(type, raw.values())) <= _NUMBERS


def _flawed(time: datetime, raw: Mapping[str, object]) -> Record:
    values: dict[str, float] = {}
    flaws: dict[str, str] = {}
    for name, value in raw.items():
        if not isinstance(value, (int, float)):
            if value is not None:
                flaws[name] = NOT_A_NUMBER
        elif math.isfinite(value):
            values[name] = float(value)
        elif math.isinf(value):
            flaws[name] = INFINITE
    if len(flaws) == len(raw) and INFINITE not in flaws.values():
        raise PoisonEvent("no-values", f"no value of the record is a number: send {_EXAMPLE}")
    return Record(time, values, flaws or _NO_FLAWS)


def _event_time(stamp: object, arrived: datetime) -> datetime:
    if isinstance(stamp, datetime):
        time = stamp
    elif isinstance(stamp, str):
        time = _from_text(stamp)
    elif isinstance(stamp, (int, float)) and not isinstance(stamp, bool):
        time = _from_milliseconds(stamp)
    else:
        raise _bad_timestamp(f"a {type(stamp).__name__}")
    if time < EPOCH:
        raise _ancient()
    if time - MAX_FUTURE > arrived:  # the sum might be no date any more
        raise _future()
    return time


def _from_text(stamp: str) -> datetime:
    # fromisoformat also reads forms without dashes, where epoch milliseconds pass for a date.
    if stamp[4:5] != "-":
        raise _bad_timestamp(repr(stamp[:40]))
    try:
        return _utc(datetime.fromisoformat(stamp))
    except ValueError:
        pass
    except OverflowError as error:
        raise (_ancient() if stamp.startswith("0") else _future()) from error
    return _from_lower_case(stamp)


def _from_lower_case(stamp: str) -> datetime:
    try:
        return _utc(datetime.fromisoformat(stamp.upper()))
    except (ValueError, OverflowError) as error:
        raise _bad_timestamp(repr(stamp[:40])) from error


def _from_milliseconds(stamp: float) -> datetime:
    if math.isnan(stamp) or math.isinf(stamp):
        raise _bad_timestamp(str(stamp))
    if stamp < 0:
        raise _ancient()
    if stamp > LAST_MS:
        raise _future()
    return EPOCH + timedelta(milliseconds=stamp)


def _utc(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _bad_timestamp(found: str) -> PoisonEvent:
    return PoisonEvent(
        "bad-timestamp",
        f"ts is {found}: send RFC 3339 like 2026-01-31T12:00:00Z, or epoch milliseconds",
    )


def _ancient() -> PoisonEvent:
    return PoisonEvent("ancient-timestamp", "ts lies before 1970: correct the producer's clock")


def _future() -> PoisonEvent:
    return PoisonEvent(
        "future-timestamp",
        f"ts lies more than {MAX_FUTURE} in the future: correct the producer's clock, "
        "or check that the unit is milliseconds",
    )
