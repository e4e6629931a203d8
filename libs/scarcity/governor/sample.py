"""What was measured of one process and its surroundings at one moment."""

import math
from dataclasses import dataclass, fields, replace
from typing import Any, Self

Measured = float | None
"""None = unknown. An absent metric is unknown, never 0."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One tick. Bytes, seconds, cores, degrees Celsius, and shares from 0 to 1.

    Pressure is the share of the time since the tick before in which some (or all, `_full`) tasks
    waited for the resource. Counts of events are those since the tick before.
    """

    memory_used: Measured = None
    """working set: what could not be given back without writing it somewhere"""
    memory_limit: Measured = None
    """beyond it something is killed: the limit that is nearest, of this group or one above"""
    memory_high: Measured = None
    """beyond it allocation is slowed"""
    memory_source: str = ""
    """where the limit comes from, such as "cgroup2:/kubepods/pod1" or "host" """
    memory_pressure: Measured = None
    memory_pressure_full: Measured = None
    memory_high_events: Measured = None
    oom_kills: Measured = None
    cpu_used: Measured = None
    """cores"""
    cpu_limit: Measured = None
    """cores"""
    cpu_throttled: Measured = None
    """the share of scheduling periods in which the quota ran out"""
    cpu_pressure: Measured = None
    io_pressure: Measured = None
    io_pressure_full: Measured = None
    loop_lag: Measured = None
    """how late the event loop is"""
    consumer_lag: Measured = None
    """messages not yet handled"""
    latency: Measured = None
    """seconds that handling a message takes"""
    gpu_used: Measured = None
    gpu_memory_used: Measured = None
    gpu_memory_limit: Measured = None
    gpu_temperature: Measured = None

    def clean(self) -> Self:
        """The same, with what is no finite number, or negative, unknown."""
        wrong: dict[str, Any] = {
            each.name: None
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), float | int)
            and not (math.isfinite(value) and value >= 0.0)
        }
        return replace(self, **wrong) if wrong else self
