"""Records leave at the rate that was asked for, as they come, in pieces that the gateway takes."""

import io
import os
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.cli.files import load_table
from scarcity.cli.ingest import parts
from scarcity.cli.pace import MOST_BYTES, Pace, sendings


@given(
    st.floats(0.1, 1e7),
    st.lists(st.floats(0.0, 0.5), min_size=1, max_size=40),
)
def test_the_rate_holds_however_long_each_sending_takes(rate: float, took: list[float]) -> None:
    pace, now, sent = Pace(rate, now=0.0), 0.0, 0
    for seconds in took:
        sent += pace.at_once
        now += seconds

        assert now + pace.wait_s(sent, now=now) == pytest.approx(max(now, sent / rate))

        now = max(now, sent / rate)


def test_a_rate_is_kept_exactly_by_who_is_quick_enough() -> None:
    pace, now, sent = Pace(250_000.0, now=0.0), 0.0, 0
    while sent < 1_000_000:
        sent += pace.at_once
        now += 0.001
        now += pace.wait_s(sent, now=now)

    assert now == pytest.approx(4.0)


@given(st.lists(st.binary(max_size=30), max_size=50), st.integers(1, 9))
def test_no_line_is_lost_in_the_cutting(lines: list[bytes], at_once: int) -> None:
    found = list(sendings(lines, at_once))

    assert [line for batch in found for line in batch] == lines
    assert all(1 <= len(batch) <= at_once for batch in found)


def test_a_sending_is_bounded_in_bytes_too() -> None:
    large = b"x" * (MOST_BYTES // 3)

    assert [len(batch) for batch in sendings([large] * 7, 100)] == [3, 3, 1]
    assert [len(batch) for batch in sendings([large * 4, b"y"], 100)] == [1, 1]


def test_a_pipe_is_sent_on_as_it_comes() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as producer:
        found = parts(pipe)
        producer.write(b'{"x":1}\n{"x"')
        first = list(next(found))
        producer.write(b':2}\r\n\n  {"x":3}')
        second = list(next(found))
        producer.close()

        assert first == [b'{"x":1}']
        assert second == [b'{"x":2}']
        assert [list(part) for part in found] == [[b'{"x":3}']]


def test_nothing_is_read_from_an_empty_pipe() -> None:
    assert list(parts(io.BufferedReader(io.BytesIO(b"")))) == []


def test_a_file_becomes_records_in_the_order_of_time(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "when": ["2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"],
            "x": [1.5, None],
            "on": [True, False],
            "place": ["here", None],
        }
    )
    table.write_csv(tmp_path / "t.csv")

    loaded = load_table(tmp_path / "t.csv", time_column="when")

    assert [orjson.loads(line) for line in loaded.lines()] == [
        {"ts": "2026-01-01T00:00:00+00:00", "values": {"x": None, "on": 0.0, "place": None}},
        {"ts": "2026-01-01T00:00:01+00:00", "values": {"x": 1.5, "on": 1.0, "place": "here"}},
    ]


def test_a_file_without_times_leaves_them_to_the_arrival(tmp_path: Path) -> None:
    pl.DataFrame({"x": [float("nan"), float("inf"), 2.0]}).write_parquet(tmp_path / "t.parquet")

    loaded = load_table(tmp_path / "t.parquet", time_column=None)

    assert [orjson.loads(line) for line in loaded.lines()] == [
        {"values": {"x": None}},
        {"values": {"x": None}},
        {"values": {"x": 2.0}},
    ]
    (rows,) = loaded.blocks()
    assert rows.times.tolist() == [0, 1_000_000, 2_000_000]
    assert np.array_equal(rows.values, [[np.nan], [np.nan], [2.0]], equal_nan=True)
