import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scarcity.errors import PoisonEvent
from scarcity.streams import MAX_FUTURE, MAX_RECORD_BYTES, MAX_VARIABLES, Record, parse_record

ARRIVED = datetime(2026, 1, 31, 13, tzinfo=UTC)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def parse(value: bytes | None) -> Record:
    return parse_record(value, arrived=ARRIVED)


def time_of(stamp: str | float) -> datetime:
    return parse(json.dumps({"ts": stamp, "x": 1}).encode()).time


def reason(value: bytes | None) -> str:
    with pytest.raises(PoisonEvent) as caught:
        parse(value)
    return caught.value.reason


def test_nested_and_flat_records_mean_the_same() -> None:
    nested = parse(b'{"ts": "2026-01-31T12:00:00Z", "values": {"x0": 1.5, "x1": -2}}')
    flat = parse(b'{"ts": "2026-01-31T12:00:00Z", "x0": 1.5, "x1": -2}')

    assert nested == flat == Record(NOON, {"x0": 1.5, "x1": -2.0}, {})


def test_a_variable_may_be_called_values() -> None:
    assert parse(b'{"values": 3.0, "x": 1}').values == {"values": 3.0, "x": 1.0}


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31t12:00:00z", NOON),
        ("2026-01-31T14:00:00+02:00", NOON),
        ("2026-01-31T04:30:00-07:30", NOON),
        ("2026-01-31T12:00:00", NOON),
        ("2026-01-31 12:00", NOON),
        ("2026-01-31", NOON - timedelta(hours=12)),
        ("2026-01-31T12:00:00.25Z", NOON + timedelta(milliseconds=250)),
        ("2026-01-31T12:00:00.123456999Z", NOON + timedelta(microseconds=123456)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        (1769860800250, NOON + timedelta(milliseconds=250)),
        (1769860800000.5, NOON + timedelta(microseconds=500)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_event_time_is_read_and_given_in_utc(stamp: str | float, expected: datetime) -> None:
    time = time_of(stamp)

    assert time == expected
    assert time.tzinfo is UTC


@pytest.mark.parametrize("value", [b'{"x": 1}', b'{"ts": null, "x": 1}'])
def test_without_a_timestamp_the_arrival_counts(value: bytes) -> None:
    elsewhere = ARRIVED.astimezone(timezone(timedelta(hours=5)))

    found = parse_record(value, arrived=elsewhere)

    assert found.time == ARRIVED
    assert found.time.tzinfo is UTC


@pytest.mark.parametrize("missing", ["null", "NaN"])
def test_null_and_nan_are_missing_values_and_no_flaw(missing: str) -> None:
    found = parse(f'{{"x": 1, "y": {missing}}}'.encode())

    assert found.values == {"x": 1.0}
    assert found.flaws == {}


def test_a_record_whose_values_are_all_missing_is_still_a_step() -> None:
    assert parse(b'{"x": null}').values == {}


def test_a_record_whose_values_are_all_infinite_is_a_step_with_flaws() -> None:
    assert parse(b'{"x": Infinity}').flaws == {"x": "infinite"}


def test_truth_values_are_one_and_zero() -> None:
    assert parse(b'{"x": true, "y": false}').values == {"x": 1.0, "y": 0.0}


@pytest.mark.parametrize("text", ['"1.5"', "[1]", '{"a": 1}', '""'])
def test_a_value_that_is_no_number_is_missing_and_named(text: str) -> None:
    found = parse(f'{{"x": 1, "y": {text}}}'.encode())

    assert found.values == {"x": 1.0}
    assert found.flaws == {"y": "not-a-number"}


@pytest.mark.parametrize("text", ["Infinity", "-Infinity", "1e999", "1" + "0" * 400, "9" * 5000])
def test_a_value_beyond_all_floats_is_missing_and_named(text: str) -> None:
    found = parse(f'{{"x": 1, "y": {text}}}'.encode())

    assert found.values == {"x": 1.0}
    assert found.flaws == {"y": "infinite"}


def test_large_finite_values_are_kept_even_when_their_sum_is_not() -> None:
    assert parse(b'{"x": 1e308, "y": 1e308}').values == {"x": 1e308, "y": 1e308}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"{", "broken-json"),
        (b"\xff\xfe", "broken-json"),
        (b'{"x": "\xe4"}', "broken-json"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "broken-json"),
        (b"[1]", "not-an-object"),
        (b"5", "not-an-object"),
        (b"null", "not-an-object"),
        (b'{"ts": "yesterday", "x": 1}', "bad-timestamp"),
        (b'{"ts": "", "x": 1}', "bad-timestamp"),
        (b'{"ts": "1769860800250", "x": 1}', "bad-timestamp"),
        (b'{"ts": "2026013112345", "x": 1}', "bad-timestamp"),
        (b'{"ts": "2026-02-30T12:00:00Z", "x": 1}', "bad-timestamp"),
        (b'{"ts": true, "x": 1}', "bad-timestamp"),
        (b'{"ts": [1], "x": 1}', "bad-timestamp"),
        (b'{"ts": NaN, "x": 1}', "bad-timestamp"),
        (b'{"ts": -Infinity, "x": 1}', "bad-timestamp"),
        (b'{"ts": "1969-12-31T23:59:59Z", "x": 1}', "ancient-timestamp"),
        (b'{"ts": "0001-01-01T00:00:00+23:59", "x": 1}', "ancient-timestamp"),
        (b'{"ts": -1, "x": 1}', "ancient-timestamp"),
        (b'{"ts": "2026-01-31T14:00:00.000001Z", "x": 1}', "future-timestamp"),
        (b'{"ts": "9999-12-31T23:59:59-23:59", "x": 1}', "future-timestamp"),
        (b'{"ts": 1e300, "x": 1}', "future-timestamp"),
        (b"{}", "no-values"),
        (b'{"ts": 0}', "no-values"),
        (b'{"values": {}, "x": 1}', "no-values"),
        (b'{"x": "on", "y": "off"}', "no-values"),
        (b'{"": 1}', "bad-name"),
        (b'{"a\\u0000": 1}', "bad-name"),
        (b'{"a\\nb": 1}', "bad-name"),
        (b'{"\\ud800": 1}', "bad-name"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_its_reason(
    value: bytes | None, expected: str
) -> None:
    assert reason(value) == expected


def test_the_event_time_may_lie_in_the_future_as_far_as_clocks_drift() -> None:
    assert time_of((ARRIVED + MAX_FUTURE).isoformat()) == ARRIVED + MAX_FUTURE


def test_names_may_have_256_characters_of_any_script_and_no_more() -> None:
    name = "温度\u3000x" * 64  # an ideographic space is not printable, yet no control character

    assert parse(json.dumps({name: 1}, ensure_ascii=False).encode()).values == {name: 1.0}
    assert reason(json.dumps({name + "y": 1}).encode()) == "bad-name"


def test_a_record_may_have_2000_variables_and_no_more() -> None:
    most = {f"x{i}": 1.0 for i in range(MAX_VARIABLES)}

    assert parse(json.dumps(most).encode()).values == most
    assert reason(json.dumps({**most, "y": 1.0}).encode()) == "too-many-variables"


def test_a_record_beyond_the_size_limit_is_refused_before_it_is_parsed() -> None:
    padding = b" " * (MAX_RECORD_BYTES - len(b'{"x":1}'))

    assert parse(b'{"x":1}' + padding).values == {"x": 1.0}
    assert reason(b"{" * (MAX_RECORD_BYTES + 1)) == "too-large"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
stamps = json_values | st.datetimes().map(datetime.isoformat) | st.floats(-1e18, 1e18)
objects = st.dictionaries(st.text(max_size=300), json_values, max_size=5)
records = st.builds(lambda ts, rest: {"ts": ts, **rest}, stamps, objects)


@given(st.binary() | records.map(lambda record: json.dumps(record).encode()))
@example(b'{"ts": "2026-01-31T24:00:00Z", "x": 1}')
@example(b'\xef\xbb\xbf{"x": 1}')
def test_any_bytes_are_a_sound_record_or_poison(value: bytes) -> None:
    try:
        found = parse(value)
    except PoisonEvent as poison:
        poison.reason.encode("ascii")
        str(poison).encode()
    else:
        assert all(type(v) is float and math.isfinite(v) for v in found.values.values())
        assert found.time.tzinfo is UTC
        assert not found.flaws.keys() & found.values.keys()
        json.dumps([*found.values, *found.flaws], ensure_ascii=False).encode()


@given(st.dictionaries(st.text("xyz", min_size=1), st.floats(), min_size=1))
def test_every_float_survives_to_the_bit(values: dict[str, float]) -> None:
    found = parse(json.dumps({"values": values}).encode())

    assert {name: v.hex() for name, v in found.values.items()} == {
        name: v.hex() for name, v in values.items() if math.isfinite(v)
    }
