"""PCMCI+: lagged and contemporaneous links, oriented as far as the data allow.

Four phases: lagged parents by PC1 (`parents`), the skeleton (`skeleton`), colliders and rules
(`orientation`). A link that PC1 ended carries the least significant of its tests there, any other
what the skeleton's tests gave it.

Where several levels are given, each makes its own graph. Of every graph one acyclic member is
taken, and the level whose member has the lowest AIC, averaged over variables, is the one chosen;
`parents` says how ties go. The member comes from drawing the undirected links towards a variable
all of whose undirected neighbours are linked to each other, then the next such, trying variables
in falling order of Σ|ρ| over their links.

Source: J. Runge, "Discovering contemporaneous and lagged causal relations in autocorrelated
nonlinear time series datasets", UAI 2020; D. Colombo, M. Maathuis, "Order-independent
constraint-based causal structure learning", JMLR 15 (2014), for the rules of colliders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from scarcity.causal.exact.independence import PartialCorrelations
from scarcity.causal.exact.levels import Level, check_counts, levels
from scarcity.causal.exact.marks import Mark, Marks, Triple
from scarcity.causal.exact.momentary import Momentary
from scarcity.causal.exact.orientation import Rule, judged_triples, orient, unoriented
from scarcity.causal.exact.parents import (
    Limits,
    Parent,
    Selection,
    as_parents,
    first_lowest,
    information,
    select,
)
from scarcity.causal.exact.pcmci import lagged_q_values
from scarcity.causal.exact.sample import LaggedSample
from scarcity.causal.exact.skeleton import skeleton
from scarcity.stats.arrays import Bools, Floats, Ints

LEVELS = (0.001, 0.005, 0.01, 0.025, 0.05)
"""Tried when pc_alpha is None."""


@dataclass(frozen=True, slots=True)
class PcmciPlusConfig:
    """How to look; the names and defaults of tigramite. ValueError when a value makes no sense.

    pc_alpha               the level of all tests: one, or several (None: `LEVELS`) chosen from by
                           AIC
    contemp_collider_rule  "majority", "conservative" or "none"
    conflict_resolution    whether contradicting orientations are marked; if not, the first stands
    reset_lagged_links     whether lagged links that PC1 ended get another chance in the skeleton
    max_conds_dim          the most conditions of a test of PC1, and the most neighbours of one of
                           the skeleton; None = no limit, here and below
    max_combinations       how many sets of conditions of each size PC1 tries
    max_conds_py           the most lagged parents of the target that MCI conditions on
    max_conds_px           the most lagged parents of the source
    max_conds_px_lagged    the same for a lagged source; None = max_conds_px
    fdr                    "bh" = report q-values besides, None = do not. No decision changes
    """

    pc_alpha: Level = 0.01
    contemp_collider_rule: Rule = "majority"
    conflict_resolution: bool = True
    reset_lagged_links: bool = False
    max_conds_dim: int | None = None
    max_combinations: int = 1
    max_conds_py: int | None = None
    max_conds_px: int | None = None
    max_conds_px_lagged: int | None = None
    fdr: Literal["bh"] | None = None

    def __post_init__(self) -> None:
        levels(self.pc_alpha, LEVELS)
        check_counts(
            max_conds_dim=self.max_conds_dim,
            max_conds_py=self.max_conds_py,
            max_conds_px=self.max_conds_px,
            max_conds_px_lagged=self.max_conds_px_lagged,
        )
        if self.max_combinations < 1:
            raise ValueError(f"max_combinations must be at least 1, not {self.max_combinations}")
        if self.contemp_collider_rule not in get_args(Rule):
            raise ValueError(f"there is no collider rule {self.contemp_collider_rule!r}")


DEFAULTS = PcmciPlusConfig()


@dataclass(frozen=True, slots=True)
class PcmciPlusResult:
    """The graph that PCMCI+ found; arrays (lag, source, target), lags 0 … L."""

    marks: Marks
    value: Floats
    """Partial correlations"""
    p_value: Floats
    q_value: Floats | None
    """Of lagged links, as one family; None without false-discovery control"""
    parents: tuple[tuple[Parent, ...], ...]
    """What PC1 kept for each target, strongest first"""
    ambiguous: tuple[Triple, ...]
    """Unshielded triples of which it is open whether they are colliders"""
    pc_alpha: float
    """The level used"""


def pcmci_plus(sample: LaggedSample, config: PcmciPlusConfig = DEFAULTS) -> PcmciPlusResult:
    """Run PCMCI+ on a sample."""
    tests = PartialCorrelations(sample)
    results = [_at_level(tests, alpha, config) for alpha in levels(config.pc_alpha, LEVELS)]
    if len(results) == 1:
        return results[0]
    return results[first_lowest([_score(tests, result) for result in results])]


def _at_level(tests: PartialCorrelations, alpha: float, config: PcmciPlusConfig) -> PcmciPlusResult:
    d = tests.variables
    limits = Limits(config.max_conds_dim, config.max_combinations)
    selections = [select(tests, target, (alpha,), limits) for target in range(d)]
    momentary = _momentary(tests, selections, config)
    start = _initial_links(tests, selections, everything=config.reset_lagged_links)
    thinned = skeleton(momentary, start, alpha, config.max_conds_dim)
    verdicts = list(judged_triples(momentary, thinned, config.contemp_collider_rule, alpha))
    colliders = [triple for triple, verdict in verdicts if verdict == "collider"]
    ambiguous = tuple(triple for triple, verdict in verdicts if verdict == "ambiguous")
    resolve = config.conflict_resolution
    value, p_value = _first_tests(tests, selections)
    p_value = np.where(start, thinned.p_value, p_value)
    return PcmciPlusResult(
        marks=orient(unoriented(thinned.linked), colliders, ambiguous, resolve=resolve),
        value=np.where(start, thinned.value, value),
        p_value=p_value,
        q_value=lagged_q_values(p_value) if config.fdr else None,
        parents=tuple(as_parents(selection.parents, d) for selection in selections),
        ambiguous=ambiguous,
        pc_alpha=alpha,
    )


def _momentary(
    tests: PartialCorrelations, selections: Sequence[Selection], config: PcmciPlusConfig
) -> Momentary:
    most, lagged = config.max_conds_px, config.max_conds_px_lagged
    return Momentary(
        tests=tests,
        parents=tuple(selection.parents for selection in selections),
        most_of_target=config.max_conds_py,
        most_of_source=most,
        most_of_lagged_source=most if lagged is None else lagged,
    )


def _initial_links(
    tests: PartialCorrelations, selections: Sequence[Selection], *, everything: bool
) -> Bools:
    """(lag, source, target): the links that the skeleton starts from."""
    d = tests.variables
    linked = np.full((tests.max_lag + 1, d, d), everything)
    linked[0] = ~np.eye(d, dtype=np.bool_)
    by_column = linked.reshape(-1, d)
    for target, selection in enumerate(selections):
        by_column[list(selection.parents), target] = True
    return linked


def _first_tests(
    tests: PartialCorrelations, selections: Sequence[Selection]
) -> tuple[Floats, Floats]:
    """Value and p-value (lag, source, target) of what PC1 tested; 0 and 1 elsewhere."""
    d, lags = tests.variables, tests.max_lag + 1
    value, p_value = np.zeros((lags * d, d)), np.ones((lags * d, d))
    for target, selection in enumerate(selections):
        for column, outcome in selection.weakest.items():
            value[column, target] = outcome.value
            p_value[column, target] = outcome.p_value
    return value.reshape(lags, d, d), p_value.reshape(lags, d, d)


def _score(tests: PartialCorrelations, result: PcmciPlusResult) -> float:
    """The AIC of one member of the graph's class, averaged over variables."""
    d = tests.variables
    order = np.argsort(np.abs(result.value).sum(axis=(0, 1)))[::-1]
    by_column = acyclic_member(result.marks, order).reshape(-1, d)
    scores = [information(tests, j, np.flatnonzero(by_column[:, j]).tolist()) for j in range(d)]
    return sum(scores) / d


def acyclic_member(marks: Marks, order: Ints) -> Bools:
    """(lag, source, target): the directed links of a member; conflicting ones are left out."""
    directed: Bools = marks == Mark.DIRECTED
    undirected = marks[0] == Mark.UNDIRECTED
    while (sink := _sink(undirected, undirected | (marks[0] == Mark.REVERSED), order)) is not None:
        neighbours = undirected[:, sink].copy()
        directed[0, neighbours, sink] = True
        undirected[neighbours, sink] = undirected[sink, neighbours] = False
    return directed


def _sink(undirected: Bools, linked: Bools, order: Ints) -> int | None:
    """The first variable whose undirected neighbours are linked among themselves.

    A directed link between two of them counts when it points to the one with the lower number:
    tigramite's choice of a member is so.
    """
    for j in order.tolist():
        neighbours = np.flatnonzero(undirected[:, j])
        if neighbours.size and all(linked[pair] for pair in combinations(neighbours, 2)):
            return int(j)
    return None
