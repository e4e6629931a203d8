"""What is known of components: how they do, what is wanted of them, and who wanted that."""

import json
from collections.abc import Mapping, Sequence

from scarcity.events import (
    CommandJudged,
    ComponentConfigured,
    ComponentStatus,
    ComponentUpdated,
    HeartbeatSent,
)
from scarcity.governor.tuning import PAUSABLE, TUNABLE
from services.gateway.domain.documents import moment
from services.gateway.domain.recent import Recent

KEPT = 1000
AS_STARTED: Mapping[str, object] = {"enabled": True, "paused": False, "settings": {}}
SHOWN = 50
"""Commands that the details of a component name."""


class ComponentsView:
    """Everything the gateway can show of components."""

    def __init__(self) -> None:
        self._status: dict[str, ComponentUpdated] = {}
        self._wanted: dict[str, ComponentConfigured] = {}
        self._commands: Recent[CommandJudged] = Recent(KEPT)

    @property
    def names(self) -> list[str]:
        """All that were ever heard of."""
        return sorted(self._status)

    def on_status(self, status: ComponentUpdated) -> None:
        self._status[status.component] = status

    def is_news(self, status: ComponentUpdated) -> bool:
        """Say whether a component does otherwise than was last heard."""
        known = self._status.get(status.component)
        return known is None or (known.status, known.enabled, known.detail) != (
            status.status,
            status.enabled,
            status.detail,
        )

    def on_configured(self, wanted: ComponentConfigured) -> None:
        known = self._wanted.get(wanted.component)
        if known is None or wanted.version > known.version:
            self._wanted[wanted.component] = wanted

    def on_judged(self, judged: CommandJudged) -> bool:
        """Take it in; False when it is known."""
        return self._commands.add(judged)

    def instances(self, name: str) -> Sequence[HeartbeatSent]:
        """Return the newest heartbeat of each instance of a component."""
        status = self._status.get(name)
        return () if status is None else status.instances

    def wanted(self, name: str) -> ComponentConfigured | None:
        """Return what is wanted of a component; None while nobody wants it otherwise."""
        return self._wanted.get(name)

    def version(self, name: str) -> int:
        """Of what is wanted of a component; 0 = that it runs as it was started."""
        wanted = self._wanted.get(name)
        return 0 if wanted is None else wanted.version

    def document(self, name: str) -> dict[str, object]:
        """Return how a component does, and what is wanted of it."""
        return {**status_document(name, self._status.get(name)), "wanted": self._wanted_of(name)}

    def details(self, name: str) -> Mapping[str, object]:
        """Return all that, with what can be wanted and the commands before, newest first."""
        kind = TUNABLE.get(name)
        commands = [each for each in self._commands if each.component == name]
        return {
            **self.document(name),
            "schema": None if kind is None else kind.model_json_schema(),
            "pausable": name in PAUSABLE,
            "in_force": self._in_force(name),
            "commands": [command_document(each) for each in commands[:SHOWN]],
        }

    def _in_force(self, name: str) -> object:
        told = {beat.settings for beat in self.instances(name)}
        settings = told.pop() if len(told) == 1 else ""
        return json.loads(settings) if settings else None

    def _wanted_of(self, name: str) -> dict[str, object]:
        wanted = self._wanted.get(name)
        if wanted is None:
            return {**AS_STARTED, "version": 0, "by": None, "at": None}
        return {
            "version": wanted.version,
            "enabled": wanted.enabled,
            "paused": wanted.paused,
            "settings": json.loads(wanted.settings),
            "by": wanted.by,
            "at": moment(wanted.at),
        }


def status_document(name: str, status: ComponentUpdated | None) -> dict[str, object]:
    """Return how a component does, with its instances."""
    if status is None:
        return {
            "name": name,
            "enabled": True,
            "status": ComponentStatus.DOWN,
            "detail": "never heard of",
            "at": None,
            "instances": [],
        }
    return {
        "name": name,
        "enabled": status.enabled,
        "status": status.status,
        "detail": status.detail,
        "at": moment(status.at),
        "instances": [_instance(beat) for beat in status.instances],
    }


def command_document(judged: CommandJudged) -> dict[str, object]:
    """Return a command, and what became of it."""
    return {
        "id": judged.command,
        "component": judged.component,
        "by": judged.by,
        "at": moment(judged.at),
        "refused": judged.refused or None,
        "version": judged.version,
        "before": json.loads(judged.before),
        "after": json.loads(judged.after),
    }


def _instance(beat: HeartbeatSent) -> dict[str, object]:
    return {
        "id": beat.instance,
        "state": beat.state,
        "since": moment(beat.started_at),
        "last_heartbeat": moment(beat.at),
        "version": beat.version,
        "handled": beat.handled,
        "rate": round(beat.rate, 3),
        "lag": beat.lag,
        "configured": beat.configured,
    }
