"""A recorded topic runs through a service, or goes out again; what was recorded stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from scarcity.bus.base import Message, partition_of
from scarcity.errors import ConfigError
from scarcity.events import (
    RAW,
    DefinitionOrigin,
    StreamDefined,
    WindowPolicy,
    WindowSealed,
    encode,
    pack_matrix,
)
from unit.cli.commands import fill, held, lines_of, run
from worlds import var

AT = datetime(2026, 1, 1, tzinfo=UTC)
AT_MS = int(AT.timestamp() * 1000)
PARTITION = partition_of("s", 8)


def records(count: int, stream: str = "s", first: int = 0) -> list[Message]:
    """Return records one second apart, whose messages come half a second after them."""
    return [
        Message(
            RAW.name,
            stream,
            orjson.dumps({"ts": AT + timedelta(seconds=n), "x": n, "y": n * n}),
            timestamp_ms=AT_MS + 1000 * n + 500,
        )
        for n in range(first, first + count)
    ]


def definition(stream: str = "s") -> Message:
    defined = StreamDefined(
        stream, 1, AT, DefinitionOrigin.EXPLICIT, (), WindowPolicy(size=8), domain="tests"
    )
    return Message(defined.topic.name, stream, encode(defined, producer="tests"))


def windows(folder: Path, *options: str) -> list[dict[str, Any]]:
    """Return the windows of a replay through the stream manager."""
    shown = lines_of(
        run(
            "replay", "raw", "--through", "stream_manager", "--json", "--data-dir", folder, *options
        )
    )
    return [line["event"] for line in shown if line["type"] == "WindowSealed"]


def test_a_service_shows_what_it_makes_of_recorded_messages(tmp_path: Path) -> None:
    fill(tmp_path, [definition(), *records(33)])
    before = held(tmp_path, RAW.name)

    found = windows(tmp_path)

    assert [window["start_step"] for window in found] == [0, 8, 16, 24]
    assert found[1]["values"][0] == [8.0, 64.0]
    assert held(tmp_path, RAW.name) == before
    assert held(tmp_path, WindowSealed.topic.name) == []


@pytest.mark.parametrize(
    ("options", "first", "count"),
    [
        (("--from", "9"), 9, 2),
        (("--to", "17"), 0, 2),
        (("--from", "8", "--to", "17"), 8, 1),
        (("--from", "2026-01-01T00:00:09Z", "--to", "2026-01-01T00:00:18"), 9, 1),
        (("--stream", "s", "--partition", str(PARTITION)), 0, 4),
        (("--stream", "nobody"), 0, 0),
        (("--partition", str((PARTITION + 1) % 8)), 0, 0),
    ],
)
def test_a_replay_is_of_a_stretch(
    tmp_path: Path, options: tuple[str, ...], first: int, count: int
) -> None:
    fill(tmp_path, [definition(), *records(33)])

    found = windows(tmp_path, *options)

    assert len(found) in (count, count + 1)
    assert [window["values"][0][0] for window in found[:1]] == [first][:count]


def test_what_a_service_refuses_is_named_by_where_it_was(tmp_path: Path) -> None:
    good = records(3)
    fill(tmp_path, [*good[:2], Message(RAW.name, "s", b"{"), *good[2:]])

    told = run("replay", "raw", "--through", "stream_manager", "--data-dir", tmp_path)

    assert f"partition {PARTITION} offset 2: broken-json" in told.stdout
    assert "1 DeadLettered" in told.stderr


def sealed(world: var.World) -> WindowSealed:
    return WindowSealed(
        window_id="s/0/0-600",
        stream="s",
        epoch=0,
        start_step=0,
        steps=600,
        columns=tuple(world.variables),
        values=pack_matrix(world.values)[0],
        validity=pack_matrix(world.values)[1],
        start_time=AT,
        end_time=AT + timedelta(seconds=599),
        definition_version=1,
        records=600,
    )


def test_the_engine_shows_the_edges_of_recorded_windows(tmp_path: Path) -> None:
    world = var.chain(np.random.default_rng(3), 3, 600)
    fill(tmp_path, [Message(WindowSealed.topic.name, "s", encode(sealed(world), producer="tests"))])

    told = run("replay", "windows", "--through", "mpie", "--data-dir", tmp_path)

    assert "x0 -> x1 lag 1 appeared" in told.stdout
    assert "edges among 3 variables" in told.stdout
    assert "tested edges among 3 variables from 600 rows" in told.stdout
    assert "no score yet on 600 rows" in told.stdout


def test_the_evidence_of_recorded_windows_is_shown_in_numbers(tmp_path: Path) -> None:
    world = var.chain(np.random.default_rng(3), 2, 600)
    fill(tmp_path, [Message(WindowSealed.topic.name, "s", encode(sealed(world), producer="tests"))])

    told = run("replay", "windows", "--through", "mpie", "--json", "--data-dir", tmp_path)

    (said,) = [line for line in lines_of(told) if line["type"] == "EvidenceGathered"]
    columns = said["event"]["edges"]
    assert columns["effect"][0] == pytest.approx(0.5, abs=0.2)
    assert {len(column) for column in columns.values()} == {2 * 2 * 3 + 1}
    assert set(columns["form"]) <= {1, 2}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("windows", "--through", "stream_manager"), "does not read scarcity.v1.windows"),
        (("raw", "--through", "demo"), "it reads nothing"),
        (("rows", "--through", "mpie"), "there is no topic 'rows'"),
        (("raw",), "say what to do"),
        (("raw", "--through", "mpie", "--into", "t"), "say what to do"),
        (("windows", "--into", "t"), "holds no raw records"),
        (("raw", "--into", "s", "--stream", "s"), "choose another name"),
        (("raw", "--into", "not a name"), "cannot name a stream"),
    ],
)
def test_a_replay_that_cannot_be_says_why(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    fill(tmp_path, records(1))

    told = run("replay", *arguments, "--data-dir", tmp_path)

    assert isinstance(told.exception, ConfigError)
    assert says in str(told.exception)


def test_a_folder_without_a_bus_is_not_made_one(tmp_path: Path) -> None:
    told = run("replay", "raw", "--into", "t", "--data-dir", tmp_path / "new")

    assert "holds no bus" in str(told.exception)
    assert not (tmp_path / "new").exists()


def test_records_go_out_again_under_another_name(tmp_path: Path) -> None:
    timeless = Message(
        RAW.name, "s", b'{"x": 1}', (("traceparent", b"old"), ("k", b"v")), timestamp_ms=AT_MS
    )
    fill(tmp_path, [*records(2), timeless, *records(1, stream="t"), *records(1, stream="other")])
    before = held(tmp_path, RAW.name)

    told = run("replay", "raw", "--stream", "s", "--into", "t", "--data-dir", tmp_path)

    assert told.stdout == "3 records sent into t\n"
    after = held(tmp_path, RAW.name)
    assert [found for found in after if found in before] == before
    again = [found for found in after if found not in before]
    assert [(found.key, found.value) for found in again] == [
        ("t", message.value) for message in [*records(2), timeless]
    ]
    assert again[2].timestamp_ms == AT_MS
    assert again[2].headers == (("k", b"v"),)
    # A record that has a time of its own needs none of its message.
    assert again[0].timestamp_ms > AT_MS + 10**6


def test_a_stream_does_not_get_its_own_records_twice(tmp_path: Path) -> None:
    fill(tmp_path, [*records(2, stream="t"), *records(3)])

    told = run("replay", "raw", "--into", "t", "--rate", "1000", "--data-dir", tmp_path)

    assert told.stdout == "3 records sent into t\n"


def test_two_services_are_the_same_whatever_came_in_between(tmp_path: Path) -> None:
    fill(tmp_path, [definition(), definition("t")])
    fill(tmp_path, [m for pair in zip(records(33), records(33, "t"), strict=True) for m in pair])

    both = windows(tmp_path)
    alone = windows(tmp_path, "--stream", "t")

    assert [window for window in both if window["stream"] == "t"] == alone
    assert len(both) == 2 * len(alone)
