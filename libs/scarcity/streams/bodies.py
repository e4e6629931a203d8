"""A body with many records, as HTTP and files carry it, cut into single JSON records.

    application/x-ndjson, text/plain     one JSON record per line
    application/json                     an array of records, or one record
    text/csv                             a header that names the columns, then one record per line

In CSV, the first column named ts, time, timestamp, date or datetime (in this order of preference,
in any case) is the event time; every other column with a name is a variable. A column without a
name, as pandas writes its index, is left out. An empty cell is a missing value; a cell that is no
number stays text, so that parse_record counts it as a flaw. A row that does not fit the header is
handed on as a JSON array of its cells, which parse_record refuses: one bad row costs one row.
"""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from scarcity.errors import ConfigError, PoisonEvent

CONTENT_TYPES: Final = ("application/x-ndjson", "text/plain", "application/json", "text/csv")
"""What a body may be; always UTF-8."""

_TIME_COLUMNS: Final = ("ts", "time", "timestamp", "date", "datetime")
_DELIMITERS: Final = ",;\t"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_ENCODINGS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_INFINITY: Final = orjson.Fragment(b"Infinity")

_Cell = str | float | orjson.Fragment | None


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a body."""

    number: int
    """From 1: the line of the text where the record ends, or its place in the JSON array."""
    value: bytes
    """A JSON record, as parse_record and the raw topic take it; perhaps a broken one."""


def read_lines(body: bytes, *, content_type: str) -> Iterator[Line]:
    r"""Return the records of the body, one by one; blank lines are passed over.

    ConfigError when the content type is none of CONTENT_TYPES, or not UTF-8. PoisonEvent when no
    record can be told from the next: broken-json (with the position) or broken-csv, the latter
    perhaps after some lines.

    >>> [line.value for line in read_lines(b"time;x0\n5;1.5", content_type="text/csv")]
    [b'{"ts":5.0,"values":{"x0":1.5}}']
    """
    kind = _media_type(content_type)
    text = body.removeprefix(_BYTE_ORDER_MARK)
    if kind == "application/json":
        return _read_json(text)
    return _read_csv(text) if kind == "text/csv" else _read_ndjson(text)


def _media_type(content_type: str) -> str:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if kind not in CONTENT_TYPES:
        raise ConfigError(
            f"the content type {content_type[:80]!r} is not known: "
            f"send one of {', '.join(CONTENT_TYPES)}"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in _ENCODINGS:
            raise ConfigError(f"the charset {value[:40]!r} is not read: send UTF-8")
    return kind


def _read_ndjson(body: bytes) -> Iterator[Line]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        value = line.strip()
        if value:
            yield Line(number, value)


def _read_json(body: bytes) -> Iterator[Line]:
    write: Callable[[object], bytes] = orjson.dumps
    try:
        document: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Python producers write NaN and Infinity.
        document, write = _tolerant(body), _write_tolerant
    items = document if isinstance(document, list) else [document]
    try:
        values = [write(item) for item in items]
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise PoisonEvent("broken-json", "a record is nested too deeply: flatten it") from error
    return (Line(number, value) for number, value in enumerate(values, start=1))


def _tolerant(body: bytes) -> object:
    try:
        document: object = json.loads(body.decode(), parse_int=float)
    except ValueError as error:
        raise PoisonEvent(
            "broken-json", f"the body is not JSON ({error}): send an array of records"
        ) from error
    except RecursionError as error:
        raise PoisonEvent("broken-json", "the body is nested too deeply: flatten it") from error
    return document


def _write_tolerant(item: object) -> bytes:
    return json.dumps(item).encode()


def _read_csv(body: bytes) -> Iterator[Line]:
    text = _decoded(body)
    rows = _rows(text)
    _, header = next(rows, (0, []))
    if not header:
        return
    names = [name.strip() for name in header]
    _check_header(names)
    time = _time_column(names)
    variables = [(place, name) for place, name in enumerate(names) if name and place != time]
    for number, row in rows:
        fits = len(row) == len(names)
        yield Line(number, _row_value(row, time, variables) if fits else orjson.dumps(row))


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise PoisonEvent("broken-csv", f"the text is not UTF-8 ({error}): convert it") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip()), "")
    lines.seek(0)
    try:
        reader = csv.reader(lines, delimiter=_delimiter(first))
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise PoisonEvent("broken-csv", f"this is not CSV ({error}): correct it") from error


def _delimiter(header: str) -> str:
    # The one that tells the most columns apart outside quotes; the comma when nothing does.
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _check_header(names: Sequence[str]) -> None:
    if not any(isinstance(_cell(name), str) for name in names):
        raise PoisonEvent("broken-csv", "the first line is data: add a line that names the columns")
    name, times = Counter(filter(None, names)).most_common(1)[0]
    if times > 1:
        raise PoisonEvent("broken-csv", f"two columns are named {name[:40]!r}: rename one")


def _time_column(names: Sequence[str]) -> int | None:
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in _TIME_COLUMNS if name in lower), None)


def _row_value(row: Sequence[str], time: int | None, variables: Iterable[tuple[int, str]]) -> bytes:
    values = {name: _cell(row[place]) for place, name in variables}
    if time is None:
        return orjson.dumps({"values": values})
    return orjson.dumps({"ts": _time_cell(row[time]), "values": values})


def _time_cell(cell: str) -> _Cell:
    # An empty time is no time: the time of arrival would lie after every other row's.
    value = _cell(cell)
    return value if isinstance(value, float) else cell.strip()


def _cell(cell: str) -> _Cell:
    text = cell.strip()
    if "_" in text:
        # float() reads Python's 1_000, which is no number anywhere else.
        return text
    try:
        value = float(text)
    except ValueError:
        return text or None
    if math.isinf(value):
        return _INFINITY
    return value if not math.isnan(value) else None
