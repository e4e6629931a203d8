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


@dataclass(frozen=True, slots=True)
class ComponentUpdated:
    """What is wanted of a component, and what its heartbeats say of it."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.components", "wanted and measured state of each component", compacted=True
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
