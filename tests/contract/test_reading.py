"""There are two ways to read raw records, and both say the same of every message."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.events.codec import encode_record
from scarcity.streams import Reading, read_records

ARRIVED_MS = int(datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp() * 1000)
COLUMNS = ("a", "b", "c", "unit ü")
TEXTS = ("text",)

CELLS = """null true false NaN -Infinity 1e999 -0 0.1 9007199254740993 "on" "1.5" "" [] {"a":1} 1.
01 "\\ud800" """
HOURS = """2026-01-31T11:59:59Z 2026-01-31T11:59:59.250Z 2026-01-31T11:59:59.250001Z now
2026-01-31T11:59:59.25Z 2026-01-31t11:59:59z 2026-01-31T12:59:59+01:00 2026-01-31T11:59:59
2026-02-30T11:59:59Z 2026-01-31T23:59:60Z 2026-01-31T24:00:00Z 0000-01-01T00:00:00Z
1969-12-31T23:59:59Z 2026-01-31T13:00:00Z 2026-01-31T13:00:00.001Z"""

ordinary = st.floats(allow_nan=False, allow_infinity=False).map(repr)
odd_cells = st.sampled_from([*CELLS.split(), "1" * 400])
cells = ordinary | st.integers().map(str) | odd_cells
names = st.sampled_from([*COLUMNS, *TEXTS, "new", "", "ts", "values", "a\\u0000", "\\u0061"])
hours = st.sampled_from(HOURS.split())
numbers = st.sampled_from(
    [ARRIVED_MS, ARRIVED_MS + 3_600_000, ARRIVED_MS + 3_600_001, -1, 0, 10**30]
)
stamps = (
    hours.map('"{}"'.format)
    | numbers.map(str)
    | st.sampled_from(["null", "true", "1.5", '""', '"2026-01-31 11:59:59Z"', "[]"])
)


def an_object(fields: list[tuple[str, str]]) -> str:
    """Return JSON, in which a name may stand twice."""
    return "{" + ", ".join(f'"{name}": {cell}' for name, cell in fields) + "}"


values = st.lists(st.tuples(names, cells), max_size=6)
usual_values = st.fixed_dictionaries(dict.fromkeys(COLUMNS, ordinary)).map(
    lambda found: list(found.items())
)
fields = values | usual_values
stamped = st.lists(stamps.map(lambda stamp: ("ts", stamp)), max_size=2)
flat = st.tuples(stamped, fields).map(lambda both: an_object([*both[0], *both[1]]))
nested = st.tuples(stamped, fields, values | st.just([])).map(
    lambda parts: an_object([*parts[0], ("values", an_object(parts[1])), *parts[2]])
)
protobuf = st.lists(st.floats(), max_size=4).map(
    lambda found: encode_record(list(COLUMNS[: len(found)]), found, 1000 * ARRIVED_MS)
)
junk = st.sampled_from([None, b"", b"{", b"[1]", b"\xff", b'{"a": "\xff"}', b"\x0a\x01", b" {} "])
messages = st.lists(
    flat.map(str.encode) | nested.map(str.encode) | protobuf | junk, min_size=1, max_size=8
)
arrivals = st.just(ARRIVED_MS) | st.sampled_from([0, -1, 10**15])


@settings(max_examples=500)
@given(messages=messages, arrived_ms=arrivals, texts=st.sampled_from([(), TEXTS]))
def test_a_reader_that_knows_the_columns_reads_what_one_reads_that_does_not(
    messages: list[bytes | None], arrived_ms: int, texts: tuple[str, ...]
) -> None:
    arrived = [arrived_ms] * len(messages)

    quick = read_records(messages, arrived, columns=COLUMNS, texts=texts)

    assert told(quick) == told(read_records(messages, arrived))


def test_the_quick_way_is_taken_by_ordinary_records() -> None:
    usual = an_object([(name, "1.5") for name in COLUMNS]).encode()

    found = read_records([usual, usual], [ARRIVED_MS] * 2, columns=tuple(reversed(COLUMNS)))

    assert found.rows.names == tuple(reversed(COLUMNS))


def told(reading: Reading) -> Mapping[int, object]:
    """Return what is said of each message, by its place."""
    rows = reading.rows
    said: dict[int, object] = {
        place: (error.reason, str(error)) for place, error in reading.refused.items()
    }
    for row, place in enumerate(rows.arrivals.tolist()):
        there = np.flatnonzero(~np.isnan(rows.values[row])).tolist()
        values = {rows.names[column]: float(rows.values[row, column]) for column in there}
        said[place] = (int(rows.times[row]), values, sorted(rows.flaws.get(place, ())))
    assert len(said) == len(rows) + len(reading.refused)
    return said
