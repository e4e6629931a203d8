"""What is told of meta-learning inside a deployment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class OfferOutcome(StrEnum):
    """What a stream was told."""

    OFFERED = "offered"
    """Something new."""
    KEPT = "kept"
    """What it was told before still holds."""
    WITHDRAWN = "withdrawn"
    """What it was told before holds no more."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """How much of what a stream is told rests on another one."""

    stream: str
    weight: float
    """0 to 1: of its family, times how far it belongs to it"""


@dataclass(frozen=True, slots=True)
class StreamLearned:
    """One stream of a domain: what it taught, and what it was told."""

    stream: str
    rows: int
    """that its evidence rests on"""
    unused: str
    """why its evidence does not count for others, such as "few-rows"; empty when it does"""
    outcome: OfferOutcome
    reason: str
    """why it is told nothing, such as "few-others" or "unlike"; empty when it is told"""
    informative: float
    """how probable it is, by its own evidence, that it is like any of the others"""
    edges: int
    """that something is said of"""
    likely: int
    """of these, how many are likelier there than not"""
    sources: tuple[LearnedFrom, ...]


@dataclass(frozen=True, slots=True)
class DomainLearned:
    """The streams of a domain were put side by side, and some are told something else than before.

    The newest of each domain counts.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.learning", "what the streams of each domain teach and are told"
    )

    domain: str
    sequence: int
    """That of the offers that it led to."""
    at: datetime
    streams: tuple[StreamLearned, ...]
    """All of the domain, by name; none when it has none any more."""

    @property
    def key(self) -> str:
        return self.domain

    @property
    def event_id(self) -> str:
        return f"{self.domain}/{self.sequence}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
