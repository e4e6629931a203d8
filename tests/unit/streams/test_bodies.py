import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.errors import ConfigError, PoisonEvent
from scarcity.streams import CONTENT_TYPES, Line, read_lines


def lines(body: bytes | str, content_type: str) -> list[Line]:
    raw = body.encode() if isinstance(body, str) else body
    return list(read_lines(raw, content_type=content_type))


def numbered(body: bytes | str, content_type: str) -> list[tuple[int, object]]:
    return [(line.number, json.loads(line.value)) for line in lines(body, content_type)]


def poison(body: bytes, content_type: str) -> PoisonEvent:
    with pytest.raises(PoisonEvent) as caught:
        lines(body, content_type)
    return caught.value


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "text/plain; charset=UTF-8"])
def test_every_line_of_ndjson_is_a_record_blank_lines_are_not(content_type: str) -> None:
    body = b'\xef\xbb\xbf{"x": 1}\r\n\n  \n{broken\n{"x": 2}'

    assert lines(body, content_type) == [
        Line(1, b'{"x": 1}'),
        Line(4, b"{broken"),
        Line(5, b'{"x": 2}'),
    ]


def test_every_element_of_a_json_array_is_a_record() -> None:
    assert numbered(' [{"x": 1.5}, 7, {"ts": null}] ', "application/json") == [
        (1, {"x": 1.5}),
        (2, 7),
        (3, {"ts": None}),
    ]


def test_one_json_object_is_one_record() -> None:
    assert numbered('{"x": 1}', "Application/JSON") == [(1, {"x": 1})]


def test_literals_that_only_python_writes_survive_in_an_array() -> None:
    (line,) = lines('[{"x": NaN, "y": Infinity, "z": 1}]', "application/json")

    assert line.value == b'{"x": NaN, "y": Infinity, "z": 1.0}'


def test_a_broken_array_says_where() -> None:
    error = poison(b'[{"x": 1},\n {"x": }]', "application/json")

    assert error.reason == "broken-json"
    assert "line 2 column 8" in str(error)


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_an_array_that_is_nested_beyond_reason_is_refused(depth: int) -> None:
    assert poison(b"[" * depth + b"]" * depth, "application/json").reason == "broken-json"


@pytest.mark.parametrize("body", [b"", b" ", b"\xff", b'["\xe4"]'])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert poison(body, "application/json").reason == "broken-json"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_csv_is_read_whatever_separates_its_cells_and_lines(mark: str, line_break: str) -> None:
    rows = ["Time,x0,x1", "2026-01-31T12:00:00Z,1.5,-2e3", "1769860800250, 2 ,", ""]
    body = line_break.join(rows).replace(",", mark)

    assert numbered(body, "text/csv") == [
        (2, {"ts": "2026-01-31T12:00:00Z", "values": {"x0": 1.5, "x1": -2000.0}}),
        (3, {"ts": 1769860800250.0, "values": {"x0": 2.0, "x1": None}}),
    ]


@pytest.mark.parametrize("name", ["ts", "TIME", "Timestamp", " date ", "datetime"])
def test_the_time_column_has_one_of_several_names_and_any_place(name: str) -> None:
    assert numbered(f"x,{name}\n1,5\n", "text/csv") == [(2, {"ts": 5.0, "values": {"x": 1.0}})]


def test_of_two_time_columns_the_more_exact_name_wins_and_the_other_is_a_value() -> None:
    assert numbered("date,ts\nmonday,5\n", "text/csv") == [
        (2, {"ts": 5.0, "values": {"date": "monday"}})
    ]


def test_csv_without_a_time_column_has_records_without_a_time() -> None:
    assert numbered("x,y\n1,2\n", "text/csv") == [(2, {"values": {"x": 1.0, "y": 2.0}})]


@pytest.mark.parametrize("cell", ["on", "1_000", "1.5 V", '"1,5"', "True"])
def test_a_csv_cell_that_is_no_number_stays_text(cell: str) -> None:
    (_, found), *_ = numbered(f"x,y\n1,{cell}\n", "text/csv")

    assert found == {"values": {"x": 1.0, "y": cell.strip('"')}}


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN"])
def test_an_empty_csv_cell_is_missing(cell: str) -> None:
    assert numbered(f"x,y\n1,{cell}\n", "text/csv") == [(2, {"values": {"x": 1.0, "y": None}})]


def test_an_infinite_csv_cell_stays_infinite() -> None:
    assert (
        lines("x,y\n1,-inf\n2,1e999", "text/csv")[0].value == b'{"values":{"x":1.0,"y":Infinity}}'
    )


def test_a_csv_row_without_its_time_is_not_taken_for_now() -> None:
    assert numbered("ts,x\n,1\n", "text/csv") == [(2, {"ts": "", "values": {"x": 1.0}})]


def test_a_csv_row_that_does_not_fit_the_header_is_no_object() -> None:
    assert numbered("x,y\n1\n1,2,3\n1,2\n", "text/csv") == [
        (2, ["1"]),
        (3, ["1", "2", "3"]),
        (4, {"values": {"x": 1.0, "y": 2.0}}),
    ]


def test_quoted_csv_cells_may_hold_separators_and_line_breaks() -> None:
    assert numbered('"a;b",c\n"1\n2",3\n', "text/csv") == [
        (3, {"values": {"a;b": "1\n2", "c": 3.0}})
    ]


def test_a_csv_column_without_a_name_is_left_out() -> None:
    assert numbered(",x\n0,1.5\n", "text/csv") == [(2, {"values": {"x": 1.5}})]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert numbered(b"\xef\xbb\xbfx\n1\n", "text/csv") == [(2, {"values": {"x": 1.0}})]


def test_an_empty_csv_has_no_records() -> None:
    assert lines("", "text/csv") == lines("\n\n", "text/csv") == lines("a,b\n", "text/csv") == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"1,2\n3,4\n", "names the columns"),
        (b"x,y,x\n1,2,3\n", "two columns are named 'x'"),
        (b"x\n\xff\n", "not UTF-8"),
        (b"x,y\n1," + b"9" * 200_000, "not CSV"),
    ],
)
def test_csv_that_cannot_be_read_says_what_to_correct(body: bytes, words: str) -> None:
    error = poison(body, "text/csv")

    assert error.reason == "broken-csv"
    assert words in str(error)


def test_an_unknown_content_type_is_refused_at_once_and_the_known_are_named() -> None:
    with pytest.raises(ConfigError, match="application/x-ndjson, text/plain, application/json"):
        read_lines(b"", content_type="application/xml")


def test_another_charset_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="UTF-8"):
        read_lines(b"", content_type='text/csv; header=present; charset="latin-1"')


@given(
    body=st.binary() | st.text('ab1.,;\t"\n\r{}[]: ').map(str.encode),
    content_type=st.sampled_from(CONTENT_TYPES),
)
def test_any_body_is_lines_or_poison(body: bytes, content_type: str) -> None:
    try:
        found = lines(body, content_type)
    except PoisonEvent as error:
        refused = error.reason
        found = []
    else:
        refused = ""

    numbers = [line.number for line in found]
    assert refused in {"", "broken-json", "broken-csv"}
    assert numbers == sorted(set(numbers))
    assert all(line.value for line in found)
