"""Components: what is wanted of them, and what they really do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class InstanceState(StrEnum):
    """Where an instance is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"
    PAUSED = "paused"
    """It takes nothing in hand until it is wanted to go on, and keeps its place."""
    OFF = "off"
    """It does nothing but say so, until it is wanted again."""


@dataclass(frozen=True, slots=True)
class HeartbeatSent:
    """An instance says what it is really doing. `rate` is in events per second."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.heartbeats", "what every instance is doing")

    instance: str
    component: str
    state: InstanceState
    started_at: datetime
    at: datetime
    version: str
    handled: int
    rate: float
    lag: int
    interval_s: float
    held_back: int = 0
    """How many of its partitions wait until slow readers of what they lead to have caught up."""
    configured: int = 0
    """The version of what is wanted of its component that it runs with; 0 = as it was started."""
    settings: str = ""
    """A JSON object: how it works now, of all that can be wanted otherwise; empty = nothing can."""

    @property
    def key(self) -> str:
        return self.instance

    @property
    def event_id(self) -> str:
        return f"{self.instance}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


class ComponentStatus(StrEnum):
    """How a component does, computed from heartbeats alone."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    PAUSED = "paused"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ComponentUpdated:
    """How a component does: what its heartbeats say."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.status", "what the heartbeats say of each component", compacted=True
    )

    component: str
    enabled: bool
    status: ComponentStatus
    detail: str
    at: datetime
    instances: tuple[HeartbeatSent, ...]

    @property
    def key(self) -> str:
        return self.component

    @property
    def event_id(self) -> str:
        return f"{self.component}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class ComponentCommanded:
    """Somebody wants something else of a component; what is None stays as it is.

    `settings` is a JSON object with all that is to differ from how the component was started.
    """

    topic: ClassVar[Topic] = Topic("scarcity.v1.commands", "what somebody wants of a component")

    command: str
    """Its id: said twice, it is done once."""
    component: str
    by: str
    at: datetime
    enabled: bool | None = None
    paused: bool | None = None
    settings: str | None = None
    expected: int | None = None
    """The version that it is meant to change; None = whichever there is."""

    @property
    def key(self) -> str:
        return self.component

    @property
    def event_id(self) -> str:
        return f"{self.component}/{self.command}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class ComponentConfigured:
    """What is wanted of a component from now on; its instances follow."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.components", "what is wanted of each component", compacted=True
    )

    component: str
    version: int
    enabled: bool
    paused: bool
    """It keeps its place, and takes nothing in hand."""
    settings: str
    """A JSON object with all that differs from how the component was started."""
    by: str
    at: datetime

    @property
    def key(self) -> str:
        return self.component

    @property
    def event_id(self) -> str:
        return f"{self.component}/{self.version}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class CommandJudged:
    """What became of a command: the record of who changed what, and when."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.audit", "every command, and what became of it; what was sent again"
    )

    command: str
    component: str
    by: str
    at: datetime
    refused: str
    """Why it was not done; empty when it was."""
    version: int
    """What is wanted of the component after it."""
    before: str
    after: str
    """What was wanted and what is, as JSON objects: enabled, paused, settings."""

    @property
    def key(self) -> str:
        return self.component

    @property
    def event_id(self) -> str:
        return f"{self.component}/{self.command}/judged"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class LetterJudged:
    """What became of a dead letter that somebody wanted to send again."""

    letter: str
    """The id of the dead letter."""
    topic: str
    key: str
    edited: bool
    """Whether key or value are other than the refused ones."""
    refused: str
    """Why it was not sent; empty when it was."""


@dataclass(frozen=True, slots=True)
class DeadLettersReplayed:
    """Somebody sent dead letters again: the record of who, when, which, and where to."""

    topic: ClassVar[Topic] = CommandJudged.topic

    request: str
    """Its id: said twice, it is done once."""
    digest: str
    """Of what was asked, so that the id is not used for something else."""
    by: str
    at: datetime
    letters: tuple[LetterJudged, ...]

    @property
    def key(self) -> str:
        return "dead-letters"

    @property
    def event_id(self) -> str:
        return f"dead-letters/{self.request}/replayed"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class StateSaved:
    """The state of one key of a service, as of one point of its input; private to that service.

    Under the empty key it is about a whole partition: everything that inputs below `next_offset`
    led to has been published. It has no topic of its own: each service with state keeps one, see
    `catalog.state_topic`. A state that is too large for a message is in several, which are alike
    but for `state` and `part`.
    """

    key: str
    next_offset: int
    state: bytes
    at: datetime
    part: int = 0
    """Which part of the state this is; only the first is saved under the key itself."""
    further: int = 0
    """How many parts there are beside the first."""
