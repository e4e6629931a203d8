"""Whatever comes in is refused or treated as missing, with a reason, and the next record counts."""

from typing import Any

import numpy as np
import orjson
import pytest

from running import System, eventually
from scarcity.causal.decision import hypotheses
from worlds import records, var

REFUSED = {
    "broken-json": b'{"values": {"x0": 1',
    "not-an-object": b"[1, 2]",
    "no-values": b'{"ts": "2026-01-01T00:00:00Z", "values": {}}',
    "bad-timestamp": b'{"ts": "yesterday", "values": {"x0": 1}}',
    "ancient-timestamp": b'{"ts": "1969-12-31T23:59:59Z", "values": {"x0": 1}}',
    "future-timestamp": b'{"ts": "2999-01-01T00:00:00Z", "values": {"x0": 1}}',
    "too-large": b'{"values": {"x0": 1, "note": "' + b"x" * 10_000_000 + b'"}}',
}

MISSING = {
    "not-a-number": [b'"abc"', b"[1]", b"{}"],
    "infinite": [b"Infinity", b"-1e999"],
    None: [b"null", b"NaN"],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_is_none_is_refused_with_a_reason_and_the_next_is_accepted(
    system: System, reason: str
) -> None:
    answer = system.send(f"refused-{reason}", [REFUSED[reason], b'{"values": {"x0": 1}}'])

    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    [problem] = answer["problems"]
    assert (problem["line"], problem["reason"]) == (1, reason)
    assert len(problem["message"]) > 20


@pytest.mark.parametrize(
    ("reason", "value"), [(r, v) for r, values in MISSING.items() for v in values]
)
def test_a_value_that_is_no_finite_number_is_missing_and_said_so(
    system: System, reason: str | None, value: bytes
) -> None:
    answer = system.send("missing", [b'{"values": {"x0": 1, "x1": ' + value + b"}}"])

    assert answer["accepted"] == 1
    expected = [{"line": 1, "variable": "x1", "reason": reason}] if reason else []
    assert answer["warnings"] == expected


def test_missing_and_extra_names_change_nothing_for_the_rest(system: System) -> None:
    world = var.comparison(np.random.default_rng(8), 4, 600)
    lines = records.lines(world)
    gaps = list(lines)
    for number in range(300, 600, 10):
        record = orjson.loads(gaps[number])
        record["values"].pop("x3")
        record["values"]["surprise"] = 5
        gaps[number] = orjson.dumps(record)
    system.send("gaps", gaps)

    graph = system.graph("gaps", rows=600)
    stream = eventually(
        lambda: found if (found := system.get("/streams/gaps"))["records"] == 600 else None,
        "all records of gaps",
    )

    assert graph["variables"] == ["x0", "x1", "x2", "x3"]
    assert stream["flaws"] == {"unknown-variable": 30}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[{]", "application/json", 400),
        (b"<xml/>", "application/xml", 400),
        (b"x" * (33 * 1024 * 1024), "application/x-ndjson", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_with_a_problem(
    system: System, body: bytes, content_type: str, status: int
) -> None:
    answer = system.http.post(
        "/streams/bodies/records", content=body, headers={"Content-Type": content_type}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert len(answer.json()["detail"]) > 20


@pytest.mark.parametrize("name", ["a b", "x" * 201, "%0a"])
def test_a_stream_name_that_cannot_be_is_refused(system: System, name: str) -> None:
    answer = system.http.post(f"/streams/{name}/records", content=b'{"x": 1}')

    assert answer.status_code == 400
    assert "letters" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("array", b'[{"x0": 1.5, "x1": 2}, {"values": {"x0": 2}}]'),
        ("csv", b"time,x0,x1\n2026-01-01T00:00:00Z,1.5,2\n2026-01-01T00:00:01Z,2,\n"),
    ],
)
def test_arrays_and_csv_are_records_too(system: System, name: str, body: bytes) -> None:
    kind = {"array": "application/json", "csv": "text/csv"}[name]

    answer = system.http.post(
        f"/streams/as-{name}/records", content=body, headers={"Content-Type": kind}
    )

    assert answer.json() == {"accepted": 2, "rejected": 0, "problems": [], "warnings": []}


DEGENERATE = {
    "one": np.random.default_rng(1).normal(size=(300, 1)),
    "two": np.random.default_rng(2).normal(size=(300, 2)),
    "constant": np.column_stack([np.full(300, 7.0), np.random.default_rng(3).normal(size=300)]),
    "only-constants": np.ones((300, 3)),
    "copies": np.repeat(np.random.default_rng(4).normal(size=(300, 1)), 3, axis=1),
    "huge": np.random.default_rng(5).normal(size=(300, 3)) * [1e300, 1.0, 1e-300],
    "one-huge-value": np.where(
        np.arange(900).reshape(300, 3) == 451, 1e300, np.random.default_rng(6).normal(size=(300, 3))
    ),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_streams_get_a_sensible_graph(system: System, name: str) -> None:
    values = DEGENERATE[name]
    world = var.World(values, np.zeros((1, values.shape[1], values.shape[1]), dtype=np.bool_))
    system.send(f"degenerate-{name}", records.lines(world))

    graph: dict[str, Any] = system.graph(f"degenerate-{name}", rows=300)

    assert not [edge for edge in graph["edges"] if is_cross(edge) and edge["state"] == "accepted"]
    assert graph["coverage"]["possible"] == hypotheses(values.shape[1], 3)


def is_cross(edge: dict[str, Any]) -> bool:
    return bool(edge["source"] != edge["target"])
