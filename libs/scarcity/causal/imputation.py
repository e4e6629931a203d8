"""Values that are missing, as the model expects them: the E-step of an EM algorithm, row by row.

Given all else, a missing x_i(t) is Gaussian. It is seen by its own equation, and by those of its
children (j, k), of which e_j(t+k) would be the residual if it were 0:

    precision  λ = 1/σ_i² + Σ b²/σ_j²
    mean       ( expected_i(t)/σ_i² + Σ b e_j(t+k)/σ_j² ) / λ ,

both ends of the sum inside the rows at hand. Where its own equation lacks a value, as at the
beginning of the rows, mean and variance of the variable stand for it. Sweeping over all missing
values until they no longer move (Gauss-Seidel) gives their joint conditional mean. The second
moments lack the variance 1/λ of what was filled in, and the M-step has to add it; covariances
between values that are missing side by side are left out, which makes long runs of missing values
look a little too well known.

Source: A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data via the
EM algorithm", J. R. Stat. Soc. B 39 (1977).
"""

from typing import NamedTuple

import numpy as np

from scarcity.causal.model import Equations, Model, expected
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import NONE

SWEEPS = 20
"""At most this many; each shrinks what is left of the error by more than half."""

SETTLED = 1e-4
"""A sweep that moves no value by more than this share of its noise is the last."""


class _Beside(NamedTuple):
    """What there is to know of a variable beside its own equation."""

    entries: Ints
    """(entry, 2): target, and place in its equation; grouped by source"""
    offsets: Ints
    """(variable + 1): where each group begins"""
    mean: Floats
    """(variable)"""
    spread: Floats
    """(variable)"""


def impute(stretch: Floats, missing: Bools, model: Model) -> tuple[Floats, Floats]:
    """Fill in values of rows (time, variable); returns the rows, and 1/λ where filled, 0 elsewhere.

    missing  (time, variable): what to fill in; a variable the model does not know stays NaN
    """
    wanted = missing & model.known
    rows = np.where(wanted, model.mean, stretch)
    variance = np.zeros_like(rows)
    if wanted.any():
        beside = _beside(model)
        _sweep(rows, np.argwhere(wanted), model.max_lag, model.equations, beside, variance)
    return rows, variance


def _beside(model: Model) -> _Beside:
    sources = model.equations.sources
    targets, places = np.nonzero(sources != NONE)
    causes = sources[targets, places]
    order = np.argsort(causes, kind="stable")
    offsets = np.searchsorted(causes[order], np.arange(len(sources) + 1))
    entries = np.column_stack([targets, places])[order]
    return _Beside(entries, offsets.astype(np.int64), model.mean, model.spread)


@compiled
def _sweep(
    rows: Floats,
    wanted: Ints,
    max_lag: int,
    equations: Equations,
    beside: _Beside,
    variance: Floats,
) -> None:
    for _ in range(SWEEPS):
        moved = 0.0
        for entry in range(len(wanted)):
            t, i = wanted[entry]
            value, precision = _conditional(rows, t, i, max_lag, equations, beside)
            moved = max(moved, abs(value - rows[t, i]) / equations.noise[i])
            rows[t, i] = value
            variance[t, i] = 1.0 / precision
        if moved < SETTLED:
            return


@compiled
def _conditional(
    rows: Floats, t: int, i: int, max_lag: int, equations: Equations, beside: _Beside
) -> tuple[float, float]:
    """Mean and precision of one value given all others."""
    own = expected(rows, t, i, equations) if t >= max_lag else np.nan
    if np.isfinite(own):
        precision = 1.0 / equations.noise[i] ** 2
        pull = own * precision
    else:
        precision = 1.0 / beside.spread[i] ** 2
        pull = beside.mean[i] * precision
    for child in range(beside.offsets[i], beside.offsets[i + 1]):
        j, place = beside.entries[child]
        then = t + equations.lags[j, place]
        if max_lag <= then < len(rows):
            weight = equations.weights[j, place]
            left = rows[then, j] - expected(rows, then, j, equations) + weight * rows[t, i]
            if np.isfinite(left) and equations.noise[j] > 0.0:
                precision += weight**2 / equations.noise[j] ** 2
                pull += weight * left / equations.noise[j] ** 2
    return pull / precision, precision
