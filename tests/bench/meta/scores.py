"""Marks: signed F1, the rows it takes to reach one, false shares; which edges are counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from scarcity.meta import Evidence
from worlds.world import Bools, Floats

GRID = (50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600, 2400, 3200, 4800, 6400)
"""Rows at which a stream is looked at."""
GOALS = (0.7, 0.8, 0.9)
LOOKED_AT = (100, 200, 400, 800, 3200)
"""Rows for which false shares are told."""


def f1(accepted: Bools, effect: Floats, truth: Floats) -> float:
    """Signed: an edge counts as found only with its sign; truth (edge) holds coefficients."""
    right = np.sum(accepted & (np.sign(effect) == np.sign(truth)) & (truth != 0.0))
    return float(2.0 * right / max(accepted.sum() + np.sum(truth != 0.0), 1))


def false_share(accepted: Bools, truth: Floats) -> float:
    return float(np.sum(accepted & (truth == 0.0)) / max(accepted.sum(), 1))


def rows_to(curve: Sequence[float], goal: float, grid: Sequence[int] = GRID) -> float:
    """From how many rows on a curve over a grid stays at a goal, interpolated over log rows."""
    below = np.flatnonzero(np.array(curve) < goal)
    if not below.size:
        return float(grid[0])
    last = int(below[-1])
    if last + 1 == len(grid):
        return float("inf")
    part = (goal - curve[last]) / (curve[last + 1] - curve[last])
    return float(grid[last] * (grid[last + 1] / grid[last]) ** part)


class Curves:
    """Marks of several arms over rows."""

    def __init__(self, grid: Sequence[int] = GRID) -> None:
        self._grid = grid
        self._f1: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._false: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, arm: str, rows: int, found: tuple[Bools, Floats], truth: Floats) -> None:
        """What an arm found (accepted, effect) after so many rows."""
        self._f1[arm][rows].append(f1(*found, truth))
        self._false[arm][rows].append(false_share(found[0], truth))

    def rows(self, arm: str, goal: float) -> float:
        """To a goal, of the mean curve of all streams."""
        return rows_to([fmean(self._f1[arm][rows]) for rows in self._grid], goal, self._grid)

    def report(self) -> dict[str, object]:
        return {
            arm: {
                "rows": {str(goal): _shown(self.rows(arm, goal)) for goal in GOALS},
                "false": {
                    str(rows): round(fmean(self._false[arm][rows]), 3)
                    for rows in LOOKED_AT
                    if rows in self._grid
                },
            }
            for arm in self._f1
        }

    def gain(self, arm: str, goal: float = 0.8) -> float:
        """How many times fewer rows an arm needs than a cold start."""
        return round(self.rows("cold", goal) / self.rows(arm, goal), 3)

    def gain_interval(self, arm: str, rng: np.random.Generator) -> list[float | None]:
        """95 % of the gain to F1 .8, streams drawn anew 400 times; None = beyond the grid."""
        arms = {
            each: np.array([self._f1[each][rows] for rows in self._grid]) for each in ("cold", arm)
        }
        streams = arms[arm].shape[1]
        gains = []
        for _ in range(400):
            drawn = rng.integers(streams, size=streams)
            curves = (arms[each][:, drawn].mean(axis=1) for each in ("cold", arm))
            cold, warm = (rows_to(curve.tolist(), 0.8, self._grid) for curve in curves)
            gains.append(cold / warm)
        ends = np.quantile(gains, (0.025, 0.975), method="nearest").tolist()
        return [round(each, 2) if np.isfinite(each) else None for each in ends]


def _shown(rows: float) -> int | None:
    """None = the goal is not reached on the grid."""
    return round(rows) if np.isfinite(rows) else None


def between(evidence: Evidence) -> Evidence:
    """Without edges of variables to themselves: what is scored."""
    at = np.flatnonzero(evidence.kind == 0)
    edges = tuple(evidence.edges[each] for each in at)
    return Evidence(evidence.stream, edges, evidence.effect[at], evidence.se[at], evidence.types)


def means(figures: Mapping[str, Sequence[float]], digits: int = 4) -> dict[str, float]:
    return {name: round(fmean(values), digits) for name, values in figures.items()}
