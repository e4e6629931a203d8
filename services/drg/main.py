"""Wires the governor to the bus."""

from scarcity.events import ResourcesSampled
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service, Timer, route
from scarcity.runtime.settings import load
from services.drg.handlers import Drg
from services.drg.settings import DEFAULT, PRIORITIES, DrgSettings

HINT_S = 2.0
"""How often it is said how many instances a component needs."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(DrgSettings)
    priorities = {**PRIORITIES, **settings.priorities}
    gauge = platform.metrics.scale_hint
    drg = Drg(
        settings.policy or DEFAULT,
        priorities,
        settings.lease_s,
        hint=lambda component, count: gauge.labels(component).set(count),
    )
    return Service(
        name="drg",
        consumes=(route(ResourcesSampled, drg.on_sample),),
        timers=(Timer(HINT_S, drg.hint),),
        state=drg,
    )
