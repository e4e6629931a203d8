"""Worlds of differential equations, sampled: smooth, nonlinear, without a lag of their own.

What is known of them is which variable drives which, so their truth stands at lag 1 and is to be
read as a summary.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worlds.world import Bools, Floats, World, units

Derivative = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Weather:
    """Lorenz-96, sampled as by Tank et al. (2018, arXiv:1802.05842)."""

    forcing: float = 10.0
    step: float = 0.1
    substeps: int = 10
    error: float = 0.1
    """standard deviation of the error of observation"""
    burn_in: int = 1000


@dataclass(frozen=True, slots=True)
class Ecology:
    """Lotka-Volterra with many species, as Marcinkevičs and Vogt (2021, GVAR) run it."""

    growth: float = 1.1
    hunted: float = 0.2
    feeding: float = 0.2
    death: float = 1.1
    crowding: float = 1.1 / 200.0**2
    group: int = 2
    """how many predators share as many kinds of prey"""
    noise: float = 0.1
    """standard deviation of what is added at every step"""
    step: float = 0.01
    substeps: int = 10


WEATHER = Weather()
ECOLOGY = Ecology()


def lorenz96(rng: np.random.Generator, d: int, rows: int, system: Weather = WEATHER) -> World:
    """dx_j/dt = (x_{j+1} - x_{j-2}) x_{j-1} - x_j + F, observed with error."""
    here = np.arange(d)
    after, before, two_before = (here + 1) % d, (here - 1) % d, (here - 2) % d

    def derivative(x: Floats) -> Floats:
        return (x[after] - x[two_before]) * x[before] - x + system.forcing

    state = rng.normal(0.0, 0.01, d)
    values = np.empty((system.burn_in + rows, d))
    for t in range(len(values)):
        for _ in range(system.substeps):
            state = runge_kutta(derivative, state, system.step / system.substeps)
        values[t] = state
    seen = values[system.burn_in :] + rng.normal(0.0, system.error, (rows, d))
    truth = np.zeros((d, d), dtype=np.bool_)
    for source in (here, after, before, two_before):
        truth[source, here] = True
    return _sampled(rng, seen, truth)


def lotka_volterra(rng: np.random.Generator, d: int, rows: int, system: Ecology = ECOLOGY) -> World:
    """Prey x in the first half of the variables, predators y in the second, in groups N.

        dx_j/dt = α x_j - β x_j Σ_{i∈N} y_i - η x_j²        dy_j/dt = δ y_j Σ_{i∈N} x_i - ρ y_j

    Noise at every step; populations never fall below 0.
    """
    half = d // 2
    group = np.arange(half) // system.group
    together = group[:, None] == group
    alone = np.eye(half, dtype=np.bool_)
    truth = np.block([[alone, together], [together, alone]])
    return _sampled(rng, populations(rng, rng.uniform(10.0, 100.0, d), rows, system), truth)


def populations(rng: np.random.Generator, start: Floats, rows: int, system: Ecology) -> Floats:
    """(time, variable): how the species fare from a start on."""
    half = len(start) // 2

    def derivative(state: Floats) -> Floats:
        prey, predators = state[:half], state[half:]
        births = prey * (system.growth - system.hunted * _groups(predators, system.group))
        fed = system.feeding * _groups(prey, system.group) - system.death
        return np.concatenate([births - system.crowding * prey**2, predators * fed])

    state, values = start, np.empty((rows, len(start)))
    for t in range(rows):
        values[t] = state
        for noise in rng.normal(0.0, system.noise, (system.substeps, len(start))):
            state = np.maximum(runge_kutta(derivative, state, system.step) + noise, 0.0)
    return values


def runge_kutta(derivative: Derivative, state: Floats, step: float) -> Floats:
    """One step of the classical method of order 4."""
    first = derivative(state)
    second = derivative(state + step / 2.0 * first)
    third = derivative(state + step / 2.0 * second)
    fourth = derivative(state + step * third)
    return state + step / 6.0 * (first + 2.0 * (second + third) + fourth)


def _groups(population: Floats, size: int) -> Floats:
    """For each species, the sum over its group."""
    sums = population.reshape(-1, size).sum(axis=1)
    spread: Floats = np.repeat(sums, size)
    return spread


def _sampled(rng: np.random.Generator, values: Floats, truth: Bools) -> World:
    scale, offset = units(rng, values.shape[1])
    return World(values=values * scale + offset, truth=truth[None])
