"""The engine's regression the long way round: lagged rows laid out, then least squares."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from worlds.var import Floats


@dataclass(frozen=True, slots=True)
class Oracle:
    """Standardised coefficients, standard errors and p-values; arrays (lag - 1, source, target)."""

    effect: Floats
    se: Floats
    p_value: Floats


def autoregression(segments: list[Floats], max_lag: int) -> Oracle:
    """VAR(max_lag) on segments (time, variable) that no lag bridges, with an intercept."""
    stacked = [_lagged(segment, max_lag) for segment in segments if len(segment) > max_lag]
    rows = np.concatenate(stacked)
    rows = rows[~np.isnan(rows).any(axis=1)]
    d = segments[0].shape[1]
    spread = rows.std(axis=0)
    design = np.column_stack([np.ones(len(rows)), rows[:, d:]])
    coefficients, *_ = np.linalg.lstsq(design, rows[:, :d])
    freedom = len(rows) - design.shape[1]
    variance = np.sum((rows[:, :d] - design @ coefficients) ** 2, axis=0) / freedom
    inverse = np.linalg.pinv(design)
    se = np.sqrt(np.outer(np.sum(inverse**2, axis=1), variance))[1:]
    unit = spread[d:, None] / spread[:d]
    p_value = 2.0 * stats.t.sf(np.abs(coefficients[1:] / se), freedom)
    return Oracle(
        *(each.reshape(max_lag, d, d) for each in (coefficients[1:] * unit, se * unit, p_value))
    )


def _lagged(segment: Floats, max_lag: int) -> Floats:
    """Rows [x(t), x(t-1), …, x(t-L)]."""
    rows = len(segment) - max_lag
    return np.hstack([segment[max_lag - k : max_lag - k + rows] for k in range(max_lag + 1)])
