"""Dead letters are listed once each, and go back to where they came from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scarcity.bus.base import Message
from scarcity.errors import ConfigError
from scarcity.events import RAW, DeadLettered, encode
from unit.cli.commands import fill, held, lines_of, run

AT = datetime(2026, 1, 1, tzinfo=UTC)


def letter(offset: int, *, key: str = "s", reason: str = "broken-json", size: int = 1) -> Message:
    said = DeadLettered(
        origin_topic=RAW.name,
        origin_partition=3,
        origin_offset=offset,
        origin_key=key,
        reason=reason,
        message=f"record {offset} is not JSON",
        original=b"{",
        original_bytes=size,
        at=AT + timedelta(seconds=offset),
        component="stream_manager",
    )
    return Message(said.topic.name, said.key, encode(said, producer="tests"))


def test_dead_letters_are_listed_once_each_in_the_order_of_time(tmp_path: Path) -> None:
    fill(tmp_path, [letter(9, key="t"), letter(7), letter(7), letter(8, reason="empty")])

    everything = lines_of(run("dead-letters", "--json", "--data-dir", tmp_path))
    broken = lines_of(
        run("dead-letters", "--json", "--reason", "broken-json", "--data-dir", tmp_path)
    )
    table = run("dead-letters", "--data-dir", tmp_path).stdout

    assert [found["origin_offset"] for found in everything] == [7, 8, 9]
    assert [found["origin_offset"] for found in broken] == [7, 9]
    assert broken[0]["original"] == "{"
    assert table.count("broken-json") == 2


def test_an_original_goes_back_to_where_it_came_from(tmp_path: Path) -> None:
    fill(tmp_path, [letter(7), letter(8)])
    ids = [line["id"] for line in lines_of(run("dead-letters", "--json", "--data-dir", tmp_path))]

    told = run("dead-letters", "--resend", ids[1], "--resend", "0", "--data-dir", tmp_path)

    assert told.stdout == "2 sent again\n"
    found = held(tmp_path, RAW.name)
    assert [(d.partition, d.key, d.value) for d in found] == [(3, "s", b"{")] * 2


def test_one_letter_goes_out_once_however_it_is_called(tmp_path: Path) -> None:
    fill(tmp_path, [letter(7)])
    (line,) = lines_of(run("dead-letters", "--json", "--data-dir", tmp_path))

    told = run(
        "dead-letters", "--resend", line["id"], "--resend", line["place"], "--data-dir", tmp_path
    )

    assert told.stdout == "1 sent again\n"


@pytest.mark.parametrize(
    ("letters", "name", "says"),
    [
        ([letter(7)], "5", "there is no dead letter '5'"),
        ([letter(7), letter(7, reason="empty", key="t")], "0", "may be any of"),
        ([letter(7, size=2_000_000)], "0", "only the first 1 of 2000000 bytes were kept"),
    ],
)
def test_a_letter_that_cannot_go_back_says_why(
    tmp_path: Path, letters: list[Message], name: str, says: str
) -> None:
    fill(tmp_path, letters)

    told = run("dead-letters", "--resend", name, "--data-dir", tmp_path)

    assert isinstance(told.exception, ConfigError)
    assert says in str(told.exception)
    assert held(tmp_path, RAW.name) == []
