"""What one peer seals: the lagged products of its rows, as one vector that peers can add up.

Let x_t be the rows (d values) of a window and y_t = [x_t, x_{t-1}, …, x_{t-L}] the design row of a
step all of whose predecessors lie in the same window. Two statistics:

Gram, without differential privacy. With the columns of y centred by their own means (the peer's
fixed effect) and divided by the standard deviations of the d variables over the peer's rows,

    G = Σ_t y_t y_tᵀ ;    layout  [ upper triangle of G by rows | steps | intercepts ] .

Centring and scaling at home matter: where peers differ in level or spread, pooling raw rows finds
edges that no peer has (Simpson's paradox).

Covariances, for differential privacy. Rows are put in a declared frame, clipped to length C and
rounded towards zero to multiples of 2^-12, so that their products are multiples of 2^-24, exactly:

    z = (x - location) / scale · min(1, C / |…|) ,
    C_0 = Σ_t z_t z_tᵀ ,    C_k = Σ_t z_t z_{t-k}ᵀ    (k = 1 … L) ;
    layout  [ upper triangle of C_0 by rows | C_1 | … | C_L, by rows | rows | windows ] .

Setting one row to zero changes C_0 by z zᵀ and C_k by two such products, in the Frobenius norm

    Δ  ≤  C² sqrt(1 + 4 L) .

A row belongs to one window, and no product crosses windows, so releases of disjoint windows do not
add up. How many rows there are is not protected.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.errors import ConfigError
from scarcity.stats.arrays import Floats, Ints

POINT_BITS = 12
"""A clipped row lies on the grid of 2^-12, so products on that of 2^-24."""
SHY = 1.0 - 2.0**-40
"""Keeps rounding from pushing a row over the clip."""
CONSTANT = 1e-12
"""A standard deviation smaller than this share of the mean is rounding."""
COUNTS = 2
"""The last two places of both layouts."""

Windows = Sequence[Floats]
"""Each (row, variable); rows of one window follow each other, those of different ones do not."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of which variables products are taken, and over how many steps."""

    variables: int
    max_lag: int

    def __post_init__(self) -> None:
        if self.variables < 1 or self.max_lag < 1:
            raise ConfigError("products need at least one variable and one lag")

    @property
    def columns(self) -> int:
        """Of a design row; variable i at lag k is column k d + i."""
        return self.variables * (self.max_lag + 1)

    @property
    def gram_length(self) -> int:
        return triangle(self.columns) + COUNTS

    @property
    def covariances_length(self) -> int:
        return triangle(self.variables) + self.max_lag * self.variables**2 + COUNTS


@dataclass(frozen=True, slots=True)
class Frame:
    """Where each variable lies and how far it spreads.

    Declared, known to all, or paid for: never taken from the rows it is used on, of which it would
    tell something.
    """

    location: Floats
    scale: Floats


def triangle(width: int) -> int:
    """Values on and above the diagonal."""
    return width * (width + 1) // 2


def lagged_gram(windows: Windows, shape: Shape) -> Floats:
    """The vector (gram_length) of one peer; no value is larger than its number of rows."""
    rows = _checked(windows, shape)
    spread = rows.std(axis=0)
    spread[spread <= CONSTANT * np.abs(rows.mean(axis=0))] = 1.0
    design = np.concatenate([_design(window / spread, shape.max_lag) for window in windows])
    centred = design - design.mean(axis=0)
    gram = centred.T @ centred
    return np.concatenate([gram[np.triu_indices(shape.columns)], [len(design), 1.0]])


def lagged_covariances(windows: Windows, shape: Shape, frame: Frame, clip: float) -> Ints:
    """The vector (covariances_length) of one peer, in steps of 2^-24; the counts in whole steps."""
    _checked(windows, shape)
    points = [clipped(window, frame, clip) for window in windows]
    present = _lagged(points, 0)[np.triu_indices(shape.variables)]
    past = [_lagged(points, lag).ravel() for lag in range(1, shape.max_lag + 1)]
    counts = np.ldexp([sum(len(each) for each in points), len(points)], 2 * POINT_BITS)
    return np.concatenate([present, *past, counts]).astype(np.int64)


def clipped(window: Floats, frame: Frame, clip: float) -> Floats:
    """The rows in their frame, none longer than the clip, as whole multiples of 2^-12."""
    framed = np.ldexp((window - frame.location) / frame.scale, POINT_BITS)
    longest = SHY * clip_steps(clip)
    lengths = np.maximum(np.linalg.norm(framed, axis=1), longest)
    points: Floats = np.trunc(framed * (longest / lengths)[:, None])
    return points


def clip_steps(clip: float) -> int:
    """The clip on the grid of the rows, rounded down."""
    return int(np.ldexp(clip, POINT_BITS))


def sensitivity_squared(shape: Shape, clip: float) -> int:
    """Δ² in steps of 2^-24, exactly."""
    return (1 + 4 * shape.max_lag) * clip_steps(clip) ** 4


def _checked(windows: Windows, shape: Shape) -> Floats:
    """All rows, once they are fit to be summed."""
    for window in windows:
        if window.ndim != 2 or window.shape[1] != shape.variables:
            raise ConfigError(f"a window has not {shape.variables} variables")
        if len(window) <= shape.max_lag:
            raise ConfigError(f"a window of {len(window)} rows has no step with all its lags")
    rows = np.concatenate(list(windows))
    if not np.isfinite(rows).all():
        raise ConfigError("sealed mode sums complete rows: fill in or leave out what is missing")
    return rows


def _lagged(points: Windows, lag: int) -> Floats:
    """C of this lag."""
    products: Floats = np.sum([each[lag:].T @ each[: len(each) - lag] for each in points], axis=0)
    return products


def _design(window: Floats, max_lag: int) -> Floats:
    steps = len(window) - max_lag
    return np.hstack([window[max_lag - lag :][:steps] for lag in range(max_lag + 1)])
