"""What befalls the instances of one run, and when: drawn from its seed.

kill            SIGKILL, and started again after a while
freeze          SIGSTOP for less than a session: nobody notices
freeze_long     SIGSTOP for longer: the group gives its share away, and it wakes as a zombie
leave           SIGTERM, and started again: two rebalances
join            a further instance comes, and goes after a while: two rebalances
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from chaos.member import SESSION_S

INSTANCES: Final = 2
SPARE: Final = INSTANCES
"""The place of the instance that comes and goes."""

_LASTS_S: Final = {
    "kill": (0.0, 1.5),
    "freeze": (0.3, 0.6 * SESSION_S),
    "freeze_long": (1.2 * SESSION_S, 2.0 * SESSION_S),
    "leave": (0.0, 1.0),
    "join": (2.0, 5.0),
}
"""How long each may last; drawn evenly."""

_WEIGHTS: Final = (0.4, 0.1, 0.2, 0.15, 0.15)
"""How often each is drawn: most often what leaves something half done."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that befalls an instance for a while, in seconds after the beginning."""

    at_s: float
    what: str
    instance: int
    lasts_s: float


def schedule(seed: int, *, faults: int, within_s: float) -> list[Fault]:
    """Return the faults of a seed, in order.

    >>> schedule(1, faults=3, within_s=10.0) == schedule(1, faults=3, within_s=10.0)
    True
    """
    # Another stream of numbers than the traffic's, which has the same seed.
    rng = np.random.default_rng([seed, 1])
    drawn = [_fault(rng, within_s) for _ in range(faults)]
    return sorted(drawn, key=lambda fault: fault.at_s)


def _fault(rng: np.random.Generator, within_s: float) -> Fault:
    what = str(rng.choice(list(_LASTS_S), p=_WEIGHTS))
    instance = SPARE if what == "join" else int(rng.integers(INSTANCES))
    return Fault(float(rng.uniform(0.0, within_s)), what, instance, rng.uniform(*_LASTS_S[what]))
