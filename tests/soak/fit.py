"""Is a series flat? The slope of a straight line through it, and how sure it is.

    y = a + b t + e        b = Σ (t - t̄)(y - ȳ) / Σ (t - t̄)²
    s² = Σ e² / (n - 2)    se(b) = s / √(Σ (t - t̄)²)

Memory stays where it is for a while, so that neighbouring samples err together, and an error that
takes them for independent is far too small. So n are the means of some blocks of samples, each
longer than memory remembers (the method of batch means).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line."""

    slope: float
    error: float
    """The standard error of the slope."""
    start: float
    end: float


def fitted(t: Floats, y: Floats) -> Line:
    """Return the line through samples; at least one for each block.

    >>> fitted(np.arange(20.0), 5.0 + 2.0 * np.arange(20.0)).slope
    2.0
    """
    first, last = float(t[0]), float(t[-1])
    t, y = _blocks(t), _blocks(y)
    apart = t - t.mean()
    spread = float(apart @ apart)
    slope = float(apart @ (y - y.mean())) / spread
    residuals = y - y.mean() - slope * apart
    error = float(np.sqrt(residuals @ residuals / (BLOCKS - 2) / spread))
    begin = float(y.mean()) - slope * float(t.mean())
    return Line(slope, error, begin + slope * first, begin + slope * last)


def _blocks(samples: Floats) -> Floats:
    return np.array([block.mean() for block in np.array_split(samples, BLOCKS)])
