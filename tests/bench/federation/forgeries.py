"""What somebody may write who can write to every topic of a federation's cluster.

An outsider, who holds no key, writes into the topics of peers: noise, what was said before, what
others said, and what it signs itself in their names. A member that is hostile holds a key of its
own, and two that count no more. One that may open rounds opens and closes what it should not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import msgspec
import numpy as np

from bench.federation.real import NAME
from bench.federation.record import Record
from scarcity.federation.chunks import CHUNK_BYTES, MOST_CHUNKS, Chunk, cut
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason
from scarcity.federation.protocol.statement import (
    DIGEST_BYTES,
    NEWEST,
    NONCE_BYTES,
    Content,
    EvidenceOffered,
    Floats,
    Mode,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Signed,
    Speaker,
    Statement,
    floats_to_bytes,
    pack,
)

ROWS, STEP = 400, 499
MEMBER, OPENER = "mallory", "rogue"
FLIPS = 10
"""Of bits of one message, each time; and of what is in it."""
FAR = 1000
"""Rounds; so many there will not be."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """A message for the topic of a peer."""

    source: str
    data: bytes
    reason: Reason | None
    """why it has to be refused; None = for whatever reason comes first"""


@dataclass(frozen=True, slots=True)
class Keys:
    """What was given to it, and partly taken back."""

    member: Identity
    revoked: Identity
    expired: Identity
    opener: Identity


@dataclass
class Attacker:
    """What it holds and has heard."""

    rng: np.random.Generator
    record: Record
    contract: Contract
    peers: tuple[str, ...]
    """in whose topics an outsider writes"""
    key_ids: dict[str, str]
    """by peer: under which name its key is known"""
    keys: Keys

    def __post_init__(self) -> None:
        self.stranger = Identity.new()
        self.as_member = Speaker(NAME, MEMBER, self.keys.member)
        self.as_opener = Speaker(NAME, OPENER, self.keys.opener)
        self._clock = count(1)

    def some_peer(self) -> str:
        return str(self.rng.choice(self.peers))

    def overheard(self, source: str) -> bytes:
        """Return a message that a peer has really written: one of those that were let in."""
        said = self.record.genuine[source]
        return said[int(self.rng.integers(len(said)))]

    def chunk(self, source: str) -> Chunk:
        return msgspec.msgpack.decode(self.overheard(source), type=Chunk)

    def flipped(self, data: bytes) -> bytes:
        """Return the same but for one bit."""
        changed = bytearray(data)
        changed[int(self.rng.integers(len(changed)))] ^= 1 << int(self.rng.integers(8))
        return bytes(changed)

    def claimed(self, victim: str, **changes: object) -> bytes:
        """Return a statement in the name of a peer, signed by a stranger."""
        statement = Statement(
            protocol=NEWEST,
            federation=NAME,
            peer=victim,
            key=self.key_ids[victim],
            round=self.record.newest,
            nonce=self.rng.bytes(NONCE_BYTES),
            at_ms=1,
            previous=self.rng.bytes(DIGEST_BYTES),
            content=self.evidence(),
        )
        body = msgspec.msgpack.encode(msgspec.structs.replace(statement, **changes))
        return whole(Signed(body, self.stranger.sign(body)))

    def evidence(self, **changes: object) -> EvidenceOffered:
        """Return evidence that would be let in, but for what is changed."""
        size = self.contract.size
        good = EvidenceOffered(
            contract=self.contract.digest,
            epoch=0,
            step=STEP,
            rows=ROWS,
            effect=numbers(np.zeros(size)),
            se=numbers(np.full(size, 0.05)),
        )
        return msgspec.structs.replace(good, **changes)

    def opening(self, **changes: object) -> RoundOpened:
        good = RoundOpened(Mode.EVIDENCE, self.contract.digest, NEWEST, 5.0, 3)
        return msgspec.structs.replace(good, **changes)

    def spoken(self, speaker: Speaker, content: Content, number: int | None = None) -> bytes:
        """Return a statement of a member that is signed as it should be."""
        number = self.record.newest if number is None else number
        at_ms = next(self._clock)  # what is no newer than the last would be taken for a replay
        return whole(speaker.say(content, number=number, at_ms=at_ms, protocol=NEWEST))


def whole(signed: Signed) -> bytes:
    """Return the message that carries a statement."""
    (message,) = cut(pack(signed))
    return message


def numbers(values: Floats) -> bytes:
    return floats_to_bytes(values, NEWEST)


def by_an_outsider(by: Attacker) -> Iterator[Forgery]:
    """Yield one of each that needs no key."""
    yield from _noise(by)
    yield from _repeated(by)
    for changes, reason in (
        ({"protocol": NEWEST + 97}, Reason.WRONG_PROTOCOL),
        ({"federation": "others"}, Reason.WRONG_FEDERATION),
        ({"peer": "nobody"}, Reason.WRONG_TOPIC),
        ({"key": by.stranger.key_id}, Reason.UNKNOWN_KEY),
        ({}, Reason.BAD_SIGNATURE),
    ):
        peer = by.some_peer()
        yield Forgery(peer, by.claimed(peer, **changes), reason)


def _noise(by: Attacker) -> Iterator[Forgery]:
    peer = by.some_peer()
    genuine, chunk = by.overheard(peer), by.chunk(peer)
    end = int(by.rng.integers(len(genuine)))
    odd = msgspec.structs.replace
    for data, reason in (
        (b"", Reason.UNREADABLE),
        (b"\x81" + b"\x91" * 10_000, Reason.UNREADABLE),
        (by.rng.bytes(int(by.rng.integers(1, 2000))), Reason.UNREADABLE),
        (genuine[:end], Reason.UNREADABLE),
        (encoded(odd(chunk, number=1, count=2)), Reason.UNREADABLE),
        (encoded(odd(chunk, digest=by.rng.bytes(DIGEST_BYTES))), Reason.UNREADABLE),
        (encoded(odd(chunk, count=MOST_CHUNKS + 1)), Reason.OVERSIZE),
        (cut(by.rng.bytes(200))[0], Reason.UNREADABLE),
    ):
        yield Forgery(peer, data, reason)
    for _ in range(FLIPS):
        yield Forgery(peer, by.flipped(genuine), None)
        yield Forgery(peer, cut(by.flipped(chunk.part))[0], None)


def _repeated(by: Attacker) -> Iterator[Forgery]:
    peer, other = by.rng.choice(by.peers, 2, replace=False)
    yield Forgery(str(peer), by.overheard(str(peer)), Reason.REPLAYED)
    yield Forgery(str(peer), by.overheard(str(other)), Reason.WRONG_TOPIC)


def too_large(by: Attacker) -> Iterator[Forgery]:
    """Yield a part that is larger than parts are."""
    peer = by.some_peer()
    part = by.rng.bytes(CHUNK_BYTES + 1)
    yield Forgery(peer, encoded(Chunk(by.rng.bytes(DIGEST_BYTES), 0, 1, part)), Reason.OVERSIZE)


def by_a_member(by: Attacker) -> Iterator[Forgery]:
    """Yield one of each that needs a key, of whom evidence of step `STEP` was let in before."""
    for old, reason in (
        (by.keys.revoked, Reason.REVOKED_KEY),
        (by.keys.expired, Reason.EXPIRED_KEY),
    ):
        yield Forgery(MEMBER, by.spoken(Speaker(NAME, MEMBER, old), by.evidence()), reason)
    for content, reason in _contents(by):
        yield Forgery(MEMBER, by.spoken(by.as_member, content), reason)
    by.as_member.previous = by.rng.bytes(DIGEST_BYTES)
    newer = by.evidence(step=STEP + 1)
    yield Forgery(MEMBER, by.spoken(by.as_member, newer), Reason.BROKEN_CHAIN)


def _contents(by: Attacker) -> Iterator[tuple[Content, Reason]]:
    yield by.opening(), Reason.NOT_COORDINATOR
    yield RoundClosed({}), Reason.NOT_COORDINATOR
    yield RoundAborted("no-quorum"), Reason.NOT_COORDINATOR
    yield by.evidence(), Reason.STALE_WINDOW
    yield by.evidence(step=STEP - 1), Reason.STALE_WINDOW
    yield by.evidence(contract=by.rng.bytes(DIGEST_BYTES)), Reason.WRONG_CONTRACT
    for changes, reason in _spoilt(by.contract.size):
        yield by.evidence(step=STEP + 1, **changes), reason


def _spoilt(size: int) -> Iterator[tuple[dict[str, object], Reason]]:
    nan, zero = np.full(size, np.nan), np.zeros(size)
    yield {"effect": numbers(zero[1:])}, Reason.WRONG_SHAPE
    yield {"se": numbers(np.append(zero, 1.0))}, Reason.WRONG_SHAPE
    yield {"effect": numbers(zero + np.inf)}, Reason.NOT_FINITE
    yield {"effect": numbers(nan)}, Reason.NOT_FINITE
    yield {"se": numbers(zero - np.inf)}, Reason.NOT_FINITE
    yield {"se": numbers(zero)}, Reason.IMPLAUSIBLE
    yield {"se": numbers(zero - 0.05)}, Reason.IMPLAUSIBLE
    yield {"effect": numbers(zero + 1e31)}, Reason.IMPLAUSIBLE
    yield {"effect": numbers(zero + 1000.0)}, Reason.IMPLAUSIBLE
    yield {"rows": 0}, Reason.IMPLAUSIBLE
    yield {"rows": STEP + 3}, Reason.IMPLAUSIBLE


def by_an_opener(by: Attacker) -> Iterator[Forgery]:
    """Yield one of each that needs the right to open rounds, while the newest round has ended."""
    now = by.record.newest
    for content, number, reason in (
        (by.opening(), now, Reason.WRONG_ROUND),
        (by.opening(), 1, Reason.WRONG_ROUND),
        (RoundClosed({}), now + FAR, Reason.WRONG_ROUND),
        (RoundAborted("no-quorum"), now - 1, Reason.WRONG_ROUND),
        (RoundClosed({}), now, Reason.WRONG_STAGE),
        (RoundAborted("no-quorum"), now, Reason.WRONG_STAGE),
        (RoundClosed({"nobody": bytes(DIGEST_BYTES)}), now, Reason.UNKNOWN_PEER),
        (RoundClosed({MEMBER: b""}), now, Reason.IMPLAUSIBLE),
        (by.opening(quorum=0), now + 1, Reason.IMPLAUSIBLE),
        (by.opening(seconds=float("nan")), now + 1, Reason.IMPLAUSIBLE),
        (by.opening(), -1, Reason.IMPLAUSIBLE),
        (by.opening(speaks=NEWEST + 1), now + 1, Reason.WRONG_PROTOCOL),
    ):
        yield Forgery(OPENER, by.spoken(by.as_opener, content, number), reason)


def encoded(chunk: Chunk) -> bytes:
    return msgspec.msgpack.encode(chunk)
