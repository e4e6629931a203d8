"""Noise has the distribution it is said to have, to the last digit that a test can see."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from scarcity.federation.sealed.noise import (
    DOUBT,
    bernoulli_exp,
    discrete_gaussian,
    is_below_exp,
)

COUNT = 100_000
SMALLEST_P = 1e-6
"""A test that fails once in a million times; the randomness is the operating system's."""


@pytest.mark.parametrize("variance", [1, 2, 9, 100])
def test_small_variances_match_the_mass_function(variance: int) -> None:
    drawn = discrete_gaussian(variance, COUNT)

    reach = int(6 * math.sqrt(variance)) + 1
    values = np.arange(-reach, reach + 1)
    mass = np.exp(-(values**2) / (2.0 * variance))
    expected = COUNT * mass / mass.sum()
    observed = np.bincount(np.clip(drawn, -reach, reach) + reach, minlength=len(values))
    common = expected >= 10
    found = np.append(observed[common], observed[~common].sum())
    wanted = np.append(expected[common], expected[~common].sum())
    assert stats.chisquare(found, wanted * found.sum() / wanted.sum()).pvalue > SMALLEST_P


@pytest.mark.parametrize("variance", [10**6, 5 * 10**16, 2**99])
def test_large_variances_match_the_normal_distribution(variance: int) -> None:
    drawn = discrete_gaussian(variance, COUNT) / math.sqrt(variance)

    assert abs(drawn.mean()) < 5.0 / math.sqrt(COUNT)
    assert abs(drawn.var() - 1.0) < 5.0 * math.sqrt(2.0 / COUNT)
    assert stats.kstest(drawn, stats.norm.cdf).pvalue > SMALLEST_P


def test_values_are_independent_of_each_other() -> None:
    drawn = discrete_gaussian(10**12, COUNT) / 10**6

    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5.0 / math.sqrt(COUNT)


def test_as_many_values_as_a_large_statistic_has_are_made() -> None:
    assert len(discrete_gaussian(5 * 10**16, 160_000)) == 160_000
    assert len(discrete_gaussian(5 * 10**16, 0)) == 0


@pytest.mark.parametrize("variance", [0, -1, 2**100 + 1])
def test_a_variance_out_of_range_is_refused(variance: int) -> None:
    with pytest.raises(ValueError, match="variance"):
        discrete_gaussian(variance, 1)


@pytest.mark.parametrize(
    "gamma", [Fraction(0), Fraction(1, 10**9), Fraction(1), Fraction(22, 7), Fraction(200)]
)
def test_what_double_precision_cannot_decide_is_decided_exactly(gamma: Fraction) -> None:
    bits = math.floor(math.exp(-gamma) * 2**64)
    clearly_below = max(bits - 2**12, -1)

    assert clearly_below < 0 or is_below_exp(clearly_below, gamma)
    assert bits + 2**12 >= 2**64 or not is_below_exp(bits + 2**12, gamma)


def test_a_tie_of_the_first_bits_is_broken_by_more_of_them() -> None:
    """exp(-1) · 2^64 = 6786177901268885274.6…: beyond its first 64 bits, about two in three."""
    bits = 6786177901268885274

    below = sum(is_below_exp(bits, Fraction(1)) for _ in range(2000)) / 2000

    share = float(Fraction(_exp_of_minus_one() * 2**64) - bits)
    assert abs(below - share) < 5.0 * math.sqrt(0.25 / 2000)
    assert is_below_exp(bits - 1, Fraction(1))
    assert not is_below_exp(bits + 1, Fraction(1))


def test_near_ties_are_left_to_exact_arithmetic() -> None:
    asked = []

    def exact(place: int) -> Fraction:
        asked.append(place)
        return Fraction(0)

    outcome = bernoulli_exp(np.full(50, 60.0 * math.log(2.0)), exact)
    certain = bernoulli_exp(np.zeros(50), exact)

    assert DOUBT > 2.0**-60
    assert asked == []
    assert not outcome.any()
    assert certain.all()


def _exp_of_minus_one() -> Fraction:
    return sum((Fraction((-1) ** n, math.factorial(n)) for n in range(40)), Fraction(0))
