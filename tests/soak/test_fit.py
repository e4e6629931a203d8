"""The judge of the soak: what is flat, and what grows."""

import numpy as np

from soak.fit import Floats, Line, fitted

MINUTES = np.arange(150) / 6


def wandering(rng: np.random.Generator, *, growth: float) -> Floats:
    """Return memory that stays where it is for a while, and grows by so much a minute."""
    noise, level = np.zeros(len(MINUTES)), 0.0
    for place, shock in enumerate(rng.standard_normal(len(MINUTES))):
        level = 0.8 * level + shock
        noise[place] = level
    return 400.0 + noise + growth * MINUTES


def is_flat(line: Line) -> bool:
    return abs(line.slope) <= 2 * line.error


def test_memory_that_only_wanders_is_flat() -> None:
    rng = np.random.default_rng(1)
    flat = [is_flat(fitted(MINUTES, wandering(rng, growth=0.0))) for _ in range(400)]

    assert np.mean(flat) >= 0.85


def test_memory_that_grows_is_not() -> None:
    rng = np.random.default_rng(2)
    flat = [is_flat(fitted(MINUTES, wandering(rng, growth=0.5))) for _ in range(400)]

    assert np.mean(flat) <= 0.01


def test_the_error_of_independent_samples_is_the_textbook_one() -> None:
    rng = np.random.default_rng(3)
    apart = MINUTES - MINUTES.mean()
    textbook = 1.0 / np.sqrt(apart @ apart)
    errors = [fitted(MINUTES, rng.standard_normal(len(MINUTES))).error for _ in range(400)]

    assert abs(np.mean(errors) / textbook - 1.0) < 0.1
