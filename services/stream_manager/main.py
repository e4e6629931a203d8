"""Wires the windows to the bus."""

from collections.abc import Mapping
from datetime import timedelta

from scarcity.bus.base import partition_of
from scarcity.events import RAW, StreamDefined, WindowSealed
from scarcity.governor.policy import Policy
from scarcity.runtime.governed import Governed
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Feed, Home, Route, Service, Timer
from scarcity.runtime.settings import load
from services.stream_manager.domain import murmur2_partition
from services.stream_manager.handlers import StreamManager
from services.stream_manager.settings import StreamManagerSettings

MAX_WINDOWS_WAITING = 1000
"""Of one partition, before the records that lead to more of them have to wait."""

HOMES: Mapping[str, Home] = {"crc32": partition_of, "murmur2": murmur2_partition}


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(StreamManagerSettings)
    idle = timedelta(seconds=settings.idle_s)
    manager = StreamManager(settings.windows(), idle)
    governed = Governed.of("stream_manager", settings.policy or Policy(), platform.clock)
    return Service(
        name="stream_manager",
        consumes=(Route(RAW, manager.on_records),),
        follows=(Route(StreamDefined.topic, manager.on_definitions), governed.follows),
        timers=(Timer(settings.idle_s / 2, manager.seal_silent), governed.timer),
        tasks=(governed.govern,),
        pace=governed.pace,
        vitals=governed.vitals,
        tunable=governed,
        state=manager,
        home=HOMES[settings.partitioner],
        feeds=(Feed(WindowSealed.topic, "mpie", limit=MAX_WINDOWS_WAITING),),
    )
