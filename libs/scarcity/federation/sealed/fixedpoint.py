"""Real numbers as integers of 64 bits, so that sums under masks are exact, in whatever order.

A value v becomes round(v · 2^f) modulo 2^64. With K peers whose values lie within ± v_max, and h
steps kept free for each peer's noise, the sum can be read off as long as

    K · ( ceil(v_max · 2^f) + h )  <  2^63 .

That is checked when the range is declared, and v_max whenever values are encoded: before anything
is sent. The sum of the rounding errors is at most K · 2^-(f+1).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scarcity.errors import ConfigError
from scarcity.stats.arrays import Floats

Words = NDArray[np.uint64]
"""Integers modulo 2^64; those from 2^63 on stand for negative ones."""

WORD_BYTES = 8
LARGEST_SUM = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A declared range, and the grid on it."""

    largest: float
    """no value of any peer is larger, with either sign"""
    peers: int
    """at most so many are added up"""
    fraction_bits: int = 24
    headroom: int = 0
    """steps of the grid kept free for the noise of each peer"""

    def __post_init__(self) -> None:
        each = math.ceil(self.largest * 2**self.fraction_bits) + self.headroom
        if self.peers * each > LARGEST_SUM:
            raise ConfigError(
                f"{self.peers} peers with values up to {self.largest:g} do not fit 64 bits at "
                f"{self.fraction_bits} fraction bits: declare fewer rows, a smaller clip, "
                "or fewer fraction bits"
            )

    @property
    def step(self) -> float:
        """The distance of neighbours on the grid."""
        return math.ldexp(1.0, -self.fraction_bits)

    def encode(self, values: Floats) -> Words:
        """The nearest points of the grid; what lies outside the declared range is refused.

        >>> FixedPoint(largest=8.0, peers=3, fraction_bits=1).encode(np.array([2.0, -0.5])).tolist()
        [4, 18446744073709551615]
        """
        worst = float(np.max(np.abs(values), initial=0.0))
        if not worst <= self.largest:
            raise ConfigError(
                f"a value of {worst:g} is outside the declared range of ±{self.largest:g}: "
                "declare more rows or a larger clip, or leave out this window"
            )
        return np.rint(np.ldexp(values, self.fraction_bits)).astype(np.int64).view(np.uint64)

    def decode(self, total: Words) -> Floats:
        """The sum of what was encoded, at the precision of a double."""
        return np.ldexp(total.view(np.int64).astype(np.float64), -self.fraction_bits)


def to_bytes(words: Words) -> bytes:
    """Little-endian, whatever the machine."""
    return words.astype("<u8", copy=False).tobytes()


def from_bytes(payload: bytes) -> Words:
    """The words that `to_bytes` gave, free to be changed."""
    return np.frombuffer(payload, "<u8").astype(np.uint64)
