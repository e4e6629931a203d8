"""Heartbeats and commands in, how components do and what is wanted of them out."""

from collections.abc import Iterable
from datetime import datetime

from scarcity.events import ComponentCommanded, ComponentUpdated, Event, HeartbeatSent
from scarcity.governor.tuning import TUNABLE
from services.core_manager.domain.desired import Desired
from services.core_manager.domain.status import System, same_but_time


class CoreManager:
    """Judges every component, says so when the judgement changes, and obeys commands."""

    def __init__(self, expected: Iterable[str]) -> None:
        self._system = System(expected)
        self._said: dict[str, ComponentUpdated] = {}
        self._desired: dict[str, Desired] = {}

    def on_heartbeat(self, beat: HeartbeatSent) -> Iterable[Event]:
        self._system.hear(beat)
        return ()

    def on_command(self, command: ComponentCommanded) -> Iterable[Event]:
        desired = self._of(command.component)
        judged, configured = desired.obey(command)
        return [judged] if configured is None else [judged, configured]

    def judge(self, now: datetime) -> Iterable[Event]:
        for state in self._system.states(now=now):
            said = self._said.get(state.component)
            if said is None or not same_but_time(said, state):
                self._said[state.component] = state
                yield state

    def snapshot(self, key: str) -> bytes | None:
        desired = self._desired.get(key)
        return desired.to_bytes() if desired else None

    def restore(self, key: str, data: bytes) -> None:
        self._desired[key] = Desired.from_bytes(data)

    def forget(self, key: str) -> None:
        self._desired.pop(key, None)

    def _of(self, component: str) -> Desired:
        # What nobody can want anything of is not remembered.
        if component not in TUNABLE:
            return Desired()
        return self._desired.setdefault(component, Desired())
