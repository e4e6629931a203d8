"""Wires the governor to the bus."""

from scarcity.events import ResourcesSampled
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service, route
from scarcity.runtime.settings import load
from services.drg.handlers import Drg
from services.drg.settings import DEFAULT, PRIORITIES, DrgSettings


def build(_platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(DrgSettings)
    priorities = {**PRIORITIES, **settings.priorities}
    drg = Drg(settings.policy or DEFAULT, priorities, settings.lease_s)
    return Service(name="drg", consumes=(route(ResourcesSampled, drg.on_sample),), state=drg)
