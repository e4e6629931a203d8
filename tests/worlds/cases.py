"""Every world that discovery is measured on, by name.

>>> make("linear", seed=1).values.shape
(1000, 10)
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worlds import gaps, shared, sparse, systems, var
from worlds.world import World

Build = Callable[[np.random.Generator, int, int], World]


@dataclass(frozen=True, slots=True)
class Case:
    """How a world is made, and how its truth is to be read."""

    build: Build
    """from a generator, how many variables, and how many rows"""
    d: int = 10
    rows: int = 1000
    is_summary: bool = False
    """whether the truth says which pairs are linked, and nothing of the lags"""


def _missing(rng: np.random.Generator, d: int, rows: int) -> World:
    return var.with_missing_values(rng, sparse.linear(rng, d, rows), share=0.1)


def _blocks(rng: np.random.Generator, d: int, rows: int) -> World:
    return gaps.with_outages(rng, sparse.linear(rng, d, rows))


def _cycle(rng: np.random.Generator, d: int, rows: int) -> World:
    return shared.with_cycle(rng, sparse.linear(rng, d, rows))


def _trend(rng: np.random.Generator, d: int, rows: int) -> World:
    return shared.with_trend(rng, sparse.linear(rng, d, rows))


def _step(rng: np.random.Generator, d: int, rows: int) -> World:
    return shared.with_step(rng, sparse.linear(rng, d, rows))


CASES: dict[str, Case] = {
    "linear": Case(sparse.linear),
    "linear_50": Case(sparse.linear, d=50),
    "heavy": Case(sparse.heavy),
    "tanh": Case(sparse.tanh),
    "quadratic": Case(sparse.quadratic),
    "hidden": Case(sparse.hidden),
    "contemporaneous": Case(sparse.contemporaneous),
    "near_unit_root": Case(sparse.near_unit_root),
    "missing": Case(_missing),
    "blocks": Case(_blocks),
    "regime": Case(sparse.regime),
    "noise": Case(sparse.noise),
    "white_noise": Case(var.independent_noise),
    "lorenz96": Case(systems.lorenz96, is_summary=True),
    "lotka_volterra": Case(systems.lotka_volterra, d=20, rows=2000, is_summary=True),
    "shared_cycle": Case(_cycle, rows=2000),
    "trend": Case(_trend, rows=2000),
    "level_shift": Case(_step, rows=2000),
}


def make(case: str, seed: int, *, d: int | None = None, rows: int | None = None) -> World:
    """The world of this case and seed, in the size of the case unless another is given."""
    chosen = CASES[case]
    d, rows = d or chosen.d, rows or chosen.rows
    rng = np.random.default_rng([seed, d, zlib.crc32(case.encode())])
    return chosen.build(rng, d, rows)
