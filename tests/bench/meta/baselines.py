"""What the prior is compared with: Reptile, on the rows of the same past streams."""

import numpy as np

from bench.meta.scores import between
from scarcity.meta.reptile import reptile
from worlds.domains import evidence_of
from worlds.peers import standardised
from worlds.world import Floats

SMALLEST_SPREAD = 1e-4


def reptile_start(rng: np.random.Generator, past: Floats) -> tuple[Floats, float]:
    """(target, source): where Reptile ends; and the variance of effects between past streams.

    Rows of others are what Reptile needs and the prior does not.
    """
    standard = [standardised(each, each) for each in past]
    start = reptile([(each[:-1], each[1:]) for each in standard], rng)
    found = [between(evidence_of("past", each)) for each in past]
    apart = np.var([each.effect for each in found], axis=0, ddof=1)
    chance = np.mean([each.se**2 for each in found], axis=0)
    return start, max(float(np.mean(apart - chance)), SMALLEST_SPREAD)
