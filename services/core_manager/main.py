"""Wires the Core Manager to the bus."""

from scarcity.bus.base import Start
from scarcity.events import ComponentCommanded, HeartbeatSent
from scarcity.roster import ROSTER
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service, Timer, route
from scarcity.runtime.settings import load
from services.core_manager.handlers import CoreManager
from services.core_manager.settings import CoreManagerSettings


def build(_platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(CoreManagerSettings)
    manager = CoreManager(entry.name for entry in ROSTER if entry.core)
    return Service(
        name="core_manager",
        consumes=(route(ComponentCommanded, manager.on_command),),
        state=manager,
        follows=(route(HeartbeatSent, manager.on_heartbeat, start=Start.LATEST),),
        timers=(Timer(settings.every_s, manager.judge),),
    )
