"""Records, bodies of many records, headers, events and windows."""

import math
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st

from contract.test_codec import events
from fuzz.fuzzing import Target
from fuzz.mutations import CSV, JSON, RUDE, mutated
from scarcity.bus.base import Delivery, Headers
from scarcity.errors import ConfigError, PoisonEvent
from scarcity.events import RAW, WindowSealed, decode, encode, pack_matrix
from scarcity.events.catalog import EVENTS as KINDS
from scarcity.events.codec import encode_record
from scarcity.runtime.service import MOVED_FROM, source_of
from scarcity.streams import parse_record, read_lines
from scarcity.streams.bodies import CONTENT_TYPES
from scarcity.streams.reading import read_records
from scarcity.telemetry.tracing import TRACEPARENT, context_of

ARRIVED = datetime(2026, 1, 31, 12, tzinfo=UTC)
ARRIVED_MS = int(ARRIVED.timestamp() * 1000)
COLUMNS = ("x0", "x1", "état")
LINES = (
    b'{"ts": "2026-01-31T12:00:00.250Z", "values": {"x0": 1.5, "x1": null}}',
    b'{"ts": 1769860800250, "x0": 1.5, "x1": -2e-7}',
    b'{"ts":"2026-01-31T13:00:00+01:00","values":{"x0":1,"x1":NaN,"\xc3\xa9tat":"on"}}',
    b'{"x0": true, "x1": 12345678901234567890, "nested": {"a": [1, 2]}}',
)
TABLES = (
    b"ts,x0,x1\n2026-01-31T12:00:00Z,1.5,2\n2026-01-31T12:00:01Z,,inf\n",
    b'Time;"x;0";x1\r\n1769860800250;1.5;"two\nlines"\r\n;3;4\r\n',
    b"\xef\xbb\xbf,x0,x0 \n0,1,2\n",
)
ARRAYS = (b"[" + b",".join(LINES[:2]) + b"]", LINES[2], b"[NaN, [1], {}]")
PROTOBUF = (
    encode_record(COLUMNS[:2], [1.5, math.nan], ARRIVED_MS * 1000),
    encode_record(COLUMNS, [0.0, -1.0, math.inf], None),
)
TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def read_record(value: bytes) -> None:
    """Read a record alone, and as one of a batch, in which it counts for as much."""
    reading = read_records([value] * 2, [ARRIVED_MS] * 2, columns=COLUMNS)
    try:
        record = parse_record(value, arrived=ARRIVED)
    except PoisonEvent as refused:
        assert {place: each.reason for place, each in reading.refused.items()} == dict.fromkeys(
            (0, 1), refused.reason
        )
        return
    assert not reading.refused
    assert len(reading.rows) == 2
    assert record.time.tzinfo is UTC
    assert all(math.isfinite(each) for each in record.values.values())
    assert all(name.encode() for name in (*record.values, *record.flaws))


def read_body(given: tuple[str, bytes]) -> None:
    content_type, body = given
    with suppress(PoisonEvent, ConfigError):
        for line in read_lines(body, content_type=content_type):
            assert line.number > 0
            with suppress(PoisonEvent):
                parse_record(line.value, arrived=ARRIVED)


def read_headers(headers: Headers) -> None:
    delivery = Delivery(RAW.name, 3, 0, "s", b"{}", headers, 0)

    assert 0 <= source_of(delivery) <= 9999
    context_of(delivery.header(TRACEPARENT))


def read_event(data: bytes) -> None:
    try:
        event = decode(data).event
    except PoisonEvent as refused:
        assert refused.reason == "undecodable"
        return
    assert isinstance(event.key, str)
    assert isinstance(event.event_id, str)
    assert isinstance(event.occurred_at, datetime)
    if isinstance(event, WindowSealed):
        read_window(event)


def read_window(window: WindowSealed) -> None:
    try:
        matrix = window.matrix()
    except PoisonEvent as refused:
        assert refused.reason == "window-shape"
        return
    assert matrix.shape == (window.steps, len(window.columns))


def seeds(*messages: bytes) -> st.SearchStrategy[bytes]:
    return st.sampled_from(messages)


@st.composite
def bodies(draw: Any) -> tuple[str, bytes]:
    kind = draw(st.sampled_from(CONTENT_TYPES))
    messages, tokens = {
        "application/json": (ARRAYS, JSON),
        "text/csv": (TABLES, CSV),
    }.get(kind, ((b"\n".join(LINES), b"\r\n\r\n".join(LINES[1:])), JSON))
    parameter = draw(mutated(seeds(b"", b"; charset=utf-8", b';charset="latin-1"')))
    return kind + parameter.decode("latin-1"), draw(mutated(seeds(*messages), (*RUDE, *tokens)))


@st.composite
def event_bytes(draw: Any) -> bytes:
    event = draw(st.sampled_from(KINDS).flatmap(events))
    data = encode(event, producer="here", traceparent=TRACE.decode())
    found: bytes = draw(mutated(st.just(data)))
    return found


@st.composite
def windows(draw: Any) -> WindowSealed:
    whole = np.arange(12.0).reshape(4, 3)
    values, validity = pack_matrix(np.where(whole == 5, np.nan, whole))
    edges = st.sampled_from((0, 1, 2**31 - 1, 2**32, 2**63 - 1, 2**64 - 1))
    found: WindowSealed = replace(
        draw(events(WindowSealed)),
        steps=draw(st.integers(0, 5) | edges),
        columns=tuple("abc"[: draw(st.integers(0, 3))]),
        values=draw(mutated(st.sampled_from((values, b"")))),
        validity=draw(mutated(st.sampled_from((validity, b"")))),
    )
    return found


RECORDS = (
    Target("record-json", mutated(seeds(*LINES), (*RUDE, *JSON)), read_record),
    Target("record-protobuf", mutated(seeds(*PROTOBUF)), read_record),
)
BODIES = Target("bodies", bodies(), read_body)
HEADERS = Target(
    "headers",
    st.tuples(
        st.tuples(st.just(MOVED_FROM), mutated(seeds(b"7", "²".encode()))),
        st.tuples(st.just(TRACEPARENT), mutated(seeds(TRACE))),
    ),
    read_headers,
)
EVENTS = Target("events", event_bytes() | mutated(seeds(b"", TRACE)), read_event)
WINDOWS = Target("windows", windows(), read_window)
