"""A peer's rows to the words it adds to a sum, and the sum of words to evidence.

All peers of a round follow one plan, whose digest is part of the round's terms. Without privacy the
plan sums `lagged_gram`; with it `lagged_covariances` and noise. The noise of the sum is exact for
h honest peers whose input survives; as the others may have added none, h is at most the threshold
less those who might not be honest. More survivors make more noise, and evidence reckons with that:
it knows the survivors.

    per value   σ²/h   on C_k (k > 0) and the diagonal of C_0,   σ²/(2h)   beside it,

which is the same as noise σ² on a symmetric matrix, in its Frobenius norm.
"""

import math
from dataclasses import astuple, dataclass
from hashlib import sha256

import numpy as np

from scarcity.errors import ConfigError
from scarcity.federation.sealed.accountant import summed_rho
from scarcity.federation.sealed.evidence import Evidence, from_covariances, from_gram
from scarcity.federation.sealed.fixedpoint import FixedPoint, Words
from scarcity.federation.sealed.noise import discrete_gaussian
from scarcity.federation.sealed.statistics import (
    COUNTS,
    POINT_BITS,
    Frame,
    Shape,
    Windows,
    clip_steps,
    clipped,
    lagged_covariances,
    lagged_gram,
    sensitivity_squared,
)
from scarcity.stats.arrays import Floats, Ints

TAILS = 16
"""Standard deviations of noise for which the range has room; more would be a wrong sum."""
EXACT = 2**53
"""Integers up to here are exact in double precision."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """How rows are clipped, and how much noise there is."""

    clip: float
    """the longest row, in the units of its frame; sqrt(d) is what most rows need"""
    variance: int
    """of each peer's noise, in steps of the grid"""
    honest: int
    """at least so many peers, whose input survives, add their noise"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the words of a round are."""

    shape: Shape
    most_rows: int
    """of any one peer"""
    peers: int
    """at most"""
    privacy: Privacy | None = None

    def __post_init__(self) -> None:
        clip = 1.0 if self.privacy is None else self.privacy.clip
        if self.most_rows * clip**2 * 2.0 ** (2 * POINT_BITS) >= EXACT:
            raise ConfigError(
                f"products of {self.most_rows} rows clipped at {clip:g} are not exact"
            )
        _ = self.grid

    @property
    def length(self) -> int:
        """In words."""
        shape = self.shape
        return shape.gram_length if self.privacy is None else shape.covariances_length

    @property
    def grid(self) -> FixedPoint:
        """A sum of n products of values within a clip C is at most n C²; one more for rounding."""
        if self.privacy is None:
            return FixedPoint(self.most_rows + 1.0, self.peers, 2 * POINT_BITS)
        largest = self.most_rows * max(1.0, self.privacy.clip**2) + 1.0
        headroom = TAILS * math.isqrt(self.privacy.variance)
        return FixedPoint(largest, self.peers, 2 * POINT_BITS, headroom)

    @property
    def statement(self) -> bytes:
        """For the terms of the round."""
        return sha256(repr(("scarcity sealed plan 1", astuple(self))).encode()).digest()

    @property
    def rho(self) -> float:
        """What one round costs each row that is in it; nothing is protected without privacy."""
        if self.privacy is None:
            return math.inf
        squared = sensitivity_squared(self.shape, self.privacy.clip)
        values = self.length - COUNTS
        return summed_rho(squared, self.privacy.variance, self.privacy.honest, values)


def private(shape: Shape, clip: float, honest: int, rho: float) -> Privacy:
    """The least noise with which one round costs no more than ρ."""
    squared = sensitivity_squared(shape, clip)
    return Privacy(clip, math.ceil(squared / (2.0 * honest * rho)) + 1, honest)


def to_words(
    plan: Plan, windows: Windows, frame: Frame | None = None, noise: Ints | None = None
) -> Words:
    """What a peer contributes; with privacy, in a frame and with fresh noise.

    Noise that was drawn beforehand, by `fresh_noise`, serves one input and no other. Once made, the
    words are kept until the round has ended: two inputs of one peer with different noise would tell
    more than one.
    """
    if sum(len(window) for window in windows) > plan.most_rows:
        raise ConfigError(f"more than the {plan.most_rows} rows that the plan declares")
    if plan.privacy is None:
        return plan.grid.encode(lagged_gram(windows, plan.shape))
    if frame is None:
        raise ConfigError("with privacy, rows need a declared frame")
    products = lagged_covariances(windows, plan.shape, frame, plan.privacy.clip)
    words = plan.grid.encode(np.ldexp(products.astype(np.float64), -2 * POINT_BITS))
    return words + (fresh_noise(plan) if noise is None else noise).view(np.uint64)


def to_evidence(plan: Plan, total: Words, survivors: int) -> Evidence:
    """What the sum over so many survivors says."""
    if plan.privacy is None:
        return from_gram(plan.grid.decode(total), plan.shape)
    return Accumulated().after(plan, total, survivors).evidence(plan.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Accumulated:
    """Sums with noise of several rounds over disjoint rows, added up by who receives them."""

    values: Floats | None = None
    """(covariances_length), in units of products"""
    variance: float = 0.0
    """of the noise on each value"""
    rounds: int = 0

    def after(self, plan: Plan, total: Words, survivors: int) -> "Accumulated":
        """With the sum of one more round, over so many survivors."""
        assert plan.privacy is not None
        values = plan.grid.decode(total)
        noise = plan.grid.step**2 * survivors * plan.privacy.variance
        known = values if self.values is None else self.values + values
        return Accumulated(known, self.variance + noise, self.rounds + 1)

    @property
    def rows(self) -> int:
        """Behind it."""
        return 0 if self.values is None else int(self.values[-2])

    def evidence(self, shape: Shape) -> Evidence:
        """What all of them say. ConfigError when that is fewer rows than a regression takes."""
        if self.values is None:
            raise ConfigError("no round has been summed yet")
        return from_covariances(self.values, shape, math.sqrt(self.variance))

    def suffices(self, shape: Shape) -> bool:
        """Whether there are more steps than each regression has coefficients."""
        if self.values is None:
            return False
        rows, windows = self.values[-COUNTS:]
        return bool(rows - shape.max_lag * windows > shape.variables * shape.max_lag + 1)


def located(windows: Windows, frame: Frame, clip: float, rho: float) -> Frame:
    """The frame moved to where the rows lie, at a cost of ρ to each of them.

    The mean of the clipped rows, with noise; one row moves their sum by at most the clip. It stays
    at home, but what is sent later depends on it.
    """
    points = np.concatenate([clipped(window, frame, clip) for window in windows])
    variance = math.ceil(clip_steps(clip) ** 2 / (2.0 * rho))
    noisy = points.sum(axis=0) + discrete_gaussian(variance, len(frame.location))
    mean = np.ldexp(noisy / len(points), -POINT_BITS)
    return Frame(frame.location + mean * frame.scale, frame.scale)


def fresh_noise(plan: Plan) -> Ints:
    """One peer's noise for one input (covariances_length); none on the counts."""
    assert plan.privacy is not None
    shape, variance = plan.shape, plan.privacy.variance
    rows, columns = np.triu_indices(shape.variables)
    noise = np.zeros(shape.covariances_length, np.int64)
    noise[:-COUNTS] = discrete_gaussian(variance, len(noise) - COUNTS)
    beside = np.flatnonzero(rows != columns)
    noise[beside] = discrete_gaussian(-(-variance // 2), len(beside))
    return noise
