"""Statements that are larger than what a cluster takes by default, cut and put together again.

Brokers take messages of 1 MB unless told otherwise, and the shared one belongs to nobody here.
"""

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.statement import MAX_BYTES

CHUNK_BYTES = 512 * 1024
MOST_CHUNKS = MAX_BYTES // CHUNK_BYTES + 1


class Chunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a statement."""

    digest: bytes
    """of the whole"""
    number: int
    count: int
    part: bytes


_CHUNK = msgspec.msgpack.Decoder(Chunk)


def cut(data: bytes) -> Sequence[bytes]:
    """Return the messages that carry a statement, in order."""
    digest = hashlib.sha256(data).digest()
    begins = range(0, len(data), CHUNK_BYTES) or range(1)
    return [
        msgspec.msgpack.encode(
            Chunk(digest, number, len(begins), data[begin : begin + CHUNK_BYTES])
        )
        for number, begin in enumerate(begins)
    ]


def _unheard(_refusal: Refused) -> None:
    """Nobody asks what broke off."""


class Assembly:
    """Puts the chunks of one topic together; whoever writes there sends one statement at a time.

    A beginning whose end does not come is no chunk that could be refused when it is added:
    `broken_off` is told of it when something else comes in its place.
    """

    def __init__(self, broken_off: Callable[[Refused], None] = _unheard) -> None:
        self._broken_off = broken_off
        self._digest = b""
        self._parts: list[bytes] = []

    def add(self, data: bytes) -> bytes | None:
        """Take a chunk; return the statement once it is whole. Refused when it cannot be."""
        try:
            chunk = _CHUNK.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._break_off()
            raise Refused(Reason.UNREADABLE, f"no part of a statement: {error}") from error
        if chunk.count > MOST_CHUNKS or len(chunk.part) > CHUNK_BYTES:
            self._break_off()
            raise Refused(Reason.OVERSIZE, f"a statement in {chunk.count} parts")
        if chunk.number == 0:
            self._break_off()
            self._digest = chunk.digest
        elif chunk.digest != self._digest or chunk.number != len(self._parts):
            self._break_off()
            raise Refused(Reason.UNREADABLE, "a part of a statement whose others are not there")
        self._parts.append(chunk.part)
        if len(self._parts) < chunk.count:
            return None
        whole, self._parts = b"".join(self._parts), []
        if hashlib.sha256(whole).digest() != self._digest:
            raise Refused(Reason.UNREADABLE, "the parts of a statement do not fit together")
        return whole

    def _break_off(self) -> None:
        """Let go of what has begun."""
        begun, self._parts = self._parts, []
        if begun:
            why = f"a statement that breaks off after part {len(begun)}"
            self._broken_off(Refused(Reason.UNREADABLE, why))
