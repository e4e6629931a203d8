"""What is let in of all that arrives: checked in one order, and refused with one reason.

    size -> form -> protocol, federation, topic -> member, key, time -> signature
    -> not said before, next in the chain -> said by whom it may be -> numbers that can be true
    -> newer than the last

State changes only when a statement is let in, except for the chain: whoever has signed a statement
has said it, and the next one has to follow it.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from scarcity.federation.protocol.answers import check_answer, check_sealed_opening
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import is_signed_by
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.roster import Role, Roster
from scarcity.federation.protocol.sealing import (
    ANSWERS,
    Announcement,
    Endorsement,
    FromPeer,
    MaskedInput,
    Reveal,
    SharedSecrets,
    Stage,
    StageClosed,
)
from scarcity.federation.protocol.statement import (
    DIGEST_BYTES,
    NEWEST,
    OLDEST,
    Content,
    EvidenceOffered,
    Floats,
    Heard,
    Hello,
    Mode,
    RoundAborted,
    RoundClosed,
    RoundOpened,
    Statement,
    floats_from_bytes,
    unpack,
)

MOST_NONCES = 4096
"""Of each peer; older ones are refused by the chain."""
MOST_ANSWERS = 64
"""Of each peer in sealed rounds; older rounds have ended long ago."""
MOST_SURE = 100.0
"""Largest |effect / se| per square root of rows: a correlation of .99995."""
LEAST, MOST = 1e-30, 1e30
"""Errors lie between, and effects below: nobody's square runs out of what a float can hold."""
LONGEST_S = 24 * 3600.0
"""A round is open no longer."""
LAST_MS = 4_102_444_800_000
"""The beginning of 2100: what every calendar holds."""
MOST_PEERS = 1_000_000
"""No round needs more."""


@dataclass(slots=True)
class _Known:
    """What is remembered of a peer."""

    last: bytes | None = None
    """the digest of what it signed last"""
    at_ms: int = 0
    """when that was said, by its own clock"""
    nonces: deque[bytes] = field(default_factory=lambda: deque(maxlen=MOST_NONCES))
    place: tuple[int, int] = (-1, -1)
    """epoch and step of its newest evidence"""
    answered: deque[tuple[bytes, Stage]] = field(default_factory=lambda: deque(maxlen=MOST_ANSWERS))
    """stages of sealed rounds, by the digest of their terms"""


class Evidence(NamedTuple):
    """What a peer says of the edges of a contract."""

    effect: Floats
    """(edge), NaN = not tested"""
    se: Floats
    """(edge)"""
    rows: int


class Admission:
    """The door of one deployment."""

    def __init__(self, roster: Roster, contracts: tuple[Contract, ...]) -> None:
        self._roster = roster
        self._contracts = {contract.digest: contract for contract in contracts}
        self._sealed = next((each for each in contracts if each.sealing is not None), None)
        self._known: dict[str, _Known] = {}

    def hear(self, source: str, data: bytes, at_ms: int) -> Heard:
        """Let in what came from the topic of a peer at a time here, or raise Refused."""
        signed, statement = unpack(data)
        self._check_sender(source, statement)
        key = self._roster.key(statement.peer, statement.key, at_ms)
        if not is_signed_by(key.public, signed.signature, signed.body):
            raise Refused(Reason.BAD_SIGNATURE, f"not signed by {statement.peer}")
        known = self._known.setdefault(statement.peer, _Known())
        digest = signed.digest
        self._check_order(known, digest, statement)
        self._check_content(known, statement)
        known.nonces.append(statement.nonce)
        if isinstance(statement.content, EvidenceOffered):
            known.place = (statement.content.epoch, statement.content.step)
        elif isinstance(statement.content, FromPeer):
            known.answered.append((statement.content.terms, ANSWERS[type(statement.content)]))
        return Heard(statement, digest)

    def evidence(self, heard: Heard) -> Evidence:
        """Return the numbers of evidence that was let in."""
        content = heard.statement.content
        assert isinstance(content, EvidenceOffered)
        return _numbers(content, heard.statement.protocol, self._contracts[content.contract])

    def _check_sender(self, source: str, statement: Statement) -> None:
        if not OLDEST <= statement.protocol <= NEWEST:
            raise Refused(
                Reason.WRONG_PROTOCOL,
                f"protocol {statement.protocol}; this version speaks {OLDEST} to {NEWEST}",
            )
        if statement.federation != self._roster.federation:
            raise Refused(Reason.WRONG_FEDERATION, f"of federation {statement.federation}")
        if statement.peer != source:
            raise Refused(Reason.WRONG_TOPIC, f"{statement.peer} in the topic of {source}")

    def _check_order(self, known: _Known, digest: bytes, statement: Statement) -> None:
        if statement.nonce in known.nonces or digest == known.last:
            raise Refused(Reason.REPLAYED, f"{statement.peer} has said this before")
        follows = known.last is None or statement.previous == known.last
        if not follows and statement.at_ms <= known.at_ms:
            # Perhaps it is older than all nonces that are remembered: what comes next follows
            # what was said last, not this.
            raise Refused(Reason.REPLAYED, f"{statement.peer} has said something newer than this")
        known.last, known.at_ms = digest, statement.at_ms
        if not follows:
            raise Refused(
                Reason.BROKEN_CHAIN, f"this does not follow what {statement.peer} said before"
            )

    def _check_content(self, known: _Known, statement: Statement) -> None:
        content = statement.content
        leads = isinstance(content, RoundOpened | RoundClosed | RoundAborted | StageClosed)
        if leads and self._roster.member(statement.peer).role is not Role.COORDINATOR:
            raise Refused(Reason.NOT_COORDINATOR, f"{statement.peer} opens no rounds")
        self._check_mode(content)
        match content:
            case RoundOpened():
                _check_opening(statement, content)
                if self._sealed is not None:
                    check_sealed_opening(content, self._sealed)
            case RoundClosed():
                self._check_closing(content)
            case EvidenceOffered():
                self._check_evidence(known, statement.protocol, content)
            case Announcement() | SharedSecrets() | MaskedInput() | Endorsement() | Reveal():
                self._check_answer(known, content)

    def _check_mode(self, content: Content) -> None:
        """What belongs to the other mode is never taken for something of this one."""
        if isinstance(content, Hello):
            return
        if isinstance(content, RoundOpened):
            mode = content.mode
        else:
            is_sealed = isinstance(content, FromPeer | StageClosed)
            mode = Mode.SEALED if is_sealed else Mode.EVIDENCE
        agreed = Mode.EVIDENCE if self._sealed is None else Mode.SEALED
        if mode is not agreed:
            raise Refused(Reason.WRONG_MODE, f"of mode {mode.value}; agreed is {agreed.value}")

    def _check_answer(self, known: _Known, content: FromPeer) -> None:
        assert self._sealed is not None
        check_answer(content, self._sealed)
        stage = ANSWERS[type(content)]
        if (content.terms, stage) in known.answered:
            raise Refused(Reason.REPEATED, f"{stage.name} has been answered in this round")

    def _check_closing(self, closed: RoundClosed) -> None:
        for peer, digest in closed.included.items():
            self._roster.member(peer)
            if len(digest) != DIGEST_BYTES:
                raise Refused(Reason.IMPLAUSIBLE, f"a digest of {len(digest)} bytes")

    def _check_evidence(self, known: _Known, protocol: int, content: EvidenceOffered) -> None:
        contract = self._contracts.get(content.contract)
        if contract is None:
            raise Refused(Reason.WRONG_CONTRACT, "evidence of something that was not agreed upon")
        _check_numbers(content, _numbers(content, protocol, contract))
        if (content.epoch, content.step) <= known.place:
            raise Refused(Reason.STALE_WINDOW, "this rests on no more than what was said before")


def _check_opening(statement: Statement, opened: RoundOpened) -> None:
    if not OLDEST <= opened.speaks <= NEWEST:
        raise Refused(
            Reason.WRONG_PROTOCOL,
            f"a round in protocol {opened.speaks}; this version speaks {OLDEST} to {NEWEST}",
        )
    number = statement.round
    is_possible = number >= 1 and 1 <= opened.quorum <= MOST_PEERS
    is_possible = is_possible and 0 <= statement.at_ms <= LAST_MS
    if not (is_possible and 0.0 < opened.seconds <= LONGEST_S):
        raise Refused(
            Reason.IMPLAUSIBLE,
            f"round {number} of {opened.quorum} peers, open for {opened.seconds} s "
            f"from {statement.at_ms} ms",
        )


def _numbers(content: EvidenceOffered, protocol: int, contract: Contract) -> Evidence:
    effect = floats_from_bytes(content.effect, protocol, contract.size)
    return Evidence(effect, floats_from_bytes(content.se, protocol, contract.size), content.rows)


def _check_numbers(content: EvidenceOffered, evidence: Evidence) -> None:
    effect, se = evidence.effect, evidence.se
    if bool(np.any(np.isinf(effect) | np.isinf(se))) or bool(
        np.any(np.isnan(effect) != np.isnan(se))
    ):
        raise Refused(Reason.NOT_FINITE, "effects and errors must be numbers, or both missing")
    tested = ~np.isnan(effect)
    if not 0 < content.rows <= content.step + 1:
        raise Refused(Reason.IMPLAUSIBLE, f"{content.rows} rows from {content.step + 1} steps")
    if bool(np.any(se[tested] <= 0.0)):
        raise Refused(Reason.IMPLAUSIBLE, "a standard error that is not positive")
    if bool(np.any((se[tested] < LEAST) | (se[tested] > MOST) | (np.abs(effect[tested]) > MOST))):
        raise Refused(Reason.IMPLAUSIBLE, "an effect or an error beyond all measure")
    surest = np.max(np.abs(effect[tested]) / se[tested], initial=0.0)
    if surest > MOST_SURE * np.sqrt(content.rows):
        raise Refused(Reason.IMPLAUSIBLE, f"an effect of {surest:.0f} standard errors")
