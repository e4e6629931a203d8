"""What others might say of a world."""

from datetime import UTC, datetime

import numpy as np

from scarcity.causal.prior import Expected, Prior
from worlds.world import Bools, Floats

AT = datetime(2026, 1, 1, tzinfo=UTC)


def prior_of(
    mean: Floats,
    *,
    se: float = 0.03,
    origin: str = "federation:plants",
    sequence: int = 1,
    share: Floats | None = None,
) -> Prior:
    """What is expected of every edge between different variables, (target, source), at lag 1.

    share  (target, source): how probable each is; None = certain
    """
    d = len(mean)
    target, source = np.nonzero(~np.eye(d, dtype=np.bool_))
    nobody: Bools = np.zeros(len(target), np.bool_)
    return Prior(
        origin=origin,
        sequence=sequence,
        at=AT,
        provenance=("p1", "p2"),
        rows=2000,
        variables=tuple(f"x{n}" for n in range(d)),
        source=source,
        target=target,
        lag=np.ones(len(target), np.int64),
        expected=Expected(
            mean[target, source],
            np.full(len(target), se),
            nobody,
            np.ones(len(target)) if share is None else share[target, source],
        ),
    )
