"""Heartbeats in, component states out."""

from collections.abc import Iterable
from datetime import datetime

from scarcity.events import ComponentUpdated, Event, HeartbeatSent
from services.core_manager.domain import System, same_but_time


class CoreManager:
    """Judges every component and says so when the judgement changes."""

    def __init__(self, expected: Iterable[str]) -> None:
        self._system = System(expected)
        self._said: dict[str, ComponentUpdated] = {}

    def on_heartbeat(self, beat: HeartbeatSent) -> Iterable[Event]:
        self._system.hear(beat)
        return ()

    def judge(self, now: datetime) -> Iterable[Event]:
        for state in self._system.states(now=now):
            said = self._said.get(state.component)
            if said is None or not same_but_time(said, state):
                self._said[state.component] = state
                yield state
