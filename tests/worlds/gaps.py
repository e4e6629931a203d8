"""Worlds of which values are missing in runs, as when a sensor fails for a while."""

from dataclasses import dataclass, replace

import numpy as np

from worlds.world import Bools, World


@dataclass(frozen=True, slots=True)
class Outages:
    """How long a variable is silent, in rows, and what share of its rows in the end."""

    shortest: int = 10
    longest: int = 40
    share: float = 0.1


OUTAGES = Outages()


def with_outages(rng: np.random.Generator, world: World, outages: Outages = OUTAGES) -> World:
    """Each variable falls silent in runs of its own, at random times."""
    rows, d = world.values.shape
    missing = np.column_stack([_silent(rng, rows, outages) for _ in range(d)])
    return replace(world, values=np.where(missing, np.nan, world.values), complete=world.values)


def _silent(rng: np.random.Generator, rows: int, outages: Outages) -> Bools:
    """(time): runs that neither touch nor overlap, until another would lead away from the share."""
    missing = np.zeros(rows, dtype=np.bool_)
    half_a_run = (outages.shortest + outages.longest) / 4.0
    while missing.sum() + half_a_run < outages.share * rows:
        length = int(rng.integers(outages.shortest, outages.longest + 1))
        first = int(rng.integers(rows - length + 1))
        if not missing[max(0, first - 1) : first + length + 1].any():
            missing[first : first + length] = True
    return missing
