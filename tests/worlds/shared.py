"""Worlds in which something outside moves many variables at once: a cycle, a trend, a step.

It is added to what is observed. Where the structure is linear that is the same as an exogenous
input to each variable: if y = x + u and x(t) = Σ_k B[k] x(t-k) + e(t), then

    y(t) = Σ_k B[k] y(t-k) + e(t) + w(t) ,        w(t) = u(t) - Σ_k B[k] u(t-k) ,

so the edges stay as they were, and w, a cycle of the same period (a trend, a step), drives
everything. Sizes are in standard deviations of each variable without it, signs are random.
"""

from dataclasses import replace

import numpy as np

from worlds.world import Floats, World

PERIOD = 96
CYCLE = (0.5, 1.5)
DRIFT = (1.0, 3.0)


def with_cycle(rng: np.random.Generator, world: World, *, period: int = PERIOD) -> World:
    """A sinusoid, in phase or in antiphase, of amplitude 0.5 to 1.5."""
    rows, d = world.values.shape
    wave = np.sin(2.0 * np.pi * (np.arange(rows) + rng.integers(period)) / period)
    return _moved(world, wave, _signed(rng, CYCLE, d))


def with_trend(rng: np.random.Generator, world: World) -> World:
    """A straight line that rises or falls by 1 to 3 from the first row to the last."""
    rows, d = world.values.shape
    return _moved(world, np.linspace(0.0, 1.0, rows), _signed(rng, DRIFT, d))


def with_step(rng: np.random.Generator, world: World, *, share: float = 0.7) -> World:
    """A step of 1 to 3 in this share of the variables, between a quarter and three of the rows."""
    rows, d = world.values.shape
    begin = rng.integers(rows // 4, 3 * rows // 4)
    touched = rng.permutation(d) < round(share * d)
    size = np.where(touched, _signed(rng, DRIFT, d), 0.0)
    return _moved(world, (np.arange(rows) >= begin).astype(np.float64), size)


def _moved(world: World, course: Floats, size: Floats) -> World:
    spread = world.values.std(axis=0)
    return replace(world, values=world.values + np.outer(course, size * spread))


def _signed(rng: np.random.Generator, span: tuple[float, float], d: int) -> Floats:
    size: Floats = rng.uniform(*span, d) * rng.choice([-1.0, 1.0], d)
    return size
