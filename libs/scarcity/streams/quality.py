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
        self._followed: StreamDefined | None = None
        self._declared = np.empty((2, 0))
        self._numeric = np.empty(0, dtype=bool)

    def judge(self, matrix: Floats, definition: StreamDefined) -> WindowQuality:
        """Return the quality of a (step, column) window, and learn from it."""
        if definition is not self._followed:
            self._follow(definition)
        columns = np.array(matrix.T, order="C")  # a copy: the matrix may be needed again
        columns.sort(axis=1)  # NaN last
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            valid, location, scale = _spread(columns)
            outside = _outside(columns, valid, *self._range())
            drift = self._learn(location, scale)
        return WindowQuality(
            valid=valid.astype("<u4").tobytes(),
            location=location.astype("<f8", copy=False).tobytes(),
            scale=scale.astype("<f8", copy=False).tobytes(),
            drift=drift.astype("<f8", copy=False).tobytes(),
            out_of_range=outside.astype("<u4").tobytes(),
            stuck=(_stuck(columns, valid) & self._numeric).tobytes(),
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

    def _follow(self, definition: StreamDefined) -> None:
        variables = [v for v in definition.variables if v.kind is not VariableKind.CATEGORICAL]
        columns = tuple(variable.name for variable in variables)
        if columns != self._columns:
            self._levels = aligned(self._levels, self._columns, columns).copy()
            self._columns = columns
        self._declared = np.array([_declared(variable) for variable in variables]).reshape(-1, 2).T
        self._numeric = np.array([v.kind is VariableKind.NUMERIC for v in variables], dtype=bool)
        self._followed = definition

    def _range(self) -> tuple[Floats, Floats]:
        """Return the least and the largest value of each column that is no surprise."""
        (location, scale), (low, high) = self._levels, self._declared
        # Unknown or no usual scale: no range.
        width = np.where(scale > 0, WILD * scale, np.inf)
        undeclared = np.isnan(low)
        return (
            np.where(undeclared, location - width, low),
            np.where(undeclared, location + width, high),
        )

    def _learn(self, location: Floats, scale: Floats) -> Floats:
        """Return the drift of each column, and move what is usual towards the window."""
        usual, spread = self._levels
        shift, growth = location - usual, np.log2(scale / spread)
        known, seen = spread > 0, ~np.isnan(location)
        widened = np.where(np.isfinite(growth), np.abs(growth), 0.0)
        drift = np.where(known, np.maximum(np.abs(shift) / spread, widened), np.nan)
        moved = usual + MEMORY * np.where(known, np.clip(shift, -spread, spread), shift)
        grown = spread * np.exp2(MEMORY * np.clip(growth, -1.0, 1.0))
        if not (known & seen).all():
            # It begins with the first values, and stays where there are none.
            moved = np.where(np.isnan(usual), location, moved)
            grown = np.where(known, grown, scale)
            moved, grown = np.where(seen, [moved, grown], self._levels)
        self._levels = np.stack([moved, grown])
        return drift


def _declared(variable: Variable) -> tuple[float, float]:
    """Return the declared range, open where nothing is said; NaN if there is none at all."""
    if variable.low is not None or variable.high is not None:
        return (
            -math.inf if variable.low is None else variable.low,
            math.inf if variable.high is None else variable.high,
        )
    return (-math.inf, math.inf) if variable.kind is VariableKind.BOOLEAN else (math.nan, math.nan)


def _spread(columns: Floats) -> tuple[Ints, Floats, Floats]:
    """Return counts, medians and scaled median distances of sorted (column, step) values."""
    height, steps = columns.shape
    valid = np.full(height, steps)
    if steps and np.isnan(columns[:, -1]).any():
        valid -= np.count_nonzero(np.isnan(columns), axis=1)
    location = _medians(columns, valid)
    distances = np.abs(columns - location[:, np.newaxis])
    distances.sort(axis=1)
    scale = np.minimum(NORMAL * _medians(distances, valid), np.finfo(np.float64).max)
    return valid, location, scale


def _medians(columns: Floats, valid: Ints) -> Floats:
    """Return the medians of sorted (column, step) values, NaN last; NaN without values."""
    height, steps = columns.shape
    if not steps:
        return np.full(height, np.nan)
    rows = np.arange(height)
    lower = np.maximum(valid - 1, 0) // 2
    upper = np.minimum(valid // 2, steps - 1)
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


def _stuck(columns: Floats, valid: Ints) -> Bools:
    if not columns.shape[1]:
        return np.zeros(len(columns), dtype=bool)
    last = columns[np.arange(len(columns)), np.maximum(valid - 1, 0)]
    found: Bools = (valid >= MANY) & (columns[:, 0] == last)
    return found
