"""The coordinator's part in a sealed round: a fold over the log.

`take` is given the records in the order of the log. What it answers depends on them alone, so a
coordinator that died is rebuilt from the log and goes on. It holds no secret, and need not be
trusted with an input: only with handing on what it is given.

A round below a threshold ends with `Aborted` and a reason. Nothing of it is then unmasked, and the
members forget its keys.
"""

from collections.abc import Iterable
from contextlib import suppress
from hmac import compare_digest

import numpy as np

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    ANSWERS,
    Aborted,
    Announcement,
    Announcements,
    Box,
    Delivery,
    Endorsement,
    Failure,
    FromCoordinator,
    FromPeer,
    MaskedInput,
    Portion,
    Record,
    Reveal,
    RevealRequest,
    SharedSecrets,
    Stage,
    StageClosed,
    Survivors,
    Total,
)
from scarcity.federation.sealed.checks import check_announcement, check_endorsement, commitment
from scarcity.federation.sealed.fixedpoint import WORD_BYTES, from_bytes, to_bytes
from scarcity.federation.sealed.keys import KeyPair
from scarcity.federation.sealed.terms import Terms
from scarcity.federation.sealed.unmasking import FalseSecret, Revealed, TooFewShares, Unmasking

TOO_FEW: dict[Stage, Failure] = {
    Stage.KEYS: "too-few-keys",
    Stage.SHARES: "too-few-sharing",
    Stage.INPUT: "too-few-inputs",
    Stage.CONSISTENCY: "too-few-endorsements",
    Stage.UNMASK: "too-few-shares",
}


class SealedCoordinator:
    """The state machine of one round."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._answered: dict[Stage, set[int]] = {stage: set() for stage in TOO_FEW}
        self._keys: dict[int, Announcement] = {}
        self._secrets: dict[int, SharedSecrets] = {}
        self._portions: dict[int, dict[int, Portion]] = {}
        """by owner and holder"""
        self._sum = np.zeros(terms.length, np.uint64)
        self._endorsements: list[Endorsement] = []
        self._shares: dict[int, dict[int, bytes]] = {}
        """revealed ones, by owner and holder"""
        self.stage = Stage.KEYS
        """what is waited for"""
        self.disputed: set[tuple[int, int]] = set()
        """(owner, holder) of revealed shares that are not what the owner handed out"""

    @classmethod
    def rebuilt(cls, terms: Terms, log: Iterable[Record]) -> "SealedCoordinator":
        """The coordinator that has taken this log; what was refused then is refused again."""
        coordinator = cls(terms)
        for record in log:
            with suppress(Refused):
                coordinator.take(record)
        return coordinator

    @property
    def awaited(self) -> frozenset[int]:
        """Who can still answer the current stage; when nobody, it may be closed early."""
        if self.stage not in self._answered:
            return frozenset()
        return self._invited(self.stage) - self._answered[self.stage]

    def take(self, record: Record) -> tuple[FromCoordinator, ...]:
        """Take the next record of the log; answers what is to be sent when a stage closes."""
        if not compare_digest(record.terms, self._terms.digest):
            raise Refused(Reason.WRONG_ROUND, "the message belongs to another round")
        if isinstance(record, StageClosed):
            return self._close(record.stage)
        self._check_sender(record)
        self._check_content(record)
        self._keep(record)
        self._answered[self.stage].add(record.sender)
        return ()

    def _invited(self, stage: Stage) -> frozenset[int]:
        """Those who have answered every stage before."""
        if stage is Stage.KEYS:
            return frozenset(range(len(self._terms.members)))
        return frozenset(self._answered[Stage(stage - 1)])

    def _check_sender(self, message: FromPeer) -> None:
        stage = ANSWERS[type(message)]
        if stage is not self.stage:
            raise Refused(Reason.WRONG_STAGE, f"an answer to {stage.name} during {self.stage.name}")
        if message.sender in self._answered[stage]:
            raise Refused(Reason.REPEATED, f"member {message.sender} has answered {stage.name}")
        if message.sender not in self._invited(stage):
            raise Refused(Reason.NOT_A_MEMBER, f"{message.sender} takes no part in {stage.name}")

    def _check_content(self, message: FromPeer) -> None:
        match message:
            case Announcement():
                check_announcement(self._terms, message)
                self._check_keys(message)
            case SharedSecrets():
                self._check_portions(message)
            case MaskedInput():
                if len(message.words) != self._terms.length * WORD_BYTES:
                    raise Refused(Reason.WRONG_SHAPE, f"the input of member {message.sender}")
            case Endorsement():
                check_endorsement(self._terms, message, self._survivors)
            case Reveal():
                self._check_reveal(message)

    def _keep(self, message: FromPeer) -> None:
        match message:
            case Announcement():
                self._keys[message.sender] = message
            case SharedSecrets():
                self._secrets[message.sender] = message
                self._portions[message.sender] = {each.holder: each for each in message.portions}
            case MaskedInput():
                self._sum += from_bytes(message.words)
            case Endorsement():
                self._endorsements.append(message)
            case Reveal():
                self._collect(message)

    def _check_keys(self, message: Announcement) -> None:
        """One key that nobody can agree with would stop every neighbour."""
        probe = KeyPair.fresh()
        for key in (message.channel_key, message.mask_key):
            probe.agree(key)

    def _check_portions(self, message: SharedSecrets) -> None:
        """One for each neighbour that has announced keys, and one for the sender."""
        holders = sorted(portion.holder for portion in message.portions)
        around = self._terms.neighbours(message.sender) & self._keys.keys()
        if holders != sorted(around | {message.sender}):
            raise Refused(Reason.WRONG_SHAPE, f"the portions of member {message.sender}")

    def _check_reveal(self, message: Reveal) -> None:
        """Of each owner the share that these survivors call for, and no other."""
        owners = sorted(share.owner for share in message.shares)
        around = self._terms.neighbours(message.sender) & self._secrets.keys()
        if owners != sorted(around | {message.sender}):
            raise Refused(Reason.WRONG_SHAPE, f"the shares that member {message.sender} reveals")
        for share in message.shares:
            if (share.kind == "seed") != (share.owner in self._answered[Stage.INPUT]):
                raise Refused(Reason.BOTH_SHARES, f"a {share.kind} share of member {share.owner}")

    def _collect(self, message: Reveal) -> None:
        """Keep the shares that are what their owners handed out."""
        for share in message.shares:
            portion = self._portions[share.owner][message.sender]
            digest = portion.seed_digest if share.kind == "seed" else portion.key_digest
            found = commitment(self._terms.digest, share.owner, share.share)
            if compare_digest(found, digest):
                self._shares.setdefault(share.owner, {})[message.sender] = share.share
            else:
                self.disputed.add((share.owner, message.sender))

    def _close(self, stage: Stage) -> tuple[FromCoordinator, ...]:
        if stage is not self.stage or stage not in TOO_FEW:
            raise Refused(Reason.WRONG_STAGE, f"{stage.name} is closed during {self.stage.name}")
        if len(self._answered[stage]) < self._terms.threshold:
            return self._abort(TOO_FEW[stage], stage)
        self.stage = Stage(stage + 1)
        return self._following(stage)

    def _following(self, closed: Stage) -> tuple[FromCoordinator, ...]:
        """What is sent once a stage has closed with enough answers."""
        digest = self._terms.digest
        match closed:
            case Stage.KEYS:
                return (Announcements(digest, tuple(self._keys.values())),)
            case Stage.SHARES:
                return tuple(Delivery(digest, each, self._boxes(each)) for each in self._secrets)
            case Stage.INPUT:
                return (Survivors(digest, self._survivors),)
            case Stage.CONSISTENCY:
                return (RevealRequest(digest, self._survivors, tuple(self._endorsements)),)
            case _:
                return self._finish()

    @property
    def _survivors(self) -> tuple[int, ...]:
        return tuple(sorted(self._answered[Stage.INPUT]))

    def _boxes(self, receiver: int) -> tuple[Box, ...]:
        return tuple(
            Box(sender, portions[receiver].box)
            for sender, portions in self._portions.items()
            if receiver != sender and receiver in portions
        )

    def _finish(self) -> tuple[FromCoordinator, ...]:
        dropped = self._answered[Stage.SHARES] - self._answered[Stage.INPUT]
        revealed = Revealed(
            seeds={each: self._shares.get(each, {}) for each in self._survivors},
            keys={each: self._shares.get(each, {}) for each in sorted(dropped)},
            seed_digests={each: self._secrets[each].seed_digest for each in self._survivors},
            mask_keys={each: self._keys[each].mask_key for each in self._secrets},
        )
        try:
            Unmasking(self._terms, revealed).apply(self._sum)
        except TooFewShares:
            return self._abort("too-few-shares", Stage.UNMASK)
        except FalseSecret:
            return self._abort("false-secret", Stage.UNMASK)
        return (Total(self._terms.digest, self._survivors, to_bytes(self._sum)),)

    def _abort(self, reason: Failure, stage: Stage) -> tuple[FromCoordinator, ...]:
        """End the round; the sum so far, still masked, is dropped."""
        self.stage = Stage.ABORTED
        self._sum = np.zeros(0, np.uint64)
        return (Aborted(self._terms.digest, stage, reason),)
