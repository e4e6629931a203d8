"""A bet against "the new is no worse than the old": evidence that may be looked at after every row.

Differences of losses, new - old, are put on a scale s that is known before each row, and clipped:

    x  =  clip( difference / (c s), -1, 1 ) ,

A gambler who is not told whether the new is worse bets a share λ of what he has on x > 0. With his
means spread over several λ by w, λ = 0 among them,

    W  ←  W Σ_i w(i) (1 + λ(i) x) ,      w(i) ← (1 - σ) w(i) (1 + λ(i) x) / Σ  +  σ p(i) .

While E(x | past) ≤ 0, W is a nonnegative supermartingale that begins at 1, whatever the
distribution of x and however rows depend on each other, and so (Ville)

    P( W ever reaches 1/α )  ≤  α .

And the other way round: as long as W is below 1/α after n rows, so is what each λ(i) alone has won,
and with log(1 + y) ≥ y - y² for |y| ≤ ½

    Σ x  <  min_{λ ≤ ½} [ ln 1/α - ln p - n ln(1 - σ) + λ² Σ x² ] / λ ,

`most_lost`: more than that nobody loses to a change that is taken back when W reaches 1/α.

Moving a share σ at each row keeps a gambler who lost while the new was good able to win when it
turns bad. The first rows are only looked at, to know the scale.

Sources: I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", J.
R. Stat. Soc. B 86 (2024); G. Shafer, "Testing by betting", J. R. Stat. Soc. A 184 (2021).
"""

import math
from dataclasses import dataclass

import numpy as np

from scarcity.meta.hedge import mixed
from scarcity.stats.arrays import Floats

SHARES = np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95])
"""λ"""
MOVED = 0.002
"""σ"""
CLIP = 2.0
"""c: in root mean squares of differences"""
FADING = 0.01
"""How much of the scale is of the newest row."""
LOOKED_AT = 10
"""Rows before the first bet."""
SMALLEST_SCALE = 1e-9


@dataclass(frozen=True, eq=False)
class Wealth:
    """What the gambler has, after some rows."""

    log: float
    """ln W"""
    weight: Floats
    """(λ)"""
    square: float
    """s²: the faded mean square of differences so far"""
    rows: int

    def reaches(self, alpha: float) -> bool:
        """Whether the hypothesis that the new is no worse is rejected."""
        return self.log >= -math.log(alpha)


START = Wealth(0.0, np.full(len(SHARES), 1.0 / len(SHARES)), 0.0, 0)


def bet(wealth: Wealth, difference: float) -> Wealth:
    """After one more row, on which the new lost so much more than the old."""
    if not math.isfinite(difference):
        raise ValueError(f"losses must be numbers, and so their difference, not {difference}")
    if difference == 0.0 and wealth.square == 0.0:
        return wealth  # as long as both do the same, there is no scale to learn
    rows = wealth.rows + 1
    fading = max(FADING, 1.0 / rows)
    square = (1.0 - fading) * wealth.square + fading * difference**2
    x = put_on_scale(wealth, difference)
    if x is None:
        return Wealth(wealth.log, wealth.weight, square, rows)
    weight, gained = mixed(wealth.weight, np.log1p(SHARES * x))
    moved = (1.0 - MOVED) * weight + MOVED * START.weight
    return Wealth(wealth.log + gained, moved, square, rows)


def most_lost(squares: float, rows: int, alpha: float) -> float:
    """What Σ x stays below as long as the hypothesis is not rejected.

    squares  Σ x²
    rows     on which was bet
    """
    shares = SHARES[(SHARES > 0.0) & (SHARES <= 0.5)]
    doubt = -math.log(alpha) + math.log(len(SHARES)) - rows * math.log1p(-MOVED)
    return float(np.min((doubt + shares**2 * squares) / shares))


def put_on_scale(wealth: Wealth, difference: float) -> float | None:
    """x: the difference as it is bet on; None as long as rows are only looked at."""
    if wealth.rows < LOOKED_AT:
        return None
    scale = CLIP * max(math.sqrt(wealth.square), SMALLEST_SCALE)
    return min(max(difference / scale, -1.0), 1.0)
