"""What the reflex itself costs, and how soon it acts."""

import time

import psutil

from scarcity.clock import SystemClock
from scarcity.events import ResourceSample
from scarcity.governor.law import TICK_S
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses
from scarcity.governor.sensors import Sensors

SECONDS = 10.0
REACTIONS = 60
GIB = float(2**30)


def measure() -> dict[str, object]:
    """Share of a core and memory of a reflex at work; seconds from a bad sample to less share."""
    before = psutil.Process().memory_info().rss
    reflex = Reflex(
        Policy(),
        Senses(Sensors().read, SystemClock().now, evict=lambda: None),
        component="bench",
        instance="bench-0",
    )
    used, began = time.process_time(), time.monotonic()
    reflex.start()
    time.sleep(SECONDS)
    share = (time.process_time() - used) / (time.monotonic() - began)
    reflex.stop()
    reactions = sorted(reaction() for _ in range(REACTIONS))
    return {
        "share_of_a_core": share,
        "memory_mib": (psutil.Process().memory_info().rss - before) / 2**20,
        "reaction_s_median": reactions[len(reactions) // 2],
        "reaction_s_p99": reactions[int(0.99 * len(reactions))],
    }


def reaction() -> float:
    """Seconds from when memory is measured above the target until less may be done."""
    bad_since = 0.0

    def measured() -> ResourceSample:
        return ResourceSample(memory_used=(0.9 if bad_since else 0.2) * GIB, memory_limit=GIB)

    senses = Senses(measured, SystemClock().now, evict=lambda: None)
    reflex = Reflex(Policy(), senses, component="bench", instance="bench-0")
    reflex.start()
    time.sleep(2.3 * TICK_S)
    before = reflex.allowance.share
    bad_since = time.monotonic()
    while reflex.allowance.share >= before:
        time.sleep(0.001)
    reflex.stop()
    return time.monotonic() - bad_since
