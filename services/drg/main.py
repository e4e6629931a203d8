"""Wires the governor to the bus."""

from scarcity.events import ResourcesSampled
from scarcity.governor.tuning import RemotePolicy
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service, Timer, route
from scarcity.runtime.settings import load
from services.drg.handlers import Drg, Terms
from services.drg.settings import PRIORITIES, DrgSettings

HINT_S = 2.0
"""How often it is said how many instances a component needs."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(DrgSettings)
    gauge = platform.metrics.scale_hint
    terms = Terms(
        settings.policy or RemotePolicy(),
        {**PRIORITIES, **settings.priorities},
        settings.lease_s,
    )
    drg = Drg(terms, hint=lambda component, count: gauge.labels(component).set(count))
    return Service(
        name="drg",
        consumes=(route(ResourcesSampled, drg.on_sample),),
        timers=(Timer(HINT_S, drg.hint),),
        state=drg,
        tunable=drg,
    )
