"""What peers say to each other: statements, and the bytes that they sign.

A signature is over the very bytes that travel, so that there is nothing to bring into a canonical
form first. Each statement names the one before it by the same peer: whoever leaves one out, or says
different things to different people, is found out.
"""

import hashlib
import secrets
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import FromPeer, StageClosed

OLDEST, NEWEST = 1, 2
"""The protocols that are spoken. In 1 evidence comes in float64, in 2 in half of the bytes."""
MAX_BYTES = 64 * 1024 * 1024
NONCE_BYTES = 16
DIGEST_BYTES = 32
DTYPES: dict[int, str] = {1: "<f8", 2: "<f4"}

Floats = NDArray[np.float64]


class Mode(StrEnum):
    """What a round exchanges."""

    EVIDENCE = "evidence"
    """What the data of each say of every edge, for all members to see."""
    SEALED = "sealed"
    """Sums of what nobody sees one by one."""


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Hello(_Content, frozen=True, tag="hello"):
    """A peer is there, and speaks these protocols."""

    oldest: int
    newest: int


class RoundOpened(_Content, frozen=True, tag="opened"):
    """The coordinator asks for statements, in one protocol, until a deadline."""

    mode: Mode
    contract: bytes
    speaks: int
    seconds: float
    """of each stage, from the statement that begins it"""
    quorum: int
    members: dict[str, str] = {}
    """in a sealed round: who may take part, and the key that each signs with"""


class EvidenceOffered(_Content, frozen=True, tag="evidence"):
    """What the data of a peer say of every edge of a contract, in its order; NaN = not tested.

    `epoch` and `step` say up to where; they only go up.
    """

    contract: bytes
    epoch: int
    step: int
    rows: int
    effect: bytes
    se: bytes


class RoundClosed(_Content, frozen=True, tag="closed"):
    """Whose statements count, by the digest of each."""

    included: dict[str, bytes]


class RoundAborted(_Content, frozen=True, tag="aborted"):
    """The round ends, and nothing comes of it."""

    reason: Literal["no-quorum"]


Content = (
    Hello | RoundOpened | EvidenceOffered | RoundClosed | RoundAborted | FromPeer | StageClosed
)


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a peer says."""

    protocol: int
    federation: str
    peer: str
    key: str
    round: int
    nonce: bytes
    at_ms: int
    """by the clock of the peer"""
    previous: bytes
    """the digest of what this peer said before; empty for the first"""
    content: Content


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement as it travels."""

    body: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


class Heard(NamedTuple):
    """A statement that has been let in, and the digest by which others speak of it."""

    statement: Statement
    digest: bytes


_BODY = msgspec.msgpack.Decoder(Statement)
_SIGNED = msgspec.msgpack.Decoder(Signed)


def pack(signed: Signed) -> bytes:
    """Return the bytes that travel."""
    return msgspec.msgpack.encode(signed)


def unpack(data: bytes) -> tuple[Signed, Statement]:
    """Return what the bytes say, unverified. Refused when they say nothing."""
    if len(data) > MAX_BYTES:
        raise Refused(Reason.OVERSIZE, f"a statement of {len(data)} bytes; at most {MAX_BYTES}")
    try:
        signed = _SIGNED.decode(data)
        statement = _BODY.decode(signed.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Reason.UNREADABLE, f"no statement: {error}") from error
    return signed, statement


class Speaker:
    """Says things as one peer, each tied to the one before."""

    def __init__(self, federation: str, peer: str, identity: Identity) -> None:
        self._federation = federation
        self._identity = identity
        self.peer = peer
        self.previous = b""
        """The digest of what was said last; to be set after a restart."""

    def say(self, content: Content, *, number: int, at_ms: int, protocol: int) -> Signed:
        """Return a signed statement in the round of that number."""
        statement = Statement(
            protocol=protocol,
            federation=self._federation,
            peer=self.peer,
            key=self._identity.key_id,
            round=number,
            nonce=secrets.token_bytes(NONCE_BYTES),
            at_ms=at_ms,
            previous=self.previous,
            content=content,
        )
        body = msgspec.msgpack.encode(statement)
        signed = Signed(body, self._identity.sign(body))
        self.previous = signed.digest
        return signed


def floats_to_bytes(values: Floats, protocol: int) -> bytes:
    """Return an array as it travels in a protocol."""
    return values.astype(DTYPES[protocol]).tobytes()


def floats_from_bytes(data: bytes, protocol: int, size: int) -> Floats:
    """Return an array of that size. Refused when it has another."""
    dtype = np.dtype(DTYPES[protocol])
    if len(data) != size * dtype.itemsize:
        raise Refused(
            Reason.WRONG_SHAPE, f"{len(data)} bytes, where {size * dtype.itemsize} are expected"
        )
    return np.frombuffer(data, dtype).astype(np.float64)
