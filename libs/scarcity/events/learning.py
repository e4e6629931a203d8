"""What is told of meta-learning inside a deployment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class TrialStage(StrEnum):
    """How far other settings of an engine have come."""

    IDLE = "idle"
    SHADOW = "shadow"
    """A second engine foresees with them, and changes nothing."""
    CANARY = "canary"
    """The second engine speaks, on trial."""
    PROMOTED = "promoted"
    """The same, after so many rows that were no worse."""
    ROLLED_BACK = "rolled-back"
    FROZEN = "frozen"
    """Nothing is tried after repeated rollbacks, until they are long ago."""


class TrialAction(StrEnum):
    """What was decided about a trial."""

    REFUSE = "refuse"
    BEGIN = "begin"
    RELEASE = "release"
    PROMOTE = "promote"
    SETTLE = "settle"
    """It is over, and the new settings stay."""
    DROP = "drop"
    """They were no better in shadow."""
    ROLL_BACK = "roll-back"
    WITHDRAW = "withdraw"
    """It is over for want of room, without a verdict."""


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


@dataclass(frozen=True, slots=True)
class EngineConfigured:
    """What others lead one to expect of the settings of a stream's engine, and what is to be tried.

    Half-lives are in steps, 0 = a row counts the same for ever. The newest of each stream and of
    whoever says it counts.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.engine-configs",
        "which settings of each stream's engine to expect, and to try",
        compacted=True,
    )

    stream: str
    sequence: int
    """A trial is begun once for each."""
    at: datetime
    by: str
    provenance: tuple[str, ...]
    """The streams that the weights rest on."""
    half_lives: tuple[float, ...]
    weights: tuple[float, ...]
    """Of them, before anything is seen of the stream; they sum to 1. Empty = nothing is known."""
    trial: float | None
    """A half-life to be tried; None = none."""
    at_once: bool
    """Whether it is to be used on trial; False = once it is better in shadow."""

    @property
    def key(self) -> str:
        return f"{self.stream}/{self.by}"

    @property
    def event_id(self) -> str:
        return f"{self.stream}/{self.by}/{self.sequence}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class TrialJudged:
    """A decision about settings of a stream's engine that are on trial, and what it rests on.

    The setting is the half-life, in steps; 0 = a row counts the same for ever.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.trials", "which settings of engines were tried, and what became of them"
    )

    stream: str
    epoch: int
    window_id: str
    at: datetime
    number: int
    """Of those of the window."""
    action: TrialAction
    stage: TrialStage
    """From now on."""
    by: str
    """Who wanted it: `engine`, whose own rows prefer it, or somebody else."""
    trusted: float
    """Before."""
    candidate: float
    running: float
    """From now on."""
    rows: int
    """That were foreseen with both."""
    gain: float
    """Nats a row by which the candidate was ahead in them."""
    e_value: float
    """How strongly they say that the candidate is worse: by chance it ever reaches 100 once in 100
    trials at most."""
    why: str
    half_lives: tuple[float, ...]
    weights: tuple[float, ...]
    """How far the stream's rows prefer each of them; they sum to 1."""

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.window_id}/trial/{self.number}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
