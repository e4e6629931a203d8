"""A process that is governed by its reflex, and says at every tick what it measures and decides.

    python governed_process.py BYTES

It holds so many bytes, and ends with its input. Each tick is a line of JSON.
"""

import json
import sys
import time
from dataclasses import dataclass

from scarcity.clock import SystemClock
from scarcity.events import ResourceSample
from scarcity.governor.policy import Policy
from scarcity.governor.reflex import Reflex, Senses
from scarcity.governor.sensors import Sensors

POLICY = Policy(safe=1.0)
"""As it comes, but that all is allowed from the beginning, so that no test has to wait for it."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What was known at one."""

    at: float
    """seconds of the monotonic clock, which all processes share, before anything was measured"""
    used: float
    limit: float
    share: float
    """that was allowed until then"""
    decided: tuple[str, ...]
    """what has changed since the tick before: level, rule and binding resource"""


def main(held: int) -> None:
    """Hold memory, and be governed, until the input ends."""
    memory = b"x" * held
    sensors = Sensors()

    def measure() -> ResourceSample:
        at = time.monotonic()
        sample = sensors.read()
        decided = [f"{each.level} {each.rule} {each.binding}" for each in reflex.news()]
        share = reflex.allowance.share
        line = json.dumps([at, sample.memory_used, sample.memory_limit, share, decided])
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        return sample

    senses = Senses(measure, SystemClock().now)
    reflex = Reflex(POLICY, senses, component="test", instance="test-0")
    reflex.start()
    sys.stdin.read()
    del memory


def tick(line: str) -> Tick:
    """Return what a line says."""
    at, used, limit, share, decided = json.loads(line)
    return Tick(at, used, limit, share, tuple(decided))


if __name__ == "__main__":
    main(int(sys.argv[1]))
