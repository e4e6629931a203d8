"""Wires the windows to the bus."""

from datetime import timedelta

from scarcity.events import RAW, StreamDefined
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Route, Service, Timer, route
from scarcity.runtime.settings import load
from services.stream_manager.handlers import StreamManager
from services.stream_manager.settings import StreamManagerSettings


def build(_platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(StreamManagerSettings)
    idle = timedelta(seconds=settings.idle_s)
    manager = StreamManager(settings.policy(), idle)
    return Service(
        name="stream_manager",
        consumes=(Route(RAW, manager.on_record),),
        follows=(route(StreamDefined, manager.on_definition),),
        timers=(Timer(settings.idle_s / 2, manager.seal_silent),),
        state=manager,
    )
