"""What the last window says about each of its columns.

    missing share = 1 - values / steps

Arrays of a window are decoded here as `scarcity.events.WindowQuality` describes them. Windows that
were sealed before there was such a thing carry none, and nothing is said about their columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from scarcity.events import WindowSealed


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """One column of one window; None where there is nothing to tell."""

    missing: float
    location: float | None
    scale: float | None
    drift: float | None
    out_of_range: int
    stuck: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells of a window: all, those without a value, and those outside their variable's range."""

    cells: int
    missing: int
    out_of_range: int


def column_qualities(window: WindowSealed) -> Mapping[str, ColumnQuality]:
    """Return what a window says of each column; empty where it says nothing."""
    quality, width = window.quality, len(window.columns)
    if len(quality.valid) != 4 * width or not window.steps:
        return {}
    valid, out_of_range = _counts(quality.valid, width), _counts(quality.out_of_range, width)
    location, scale, drift = (
        _figures(packed, width) for packed in (quality.location, quality.scale, quality.drift)
    )
    stuck = quality.stuck.ljust(width, b"\0")
    return {
        name: ColumnQuality(
            missing=1.0 - int(valid[place]) / window.steps,
            location=_known(location[place]),
            scale=_known(scale[place]),
            drift=_known(drift[place]),
            out_of_range=int(out_of_range[place]),
            stuck=stuck[place] == 1,
        )
        for place, name in enumerate(window.columns)
    }


def counts(window: WindowSealed) -> Counts:
    """Return how many cells of a window are there, without a value, and out of range."""
    width = len(window.columns)
    if len(window.quality.valid) != 4 * width:
        return Counts(0, 0, 0)
    cells = window.steps * width
    return Counts(
        cells,
        missing=cells - int(_counts(window.quality.valid, width).sum()),
        out_of_range=int(_counts(window.quality.out_of_range, width).sum()),
    )


def _counts(packed: bytes, width: int) -> NDArray[np.uint32]:
    fits = len(packed) == 4 * width
    return np.frombuffer(packed, dtype="<u4") if fits else np.zeros(width, dtype=np.uint32)


def _figures(packed: bytes, width: int) -> NDArray[np.float64]:
    fits = len(packed) == 8 * width
    return np.frombuffer(packed, dtype="<f8") if fits else np.full(width, np.nan)


def _known(figure: float) -> float | None:
    return float(figure) if isfinite(figure) else None
