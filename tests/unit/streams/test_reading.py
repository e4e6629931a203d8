"""Whoever knows the columns reads the same, only sooner: also at the edges of what may come."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.errors import PoisonEvent
from scarcity.events import WindowPolicy
from scarcity.events.codec import encode_record
from scarcity.streams import StreamOperator, parse_record, read_records
from scarcity.streams.batch import to_time, to_us
from scarcity.streams.records import LAST_MS
from unit.streams.samples import happenings, windows

ARRIVED_MS = int(datetime(2026, 1, 31, 13, tzinfo=UTC).timestamp() * 1000)
COLUMNS = ("x", "y")
HOUR_MS = 3_600_000
Said = tuple[int, dict[str, str], dict[str, str]] | str
"""Time, values to the bit and flaws of a record; or why it is none."""

whole = st.sampled_from(
    [
        b'{"ts": "2026-01-31T12:00:00.250Z", "values": {"x": 1.5, "y": -2}}',
        b'{"ts": 1769860800250, "x": 1e-7, "y": true}',
        b'{"x": 12345678901234567890, "y": null}',
        b'{"ts": "2026-01-31T12:00:00Z", "values": {"y": 0.1, "x": "on", "new": 3}, "x": 9}',
        b'{"x": 1, "x": 2, "ts": 0, "ts": 1}',
        encode_record(["y", "x"], [1.5, float("nan")], 1000 * ARRIVED_MS),
        encode_record(["x"], [float("inf")], None),
    ]
)
damages = st.tuples(st.integers(0, 80), st.integers(0, 3), st.binary(max_size=2))


def damaged(message: bytes, damage: tuple[int, int, bytes]) -> bytes:
    """The message with some bytes taken out, and others put in their place."""
    begin, length, instead = damage
    return message[:begin] + instead + message[begin + length :]


def cut(message: bytes, length: int) -> bytes:
    return message[:length]


messages = (
    st.binary(max_size=30)
    | whole
    | st.builds(damaged, whole, damages)
    | st.builds(cut, whole, st.integers(0, 80))
)


def one_by_one(message: bytes | None, arrived_ms: int) -> Said:
    try:
        found = parse_record(message, arrived=to_time(1000 * arrived_ms))
    except PoisonEvent as poison:
        return poison.reason
    return to_us(found.time), {n: v.hex() for n, v in found.values.items()}, dict(found.flaws)


def together(
    values: Sequence[bytes | None], arrived_ms: Sequence[int], columns: tuple[str, ...] = COLUMNS
) -> list[Said]:
    """What is said of each message when all are read at once."""
    reading = read_records(values, arrived_ms, columns=columns)
    said: dict[int, Said] = {place: error.reason for place, error in reading.refused.items()}
    rows = reading.rows
    for row, place in enumerate(rows.arrivals.tolist()):
        cells = dict(zip(rows.names, rows.values[row].tolist(), strict=True))
        there = {name: v.hex() for name, v in cells.items() if not np.isnan(v)}
        said[place] = (int(rows.times[row]), there, dict(rows.flaws.get(place, ())))
    return [said[place] for place in range(len(values))]


@settings(max_examples=400)
@given(st.lists(messages, min_size=1, max_size=6))
def test_damaged_messages_are_read_or_refused_as_one_by_one(values: list[bytes]) -> None:
    assert together(values, [ARRIVED_MS] * len(values)) == [
        one_by_one(value, ARRIVED_MS) for value in values
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_every_float_is_read_to_the_bit(numbers: list[float]) -> None:
    values = [json.dumps({"ts": 0, "x": number}).encode() for number in numbers]

    found = together(values, [ARRIVED_MS] * len(values))

    assert found == [(0, {"x": number.hex()}, {}) for number in numbers]


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 2).map(lambda ms: b'{"ts": %d, "x": 1}' % (LAST_MS + ms))
            | st.sampled_from([b'{"x": 1}', b'{"ts": 5, "x": 1}', b'{"ts": 1' + b"0" * 30 + b"}"]),
            st.sampled_from([0, -HOUR_MS, LAST_MS, LAST_MS - 1, LAST_MS - HOUR_MS, ARRIVED_MS]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_message_may_come_at_the_end_of_time(pairs: list[tuple[bytes, int]]) -> None:
    values, arrived = [value for value, _ in pairs], [ms for _, ms in pairs]

    assert together(values, arrived) == [one_by_one(*pair) for pair in pairs]


@pytest.mark.parametrize("columns", [(), COLUMNS])
def test_of_no_messages_there_are_no_rows(columns: tuple[str, ...]) -> None:
    reading = read_records([], [], columns=columns)

    assert (len(reading.rows), reading.refused) == (0, {})


@pytest.mark.parametrize("name", ['a"b', "a\\b", "\u3000", "é", "f0", "", "a\n", "a" * 257, "ts"])
@pytest.mark.parametrize("form", ["flat", "nested"])
def test_a_column_may_have_any_name(name: str, form: str) -> None:
    fields = {name: 2.5, "x": 1.0}
    message = json.dumps(fields if form == "flat" else {"values": fields}).encode()

    assert together([message], [ARRIVED_MS], (name, "x")) == [one_by_one(message, ARRIVED_MS)]


def test_a_stream_with_odd_names_goes_on_once_they_are_known() -> None:
    stream = StreamOperator("s", default_policy=WindowPolicy(size=8))
    values = [json.dumps({"ts": n, 'a"b': n, "c\\d": 1}).encode() for n in range(24)]

    found = []
    for begin in range(0, 24, 8):
        part = values[begin : begin + 8]
        rows = read_records(part, [ARRIVED_MS] * 8, columns=stream.columns).rows
        found += windows(happenings(stream.add(rows)))

    assert [(w.columns, w.records) for w in found] == [(('a"b', "c\\d"), 8)] * 3


def test_a_stream_of_one_variable_goes_on_once_it_is_known() -> None:
    stream = StreamOperator("s", default_policy=WindowPolicy(size=8))
    values = [b'{"ts": %d, "x": %d}' % (n, -n) for n in range(16)]

    found = []
    for part in (values[:8], values[8:]):
        rows = read_records(part, [ARRIVED_MS] * 8, columns=stream.columns).rows
        found += windows(happenings(stream.add(rows)))

    assert [w.matrix()[:, 0].tolist() for w in found] == [
        [float(-n) for n in range(8)],
        [float(-n) for n in range(8, 16)],
    ]


@pytest.mark.parametrize("sizes", [[64], [16, 48], [16, 16, 16, 16], [1] * 64])
def test_a_text_that_turns_to_numbers_and_back_is_noticed_in_any_chunks(sizes: list[int]) -> None:
    told = [*['"on"'] * 16, *map(str, range(16)), *['"off"'] * 32]
    sent = [f'{{"ts": {n}, "x": {n}, "t": {t}}}'.encode() for n, t in enumerate(told)]
    operator = StreamOperator("s", default_policy=WindowPolicy(size=16))

    begin = 0
    for size in sizes:
        part = sent[begin : begin + size]
        reading = read_records(
            part, [ARRIVED_MS] * size, columns=operator.columns, texts=operator.texts
        )
        operator.add(reading.rows)
        begin += size

    assert operator.epoch == 2
    assert operator.texts == ("t",)
