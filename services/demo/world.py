"""A synthetic system whose causes are known: a small factory, told as a structural model.

    x_j(t) = a_j · x_j(t-1) + Σ_{(i, j, k, b)} b · x_i(t-k) + ε_j(t),    ε ~ N(0, 1)

Every variable is then shown in a unit and around a level of its own, so that neither scale nor
mean gives a cause away.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from scarcity.events import ReferenceEdge, Variable

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shown:
    """How a variable looks from outside."""

    unit: str
    level: float
    scale: float


VARIABLES: dict[str, Shown] = {
    "demand": Shown("orders/h", 120.0, 9.0),
    "price": Shown("EUR", 49.0, 1.5),
    "orders": Shown("1/h", 80.0, 6.0),
    "stock": Shown("pallets", 400.0, 25.0),
    "output": Shown("units/h", 75.0, 5.0),
    "power": Shown("kW", 310.0, 22.0),
    "heat": Shown("°C", 61.0, 2.5),
    "defects": Shown("%", 3.2, 0.4),
    "overtime": Shown("h", 14.0, 3.0),
    "mood": Shown("points", 7.0, 0.8),
}

PERSISTENCE = 0.35
"""How much of each variable's last value stays."""

EFFECTS: tuple[tuple[str, str, int, float], ...] = (
    ("demand", "orders", 1, 0.45),
    ("price", "orders", 2, -0.35),
    ("stock", "price", 3, -0.25),
    ("orders", "stock", 1, -0.40),
    ("output", "stock", 1, 0.35),
    ("orders", "output", 2, 0.40),
    ("output", "power", 1, 0.50),
    ("power", "heat", 1, 0.35),
    ("heat", "defects", 2, 0.30),
    ("overtime", "defects", 1, 0.18),
    ("orders", "overtime", 1, 0.30),
    ("overtime", "mood", 2, -0.25),
    ("mood", "output", 3, 0.15),
    ("defects", "mood", 1, -0.12),
)
"""Source, target, lag in steps, coefficient."""

BURN_IN = 200
"""Steps until the start is forgotten."""


def variables() -> tuple[Variable, ...]:
    """Return the variables with their units."""
    return tuple(Variable(name, shown.unit) for name, shown in VARIABLES.items())


def truth() -> tuple[ReferenceEdge, ...]:
    """Return every edge that really is there."""
    return tuple(ReferenceEdge(source, target, lag) for source, target, lag, _ in EFFECTS)


def steps(rng: np.random.Generator, *, upside_down: bool = False) -> Iterator[dict[str, float]]:
    """Yield the values of the world step by step, for ever; upside down, all effects are lies."""
    names = list(VARIABLES)
    longest = max(lag for _, _, lag, _ in EFFECTS)
    weights = np.zeros((longest, len(names), len(names)))
    weights[0] = PERSISTENCE * np.eye(len(names))
    for source, target, lag, effect in EFFECTS:
        told = -effect if upside_down else effect
        weights[lag - 1, names.index(source), names.index(target)] += told
    past: deque[Vector] = deque([np.zeros(len(names))] * longest, maxlen=longest)
    for number in count():
        # past[k - 1] is the state k steps ago.
        drive = np.einsum("ki,kij->j", np.array(past), weights)
        past.appendleft(drive + rng.standard_normal(len(names)))
        if number >= BURN_IN:
            yield _shown(past[0])


def _shown(state: Vector) -> dict[str, float]:
    return {
        name: float(shown.level + shown.scale * value)
        for (name, shown), value in zip(VARIABLES.items(), state, strict=True)
    }
