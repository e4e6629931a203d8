"""One member's part in one round: whether it takes part, and what it answers to each stage.

Rows and budget count as used from the moment the input is made, whatever becomes of the round.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.sealing import (
    Announcements,
    Delivery,
    FromCoordinator,
    FromPeer,
    RevealRequest,
    Stage,
    Survivors,
)
from scarcity.federation.protocol.statement import Speaker
from scarcity.federation.sealed.accountant import Account, Budget, BudgetSpent, Release
from scarcity.federation.sealed.agreement import Bargain, terms_of
from scarcity.federation.sealed.memory import REMEMBERED, Memory
from scarcity.federation.sealed.peer import SealedPeer
from scarcity.federation.sealed.progress import Progress
from scarcity.federation.sealed.release import Plan, fresh_noise
from scarcity.federation.sealed.rows import Rows, Taken
from scarcity.federation.sealed.terms import Terms
from scarcity.stats.arrays import Ints

MOST_SAID = 64
"""Older rounds have ended long ago."""

Withheld = Literal["", "budget-spent", "too-few-rows", "not-invited", "memory-lost", "refused"]
"""Why a member took no part, or no further part, in a round."""


class _Withheld(Exception):
    """There is a reason to take no part."""

    def __init__(self, reason: Withheld, why: str) -> None:
        super().__init__(why)
        self.reason: Withheld = reason


@dataclass(frozen=True, slots=True)
class Seat:
    """Who a member is, and among whom."""

    speaker: Speaker
    identity: Identity
    roster: Roster
    contract: Contract


@dataclass(slots=True)
class Holdings:
    """What a member has from round to round."""

    memory: Memory
    """to be kept before anything is said"""
    rows: Rows | None = None
    """none = nothing that may be summed"""
    entered: bytes = b""
    """the newest round that it has put rows into, or is heard to have: the digest of its terms"""
    said: deque[tuple[bytes, Stage]] = field(default_factory=lambda: deque(maxlen=MOST_SAID))
    """stages that it has answered, by the digest of the round's terms"""
    drawn: tuple[Plan, Ints] | None = None
    """noise for one input, drawn beforehand"""

    def prepare(self, plan: Plan) -> None:
        """Draw the noise of the next input while nobody waits for it."""
        if self.drawn is None or self.drawn[0] != plan:
            self.drawn = plan, fresh_noise(plan)

    def noise(self, plan: Plan) -> Ints | None:
        """Hand out what was drawn, once; None when nothing was that fits."""
        drawn, self.drawn = self.drawn, None
        return None if drawn is None or drawn[0] != plan else drawn[1]

    def account(self, contract: Contract) -> Account:
        """What its rounds have cost."""
        sealing = contract.sealing
        assert sealing is not None
        each, in_all = (Budget(size, sealing.delta) for size in (sealing.epsilon, sealing.budget))
        return Account(each, in_all, self.memory.rho, self.memory.released)

    @property
    def count(self) -> int:
        """Rows for the next round."""
        return 0 if self.rows is None else self.rows.count


class Part:
    """One member in one round."""

    def __init__(self, seat: Seat, holdings: Holdings, bargain: Bargain) -> None:
        self._seat = seat
        self._holdings = holdings
        self._terms: Terms | None = None
        self._peer: SealedPeer | None = None
        self.bargain = bargain
        self.withheld: Withheld = ""
        self.why = ""
        """The same in words."""
        self.rows = 0
        """That it put into the round."""

    def terms(self, progress: Progress) -> Terms:
        """The terms of the round. Refused when no member could agree to them."""
        if self._terms is None:
            self._terms = terms_of(progress, self.bargain, self._seat.roster)
        return self._terms

    def answer(self, progress: Progress) -> FromPeer | None:
        """What is answered now; None when this member takes no part, or no part any more."""
        if self.withheld:
            return None
        try:
            return self._answer(progress)
        except _Withheld as withheld:
            self._withhold(withheld.reason, str(withheld))
        except BudgetSpent as spent:
            self._withhold("budget-spent", str(spent))
        except Refused as refusal:
            self._withhold("refused", f"{refusal.reason}: {refusal}")
        return None

    def burn(self) -> None:
        """Forget the keys of the round."""
        self._peer = None
        if self._holdings.memory.terms:
            self._holdings.memory = self._holdings.memory.burned()

    def _answer(self, progress: Progress) -> FromPeer | None:
        if self._name not in progress.names:
            raise _Withheld("not-invited", "the coordinator had not heard of this member yet")
        if self._name in progress.missing:
            return None
        terms = self.terms(progress)
        if (terms.digest, progress.stage) in self._holdings.said:
            return None
        self._remember(terms)
        known = self._holdings.memory.answers(terms.digest, progress.stage)
        if known is not None:
            return known
        index = progress.names.index(self._name)
        if progress.stage is Stage.KEYS:
            return self._begin(terms, index)
        peer = self._peer
        if peer is None or peer.stage is not progress.stage:
            return None
        return self._go_on(peer, _addressed(progress.sent, index))

    def _begin(self, terms: Terms, index: int) -> FromPeer:
        """KEYS, unless there is a reason to take no part."""
        holdings = self._holdings
        if holdings.entered and holdings.entered not in holdings.memory.entered:
            raise _Withheld(
                "memory-lost", "it has put rows into rounds that what it kept knows nothing of"
            )
        self._charged()
        self._peer = SealedPeer(terms, index, self._seat.identity)
        return self._kept(self._peer, self._peer.announce())

    def _go_on(self, peer: SealedPeer, message: FromCoordinator | None) -> FromPeer | None:
        """The stages after KEYS, for who has answered each before."""
        match message:
            case Announcements():
                return self._kept(peer, peer.share(message))
            case Delivery():
                return self._contribute(peer, message)
            case Survivors():
                return self._kept(peer, peer.endorse(message))
            case RevealRequest():
                return self._kept(peer, peer.reveal(message))
            case _:
                return None

    def _contribute(self, peer: SealedPeer, message: Delivery) -> FromPeer:
        """INPUT: rows are taken and paid for together with the answer that they are in."""
        holdings = self._holdings
        account, taken = self._charged()
        words = self.bargain.words(taken.windows, holdings.noise(self.bargain.plan))
        answer = peer.contribute(message, words)
        assert holdings.rows is not None
        holdings.rows.forget(taken.stop)
        holdings.entered = answer.terms
        self.rows = taken.count
        holdings.memory = replace(
            holdings.memory,
            rho=account.rho,
            released=account.released,
            entered=(*holdings.memory.entered[1 - REMEMBERED :], answer.terms),
            rows=taken.count,
        )
        return self._kept(peer, answer)

    def _charged(self) -> tuple[Account, Taken]:
        """The rows there are, and the account once they are paid for."""
        holdings, needed = self._holdings, self.bargain.rows_needed
        if holdings.rows is None or holdings.count < needed:
            raise _Withheld(
                "too-few-rows",
                f"{holdings.count} rows; {needed} of each member show an effect at this budget",
            )
        taken = holdings.rows.take()
        release = Release(taken.start, taken.stop, self.bargain.rho)
        return holdings.account(self._seat.contract).charged(release), taken

    def _kept(self, peer: SealedPeer, answer: FromPeer) -> FromPeer:
        self._holdings.memory = replace(
            self._holdings.memory, terms=answer.terms, snapshot=peer.snapshot(), answer=answer
        )
        return answer

    def _remember(self, terms: Terms) -> None:
        """Go on with what was begun in this round before a restart."""
        memory = self._holdings.memory
        if self._peer is None and memory.terms == terms.digest:
            self.rows = memory.rows if terms.digest in memory.entered else 0
            self._peer = SealedPeer.restore(terms, self._seat.identity, memory.snapshot)

    def _withhold(self, reason: Withheld, why: str) -> None:
        self.withheld, self.why = reason, why
        self.burn()

    @property
    def _name(self) -> str:
        return self._seat.speaker.peer


def _addressed(sent: tuple[FromCoordinator, ...], index: int) -> FromCoordinator | None:
    """The message for a member."""
    ours = (each for each in sent if not isinstance(each, Delivery) or each.receiver == index)
    return next(ours, None)
