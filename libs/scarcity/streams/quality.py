"""What the values of a window look like, against what is usual for their stream.

Of the values x of a column in a window,

    location   m = median(x)
    scale      s = 1.4826 median(|x - m|), the standard deviation if x is normal
    drift      max(|m - M| / S, |log2(s / S)|)      where M and S are what is usual
    out of range   how many x are outside [low, high], as declared; else outside M ± 12 S
    stuck      many values, all of them the same, though the column is numeric

Both are robust (Rousseeuw and Croux, 1993): half of the values of a window may be wild, and so may
whole windows, since what is usual moves slowly, and by no more than one usual scale at a time:

    M ← M + a clip(m - M, ±S)        S ← S 2^(a clip(log2(s / S), ±1))        a = MEMORY
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from scarcity.events import StreamDefined, Variable, VariableKind, WindowQuality
from scarcity.streams.rows import Bools, Floats, Ints, aligned

MEMORY: Final = 0.1
"""The weight of the newest window in what is usual."""
NORMAL: Final = 1.4826
WILD: Final = 12.0
"""Usual scales beyond which a value is out of range, when nobody declared a range."""
MANY: Final = 8
"""So many equal values are suspicious."""


class Usual:
    """What is usual for the columns of one stream."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = ()
        self._levels = np.empty((2, 0))

    def judge(self, matrix: Floats, definition: StreamDefined) -> WindowQuality:
        """Return the quality of a (step, column) window, and learn from it."""
        self._follow(definition.columns)
        usual_location, usual_scale = self._levels
        columns = np.sort(np.ascontiguousarray(matrix.T), axis=1)  # NaN last
        valid = columns.shape[1] - np.count_nonzero(np.isnan(columns), axis=1)
        location, scale = _spread(columns, valid)
        low, high = self._ranges(definition)
        outside = _outside(columns, valid, low, high)
        drift = _drift(location, scale, usual_location, usual_scale)
        stuck = _stuck(columns, valid) & _numeric(definition)
        self._learn(location, scale)
        return WindowQuality(
            valid=valid.astype("<u4").tobytes(),
            location=location.astype("<f8").tobytes(),
            scale=scale.astype("<f8").tobytes(),
            drift=drift.astype("<f8").tobytes(),
            out_of_range=outside.astype("<u4").tobytes(),
            stuck=stuck.astype(np.uint8).tobytes(),
        )

    def dump(self) -> dict[str, object]:
        """Return the state in plain values."""
        levels = [
            [None if math.isnan(value) else value for value in row] for row in self._levels.tolist()
        ]
        return {"columns": self._columns, "levels": levels}

    def load(self, state: Mapping[str, object]) -> None:
        """Take over a dumped state, exactly."""
        columns, levels = state["columns"], state["levels"]
        assert isinstance(columns, (list, tuple))
        self._columns = tuple(columns)
        self._levels = np.array(levels, dtype=np.float64).reshape(2, len(self._columns))

    def _follow(self, columns: tuple[str, ...]) -> None:
        if columns != self._columns:
            self._levels = aligned(self._levels, self._columns, columns).copy()
            self._columns = columns

    def _ranges(self, definition: StreamDefined) -> tuple[Floats, Floats]:
        """Return the least and the largest value of each column that is no surprise."""
        location, scale = self._levels
        with np.errstate(over="ignore", invalid="ignore"):
            # Unknown or no usual scale: no range.
            width = np.where(scale > 0, WILD * scale, np.inf)
            low, high = location - width, location + width
        for place, variable in enumerate(v for v in definition.variables if _is_column(v)):
            if variable.low is not None or variable.high is not None:
                low[place] = -np.inf if variable.low is None else variable.low
                high[place] = np.inf if variable.high is None else variable.high
            elif variable.kind is VariableKind.BOOLEAN:
                low[place], high[place] = -np.inf, np.inf
        return low, high

    def _learn(self, location: Floats, scale: Floats) -> None:
        usual_location, usual_scale = self._levels
        known = usual_scale > 0
        seen = ~np.isnan(location)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            shift = location - usual_location
            shift = np.where(known, np.clip(shift, -usual_scale, usual_scale), shift)
            growth = np.clip(np.log2(scale / usual_scale), -1.0, 1.0)
            self._levels[0] = np.where(seen, usual_location + MEMORY * shift, usual_location)
            self._levels[1] = np.where(seen, usual_scale * 2.0 ** (MEMORY * growth), usual_scale)
        first = seen & np.isnan(usual_location)
        self._levels[0][first] = location[first]
        begins = seen & ~known
        self._levels[1][begins] = scale[begins]


def _is_column(variable: Variable) -> bool:
    return variable.kind is not VariableKind.CATEGORICAL


def _spread(columns: Floats, valid: Ints) -> tuple[Floats, Floats]:
    """Return median and scaled median distance of sorted (column, step) values, NaN last."""
    location = _medians(columns, valid)
    with np.errstate(over="ignore"):
        distances = np.abs(columns - location[:, np.newaxis])
        distances.sort(axis=1)
        scale = np.fmin(NORMAL * _medians(distances, valid), np.finfo(np.float64).max)
    return location, np.where(valid > 0, scale, np.nan)


def _medians(columns: Floats, valid: Ints) -> Floats:
    """Return the medians of sorted (column, step) values, NaN last; NaN without values."""
    if not columns.shape[1]:
        return np.full(len(columns), np.nan)
    rows = np.arange(len(columns))
    lower = np.maximum(valid - 1, 0) // 2
    upper = np.minimum(valid // 2, columns.shape[1] - 1)
    # Half of each, since the sum of large numbers may be infinite.
    found: Floats = columns[rows, lower] / 2 + columns[rows, upper] / 2
    return found


def _outside(columns: Floats, valid: Ints, low: Floats, high: Floats) -> Ints:
    """Return how many of the sorted values lie outside the range of their column."""
    if not columns.shape[1]:
        return np.zeros(len(columns), dtype=np.int64)
    last = columns[np.arange(len(columns)), np.maximum(valid - 1, 0)]
    # The least and the largest say whether there is anything to count.
    suspects = np.flatnonzero((columns[:, 0] < low) | (last > high))
    found = np.zeros(len(columns), dtype=np.int64)
    for place in suspects.tolist():
        values = columns[place, : valid[place]]
        found[place] = np.count_nonzero((values < low[place]) | (values > high[place]))
    return found


def _drift(location: Floats, scale: Floats, usual_location: Floats, usual_scale: Floats) -> Floats:
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        moved = np.abs(location - usual_location) / usual_scale
        widened = np.abs(np.log2(scale / usual_scale))
    widened = np.where(np.isfinite(widened), widened, 0.0)
    return np.where(usual_scale > 0, np.maximum(moved, widened), np.nan)


def _stuck(columns: Floats, valid: Ints) -> Bools:
    if not columns.shape[1]:
        return np.zeros(len(columns), dtype=bool)
    last = columns[np.arange(len(columns)), np.maximum(valid - 1, 0)]
    found: Bools = (valid >= MANY) & (columns[:, 0] == last)
    return found


def _numeric(definition: StreamDefined) -> Bools:
    kinds = [variable.kind for variable in definition.variables if _is_column(variable)]
    return np.array([kind is VariableKind.NUMERIC for kind in kinds], dtype=bool)
