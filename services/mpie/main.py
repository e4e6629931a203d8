"""Wires the engine to the bus."""

import time

from scarcity.events import EngineConfigured, PriorOffered, StreamDefined, WindowSealed
from scarcity.governor.policy import Policy
from scarcity.runtime.governed import Governed
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Route, Service, each, route
from scarcity.runtime.settings import load
from services.mpie.governing import Depth
from services.mpie.handlers import Mpie
from services.mpie.settings import MpieSettings

BATCH = 100
"""A window takes milliseconds, and a rebalance should not have to wait for long."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(MpieSettings)
    governed = Governed.of("mpie", settings.policy or Policy(), platform.clock)
    depth = Depth(settings.budget(), governed)
    # A batch is handled in one thread, and that thread does nothing else meanwhile.
    mpie = Mpie(
        settings.engine_config(),
        depth.budget,
        evidence_every=settings.evidence_every,
        processor_time=time.thread_time,
        may_try=lambda: settings.trials and depth.has_room(),
    )
    return Service(
        name="mpie",
        consumes=(Route(WindowSealed.topic, mpie.on_windows),),
        state=mpie,
        in_thread=True,
        batch=BATCH,
        pace=governed.pace,
        vitals=governed.vitals,
        tunable=governed,
        follows=(
            Route(StreamDefined.topic, mpie.on_definitions),
            Route(PriorOffered.topic, each(mpie.on_prior)),
            route(EngineConfigured, mpie.on_configured),
            governed.follows,
        ),
        timers=(governed.timer,),
        tasks=(governed.govern,),
    )
