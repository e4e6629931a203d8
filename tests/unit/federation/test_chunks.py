"""Statements get through in parts, whole or not at all."""

from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.chunks import CHUNK_BYTES, MOST_CHUNKS, Assembly, Chunk, cut
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.statement import MAX_BYTES

LARGE = bytes(range(256)) * (5 * CHUNK_BYTES // 512)
"""In three parts."""


def put_together(assembly: Assembly, parts: list[bytes]) -> list[bytes]:
    return [whole for part in parts if (whole := assembly.add(part)) is not None]


@pytest.mark.parametrize(
    "size",
    [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, MAX_BYTES],
)
def test_what_is_cut_comes_together_again(size: int) -> None:
    data = (b"ab" * size)[:size]
    parts = list(cut(data))

    assert put_together(Assembly(), parts) == [data]
    assert max(map(len, parts)) < CHUNK_BYTES + 200


@pytest.mark.parametrize(
    "broken",
    [
        lambda parts: parts[1:],
        lambda parts: [parts[0], parts[2]],
        lambda parts: [parts[0], parts[0], parts[2]],
        lambda parts: [parts[0], parts[2], parts[1]],
        lambda parts: [parts[0], b"no part", *parts[1:]],
    ],
    ids=["first missing", "one missing", "one twice", "swapped", "garbage between"],
)
def test_what_is_not_whole_is_refused_and_the_next_statement_gets_through(
    broken: Callable[[list[bytes]], list[bytes]],
) -> None:
    assembly, found, refused = Assembly(), [], 0
    for part in [*broken(list(cut(LARGE))), *cut(b"the next")]:
        try:
            found.append(assembly.add(part))
        except Refused:
            refused += 1

    assert refused > 0
    assert [whole for whole in found if whole is not None] == [b"the next"]


def test_a_part_that_was_changed_spoils_the_whole() -> None:
    first, *others = cut(LARGE)
    chunk = msgspec.msgpack.decode(first, type=Chunk)
    forged = msgspec.msgpack.encode(msgspec.structs.replace(chunk, part=b"x" * len(chunk.part)))

    with pytest.raises(Refused, match="do not fit"):
        put_together(Assembly(), [forged, *others])


def test_nobody_can_make_a_reader_keep_more_than_a_statement() -> None:
    chunk = Chunk(b"", 0, MOST_CHUNKS + 1, b"")

    with pytest.raises(Refused, match="parts"):
        Assembly().add(msgspec.msgpack.encode(chunk))


STATEMENTS = [LARGE, b"small", bytes(reversed(LARGE)), b""]
PARTS = [part for statement in STATEMENTS for part in cut(statement)]
PLACES = st.integers(0, len(PARTS) - 1)


@given(st.lists(PLACES, max_size=20))
def test_in_whatever_order_parts_come_nothing_is_made_up(places: list[int]) -> None:
    assembly = Assembly()
    for place in places:
        with suppress(Refused):
            assert assembly.add(PARTS[place]) in (None, *STATEMENTS)

    assert put_together(assembly, list(cut(LARGE))) == [LARGE]


@given(st.lists(PLACES, max_size=4, unique=True))
def test_what_is_lost_costs_the_statements_it_belonged_to_alone(lost: list[int]) -> None:
    assembly, found = Assembly(), []
    for place, part in enumerate(PARTS):
        if place not in lost:
            with suppress(Refused):
                found.append(assembly.add(part))

    owners = [number for number, each in enumerate(STATEMENTS) for _ in cut(each)]
    spoilt = {owners[place] for place in lost}
    assert [whole for whole in found if whole is not None] == [
        statement for number, statement in enumerate(STATEMENTS) if number not in spoilt
    ]


def test_a_part_of_another_statement_does_not_get_in() -> None:
    first, second, third = cut(LARGE)
    _, other, _ = cut(bytes(reversed(LARGE)))
    assembly = Assembly()

    assert put_together(assembly, [first]) == []
    with pytest.raises(Refused, match="others are not there"):
        assembly.add(other)
    with pytest.raises(Refused, match="others are not there"):
        put_together(assembly, [second, third])
    assert put_together(assembly, [first, second, third]) == [LARGE]


def test_a_part_that_is_too_large_is_refused() -> None:
    chunk = Chunk(b"", 0, 1, b"x" * (CHUNK_BYTES + 1))

    with pytest.raises(Refused) as refusal:
        Assembly().add(msgspec.msgpack.encode(chunk))

    assert refusal.value.reason == Reason.OVERSIZE


def test_who_never_comes_to_an_end_is_cut_off_and_nothing_is_kept() -> None:
    assembly = Assembly()
    parts = [
        msgspec.msgpack.encode(Chunk(b"d", number, MOST_CHUNKS, b"x"))
        for number in range(MOST_CHUNKS)
    ]

    with pytest.raises(Refused, match="do not fit"):
        put_together(assembly, parts)

    assert assembly._parts == []


@pytest.mark.parametrize(("number", "count"), [(-1, 2), (1, 1), (2**63, 2**63), (0, 0), (0, -5)])
def test_numbers_that_count_nothing_are_refused(number: int, count: int) -> None:
    assembly = Assembly()

    with pytest.raises(Refused):
        assembly.add(msgspec.msgpack.encode(Chunk(b"", number, count, b"x")))

    assert assembly._parts == []


@pytest.mark.parametrize("data", [b"\x81\xa1\xff\x01", b"\x81" + b"\x91" * 10_000])
def test_names_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        Assembly().add(data)

    assert refusal.value.reason == Reason.UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_are_a_part_or_refused(data: bytes) -> None:
    assembly = Assembly()
    with suppress(Refused):
        assembly.add(data)

    assert put_together(assembly, list(cut(b"after"))) == [b"after"]


@pytest.mark.parametrize(
    "then",
    [
        [],
        list(cut(LARGE))[2:],
        [b"no part"],
        [msgspec.msgpack.encode(Chunk(b"", 0, MOST_CHUNKS + 1, b""))],
        list(cut(LARGE))[:2],
    ],
    ids=["nothing", "a part too far on", "garbage", "too much", "another beginning"],
)
def test_a_beginning_without_its_end_is_refused_once_when_something_else_comes(
    then: list[bytes],
) -> None:
    refused: list[Refused] = []
    assembly = Assembly(refused.append)
    beginning, *_ = cut(bytes(reversed(LARGE)))
    assembly.add(beginning)
    assert refused == []

    for part in then:
        with suppress(Refused):
            assembly.add(part)
    found = put_together(assembly, list(cut(b"the next")))

    assert found == [b"the next"]
    begun = 2 if then == list(cut(LARGE))[:2] else 1
    assert [each.reason for each in refused] == [Reason.UNREADABLE] * begun


def test_what_comes_whole_breaks_nothing_off() -> None:
    refused: list[Refused] = []

    put_together(Assembly(refused.append), PARTS)

    assert refused == []
