"""Wires the engine to the bus."""

import time
from dataclasses import replace

from scarcity.events import BudgetGranted, WindowSealed
from scarcity.governor.loop import LoopLag
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses
from scarcity.governor.sensors import Sensors
from scarcity.runtime.process import Platform, instance_name
from scarcity.runtime.service import Service, Timer, route
from scarcity.runtime.settings import load
from services.mpie.governing import Governed
from services.mpie.handlers import Mpie
from services.mpie.settings import MpieSettings

BATCH = 100
"""A window takes milliseconds, and a rebalance should not have to wait for long."""

SAMPLE_S = 1.0
"""How often it says what it has and uses."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    settings = load(MpieSettings)
    policy = settings.policy or Policy()
    sensors, loop = Sensors(), LoopLag()
    senses = Senses(
        measure=lambda: replace(sensors.read(), loop_lag=loop.seconds), now=platform.clock.now
    )
    reflex = Reflex(policy, senses, component="mpie", instance=instance_name("mpie"))
    governed = Governed(settings.budget(), policy, reflex, loop)
    # A batch is handled in one thread, and that thread does nothing else meanwhile.
    mpie = Mpie(
        settings.engine_config(),
        governed.budget,
        evidence_every=settings.evidence_every,
        processor_time=time.thread_time,
    )
    return Service(
        name="mpie",
        consumes=(route(WindowSealed, mpie.on_window),),
        state=mpie,
        in_thread=True,
        batch=BATCH,
        pace=governed.in_hand,
        follows=(route(BudgetGranted, governed.on_grant),),
        timers=(Timer(SAMPLE_S, governed.tell),),
        tasks=(governed.govern,),
    )
