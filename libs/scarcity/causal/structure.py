"""Which variables each variable listens to: lagged parents, and at lag 0 a directed acyclic graph.

A target's lagged parents P are found by forward and backward selection (`stats.subset`) among all
m lagged columns, at |t| > z(1 - 1/2m), so that about one column in m enters by chance. At lag 0 two
variables are neighbours when either improves the other, given its lagged parents, at |t| > 3.5.
Among neighbours, the acyclic graph is climbed to the best of

    Σ_j  n log(1 - R²_j(P_j ∪ I_j)) + z² |P_j| + 3.5² |I_j| ,      I_j = parents at lag 0 ,

adding, dropping or turning one link at a time, the lagged parents chosen anew for each I_j. It is
a penalised Gaussian likelihood with the two critical values as the price of a parent. Turning a
link changes the likelihood only through the lagged parents of its ends, and through links that meet
there. So each link is held the other way while the others, that hang together with it, are climbed
again; where the better direction wins by less than 4 (likelihoods 7 to 1), the data do not decide,
and the link counts as undirected.

One by one, columns of smooth collinear dynamics hide behind each other. So the regression on all m
lagged columns is asked as well, where n > 5m and m ≤ 150: when an F-test says (p < 0.001) that it
explains what the chosen parents do not, then the target listens to all of them.

Sources: D. M. Chickering, "Optimal structure identification with greedy search", JMLR 3 (2002);
J. Runge, "Discovering contemporaneous and lagged causal relations in autocorrelated nonlinear time
series datasets", UAI 2020, for the use of lagged links in orienting those at lag 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc, ndtri

from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.correlation import independent_columns
from scarcity.stats.least_squares import SMALLEST_RESIDUAL, least_squares
from scarcity.stats.subset import (
    NONE,
    Rule,
    forward_backward,
    residual_share,
    residual_shares,
)

INSTANT_T = 3.5
"""|t| at which two variables become neighbours at lag 0: one pair in 2,000 by chance."""

DECISIVE = 4.0
"""How much worse, in -2 log likelihood, the other direction of a link must be."""

LEAST_GAIN = 1e-9
"""Of a step, in -2 log likelihood: less is rounding."""

MOST_PARENTS = 20
"""How many lagged parents a target can have beside those at lag 0."""

MISFIT = 0.001
"""The p-value at which the chosen parents of a target miss something that all columns know."""

ROWS_PER_COLUMN = 5.0
MOST_COLUMNS = 150
"""When the regression on all lagged columns is asked."""

Link = tuple[int, int]
"""Variables: source, target."""


@dataclass(frozen=True, eq=False)
class Structure:
    """The parents of every variable; a column is variable · (L+1) + lag."""

    parents: Ints
    """(variable, any): columns, filled up with NONE"""
    instant: Bools
    """(source, target): links at lag 0"""
    decided: Bools
    """(source, target): links at lag 0 of which the data decide the direction"""

    @classmethod
    def empty(cls, variables: int) -> "Structure":
        """Nobody listens to anybody."""
        none = np.zeros((variables, variables), np.bool_)
        return cls(np.full((variables, 1), NONE, np.int64), none, none)

    def replaced(self, members: Bools, other: "Structure") -> "Structure":
        """This structure, with that among these variables from another one."""
        if members.all():
            return other
        width = max(self.parents.shape[1], other.parents.shape[1])
        mine, its = (
            np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=NONE)
            for each in (self.parents, other.parents)
        )
        pairs = np.outer(members, members)
        return Structure(
            packed(np.where(members[:, None], its, mine)),
            np.where(pairs, other.instant, self.instant),
            np.where(pairs, other.decided, self.decided),
        )

    def equals(self, other: "Structure") -> bool:
        """Whether the parents are the same."""
        same = (np.sort(self.parents), np.sort(other.parents))
        return np.array_equal(*same) and np.array_equal(self.instant, other.instant)

    def extended(self, added: int) -> "Structure":
        """This structure, and variables that nobody listens to."""
        more = (0, added)
        return Structure(
            np.pad(self.parents, (more, (0, 0)), constant_values=NONE),
            np.pad(self.instant, (more, more)),
            np.pad(self.decided, (more, more)),
        )

    @cached_property
    def has_links(self) -> bool:
        """Whether there is any at lag 0."""
        return bool(self.instant.any())

    @cached_property
    def has_children(self) -> Bools:
        """(variable): at lag 0."""
        has_children: Bools = np.any(self.instant, axis=1)
        return has_children

    @cached_property
    def one_way(self) -> Bools:
        """(target, source): at lag 0 one direction is no hypothesis, of a link, or of a pair."""
        unlinked: Bools = np.logical_not(self.instant | self.instant.T)
        one_way: Bools = np.logical_or(self.instant, np.triu(unlinked, 1))
        return one_way.T

    @cached_property
    def oriented(self) -> Bools:
        """(source, target): at lag 0, False where the data do not decide the direction."""
        return self.decided | ~self.instant

    def with_children(self, variables: Ints, max_lag: int) -> Ints:
        """The parents of variables (variable), and the columns of their children at lag 0."""
        children = self.instant[variables]
        added = np.full((len(children), int(children.sum(axis=1).max(initial=0))), NONE, np.int64)
        for place, its in enumerate(children):
            columns = np.flatnonzero(its) * (max_lag + 1)
            added[place, : len(columns)] = columns
        return packed(np.hstack([self.parents[variables], added]))


@dataclass(frozen=True)
class Search:
    """One search, over the variables that take part in it."""

    correlation: Floats
    """(column, column)"""
    rows: float
    max_lag: int
    members: Ints
    """(member): variables"""
    most: int = MOST_PARENTS

    def structure(self) -> Structure:
        """The best structure that the climb finds."""
        variables = len(self.correlation) // (self.max_lag + 1)
        parents = np.full((variables, 1), NONE, np.int64)
        instant = np.zeros((variables, variables), np.bool_)
        decided = instant.copy()
        if self.lagged.size:
            alone = self.choose(self.instants, np.zeros((len(self.members), 0), np.int64))
            climb = _Climb.begin(self, alone, self._neighbours(alone))
            climb.run(self.members.tolist())
            for link in climb.links:
                instant[link] = True
                decided[link] = climb.loss_of_turning(link) >= DECISIVE
            found = filled_up(self._completed([*map(climb.parents, self.members.tolist())]))
            parents = np.full((variables, found.shape[1]), NONE, np.int64)
            parents[self.members] = found
        return Structure(packed(parents), instant, decided)

    @cached_property
    def instants(self) -> Ints:
        """(member): the columns at lag 0."""
        columns: Ints = self.members * (self.max_lag + 1)
        return columns

    @cached_property
    def lagged(self) -> Ints:
        """The columns of the past."""
        lags = np.arange(1, self.max_lag + 1)
        columns: Ints = np.add.outer(self.instants, lags).ravel()
        return columns

    @cached_property
    def critical(self) -> float:
        """|t| at which a lagged column becomes a parent."""
        return float(-ndtri(0.5 / max(self.lagged.size, 1)))

    def choose(self, targets: Ints, forced: Ints) -> Ints:
        """Parents (target, any) from the past, beside the forced columns (target, any)."""
        rule = Rule(self.critical, self.rows, self.most)
        return forward_backward(self.correlation, targets, self.lagged, forced, rule)

    def _completed(self, parents: list[Ints]) -> list[Ints]:
        """The parents of every member, all columns where the chosen ones do not suffice."""
        m = self.lagged.size
        if m > MOST_COLUMNS or self.rows <= ROWS_PER_COLUMN * m or self.most < MOST_PARENTS:
            return parents
        block = self.correlation[np.ix_(self.lagged, self.lagged)]
        columns = self.lagged[independent_columns(block)]
        everything = np.concatenate([columns, self.instants])
        known = self.correlation[np.ix_(everything, everything)]
        size = len(columns)
        fit = least_squares(known[:size, :size], known[:size, size:])
        left = known[size:, size:] - known[size:, :size] @ fit.coefficients
        misses = self._misses(parents, left, size)
        at_lag_0 = [chosen[chosen % (self.max_lag + 1) == 0] for chosen in parents]
        return [
            np.concatenate([instant, columns]) if misses_it else chosen
            for chosen, instant, misses_it in zip(parents, at_lag_0, misses.tolist(), strict=True)
        ]

    def _misses(self, parents: list[Ints], left: Floats, columns: int) -> Bools:
        """(member): whether the parents of a target miss something that all columns know.

        left  (member, member): the covariance that all lagged columns, so many, leave
        """
        at_lag_0 = [chosen[chosen % (self.max_lag + 1) == 0] for chosen in parents]
        instants = np.array([len(each) for each in at_lag_0])
        full = np.diag(left).copy()
        for place in np.flatnonzero(instants).tolist():
            beside = np.searchsorted(self.instants, at_lag_0[place])
            crossed = left[beside, place]
            full[place] -= crossed @ np.linalg.solve(left[np.ix_(beside, beside)], crossed)
        full = np.maximum(full, SMALLEST_RESIDUAL)
        missed = residual_shares(self.correlation, self.instants, filled_up(parents)) - full
        spent = columns + instants
        spare = spent - np.array([len(chosen) for chosen in parents])
        freedom = self.rows - spent - 1.0
        gain = np.maximum(missed, 0.0) / np.maximum(spare, 1) * freedom / full
        misses: Bools = (spare > 0) & (fdtrc(np.maximum(spare, 1), freedom, gain) <= MISFIT)
        return misses

    def _neighbours(self, alone: Ints) -> list[Link]:
        """The pairs of variables with something in common that their pasts do not explain."""
        rule = Rule(INSTANT_T, self.rows, self.most)
        beside = forward_backward(self.correlation, self.instants, self.instants, alone, rule)
        at_lag_0 = (beside != NONE) & (beside % (self.max_lag + 1) == 0)
        pairs: set[Link] = set()
        for place, chosen in zip(*np.nonzero(at_lag_0), strict=True):
            variable = int(self.members[place])
            other = int(beside[place, chosen]) // (self.max_lag + 1)
            pairs.add((min(variable, other), max(variable, other)))
        return sorted(pairs)


class _Step(NamedTuple):
    """What can be done with a pair of variables."""

    gain: float
    dropped: Link | None
    added: Link | None


@dataclass
class _Climb:
    """The acyclic graph at lag 0, improved step by step."""

    search: Search
    alone: Ints
    """(member, any): the lagged parents without any at lag 0"""
    pairs: dict[int, list[Link]]
    """(variable): the pairs of neighbours that it belongs to"""
    sources: dict[int, frozenset[int]]
    """(variable): its parents at lag 0"""
    known: dict[tuple[int, frozenset[int]], tuple[float, Ints]] = field(default_factory=dict)

    @classmethod
    def begin(cls, search: Search, alone: Ints, pairs: list[Link]) -> "_Climb":
        """No link yet."""
        variables = search.members.tolist()
        beside: dict[int, list[Link]] = {variable: [] for variable in variables}
        for pair in pairs:
            for variable in pair:
                beside[variable].append(pair)
        return cls(search, alone, beside, dict.fromkeys(variables, frozenset()))

    @property
    def links(self) -> list[Link]:
        """All of them."""
        return [(source, target) for target, given in self.sources.items() for source in given]

    def run(self, variables: Iterable[int], held: Link | None = None) -> set[int]:
        """Take the best step until none is left, first at the pairs of these variables.

        held  a pair to leave alone

        Returns the variables of which the parents changed.
        """
        steps: dict[Link, list[_Step]] = {}
        changed, found = {*variables}, set[int]()
        while changed:
            for pair in sorted({pair for variable in changed for pair in self.pairs[variable]}):
                steps[pair] = [] if pair == held else self._steps(pair)
            changed = self._take(self._best(steps))
            found |= changed
        return found

    def parents(self, variable: int) -> Ints:
        """The columns of its parents."""
        if not self.sources[variable]:
            return self._alone(variable)
        return self._fit(variable, self.sources[variable])[1]

    def loss_of_turning(self, link: Link) -> float:
        """How much worse the score is with the link the other way, and the others fitted to it."""
        source, target = link
        kept = (each for each in self.sources[target] - {source} if not self._is_above(link, each))
        turned = {target: frozenset(kept), source: self.sources[source] | {target}}
        other = _Climb(self.search, self.alone, self.pairs, {**self.sources, **turned}, self.known)
        touched = {*link} | other.run(link, held=(min(link), max(link)))
        return sum(other._score(each) - self._score(each) for each in touched)

    def _steps(self, pair: Link) -> list[_Step]:
        """All that can be done with a pair, cycles aside."""
        turned = pair[1], pair[0]
        here = next((link for link in (pair, turned) if link[0] in self.sources[link[1]]), None)
        steps = [] if here is None else [self._step(here, None)]
        return steps + [self._step(here, link) for link in (pair, turned) if link != here]

    def _step(self, dropped: Link | None, added: Link | None) -> _Step:
        after = self._after(dropped, added)
        gain = sum(self._score(end) - self._fit(end, after[end])[0] for end in after)
        return _Step(gain, dropped, added)

    def _after(self, dropped: Link | None, added: Link | None) -> dict[int, frozenset[int]]:
        """The new parents of the ends."""
        after = {}
        if dropped is not None:
            after[dropped[1]] = self.sources[dropped[1]] - {dropped[0]}
        if added is not None:
            after[added[1]] = self.sources[added[1]] | {added[0]}
        return after

    def _best(self, steps: dict[Link, list[_Step]]) -> _Step | None:
        """The step that gains most and closes no cycle."""
        better = [step for each in steps.values() for step in each if step.gain > LEAST_GAIN]
        for step in sorted(better, key=lambda step: -step.gain):
            if step.added is None or not self._is_above(step.added[::-1], step.added[0]):
                return step
        return None

    def _take(self, step: _Step | None) -> set[int]:
        if step is None:
            return set()
        after = self._after(step.dropped, step.added)
        self.sources.update(after)
        return {*after}

    def _is_above(self, link: tuple[int, ...], variable: int) -> bool:
        """Whether links lead from the first end of a link to a variable, this link aside."""
        seen, waiting = {variable}, [variable]
        while waiting:
            here = waiting.pop()
            if here == link[0]:
                return True
            above = self.sources[here] - seen
            if here == link[1]:
                above -= {link[0]}
            seen |= above
            waiting.extend(above)
        return False

    def _score(self, variable: int) -> float:
        return self._fit(variable, self.sources[variable])[0]

    def _fit(self, variable: int, sources: frozenset[int]) -> tuple[float, Ints]:
        """Score and parents of a variable with these parents at lag 0."""
        key = variable, sources
        if key not in self.known:
            search = self.search
            column = variable * (search.max_lag + 1)
            if sources:
                forced = np.array([sorted(sources)], np.int64) * (search.max_lag + 1)
                chosen = search.choose(np.array([column]), forced)[0]
                chosen = chosen[chosen != NONE]
            else:
                chosen = self._alone(variable)
            left = residual_share(search.correlation, column, chosen)
            price = search.critical**2 * (len(chosen) - len(sources))
            score = search.rows * np.log(left) + price + INSTANT_T**2 * len(sources)
            self.known[key] = score, chosen
        return self.known[key]

    def _alone(self, variable: int) -> Ints:
        chosen: Ints = self.alone[int(np.searchsorted(self.search.members, variable))]
        known: Ints = chosen[chosen != NONE]
        return known


def filled_up(columns: list[Ints]) -> Ints:
    """Rows of unequal length as one array, filled up with NONE."""
    found = np.full((len(columns), max(map(len, columns), default=1)), NONE, np.int64)
    for row, each in zip(found, columns, strict=True):
        row[: len(each)] = each
    return found


def packed(columns: Ints) -> Ints:
    """Rows filled up with NONE at their ends, no wider than need be."""
    order = np.argsort(columns == NONE, axis=1, kind="stable")
    packed = np.take_along_axis(columns, order, axis=1)
    width = max(int((packed != NONE).sum(axis=1).max(initial=0)), 1)
    return np.ascontiguousarray(packed[:, :width])
