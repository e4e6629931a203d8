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

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.special import fdtrc, ndtri

from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.correlation import independent_columns
from scarcity.stats.least_squares import SMALLEST_RESIDUAL, least_squares
from scarcity.stats.subset import NONE, Rule, forward_backward, residual_share

INSTANT_T = 3.5
"""|t| at which two variables become neighbours at lag 0: one pair in 2,000 by chance."""

DECISIVE = 4.0
"""How much worse, in -2 log likelihood, the other direction of a link must be."""

MOST_PARENTS = 20
"""How many lagged parents a target can have beside those at lag 0."""

MISFIT = 0.001
"""The p-value at which the chosen parents of a target miss something that all columns know."""

ROWS_PER_COLUMN = 5.0
MOST_COLUMNS = 150
"""When the regression on all lagged columns is asked."""

Link = tuple[int, int]
"""Variables: source, target."""


@dataclass(frozen=True, slots=True)
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

    def with_neighbours(self, max_lag: int) -> Ints:
        """The parents, and the columns of children at lag 0 beside them."""
        children = self.instant.T
        added = np.full((len(children), int(children.sum(axis=0).max(initial=0))), NONE, np.int64)
        for variable in np.flatnonzero(children.any(axis=0)).tolist():
            columns = np.flatnonzero(children[:, variable]) * (max_lag + 1)
            added[variable, : len(columns)] = columns
        return packed(np.hstack([self.parents, added]))


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
            climb = _Climb(self, alone)
            pairs = self._neighbours(alone)
            climb.run(pairs)
            for source, target in climb.links:
                instant[source, target] = True
                decided[source, target] = climb.loss_of_turning((source, target), pairs) >= DECISIVE
            found = self._completed([climb.parents(each) for each in self.members.tolist()])
            parents = np.full((variables, max(len(each) for each in found)), NONE, np.int64)
            for variable, each in zip(self.members.tolist(), found, strict=True):
                parents[variable, : len(each)] = each
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
        if m > MOST_COLUMNS or self.rows <= ROWS_PER_COLUMN * m:
            return parents
        block = self.correlation[np.ix_(self.lagged, self.lagged)]
        columns = self.lagged[independent_columns(block)]
        everything = np.concatenate([columns, self.instants])
        known = self.correlation[np.ix_(everything, everything)]
        size = len(columns)
        fit = least_squares(known[:size, :size], known[:size, size:])
        left = known[size:, size:] - known[size:, :size] @ fit.coefficients
        return [
            self._complete(place, chosen, columns, left) for place, chosen in enumerate(parents)
        ]

    def _complete(self, place: int, chosen: Ints, columns: Ints, left: Floats) -> Ints:
        """Left (member, member): the covariance that all lagged columns leave."""
        at_lag_0 = chosen[chosen % (self.max_lag + 1) == 0]
        beside = np.searchsorted(self.instants, at_lag_0)
        crossed = left[beside, place]
        explained = crossed @ np.linalg.solve(left[np.ix_(beside, beside)], crossed)
        full = max(left[place, place] - explained, SMALLEST_RESIDUAL)
        missed = residual_share(self.correlation, int(self.instants[place]), chosen) - full
        spent = len(columns) + len(at_lag_0)
        spare = spent - len(chosen)
        freedom = self.rows - spent - 1.0
        if spare < 1 or fdtrc(spare, freedom, max(missed, 0.0) / spare * freedom / full) > MISFIT:
            return chosen
        return np.concatenate([at_lag_0, columns])

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


@dataclass
class _Climb:
    """The acyclic graph at lag 0, improved step by step."""

    search: Search
    alone: Ints
    """(member, any): the lagged parents without any at lag 0"""
    links: set[Link] = field(default_factory=set)
    known: dict[tuple[int, frozenset[int]], tuple[float, Ints]] = field(default_factory=dict)

    def run(self, pairs: list[Link]) -> None:
        """Take the best step until none is left."""
        while pairs:
            steps = [step for pair in pairs for step in self._steps(pair)]
            gain, dropped, added = max(steps, key=lambda step: step[0], default=(0.0, None, None))
            if gain <= 1e-9:
                return
            self.links -= {dropped} if dropped else set()
            self.links |= {added} if added else set()

    def parents(self, variable: int) -> Ints:
        """The columns of its parents."""
        return self._fit(variable, self._sources(variable))[1]

    def loss_of_turning(self, link: Link, pairs: list[Link]) -> float:
        """How much worse the score is with the link the other way, the others fitted to it."""
        near = self._together(link[0])
        other = _Climb(self.search, self.alone, {(link[1], link[0])}, self.known)
        for each in sorted(self.links - {link}):
            if each[0] in near and not other._reaches(each[1], each[0], without=None):
                other.links.add(each)
        others = [pair for pair in pairs if near.issuperset(pair) and {*pair} != {*link}]
        other.run(others)
        return sum(other._score(each) - self._score(each) for each in near)

    def _score(self, variable: int) -> float:
        return self._fit(variable, self._sources(variable))[0]

    def _together(self, variable: int) -> set[int]:
        """The variables that links, either way, connect with one."""
        found, waiting = {variable}, [variable]
        while waiting:
            here = waiting.pop()
            beside = {each for link in self.links if here in link for each in link} - found
            found |= beside
            waiting.extend(beside)
        return found

    def _steps(self, pair: Link) -> list[tuple[float, Link | None, Link | None]]:
        """(gain, dropped link, added link) of all that can be done with a pair."""
        turned = pair[1], pair[0]
        here = next((link for link in (pair, turned) if link in self.links), None)
        steps = [] if here is None else [(self._gain(here, None), here, None)]
        return steps + [
            (self._gain(here, link), here, link)
            for link in (pair, turned)
            if link != here and not self._reaches(link[1], link[0], without=here)
        ]

    def _gain(self, dropped: Link | None, added: Link | None) -> float:
        ends = {link[1] for link in (dropped, added) if link}
        before = sum(self._fit(end, self._sources(end))[0] for end in ends)
        after = 0.0
        for end in ends:
            sources = self._sources(end)
            if dropped and dropped[1] == end:
                sources = sources - {dropped[0]}
            if added and added[1] == end:
                sources = sources | {added[0]}
            after += self._fit(end, sources)[0]
        return before - after

    def _sources(self, variable: int) -> frozenset[int]:
        return frozenset(source for source, target in self.links if target == variable)

    def _reaches(self, start: int, end: int, without: Link | None) -> bool:
        """Whether links lead from one variable to another."""
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            if here == end:
                return True
            for link in self.links:
                if link[0] == here and link != without and link[1] not in seen:
                    seen.add(link[1])
                    waiting.append(link[1])
        return False

    def _fit(self, variable: int, sources: frozenset[int]) -> tuple[float, Ints]:
        """Score and parents of a variable with these parents at lag 0."""
        key = variable, sources
        if key not in self.known:
            search = self.search
            column = variable * (search.max_lag + 1)
            if sources:
                forced = np.array([sorted(sources)], np.int64) * (search.max_lag + 1)
                chosen = search.choose(np.array([column]), forced)[0]
            else:
                chosen = self.alone[np.flatnonzero(search.members == variable)[0]]
            chosen = chosen[chosen != NONE]
            left = residual_share(search.correlation, column, chosen)
            price = search.critical**2 * (len(chosen) - len(sources))
            score = search.rows * np.log(left) + price + INSTANT_T**2 * len(sources)
            self.known[key] = score, chosen
        return self.known[key]


def packed(columns: Ints) -> Ints:
    """Rows filled up with NONE at their ends, no wider than need be."""
    order = np.argsort(columns == NONE, axis=1, kind="stable")
    packed = np.take_along_axis(columns, order, axis=1)
    width = max(int((packed != NONE).sum(axis=1).max(initial=0)), 1)
    return np.ascontiguousarray(packed[:, :width])
