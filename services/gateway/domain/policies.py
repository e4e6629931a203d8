"""By which policy governors hold an instance: the one in force beside the one that is wanted.

Heartbeats say how an instance works; what is wanted of its component, the Core Manager tells.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from scarcity.errors import ConfigError
from scarcity.events import BudgetGranted, ComponentConfigured, HeartbeatSent
from scarcity.governor.tuning import Governing, GoverningOthers, Tuning, checked
from services.gateway.domain.components_view import ComponentsView

DRG, REFLEX = "drg", "reflex"
MOST_SETTINGS = 256
"""How many different settings are kept as they were read."""


def of_reflex(components: ComponentsView, instance: str, component: str) -> dict[str, Any]:
    """Return what the reflex of an instance holds, and what it should."""
    beats = [each for each in components.instances(component) if each.instance == instance]
    return {
        "by": REFLEX,
        "component": component,
        "in_force": _in_force(beats, component),
        "wanted": _terms_wanted(components.wanted(component), component),
    }


def of_drg(
    components: ComponentsView, component: str, granted: BudgetGranted | None
) -> dict[str, Any]:
    """Return what DRG holds of an instance of a component; granted: its newest grant."""
    in_force = _in_force(components.instances(DRG), component)
    if granted is not None:
        in_force["lease_s"] = granted.ttl_s
    return {
        "by": DRG,
        "component": DRG,
        "in_force": in_force,
        "wanted": _terms_wanted(components.wanted(DRG), component),
    }


def _terms_wanted(wanted: ComponentConfigured | None, component: str) -> dict[str, Any]:
    if wanted is None:
        return _terms(0, None, component)
    return _terms(wanted.version, _read(wanted.component, wanted.settings), component)


def _in_force(beats: Sequence[HeartbeatSent], component: str) -> dict[str, Any]:
    """Return how instances work; unknown while they differ, or while none is there."""
    ways = {(each.component, each.configured, each.settings) for each in beats}
    if len(ways) != 1:
        return _terms(None, None, component)
    ((governor, version, settings),) = ways
    return _terms(version, _read(governor, settings), component)


@lru_cache(MOST_SETTINGS)
def _read(component: str, settings: str) -> Tuning | None:
    """Return what settings mean; None when they are none, or of another release."""
    try:
        return checked(component, settings) if settings else None
    except ConfigError:
        return None


def _terms(version: int | None, tuning: Tuning | None, component: str) -> dict[str, Any]:
    """Return what a tuning says of instances of a component; null = nothing."""
    policy = tuning.policy if isinstance(tuning, Governing | GoverningOthers) else None
    others = tuning if isinstance(tuning, GoverningOthers) else GoverningOthers()
    priorities: Mapping[str, int] = others.priorities or {}
    return {
        "version": version,
        "limits": None if policy is None else policy.model_dump(mode="json"),
        "priority": priorities.get(component),
        "lease_s": others.lease_s,
        "is_dry_run": None if policy is None else policy.dry_run,
    }
