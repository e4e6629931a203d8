"""Noise on the integers whose distribution is known exactly: the discrete Gaussian.

    P(Y = y)  ∝  exp( -y² / (2 σ²) ) ,   y an integer.

Drawn by rejection from a discrete Laplace of scale t = floor(σ) + 1: with U uniform on 0 … t - 1,
kept with probability exp(-U / t), and V the number of successes of exp(-1) before a failure,
X = U + t V has P(X = x) ∝ exp(-x / t); with a random sign, one of the two zeros thrown away, Y is
kept with probability exp( -(|Y| - σ²/t)² / (2 σ²) ).

All is done for many values at once, and is exact nevertheless. A uniform number of 64 bits is
compared with a probability in double precision, whose error is bounded by `DOUBT`; when they are
closer than that (about once in 2^43 comparisons), arithmetic of as many digits as it takes decides,
with more random bits. So the noise is as good as the random bits: ChaCha20 under fresh keys of the
operating system, which makes its own in the same way. How long it takes depends on what is drawn.

Shared out: of at least h honest peers each adds a variance of σ²/h, so that σ² is there whoever
drops out, as long as h remain.

Source: C. L. Canonne, G. Kamath, T. Steinke, "The discrete Gaussian for differential privacy",
NeurIPS 2020, algorithms 1 to 3.
"""

import secrets
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from scarcity.federation.sealed.fixedpoint import Words
from scarcity.stats.arrays import Bools, Floats, Ints

DOUBT = 2.0**-44
"""More than the error of any probability below: some 2^-50, from a handful of roundings of γ ≤ 40
and from exp itself; beyond γ = 40 the probability is smaller than this."""

LARGEST_VARIANCE = 2**100
"""So that no value reaches 2^63: that would be more than 8000 standard deviations."""


Exact = Callable[[int], Fraction]
"""From the place of a value to its γ, without rounding."""


def discrete_gaussian(variance: int, count: int) -> Ints:
    """So many independent values of this variance (σ², in steps of the grid)."""
    if not 0 < variance <= LARGEST_VARIANCE:
        raise ValueError(f"a variance of {variance} is not in 1 … 2^100")
    found = np.empty(0, np.int64)
    while len(found) < count:
        drawn = _discrete_laplace(isqrt(variance) + 1, 2 * (count - len(found)) + 16)
        found = np.concatenate([found, drawn[_kept(drawn, variance)]])
    return found[:count]


def bernoulli_exp(gammas: Floats, exact: Exact) -> Bools:
    """True with probability exp(-γ) for each γ ≥ 0, exactly: `exact` gives γ at a place."""
    probabilities = np.exp(-gammas)
    bits = _random_words(len(gammas))
    uniform = bits * 2.0**-64
    outcome: Bools = uniform < probabilities
    for place in np.flatnonzero(np.abs(uniform - probabilities) <= DOUBT):
        outcome[place] = is_below_exp(int(bits[place]), exact(int(place)))
    return outcome


def is_below_exp(bits: int, gamma: Fraction) -> bool:
    """Whether a uniform number that begins with these 64 bits is below exp(-γ)."""
    width = 64
    while True:
        low, high = _exp_bounds(gamma, width + 16)
        if Fraction(bits + 1, 1 << width) <= low:
            return True
        if Fraction(bits, 1 << width) >= high:
            return False
        bits, width = bits << 64 | secrets.randbits(64), width + 64


def _exp_bounds(gamma: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """What exp(-γ) lies between; decimal's exp is rounded correctly, so off by less than a digit.

    The rounding of γ itself moves the result by less than γ more in the last place.
    """
    digits = bits // 3 + len(str(gamma.__ceil__()))
    with localcontext(prec=digits) as context:
        exponent = -Decimal(gamma.numerator) / Decimal(gamma.denominator)
        value = Fraction(exponent.exp(context))
    error = value * (gamma + 2) / 10 ** (digits - 2)
    return value - error, value + error


def _discrete_laplace(scale: int, attempts: int) -> Ints:
    """At most so many values x with probability ∝ exp(-|x| / scale)."""
    remainders = _uniform_below(scale, attempts)
    kept = bernoulli_exp(remainders / scale, lambda place: Fraction(int(remainders[place]), scale))
    sizes = remainders[kept] + scale * _successes(int(kept.sum()))
    negative = (_random_words(len(sizes)) & np.uint64(1)).astype(np.bool_)
    signed: Ints = np.where(negative, -sizes, sizes)[~(negative & (sizes == 0))]
    return signed


def _successes(count: int) -> Ints:
    """How often exp(-1) succeeds before it fails, so many times."""
    found = np.zeros(count, np.int64)
    running = np.arange(count)
    while len(running):
        running = running[bernoulli_exp(np.ones(len(running)), lambda _: Fraction(1))]
        found[running] += 1
    return found


def _kept(drawn: Ints, variance: int) -> Bools:
    """Which of the values of a discrete Laplace are kept."""
    scale = isqrt(variance) + 1
    gammas = (np.abs(drawn) - variance / scale) ** 2 / (2.0 * variance)

    def exact(place: int) -> Fraction:
        distance = abs(int(drawn[place])) - Fraction(variance, scale)
        return distance**2 / (2 * variance)

    return bernoulli_exp(gammas, exact)


def _uniform_below(bound: int, count: int) -> Ints:
    """Uniform on 0 … bound - 1, by rejection."""
    mask = np.uint64((1 << max(bound - 1, 1).bit_length()) - 1)
    found = np.empty(0, np.int64)
    while len(found) < count:
        drawn = (_random_words(2 * (count - len(found)) + 16) & mask).astype(np.int64)
        found = np.concatenate([found, drawn[drawn < bound]])
    return found[:count]


def _random_words(count: int) -> Words:
    # Millions of bits take the operating system three times as long.
    stream = Cipher(ChaCha20(secrets.token_bytes(32), bytes(16)), mode=None).encryptor()
    return np.frombuffer(stream.update(bytes(8 * count)), np.uint64)
