"""The skeleton of PCMCI+: which links remain when contemporaneous neighbours are conditioned on.

It starts from all links at lag 0 and the lagged ones of PC1. In round s = 0, 1, 2 …, every link
x_i(t-k) — x_j(t) is tested by MCI given each s-subset of the lag-0 neighbours that j had when the
round began, strongest first, until one separates the two, which ends the link. Neighbours are
sorted anew after each round by the least |ρ| of their tests.

A link carries the largest p-value that any of its tests had, and the ρ of that test. One that
fell when its second direction was tested keeps, in both directions, the p-value that ended it but
the ρ of the first direction: tigramite's `val_matrix` is so.

Source: J. Runge, "Discovering contemporaneous and lagged causal relations in autocorrelated
nonlinear time series datasets", UAI 2020, algorithm 2.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, count

import numpy as np

from scarcity.causal.exact.momentary import Momentary, keeps_own, symmetric
from scarcity.stats.arrays import Bools, Floats

Separators = dict[tuple[int, int, int], tuple[int, ...]]
"""(lag, source, target) of a link that fell in this phase -> the neighbours that separate them"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is left of the links it started from; arrays (lag, source, target)."""

    linked: Bools
    value: Floats
    p_value: Floats
    separators: Separators


def skeleton(
    momentary: Momentary, linked: Bools, alpha: float, max_conds_dim: int | None
) -> Skeleton:
    """Thin out these links."""
    search = _Search(momentary, linked, alpha)
    last = math.inf if max_conds_dim is None else max_conds_dim
    for size in count():
        pending = list(search.pending(size))
        if not pending or size > last:
            break
        search.round(pending, size)
    own = keeps_own(search.p_value[0])
    return Skeleton(
        linked=search.linked,
        value=symmetric(search.value, own),
        p_value=symmetric(search.p_value, own),
        separators=search.separators,
    )


class _Search:
    def __init__(self, momentary: Momentary, linked: Bools, alpha: float) -> None:
        self.momentary = momentary
        self.alpha = alpha
        self.linked = linked.copy()
        self.value = np.zeros(linked.shape)
        self.p_value = np.where(linked, 0.0, 1.0)
        self.strength = np.full(linked.shape, np.inf)
        self.separators: Separators = {}
        self.neighbours = self._sorted_neighbours()

    def pending(self, size: int) -> Iterator[tuple[int, int, int]]:
        """The (source, target, lag) of all links with so many neighbours to condition on."""
        for source, target, lag in np.argwhere(self.linked.transpose(1, 2, 0)).tolist():
            if len(self._others(lag, source, target)) >= size:
                yield source, target, lag

    def round(self, pending: list[tuple[int, int, int]], size: int) -> None:
        for source, target, lag in pending:
            if self.linked[lag, source, target]:
                self._probe((lag, source, target), size)
        self.neighbours = self._sorted_neighbours()

    def _probe(self, link: tuple[int, int, int], size: int) -> None:
        for given in combinations(self._others(*link), size):
            outcome = self.momentary.test(*link, given)
            self.strength[link] = min(abs(outcome.value), self.strength[link])
            if outcome.p_value >= self.p_value[link]:
                self.p_value[link] = outcome.p_value
                self.value[link] = outcome.value
            if not outcome.significant(self.alpha):
                self._remove(link, given)
                return

    def _remove(self, link: tuple[int, int, int], given: tuple[int, ...]) -> None:
        lag, source, target = link
        both = [link] if lag else [link, (0, target, source)]
        for each in both:
            self.linked[each] = False
            self.separators[each] = given
            self.p_value[each] = self.p_value[link]

    def _others(self, lag: int, source: int, target: int) -> list[int]:
        return [each for each in self.neighbours[target] if lag or each != source]

    def _sorted_neighbours(self) -> list[list[int]]:
        """Of each variable, strongest first."""
        order = np.argsort(-self.strength[0], axis=0, kind="stable")
        linked = np.take_along_axis(self.linked[0], order, axis=0)
        return [order[linked[:, j], j].tolist() for j in range(len(order))]
