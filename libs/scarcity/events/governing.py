"""Resources: what instances have and use, what they may spend, and why."""

import math
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from scarcity.events.base import Topic


class GovernorLevel(StrEnum):
    """How things stand, from good to bad."""

    NORMAL = "normal"
    CAUTION = "caution"
    THROTTLE = "throttle"
    CRITICAL = "critical"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """What was measured of one process and its surroundings at one moment; None = unknown.

    An absent metric is unknown, never 0. Bytes, seconds, cores, degrees Celsius, and shares from 0
    to 1.

    Pressure is the share of the last half second in which some (or all, `_full`) tasks waited for
    the resource. Counts of events are those since the tick before.
    """

    memory_used: float | None = None
    """working set: what could not be given back without writing it somewhere"""
    memory_limit: float | None = None
    """beyond it something is killed: the limit that is nearest, of this group or one above"""
    memory_high: float | None = None
    """beyond it allocation is slowed"""
    memory_source: str = ""
    """where the limit comes from, such as "cgroup2:/kubepods/pod1" or "host" """
    memory_pressure: float | None = None
    memory_pressure_full: float | None = None
    memory_high_events: float | None = None
    oom_kills: float | None = None
    cpu_used: float | None = None
    """cores"""
    cpu_limit: float | None = None
    """cores"""
    cpu_throttled: float | None = None
    """the share of scheduling periods in which the quota ran out"""
    cpu_pressure: float | None = None
    io_pressure: float | None = None
    io_pressure_full: float | None = None
    loop_lag: float | None = None
    """how late the event loop is"""
    consumer_lag: float | None = None
    """messages not yet handled"""
    latency: float | None = None
    """seconds that handling a message takes"""
    busy: float | None = None
    """cores that the process itself kept busy of late"""
    gpu_used: float | None = None
    gpu_memory_used: float | None = None
    gpu_memory_limit: float | None = None
    gpu_temperature: float | None = None

    def clean(self) -> Self:
        """The same, with what is no finite number, or negative, unknown."""
        wrong: dict[str, Any] = {
            each.name: None
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), float | int)
            and not (math.isfinite(value) and value >= 0.0)
        }
        return replace(self, **wrong) if wrong else self


@dataclass(frozen=True, slots=True)
class ResourcesSampled:
    """An instance says what it has and uses."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.resources", "what every instance has and uses")

    instance: str
    component: str
    at: datetime
    sample: ResourceSample
    share: float
    """of full work, that it does at most: by its own reflex, and by what is granted"""

    @property
    def key(self) -> str:
        return self.instance

    @property
    def event_id(self) -> str:
        return f"{self.instance}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class BudgetGranted:
    """What an instance may spend: absolute, under a lease.

    A higher epoch wins; within one, a higher sequence.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.budgets", "what every instance may spend", compacted=True
    )

    instance: str
    component: str
    epoch: int
    sequence: int
    at: datetime
    ttl_s: float
    """from its arrival on, by the clock of whoever reads it"""
    share: float
    """of full work, 0 to 1"""
    is_paused: bool
    level: GovernorLevel

    @property
    def key(self) -> str:
        return self.instance

    @property
    def event_id(self) -> str:
        return f"{self.instance}/{self.epoch}/{self.sequence}"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class BudgetDecided:
    """A governor has changed what an instance may spend, and why."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.decisions", "every decision, with what it rests on and why"
    )

    component: str
    instance: str
    at: datetime
    by: str
    """`reflex`, in the process itself, or `drg`"""
    rule: str
    binding: str
    """the resource with the largest load; empty when nothing is known"""
    load: float | None
    """of that resource: 1 is its limit"""
    predicted: float | None
    """memory used at the horizon, in bytes"""
    time_to_limit_s: float | None
    """until memory is used up, at this slope"""
    share_before: float
    share: float
    level_before: GovernorLevel
    level: GovernorLevel
    sample: ResourceSample
    is_dry_run: bool

    @property
    def key(self) -> str:
        return self.component

    @property
    def event_id(self) -> str:
        return f"{self.instance}/{self.by}/{self.at.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.at
