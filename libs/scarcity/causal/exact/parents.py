"""PC1: which lagged columns may be parents of a target, strongest first.

All of x_i(t-k), k = 1 … L, are candidates. In round s = 0, 1, 2 …, each that is left is tested
against the target given the s strongest others (or the first few such sets, in lexicographic
order); at the end of the round those found independent go, and the others are sorted by the least
|ρ| any of their tests gave. It ends when no s others are left.

Where several levels are given, each makes its own set, and the one whose regression has the lowest

    AIC = n ln(n (1 - R²)) + 2 (|parents| + 1)

is taken, the first of equals. Regressions on one set in another order are equal only up to
rounding, and rounding must not choose: scores this close count as equal.

Source: J. Runge et al., "Detecting and quantifying causal associations in large nonlinear time
series datasets", Science Advances 5 (2019), algorithm S1.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, count, islice
from typing import NamedTuple

from scarcity.causal.exact.independence import Outcome, PartialCorrelations

EQUAL_SCORES = 1e-7
"""AIC values of the same regression differ by rounding alone, some 1e-10."""


class Parent(NamedTuple):
    """A lagged variable."""

    source: int
    lag: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The candidates of one target after PC1."""

    parents: tuple[int, ...]
    """Columns, strongest first"""
    weakest: dict[int, Outcome]
    """The least significant test of every candidate, kept or not"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far PC1 goes."""

    max_conds_dim: int | None
    max_combinations: int


def select(
    tests: PartialCorrelations, target: int, alphas: Sequence[float], limits: Limits
) -> Selection:
    """The selection at the level that explains the target best."""
    selections = [_Search(tests, target, alpha).run(limits) for alpha in alphas]
    if len(selections) == 1:
        return selections[0]
    scores = [information(tests, target, selection.parents) for selection in selections]
    return selections[first_lowest(scores)]


def information(tests: PartialCorrelations, target: int, given: Sequence[int]) -> float:
    """The AIC of the regression of a target on these columns, up to a constant."""
    left = tests.rows * tests.residual(target, given)
    return tests.rows * math.log(left) + 2.0 * (len(given) + 1)


def first_lowest(scores: Sequence[float]) -> int:
    """Where the lowest score is; the first of equals."""
    lowest = min(scores)
    return next(index for index, score in enumerate(scores) if score <= lowest + EQUAL_SCORES)


def as_parents(columns: Iterable[int], variables: int) -> tuple[Parent, ...]:
    """Columns by the names of their variable and lag."""
    return tuple(Parent(column % variables, column // variables) for column in columns)


class _Search:
    def __init__(self, tests: PartialCorrelations, target: int, alpha: float) -> None:
        self.tests = tests
        self.target = target
        self.alpha = alpha
        self.strength: dict[int, float] = {}
        self.weakest: dict[int, Outcome] = {}

    def run(self, limits: Limits) -> Selection:
        d = self.tests.variables
        parents = [lag * d + i for i in range(d) for lag in range(1, self.tests.max_lag + 1)]
        last = math.inf if limits.max_conds_dim is None else limits.max_conds_dim
        for size in count():
            if size >= len(parents) or size > last:
                break
            parents = self._round(parents, size, limits.max_combinations)
        return Selection(tuple(parents), self.weakest)

    def _round(self, parents: list[int], size: int, most: int) -> list[int]:
        independent = []
        for parent in parents:
            others = [other for other in parents if other != parent]
            if self._separated(parent, islice(combinations(others, size), most)):
                independent.append(parent)
        for parent in independent:
            del self.strength[parent]
        return sorted(self.strength, key=self.strength.__getitem__, reverse=True)

    def _separated(self, parent: int, sets: Iterable[tuple[int, ...]]) -> bool:
        for given in sets:
            outcome = self.tests.test(parent, self.target, given)
            strength = self.strength.get(parent, math.inf)
            self.strength[parent] = min(abs(outcome.value), strength)
            weakest = self.weakest.get(parent)
            if weakest is None or outcome.p_value > weakest.p_value:
                self.weakest[parent] = outcome
            if not outcome.significant(self.alpha):
                return True
        return False
