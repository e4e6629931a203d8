"""What the streams of a small federation find out: always more of the same few effects."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from scarcity.federation.alignment import Own
from scarcity.federation.protocol.contract import Contract
from worlds.world import Floats

FIRST_STEP = 499
ROWS = 400
EFFECT, SE = 0.3, 0.05
EVERY = 5
"""Every so many edges there is one."""


@dataclass
class Streams:
    """All that was found out so far."""

    contract: Contract
    rng: np.random.Generator
    steps: dict[str, int] = field(default_factory=dict)
    """by peer: the newest"""
    found: dict[tuple[str, int], Own] = field(default_factory=dict)
    """by peer and step"""

    @property
    def truth(self) -> Floats:
        """(edge)"""
        return np.where(np.arange(self.contract.size) % EVERY == 0, EFFECT, 0.0)

    def more(self, peers: Iterable[str]) -> dict[str, Own]:
        """Return what these find out next."""
        return {peer: self._more(peer) for peer in peers}

    def _more(self, peer: str) -> Own:
        step = self.steps[peer] = self.steps.get(peer, FIRST_STEP) + 1
        effect = self.truth + self.rng.normal(0.0, SE, self.contract.size)
        own = Own(f"s/0/0-{step + 1}", 0, step, ROWS, effect, np.full(len(effect), SE))
        self.found[peer, step] = own
        return own
