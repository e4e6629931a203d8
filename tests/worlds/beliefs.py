"""What peers may believe, made from a seed without any rows."""

import numpy as np

from scarcity.federation.pooling import Beliefs
from worlds.world import Bools, Floats


def beliefs_of(seed: int, peers: int = 9, edges: int = 30, missing: float = 0.0) -> Beliefs:
    """Peers that find the same effects, standard errors within a factor of 1.5 of each other."""
    rng = np.random.default_rng(seed)
    truth = np.where(rng.random(edges) < 0.3, rng.normal(0.0, 0.5, edges), 0.0)
    se = 0.1 * rng.uniform(0.8, 1.2, (peers, edges))
    effect = truth + se * rng.normal(size=(peers, edges))
    absent = rng.random((peers, edges)) < missing
    absent[0, 0] = False
    return with_gaps(effect, se, absent)


def with_gaps(effect: Floats, se: Floats, absent: Bools) -> Beliefs:
    """These, but for what is absent (peer, edge)."""
    effect, se = (np.where(absent, np.nan, each) for each in (effect, se))
    return Beliefs(effect, se, np.full(len(effect), 100.0))


def replaced(beliefs: Beliefs, peers: list[int], effect: Floats) -> Beliefs:
    """With other effects (these peers, edge)."""
    changed = beliefs.effect.copy()
    changed[peers] = effect
    return Beliefs(changed, beliefs.se, beliefs.rows)
