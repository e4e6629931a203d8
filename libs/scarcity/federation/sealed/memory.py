"""What one member must not forget, whenever it dies: what it has released, and what it has said.

It is to be kept, in secret and for certain, before anything is said that it speaks of: then a
member that is killed at any moment says the same thing again, or nothing, and no row, no key and no
part of the budget is used twice.
"""

import msgspec

from scarcity.errors import ConfigError
from scarcity.federation.protocol.sealing import ANSWERS, FromPeer, Stage

REMEMBERED = 16
"""Rounds that it was about to put rows into; it dies less often than that between two of them."""


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One member, between two things that it says."""

    rho: float = 0.0
    """what all rounds have cost so far"""
    released: int = 0
    """rows before this place are never released again"""
    entered: tuple[bytes, ...] = ()
    """the rounds it put rows into last, by the digests of their terms"""
    rows: int = 0
    """that it put into the newest of them"""
    terms: bytes = b""
    """of the round it takes part in; what follows belongs to it"""
    snapshot: bytes = b""
    """its part in that round, with all secrets"""
    answer: FromPeer | None = None
    """what it says, or said, last"""

    def answers(self, terms: bytes, stage: Stage) -> FromPeer | None:
        """The answer to a stage of a round, if that is what it says last."""
        answer = self.answer
        is_it = self.terms == terms and answer is not None and ANSWERS[type(answer)] is stage
        return answer if is_it else None

    def burned(self) -> "Memory":
        """Without the secrets of any round."""
        return msgspec.structs.replace(self, terms=b"", snapshot=b"", answer=None)

    def packed(self) -> bytes:
        return msgspec.msgpack.encode(self)


def unpacked(data: bytes) -> Memory:
    """The memory that was packed. ConfigError when it cannot be read."""
    try:
        return msgspec.msgpack.decode(data, type=Memory)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is not what a member of sealed rounds keeps: {error}") from error
