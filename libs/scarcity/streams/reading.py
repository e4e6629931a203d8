"""The raw records of one stream, from bytes to rows.

`parse_record` says what a record is. Where the columns of a stream are known, a decoder made for
them reads its ordinary records at once, to the same rows: it refuses whatever is not as usual, and
`parse_record` decides.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain
from types import NoneType
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from scarcity.errors import PoisonEvent
from scarcity.streams.batch import MICROSECOND, to_time, to_us
from scarcity.streams.records import (
    LAST_MS,
    MAX_FUTURE,
    MAX_NAME_CHARACTERS,
    MAX_RECORD_BYTES,
    NOT_A_NUMBER,
    parse_record,
)
from scarcity.streams.rows import Bools, Flaw, Floats, Ints, Rows, block_of, joined

MAX_FUTURE_US: Final = MAX_FUTURE // MICROSECOND
_KNOWN_SHAPES: Final = 512
"""How many sets of columns have a decoder of their own at a time."""
_CANONICAL: Final = frozenset({20, 24, 27})
"""How long 2026-01-31T12:00:00Z is, with no fraction, with milliseconds and with microseconds."""
_MINUTE_LETTERS: Final = len("2026-01-31T12:00")
_TENS_OF_SECONDS: Final = len("2026-01-31T12:00:")
_FIVE, _NINE = np.uint8(5), np.uint8(9)
_NAN: Final = float("nan")

_Stamp = str | int | float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was in some messages."""

    rows: Rows
    """Their arrivals are places among the messages."""
    refused: Mapping[int, PoisonEvent] = field(default_factory=dict)
    """Place -> why it is no record."""


def read_records(
    values: Sequence[bytes | None],
    arrived_ms: Sequence[int],
    *,
    columns: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
) -> Reading:
    """Return the records in the values; `arrived_ms` is when each came, in ms since 1970.

    `columns` and `texts` are the variables that are known of the stream, numbers and text. They
    change how quickly the records are read, not what is read.

    >>> read_records([b'{"ts": 5, "x0": 1.5}', b"{"], [10, 10]).rows.values
    array([[1.5]])
    """
    for decoder in _decoders(columns, texts) if columns and values else ():
        found = decoder.read(values, arrived_ms)
        if found:
            return found
    return _one_by_one(values, arrived_ms, range(len(values)))


def _one_by_one(
    values: Sequence[bytes | None], arrived_ms: Sequence[int], places: Sequence[int]
) -> Reading:
    found: list[tuple[int, int, Mapping[str, float]]] = []
    refused: dict[int, PoisonEvent] = {}
    flaws: dict[int, Sequence[Flaw]] = {}
    for place in places:
        try:
            record = parse_record(values[place], arrived=_arrival(arrived_ms[place]))
        except PoisonEvent as error:
            refused[place] = error
            continue
        found.append((to_us(record.time), place, record.values))
        if record.flaws:
            flaws[place] = tuple(record.flaws.items())
    rows = block_of(found)
    return Reading(
        Rows(rows.times, rows.arrivals, rows.values, rows.names, rows.orders, flaws), refused
    )


def _arrival(arrived_ms: int) -> datetime:
    try:
        return to_time(1000 * arrived_ms)
    except OverflowError as error:
        raise PoisonEvent(
            "bad-timestamp",
            f"the message's own timestamp, {arrived_ms}, is no time in milliseconds since 1970: "
            "correct the producer, or let it leave the timestamp out",
        ) from error


class _Decoder:
    """Reads the ordinary records of streams with the same columns, in one of the two forms."""

    def __init__(self, columns: tuple[str, ...], texts: tuple[str, ...], *, nested: bool) -> None:
        self._columns = columns
        self._texts = texts
        self._nested = nested
        self._pack = struct.Struct(f"={len(columns)}d").pack
        fields = [
            *(_field(place, name, float | bool | None) for place, name in enumerate(columns)),
            *(_field(-1 - place, name, str | None) for place, name in enumerate(texts)),
        ]
        stamp = ("ts", _Stamp, None)
        made = partial(msgspec.defstruct, forbid_unknown_fields=True, gc=False)
        record = (
            made("Nested", [("values", made("Values", fields)), stamp])
            if nested
            else made("Flat", [*fields, stamp])
        )
        self._decode = msgspec.json.Decoder(record).decode

    def read(self, values: Sequence[bytes | None], arrived_ms: Sequence[int]) -> Reading | None:
        """Return the records; None when none of them has this form."""
        found, places = self._found(values)
        if not found:
            return None
        arrivals = np.array(places, dtype=np.int64)
        arrived = arrived_ms if len(places) == len(values) else [arrived_ms[p] for p in places]
        times, usual = _times([record.ts for record in found], arrived)
        cells = self._cells(found)
        matrix = self._matrix(cells)
        usual &= ~np.isnan(matrix).all(axis=1)
        rows = Rows(times, arrivals, matrix, self._columns, flaws=self._flaws(cells, places))
        if len(found) == len(values) and usual.all():
            return Reading(rows)
        rows = rows.pick(usual)
        odd = np.setdiff1d(np.arange(len(values)), rows.arrivals).tolist()
        return _merged(rows, _one_by_one(values, arrived_ms, odd))

    def _found(self, values: Sequence[bytes | None]) -> tuple[list[Any], Sequence[int]]:
        """Return the records of this form, and their places."""
        decode = self._decode
        if (
            None not in values
            and max(map(len, cast("Sequence[bytes]", values))) <= MAX_RECORD_BYTES
        ):
            try:
                return [decode(value) for value in cast("Sequence[bytes]", values)], range(
                    len(values)
                )
            except (msgspec.DecodeError, UnicodeDecodeError):
                pass
        found, places = [], []
        for place, value in enumerate(values):
            if value is None or len(value) > MAX_RECORD_BYTES:
                continue
            try:
                found.append(decode(value))
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            places.append(place)
        return found, places

    def _cells(self, records: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return what the records have of each column, and then of each text."""
        if self._nested:
            records = [record.values for record in records]
        return list(map(msgspec.structs.astuple, records))

    def _flaws(
        self, cells: Sequence[tuple[Any, ...]], places: Sequence[int]
    ) -> dict[int, Sequence[Flaw]]:
        """Return the texts, which are no numbers: a stream may change its mind about that."""
        if not self._texts:
            return {}
        width = len(self._columns)
        flaws: dict[int, Sequence[Flaw]] = {}
        for place, row in zip(places, cells, strict=True):
            told = zip(self._texts, row[width:], strict=False)
            found = tuple((name, NOT_A_NUMBER) for name, text in told if text is not None)
            if found:
                flaws[place] = found
        return flaws

    def _matrix(self, cells: Sequence[tuple[Any, ...]]) -> Floats:
        width = len(self._columns)
        if len(cells[0]) > width:
            cells = [row[:width] for row in cells]
        try:
            packed = b"".join([self._pack(*row) for row in cells])
        except struct.error:  # there is a null; numpy reads its None as NaN
            flat = np.fromiter(chain.from_iterable(cells), np.float64, len(cells) * width)
        else:
            flat = np.frombuffer(packed)
        return flat.reshape(len(cells), width)


@lru_cache(maxsize=_KNOWN_SHAPES)
def _decoders(columns: tuple[str, ...], texts: tuple[str, ...]) -> tuple[_Decoder, ...]:
    if not all(map(_is_ordinary, (*columns, *texts))):
        return ()
    nested = _Decoder(columns, texts, nested=True)
    # In the flat form these two names mean something else.
    if {"ts", "values"} & {*columns, *texts}:
        return (nested,)
    return nested, _Decoder(columns, texts, nested=False)


def _is_ordinary(name: str) -> bool:
    """Say whether a record may use this name, and a decoder as well."""
    fits = 1 <= len(name) <= MAX_NAME_CHARACTERS and name.isprintable()
    return fits and not {'"', "\\"} & set(name)


def _field(place: int, name: str, kind: object) -> tuple[str, object, object]:
    default = _NAN if place >= 0 else None
    return (f"f{place}".replace("-", "t"), kind, msgspec.field(name=name, default=default))


def _times(stamps: Sequence[_Stamp], arrived_ms: Sequence[int]) -> tuple[Ints, Bools]:
    """Return event times in microseconds, and which of them are beyond doubt."""
    usual = np.zeros(len(stamps), dtype=bool)
    times = np.zeros(len(stamps), dtype=np.int64)
    if min(arrived_ms) < 0 or max(arrived_ms) >= LAST_MS:
        return times, usual
    kinds = set(map(type, stamps))
    if kinds == {str}:
        times, usual = _from_texts(cast("Sequence[str]", stamps))
    elif kinds == {int}:
        whole = cast("Sequence[int]", stamps)
        numbers = (stamp if 0 <= stamp <= LAST_MS else -1 for stamp in whole)
        times, usual = 1000 * np.fromiter(numbers, np.int64, len(stamps)), ~usual
    elif kinds == {NoneType}:
        times, usual = 1000 * np.array(arrived_ms, dtype=np.int64), ~usual
    if times.min() >= 0 and times.max() <= 1000 * min(arrived_ms) + MAX_FUTURE_US:
        return times, usual
    latest = 1000 * np.array(arrived_ms, dtype=np.int64) + MAX_FUTURE_US
    return times, usual & (times >= 0) & (times <= latest)


def _from_texts(stamps: Sequence[str]) -> tuple[Ints, Bools]:
    """Return the times of stamps, and which are all like 2026-01-31T12:00:00.250Z."""
    sizes = np.fromiter(map(len, stamps), np.int64, len(stamps))
    times, usual = np.zeros(len(stamps), dtype=np.int64), np.zeros(len(stamps), dtype=bool)
    # Many producers leave out a fraction of zero, so that not all are of one size.
    for size in set(sizes.tolist()) & _CANONICAL:
        places = np.flatnonzero(sizes == size)
        found = _from_canonical([stamps[place] for place in places.tolist()], size)
        if found is not None:
            times[places], usual[places] = found, True
    return times, usual


def _from_canonical(stamps: Sequence[str], size: int) -> Ints | None:
    """Return the times of canonical stamps of one size; None if one of them is not canonical."""
    text = "".join(stamps)
    if not text.isascii():
        return None
    letters = np.frombuffer(text.encode(), np.uint8).reshape(len(stamps), size)
    pattern, weights = _canonical(size)
    numbers = letters - np.uint8(ord("0"))  # what is less than 0 wraps around
    if not np.where(pattern == 0, numbers <= _NINE, letters == pattern).all():
        return None
    if (numbers[:, _TENS_OF_SECONDS] > _FIVE).any():
        return None
    # Few minutes and many seconds: the calendar is asked once for each minute.
    minutes, which = np.unique(
        np.ascontiguousarray(letters[:, :_MINUTE_LETTERS]).view(f"S{_MINUTE_LETTERS}").ravel(),
        return_inverse=True,
    )
    try:
        begins = minutes.astype("datetime64[us]").astype(np.int64)
    except ValueError:
        return None
    times: Ints = begins[which] + numbers[:, _MINUTE_LETTERS:].astype(np.int64) @ weights
    return times


@lru_cache
def _canonical(size: int) -> tuple[NDArray[np.uint8], Ints]:
    """Return a stamp's letters, 0 where a digit stands, and what digits behind its minute weigh."""
    stamp = "0000-00-00T00:00:00.000000"[: size - 1] + "Z"
    pattern = np.array([0 if letter == "0" else ord(letter) for letter in stamp], dtype=np.uint8)
    weights = [0, 10_000_000, 1_000_000, 0, *(10**n for n in range(5, -1, -1))]
    tail = weights[: size - _MINUTE_LETTERS - 1]
    return pattern, np.array([*tail, 0], dtype=np.int64)


def _merged(rows: Rows, odd: Reading) -> Reading:
    both = joined([rows, odd.rows])
    return Reading(both.pick(np.argsort(both.arrivals, kind="stable")), odd.refused)
