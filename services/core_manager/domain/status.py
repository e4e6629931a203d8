"""The status of a component, computed from heartbeats alone.

An instance is alive while its newest heartbeat is younger than `PATIENCE` of its own intervals.

    no live instance                      down
    a live one that is not settled yet,
    or one that stopped without a word    degraded
    every instance alive, and all
    running, paused or off                up, paused, off
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from scarcity.events import ComponentStatus, ComponentUpdated, HeartbeatSent, InstanceState

PATIENCE = 3.5
"""How many heartbeats may be missed, plus a half for the way here."""

FORGET_AFTER = timedelta(minutes=5)
"""How long a silent instance is still listed."""


class Component:
    """The newest heartbeat of every instance of one component."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._beats: dict[str, HeartbeatSent] = {}

    def hear(self, beat: HeartbeatSent) -> None:
        """Take in a heartbeat; an older one than is known changes nothing."""
        known = self._beats.get(beat.instance)
        if known is None or beat.at >= known.at:
            self._beats[beat.instance] = beat

    def state(self, *, now: datetime) -> ComponentUpdated:
        """Return what the heartbeats say at this moment."""
        self._beats = {
            name: beat
            for name, beat in self._beats.items()
            if now - beat.at < FORGET_AFTER and beat.state is not InstanceState.STOPPED
        }
        beats = [self._beats[name] for name in sorted(self._beats)]
        status, detail = _judge(beats, now)
        return ComponentUpdated(
            component=self._name,
            enabled=status is not ComponentStatus.OFF,
            status=status,
            detail=detail,
            at=now,
            instances=tuple(beats),
        )


class System:
    """Every component that is expected or was ever heard of."""

    def __init__(self, expected: Iterable[str]) -> None:
        self._components = {name: Component(name) for name in expected}

    def hear(self, beat: HeartbeatSent) -> None:
        self._components.setdefault(beat.component, Component(beat.component)).hear(beat)

    def states(self, *, now: datetime) -> list[ComponentUpdated]:
        """Return the state of every component."""
        return [component.state(now=now) for component in self._components.values()]


def is_alive(beat: HeartbeatSent, *, now: datetime) -> bool:
    """Say whether an instance has been heard of lately enough."""
    return now - beat.at <= timedelta(seconds=PATIENCE * beat.interval_s)


def same_but_time(left: ComponentUpdated, right: ComponentUpdated) -> bool:
    """Say whether two states tell the same, whenever they were computed."""
    return replace(left, at=right.at) == right


SETTLED: Mapping[InstanceState, ComponentStatus] = {
    InstanceState.RUNNING: ComponentStatus.UP,
    InstanceState.PAUSED: ComponentStatus.PAUSED,
    InstanceState.OFF: ComponentStatus.OFF,
}
"""States that an instance stays in, and how its component does if all are in the same."""


def _judge(beats: list[HeartbeatSent], now: datetime) -> tuple[ComponentStatus, str]:
    silent = [beat.instance for beat in beats if not is_alive(beat, now=now)]
    unsettled = [
        f"{beat.instance} is {beat.state}"
        for beat in beats
        if beat.instance not in silent and beat.state not in SETTLED
    ]
    if len(silent) == len(beats):
        heard = f"silent: {', '.join(silent)}" if silent else "no heartbeat"
        return ComponentStatus.DOWN, heard
    if silent:
        return ComponentStatus.DEGRADED, f"silent: {', '.join(silent)}"
    if unsettled:
        return ComponentStatus.DEGRADED, ", ".join(unsettled)
    counts = Counter(beat.state for beat in beats)
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    alike = next(iter(counts)) if len(counts) == 1 else None
    return ComponentStatus.DEGRADED if alike is None else SETTLED[alike], said
