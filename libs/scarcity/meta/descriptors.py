"""What a stream is like, in eight numbers, from sums alone.

From lagged moments of standardised variables, C0 = E x(t) x(t)' and C1 = E x(t+1) x(t)', and powers
of the residuals e of A = C1 C0⁻¹:

    self-lag    mean of the diagonal of C1: how much a variable remembers
    radius      largest modulus of an eigenvalue of A: how long anything lasts
    kurtosis    mean of E e⁴ / (E e²)² - 3: 0 for Gaussian noise
    drift       |A(recent) - A(past)|² / (E of that if nothing changed): 1 when nothing drifts

Numbers that span orders of magnitude enter a regression as logarithms (`vector`).
"""

import math
from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats

RIDGE = 1e-6
"""Keeps C0 invertible where variables are copies of each other."""


SMALLEST_SPREAD = 1e-9
"""Of the largest value: what varies less is constant, but for rounding."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Sufficient statistics of a stretch of rows; a missing value counts as its mean."""

    rows: float
    present: float
    """the share of values that are there"""
    now: Floats
    """(variable, variable): C0"""
    next: Floats
    """(target, source): C1"""
    square: Floats
    """(variable): E e²"""
    fourth: Floats
    """(variable): E e⁴"""

    @property
    def coefficients(self) -> Floats:
        """(target, source): A"""
        d = len(self.now)
        found = np.linalg.solve(self.now + RIDGE * np.eye(d), self.next.T).T
        return found.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What a stream is like."""

    variables: int
    rows: float
    step_s: float
    """seconds from one row to the next"""
    missing: float
    """share of values"""
    self_lag: float
    radius: float
    kurtosis: float
    drift: float

    def vector(self) -> Floats:
        """(8): of about unit size, for a regression."""
        return np.array(
            [
                math.log10(self.variables),
                math.log10(max(self.rows, 1.0)) - 3.0,
                math.log10(self.step_s),
                self.missing,
                self.self_lag,
                self.radius,
                math.log1p(max(self.kurtosis, 0.0)),
                math.log1p(max(self.drift, 0.0)),
            ]
        )


def described(past: Sums, recent: Sums, step_s: float) -> Descriptors:
    """Of a stream, from what it was and what it has been of late, apart."""
    if not step_s > 0.0:
        raise ValueError(f"the step must be longer than 0 s, not {step_s:g}")
    return Descriptors(
        variables=len(past.now),
        rows=past.rows + recent.rows,
        step_s=step_s,
        missing=1.0 - _both(past.present, recent.present, past, recent),
        self_lag=float(np.mean(np.diag(past.next) / np.maximum(np.diag(past.now), RIDGE))),
        radius=float(np.max(np.abs(np.linalg.eigvals(past.coefficients)))),
        kurtosis=float(np.mean(past.fourth / np.maximum(past.square, RIDGE) ** 2)) - 3.0,
        drift=_drift(past, recent),
    )


def summed(values: Floats) -> Sums:
    """Of rows (time, variable) that follow each other; NaN = missing."""
    there = ~np.isnan(values)
    counts = np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, values, 0.0)
    centred = np.where(there, values - centred.sum(axis=0) / counts, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / counts)
    varies = spread > SMALLEST_SPREAD * np.nanmax(np.abs(values), axis=0, initial=0.0)
    standard = np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)
    before, after = standard[:-1], standard[1:]
    now, following = before.T @ before / len(before), after.T @ before / len(before)
    sums = Sums(len(before), float(there.mean()), now, following, np.ones(1), np.ones(1))
    missed = after - before @ sums.coefficients.T
    return Sums(
        sums.rows,
        sums.present,
        now,
        following,
        np.mean(missed**2, axis=0),
        np.mean(missed**4, axis=0),
    )


def _both(one: float, other: float, past: Sums, recent: Sums) -> float:
    return (one * past.rows + other * recent.rows) / (past.rows + recent.rows)


def _drift(past: Sums, recent: Sums) -> float:
    """How far coefficients have moved, beside how far chance moves them."""
    moved = (past.coefficients - recent.coefficients) ** 2
    d = len(past.now)
    inverse = np.diag(np.linalg.inv(past.now + RIDGE * np.eye(d)))
    chance = np.outer(past.square, inverse) * (1.0 / past.rows + 1.0 / recent.rows)
    return float(np.sum(moved) / np.sum(chance))
