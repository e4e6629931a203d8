"""What is told of a federation inside a deployment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class RoundOutcome(StrEnum):
    """What became of a round."""

    POOLED = "pooled"
    TOO_FEW = "too-few"
    """Too few of the statements that count were let in here."""
    NO_OWN_EVIDENCE = "no-own-evidence"
    """This deployment had nothing to judge the others by."""
    ABORTED = "aborted"
    """The coordinator ended it without a result."""
    SUMMED = "summed"
    """The sum of what the members sealed became known."""


class PooledState(StrEnum):
    """What is held of an edge across peers."""

    ACCEPTED = "accepted"
    CONTESTED = "contested"
    """Significant, but peers are on both sides."""
    REJECTED = "rejected"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class PeerJudged:
    """A peer in a round, as this deployment sees it."""

    peer: str
    is_used: bool
    reason: str
    """why its evidence was not used, such as "opposes-own"; empty when it was"""
    weight: float
    """its mean share in the effects"""
    rows: int


@dataclass(frozen=True, slots=True)
class PooledEdge:
    """What the peers say of an edge, put together. Numbers are standardised; lag is in steps."""

    source: str
    target: str
    lag: int
    effect: float
    se: float
    expected_low: float | None
    """where the effect at a new peer is to be expected, with 95 %"""
    expected_high: float | None
    i2: float | None
    """the share of what is seen between peers that is not chance"""
    tau2: float
    q_value: float
    state: PooledState
    supports: tuple[str, ...]
    opposes: tuple[str, ...]
    own_effect: float | None
    own_se: float | None


@dataclass(frozen=True, slots=True)
class StatementsRefused:
    """Statements of a peer that were not let in, since the start."""

    peer: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class PrivacySpent:
    """What sealed rounds have cost this deployment in differential privacy, and what it put in."""

    epsilon_round: float
    """what a round costs each row in it; a row is in one round at most"""
    epsilon_spent: float
    """what all rounds so far have cost whoever is behind one row in each"""
    epsilon_total: float
    """what they may cost"""
    delta: float
    """of all three"""
    rounds: int
    """sums that the edges rest on"""
    rows: int
    """own rows in this round"""
    rows_needed: int
    """so many of each member show an effect in one round"""
    withheld: str
    """why this deployment took no part, or no further part, such as "budget-spent"; empty when it
    did"""
    why: str
    """the same in words"""


@dataclass(frozen=True, slots=True)
class RoundJudged:
    """This deployment has judged a round of a federation."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.federation", "what this deployment makes of each round with its peers"
    )

    federation: str
    subject: str
    stream: str
    """that speaks for this deployment"""
    peer: str
    round: int
    mode: str
    at: datetime
    outcome: RoundOutcome
    reason: str
    """why the coordinator ended it, when it was aborted"""
    rule: str
    quorum: int
    late: int
    """statements that came too late for their round, since the start"""
    peers: tuple[PeerJudged, ...]
    edges: tuple[PooledEdge, ...]
    """accepted and contested ones"""
    refused: tuple[StatementsRefused, ...]
    opened_at: datetime
    """by the coordinator's clock; numbers begin anew when nothing that it said before counts"""
    privacy: PrivacySpent | None = None
    """of sealed rounds"""

    @property
    def key(self) -> str:
        return f"{self.federation}/{self.peer}"

    @property
    def event_id(self) -> str:
        return f"{self.federation}/{self.peer}/{self.round}/{self.opened_at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
