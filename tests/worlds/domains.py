"""Families of domains that share a part of their edges, and streams that drift.

A family has a base, a vector autoregression x(t+1) = A x(t) + e(t), e ~ N(0, 1), with a tenth of
all pairs linked. Each domain of it keeps every edge of the base with probability `share`, its
coefficient N(0, 0.04) apart, and has edges of its own at the complementary rate, so that all
domains are equally dense. At share 0 nothing is common but how variables remember themselves.

Streams that drift begin with a structure like a domain's; at each change three coefficients in ten
are lost and one in ten of all is moved by N(0, 0.3).

Typed families have no base: every variable is of one of four types, and a quarter of the ordered
pairs of types are linked often (.35), the others seldom (.015), all coefficients of a pair of types
N(0, 0.03) apart. Their domains share types and no names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from scarcity.meta import Edge, Evidence
from worlds.peers import between, regression
from worlds.world import Bools, Floats

BURN_IN = 50
DENSITY = 0.1
WEAKEST, STRONGEST = 0.08, 0.22
APART = 0.04
OWN = (0.2, 0.5)
LARGEST_RADIUS = 0.9
TYPES = 4
OFTEN, SELDOM, HOT = 0.35, 0.015, 0.25
TYPICAL, TYPICAL_APART = 0.14, 0.03
VARIABLES = 20


@dataclass(frozen=True, slots=True)
class Family:
    """What domains of a family have in common."""

    base: Floats
    """(target, source): coefficients, 0 where there is no edge"""
    share: float

    def domain(self, rng: np.random.Generator) -> Floats:
        """(target, source): coefficients of a new domain."""
        d = len(self.base)
        linked = self.base != 0.0
        kept = linked & (rng.random((d, d)) < self.share)
        new = (rng.random((d, d)) < DENSITY * (1.0 - self.share)) & between(d) & ~linked
        own = np.where(kept, self.base + rng.normal(0.0, APART, (d, d)), 0.0)
        return tamed(np.where(new, _sizes(rng, d), own) + np.diag(rng.uniform(*OWN, d)))


@dataclass(frozen=True, slots=True)
class TypedFamily:
    """What domains have in common of which only the types of variables are known."""

    often: Bools
    """(type, type): target, source"""
    typical: Floats
    """(type, type): mean coefficients"""

    def domain(self, rng: np.random.Generator, d: int = VARIABLES) -> tuple[Floats, list[str]]:
        """(target, source), and the type of each variable."""
        kind = rng.integers(0, TYPES, d)
        pair = np.ix_(kind, kind)
        linked = rng.random((d, d)) < np.where(self.often[pair], OFTEN, SELDOM)
        size = self.typical[pair] + rng.normal(0.0, TYPICAL_APART, (d, d))
        own = np.where(linked & between(d), size, 0.0) + np.diag(rng.uniform(*OWN, d))
        return tamed(own), [f"type{each}" for each in kind]


def family(
    rng: np.random.Generator, share: float, d: int = VARIABLES, density: float = DENSITY
) -> Family:
    linked = (rng.random((d, d)) < density) & between(d)
    return Family(np.where(linked, _sizes(rng, d), 0.0), share)


def typed_family(rng: np.random.Generator) -> TypedFamily:
    often = rng.random((TYPES, TYPES)) < HOT
    return TypedFamily(often, TYPICAL * rng.choice([-1.0, 1.0], (TYPES, TYPES)))


def simulated(rng: np.random.Generator, structures: Floats, rows: int) -> Floats:
    """(domain, time, variable) from (domain, target, source); one row more than transitions."""
    domains, d, _ = structures.shape
    values = rng.normal(size=(rows + 1 + BURN_IN, domains, d, 1))
    for t in range(1, len(values)):
        values[t] += structures @ values[t - 1]
    return np.ascontiguousarray(values[BURN_IN:, :, :, 0].swapaxes(0, 1))


def standard_form(structure: Floats) -> tuple[Floats, Floats]:
    """(target, source) in standard deviations, and the noise variance of each variable there."""
    d = len(structure)
    spread = np.sqrt(np.diag(solve_discrete_lyapunov(structure, np.eye(d))))
    return structure * spread / spread[:, None], 1.0 / spread**2


def drifting(rng: np.random.Generator, rows: int, every: int | None, d: int = 10) -> Floats:
    """(time, variable): a structure that changes after so many rows, None = never."""
    linked = rng.random((d, d)) < 0.2
    size = rng.uniform(0.1, 0.3, (d, d)) * rng.choice([-1.0, 1.0], (d, d))
    first = _within(np.where(linked, size, 0.0), 0.8)
    structure, values = first, rng.normal(size=(rows + 1, d))
    for t in range(1, rows + 1):
        if every and t % every == 0:
            structure = _moved(rng, first)
        values[t] += structure @ values[t - 1]
    return values


def wandering(rng: np.random.Generator, rows: int, speed: float, d: int = 10) -> Floats:
    """(time, variable): every coefficient strays by N(0, speed) a row, and is drawn back."""
    linked = (rng.random((d, d)) < 0.2) | np.eye(d, dtype=np.bool_)
    size = rng.uniform(0.15, 0.35, (d, d)) * rng.choice([-1.0, 1.0], (d, d))
    structure, back = np.where(linked, size, 0.0), (speed / 0.2) ** 2 / 2.0
    values = rng.normal(size=(rows + 1, d))
    for t in range(1, rows + 1):
        moved = speed * rng.normal(size=(d, d)) - back * structure
        structure = structure + np.where(linked, moved, 0.0)
        if t % 50 == 0:
            structure = _within(structure, LARGEST_RADIUS)
        values[t] += structure @ values[t - 1]
    return values


def told(
    rng: np.random.Generator,
    name: str,
    structure: Floats,
    se: float,
    *,
    types: Mapping[str, str] | None = None,
    prefix: str = "x",
) -> Evidence:
    """What rows would say of edges between variables, drawn without them: N(coefficient, se²)."""
    d = len(structure)
    places = [(j, i) for j in range(d) for i in range(d) if i != j]
    edges = tuple(Edge(f"{prefix}{i}", f"{prefix}{j}", 1) for j, i in places)
    effect = np.array([structure[place] for place in places]) + se * rng.normal(size=len(edges))
    return Evidence(name, edges, effect, np.full(len(edges), se), types or {})


def evidence_of(
    name: str, values: Floats, types: list[str] | None = None, prefix: str = "x"
) -> Evidence:
    """What least squares on rows (time, variable) says, standardised; own lags included."""
    d = values.shape[1]
    variables = [f"{prefix}{index}" for index in range(d)]
    effect, se = regression(values)
    edges = tuple(Edge(source, target, 1) for target in variables for source in variables)
    declared = dict(zip(variables, types, strict=True)) if types is not None else {}
    return Evidence(name, edges, effect.ravel(), se.ravel(), declared)


def tamed(structure: Floats) -> Floats:
    """The same structure, shrunk until it is stable."""
    return _within(structure, LARGEST_RADIUS)


def _moved(rng: np.random.Generator, structure: Floats) -> Floats:
    shape = structure.shape
    kept = np.where(rng.random(shape) < 0.3, 0.0, structure)
    jumps = np.where(rng.random(shape) < 0.1, rng.normal(0.0, 0.3, shape), 0.0)
    return _within(kept + jumps, 0.85)


def _within(structure: Floats, radius: float) -> Floats:
    largest = float(np.max(np.abs(np.linalg.eigvals(structure))))
    return structure * min(1.0, radius / max(largest, radius))


def _sizes(rng: np.random.Generator, d: int) -> Floats:
    sizes: Floats = rng.uniform(WEAKEST, STRONGEST, (d, d)) * rng.choice([-1.0, 1.0], (d, d))
    return sizes
