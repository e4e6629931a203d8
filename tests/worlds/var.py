"""Linear structural worlds: vector autoregressions of which every edge is known.

x_j(t) = Σ_k Σ_i  B[k-1, i, j] x_i(t-k) + e_j(t)
"""

from dataclasses import replace

import numpy as np

from worlds.world import Bools, Floats, World, units

__all__ = [
    "Bools",
    "Floats",
    "World",
    "autocorrelated_noise",
    "chain",
    "comparison",
    "independent_noise",
    "observe",
    "spectral_radius",
    "tamed",
    "with_missing_values",
    "with_redundant_columns",
]

BURN_IN = 200


def comparison(rng: np.random.Generator, d: int, rows: int) -> World:
    """The world that causal-discovery systems are compared on.

    Lags up to 2; 15 % of the ordered pairs linked, each at one lag, with |coefficient| in
    [0.2, 0.5] and a random sign; own lag 1 of 0.3; Gaussian noise; shrunk until the spectral radius
    is at most 0.9.
    """
    linked = (rng.random((d, d)) < 0.15) & ~np.eye(d, dtype=np.bool_)
    coefficients = np.zeros((2, d, d))
    for source, target in np.argwhere(linked):
        size = rng.uniform(0.2, 0.5) * rng.choice([-1.0, 1.0])
        coefficients[rng.integers(2), source, target] = size
    coefficients[0] += 0.3 * np.eye(d)
    return observe(rng, tamed(coefficients, 0.9), rng.normal(size=(rows + BURN_IN, d)))


def independent_noise(rng: np.random.Generator, d: int, rows: int) -> World:
    """Nothing drives anything, not even itself."""
    return observe(rng, np.zeros((1, d, d)), rng.normal(size=(rows + BURN_IN, d)))


def autocorrelated_noise(
    rng: np.random.Generator, d: int, rows: int, *, strongest: float = 0.95
) -> World:
    """Every variable remembers its own past, and nothing drives another."""
    coefficients = np.diag(rng.uniform(0.3, strongest, d))[None]
    return observe(rng, coefficients, rng.normal(size=(rows + BURN_IN, d)))


def chain(rng: np.random.Generator, d: int, rows: int, *, strength: float = 0.6) -> World:
    """x0 → x1 → x2 → …, each step at lag 1."""
    coefficients = strength * np.eye(d, k=1)[None]
    return observe(rng, coefficients, rng.normal(size=(rows + BURN_IN, d)))


def with_redundant_columns(world: World) -> World:
    """Two more variables: a copy of the first in another unit, and a constant."""
    copied = 3.0 - 2.0 * world.values[:, 0]
    values = np.column_stack([world.values, copied, np.full(len(copied), 7.0)])
    return World(values, np.pad(world.truth, ((0, 0), (0, 2), (0, 2))))


def with_missing_values(rng: np.random.Generator, world: World, *, share: float) -> World:
    """Each value is missing with this probability, whatever it is."""
    missing = rng.random(world.values.shape) < share
    return replace(world, values=np.where(missing, np.nan, world.values), complete=world.values)


def observe(rng: np.random.Generator, coefficients: Floats, noise: Floats) -> World:
    """Run the structure (lag - 1, source, target) on this noise, drop the burn-in, choose units."""
    lags, d, _ = coefficients.shape
    values = np.vstack([np.zeros((lags, d)), noise])
    newest_first = np.concatenate(list(coefficients))
    for t in range(lags, len(values)):
        values[t] += values[t - lags : t][::-1].ravel() @ newest_first
    scale, offset = units(rng, d)
    return World(values[lags + BURN_IN :] * scale + offset, coefficients != 0.0)


def tamed(coefficients: Floats, radius: float) -> Floats:
    """The same structure, all coefficients shrunk until it is stable."""
    while spectral_radius(coefficients) > radius:
        coefficients = coefficients * 0.97
    return coefficients


def spectral_radius(coefficients: Floats) -> float:
    """The largest modulus of an eigenvalue of the companion matrix."""
    lags, d, _ = coefficients.shape
    companion = np.eye(lags * d, k=d)
    companion[:, :d] = coefficients.reshape(lags * d, d)
    return float(np.max(np.abs(np.linalg.eigvals(companion))))
