"""What everybody's rows in one place would say: the regression that sealed mode has to equal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats


@dataclass(frozen=True)
class Regression:
    """Each (lag - 1, source, target)."""

    effects: Floats
    errors: Floats

    @property
    def z(self) -> Floats:
        return self.effects / self.errors


def with_peer_intercepts(windows: Sequence[Floats], max_lag: int) -> Regression:
    """All rows together, one window a peer, each scaled at its peer, with an intercept for each."""
    d = windows[0].shape[1]
    pasts, presents, peers = [], [], []
    for peer, window in enumerate(windows):
        scaled = window / window.std(axis=0)
        for t in range(max_lag, len(scaled)):
            pasts.append(np.concatenate([scaled[t - lag] for lag in range(1, max_lag + 1)]))
            presents.append(scaled[t])
            peers.append(np.arange(len(windows)) == peer)
    design, targets = np.hstack([pasts, peers]), np.array(presents)
    coefficients = np.linalg.lstsq(design, targets)[0]
    left = np.sum((targets - design @ coefficients) ** 2, axis=0)
    freedom = len(design) - design.shape[1]
    unit = np.diag(np.linalg.inv(design.T @ design))
    errors = np.sqrt(np.outer(unit, left / freedom))
    shape = (max_lag, d, d)
    used = max_lag * d
    return Regression(coefficients[:used].reshape(shape), errors[:used].reshape(shape))
