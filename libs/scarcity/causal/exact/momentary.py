"""MCI: a link tested given the past of both its ends, so that memory does not pass for a cause.

    x_i(t-k) ⊥ x_j(t)  |  S,  parents of x_j(t) but x_i(t-k),  parents of x_i(t-k)

The parents are those of PC1, the strongest of them if there is a limit; S are contemporaneous
neighbours, none in PCMCI.
"""

from dataclasses import dataclass

import numpy as np

from scarcity.causal.exact.independence import Outcome, PartialCorrelations
from scarcity.stats.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Momentary:
    """The MCI tests of one sample."""

    tests: PartialCorrelations
    parents: tuple[tuple[int, ...], ...]
    """The columns of each variable's parents, strongest first"""
    most_of_target: int | None
    most_of_source: int | None
    most_of_lagged_source: int | None

    def test(self, lag: int, source: int, target: int, neighbours: tuple[int, ...] = ()) -> Outcome:
        """Test one link, given these variables at lag 0 besides."""
        d = self.tests.variables
        column = lag * d + source
        own = (c for c in self.parents[target][: self.most_of_target] if c != column)
        most = self.most_of_lagged_source if lag else self.most_of_source
        past = (c + lag * d for c in self.parents[source][:most])
        return self.tests.test(column, target, tuple({*neighbours, *own, *past}))


def keeps_own(p_value: Floats) -> Bools:
    """Of each two directions of a lag-0 link, the one whose test speaks for both.

    It is the less significant one, the upper triangle's if equal. (source, target) alike.
    """
    upper: Bools = np.triu(p_value >= p_value.T, 1)
    return upper | np.tril(~upper.T)


def symmetric(values: Floats, own: Bools) -> Floats:
    """(lag, source, target) with lag 0 as `keeps_own` says."""
    contemporaneous = np.where(own, values[0], values[0].T)
    return np.concatenate([contemporaneous[None], values[1:]])
