"""Loads that kill whoever does not govern, each from a seed."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from plants.plant import Load, Plant

Rng = np.random.Generator


def _nothing(_t: float) -> float:
    return 0.0


def _plant(rng: Rng, kind: str, load: Load, forced: Load = _nothing) -> Plant:
    return Plant(kind, load, forced, rng.uniform(0.5, 3.0), 0.0, rng.uniform(0.05, 0.3))


def step(rng: Rng) -> Plant:
    """From nothing to several times what the machine bears."""
    plant, at = _plant(rng, "step", _nothing), rng.uniform(0.0, 5.0)
    height = rng.uniform(1.3, 4.0) / plant.stays_s
    return replace(plant, load=lambda t: height if t >= at else 0.0)


def ramp(rng: Rng) -> Plant:
    """More and more."""
    plant = _plant(rng, "ramp", _nothing)
    rate = rng.uniform(0.15, 0.6) / plant.stays_s
    return replace(plant, load=lambda t: rate * t)


def saw(rng: Rng) -> Plant:
    """More and more, then nothing, again and again."""
    plant, period = _plant(rng, "saw", _nothing), rng.uniform(2.0, 8.0)
    height = rng.uniform(2.0, 4.0) / min(plant.stays_s, period / 2.0)
    return replace(plant, load=lambda t: height * (t % period) / period)


def burst(rng: Rng) -> Plant:
    """Calm, then far too much for a moment."""
    plant, period = _plant(rng, "burst", _nothing), rng.uniform(1.5, 5.0)
    busy, phase = rng.uniform(0.3, 0.6) * period, rng.uniform(0.0, period)
    calm = rng.uniform(0.0, 0.2) / plant.stays_s
    height = rng.uniform(1.5, 4.0) / (plant.stays_s * -math.expm1(-busy / plant.stays_s))
    return replace(plant, load=lambda t: height if (t + phase) % period < busy else calm)


def leak(rng: Rng) -> Plant:
    """Work of which some stays for ever, unless it is evicted."""
    plant = _plant(rng, "leak", _nothing)
    height = rng.uniform(0.5, 1.5) / plant.stays_s
    return replace(plant, load=lambda _t: height, leaks=rng.uniform(0.1, 0.3))


def fork(rng: Rng) -> Plant:
    """A child takes a part of the memory within a tenth of a second, now and then."""
    height, begin = rng.uniform(0.08, 0.14), rng.uniform(2.0, 6.0)
    period, stays = rng.uniform(4.0, 8.0), rng.uniform(1.0, 3.0)

    def forced(t: float) -> float:
        since = (t - begin) % period
        if t < begin or since > stays:
            return 0.0
        return height * min(1.0, since / 0.1)

    plant = _plant(rng, "fork", _nothing, forced)
    rate = rng.uniform(1.1, 2.0) / plant.stays_s
    return replace(plant, load=lambda _t: rate)


def flood(rng: Rng) -> Plant:
    """A step while files are read: their cache is no working set, and must not be seen as one."""
    return replace(step(rng), kind="cache flood")


KINDS: tuple[Callable[[Rng], Plant], ...] = (step, ramp, saw, burst, leak, fork, flood)


def adversary(seed: int) -> Plant:
    """The load of that seed; kinds take turns."""
    return KINDS[seed % len(KINDS)](np.random.default_rng([58, seed]))


def steady(seed: int) -> Plant:
    """A load that does not change, and is too much."""
    rng = np.random.default_rng([59, seed])
    plant = _plant(rng, "steady", _nothing)
    rate = rng.uniform(1.2, 3.0) / plant.stays_s
    return replace(plant, load=lambda _t: rate, seconds=60.0)


def noisy(seed: int) -> Plant:
    """Ten minutes of a load that is too much, and trembles."""
    plant, rng = steady(seed), np.random.default_rng([61, seed])
    tremble = rng.lognormal(0.0, 0.2, 6001)
    return replace(plant, load=lambda t: plant.load(t) * float(tremble[int(10 * t)]), seconds=600.0)


def changing(seed: int) -> Plant:
    """Loads of some seconds each, some of them too much."""
    rng = np.random.default_rng([60, seed])
    plant = _plant(rng, "changing", _nothing)
    rates = rng.uniform(0.1, 3.0, 12) / plant.stays_s
    return replace(plant, load=lambda t: float(rates[min(int(t / 5.0), 11)]), seconds=60.0)
