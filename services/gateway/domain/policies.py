"""By which policy governors hold an instance: the one in force beside the one that is wanted.

With what a component was started, it tells nobody; what was wanted of it since then, the Core
Manager tells everybody, and heartbeats say which version of that an instance obeys. So the limits
are known of a policy that was wanted while the component ran, and null stands for one that it was
started with. Of that, too, decisions say whether they change anything, and grants how long they
are good.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scarcity.errors import ConfigError
from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    CommandJudged,
    ComponentConfigured,
    ComponentUpdated,
)
from scarcity.governor.policy import Policy
from scarcity.governor.tuning import Governing, GoverningOthers, checked

KEPT = 100
"""Versions of each component whose settings are remembered."""
DRG, REFLEX = "drg", "reflex"


@dataclass(frozen=True, slots=True)
class Wish:
    """What governors were told to hold, and since when; None = as they were started."""

    at: datetime | None = None
    policy: Policy | None = None
    priorities: Mapping[str, int] | None = None
    lease_s: float | None = None


AS_STARTED = Wish()


class Policies:
    """Remembers what was wanted of governors, and which of it each obeys."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._wishes: dict[str, dict[int, Wish]] = {}
        self._obeyed: dict[str, dict[str, int]] = {}

    def on_configured(self, wanted: ComponentConfigured) -> None:
        """Take in what is wanted of a component from now on."""
        self._newest[wanted.component] = max(self._version(wanted.component), wanted.version)
        self._remember(wanted.component, wanted.version, wanted.settings, wanted.at)

    def on_judged(self, judged: CommandJudged) -> None:
        """Take in what was wanted of a component from a command on, unless it was refused."""
        if not judged.refused:
            settings = json.dumps(json.loads(judged.after).get("settings", {}))
            self._remember(judged.component, judged.version, settings, judged.at)

    def on_status(self, status: ComponentUpdated) -> None:
        """Take in which version the instances of a component obey."""
        self._obeyed[status.component] = {
            beat.instance: beat.configured for beat in status.instances
        }

    def of_reflex(
        self, instance: str, component: str, decided: BudgetDecided | None
    ) -> dict[str, Any]:
        """Return what the reflex of an instance holds; decided: its newest decision."""
        obeyed = self._obeyed.get(component, {}).get(instance)
        wish = self._wish(component, obeyed)
        return {
            "by": REFLEX,
            "component": component,
            "in_force": {
                **_document(obeyed, wish, component),
                "is_dry_run": _is_dry_run(wish, decided),
            },
            "wanted": self._wanted(component, component),
        }

    def of_drg(
        self, component: str, granted: BudgetGranted | None, decided: BudgetDecided | None
    ) -> dict[str, Any]:
        """Return what DRG holds of an instance of a component; its newest grant and decision."""
        versions = set(self._obeyed.get(DRG, {}).values())
        # While its instances change over, nobody tells which of them governs this one.
        obeyed = versions.pop() if len(versions) == 1 else None
        wish = self._wish(DRG, obeyed)
        return {
            "by": DRG,
            "component": DRG,
            "in_force": {
                **_document(obeyed, wish, component),
                "lease_s": None if granted is None else granted.ttl_s,
                "is_dry_run": _is_dry_run(wish, decided),
            },
            "wanted": self._wanted(DRG, component),
        }

    def _remember(self, component: str, version: int, settings: str, at: datetime) -> None:
        wishes = self._wishes.setdefault(component, {})
        try:
            wishes[version] = _wish(component, settings, at)
        except ConfigError:
            # Of another release, or about a component that nobody can tune.
            return
        if len(wishes) > KEPT:
            del wishes[min(wishes)]

    def _version(self, component: str) -> int:
        return self._newest.get(component, 0)

    def _wanted(self, governor: str, component: str) -> dict[str, Any]:
        version = self._version(governor)
        return _document(version, self._wish(governor, version), component)

    def _wish(self, component: str, version: int | None) -> Wish | None:
        """Return what that version says; None when nobody knows."""
        if version is None:
            return None
        return AS_STARTED if version == 0 else self._wishes.get(component, {}).get(version)


def _wish(component: str, settings: str, at: datetime) -> Wish:
    tuning = checked(component, settings)
    match tuning:
        case Governing():
            return Wish(at, tuning.policy)
        case GoverningOthers():
            return Wish(at, tuning.policy, tuning.priorities, tuning.lease_s)
    return Wish(at)


def _document(version: int | None, wish: Wish | None, component: str) -> dict[str, Any]:
    """Return what a version says of instances of a component."""
    known = wish or AS_STARTED
    return {
        "version": version,
        "limits": None if known.policy is None else known.policy.model_dump(mode="json"),
        "priority": (known.priorities or {}).get(component),
        "lease_s": known.lease_s,
        "is_dry_run": None if known.policy is None else known.policy.dry_run,
    }


def _is_dry_run(wish: Wish | None, decided: BudgetDecided | None) -> bool | None:
    """Say whether decisions change nothing: by the policy, else by what was decided under it."""
    if wish is not None and wish.policy is not None:
        return wish.policy.dry_run
    if wish is None or decided is None or (wish.at is not None and decided.at < wish.at):
        return None
    return decided.is_dry_run
