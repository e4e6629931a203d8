"""Statements get through in parts, whole or not at all."""

from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.chunks import CHUNK_BYTES, MOST_CHUNKS, Assembly, Chunk, cut
from scarcity.federation.protocol.refusals import Refused

LARGE = bytes(range(256)) * (5 * CHUNK_BYTES // 512)
"""In three parts."""


def put_together(assembly: Assembly, parts: list[bytes]) -> list[bytes]:
    return [whole for part in parts if (whole := assembly.add(part)) is not None]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
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


@given(st.binary(max_size=300))
def test_any_bytes_are_a_part_or_refused(data: bytes) -> None:
    assembly = Assembly()
    with suppress(Refused):
        assembly.add(data)

    assert put_together(assembly, list(cut(b"after"))) == [b"after"]
