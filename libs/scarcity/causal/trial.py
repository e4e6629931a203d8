"""The regression that puts products of two sources to the test, in sums over rows.

With u in standard deviations and at most 4 in size (`screening`), the terms of target j are

    1, parents of j, sources of the products;  |u|, u², u |u| of these sources;  what stood out
    beside the products;  the products;  parents of j at lag 0;  children of j at lag 0 .

|u|, u² and u |u| are what a source may do alone: without them, effects that are bent pass for
products of sources that move together. With R the correlations of the terms and n rows,

    se² = [R⁻¹]_pp (1 - R²) / df · max( 1, n Σ e² p² / (Σ e² Σ p²) ) ,   t = β / se .

The last factor is what it costs when the noise is louder where the product is large, as in times
that are turbulent for all. There e and p are the residuals of target and product, by coefficients
of the rows of selection: so it does not depend on how later rows come in windows.

A link at lag 0 may point the wrong way, and then pass an interaction on to its other end. So |t| is
the least of three: without variables at lag 0, with parents there, with parents and children.

Source: H. White, "A heteroskedasticity-consistent covariance matrix estimator and a direct test for
heteroskedasticity", Econometrica 48 (1980).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scarcity.causal.model import Model
from scarcity.causal.screening import (
    CLIP,
    SMALLEST_SPREAD,
    Found,
    Pair,
    correlation_of,
    parents_of,
)
from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored
from scarcity.stats.compiled import compiled
from scarcity.stats.correlation import is_positive_definite
from scarcity.stats.least_squares import SMALLEST_RESIDUAL, least_squares
from scarcity.stats.subset import NONE

SPARE_ROWS = 10
"""Degrees of freedom below which nothing is tested."""

RIDGE = 1e-9
"""Added to variances of 1, so that columns may be functions of others."""

SIZE = -2
BENT = -3
"""Instead of the second variable of a term: |u| and u |u| of the first."""

Term = tuple[int, int, int, int]
"""Variable, lag, variable, lag of a product; NONE for a variable stands for 1."""


class Sums(NamedTuple):
    """What a trial adds up, and what it needs for that."""

    makers: Floats
    """(1 + product, term + 1): how e and every p are made of the terms and, last, the target"""
    gram: Floats
    """(term + 1, term + 1): the target is last"""
    sizes: Floats
    """(2, 1 + product): Σ r², Σ e² r², for r = e and every p"""

    @classmethod
    def empty(cls, makers: Floats) -> "Sums":
        """Without rows."""
        made, size = makers.shape
        return cls(makers, np.zeros((size, size)), np.zeros((2, made)))


@dataclass(eq=False)
class Trial:
    """The regression of one target."""

    target: int
    terms: Ints
    """(term, 4): variable, lag, variable, lag"""
    levels: Ints
    """(3): how many terms, the first ones, without lag 0, with parents, with children"""
    sums: Sums

    @classmethod
    def of(cls, found: Found, pairs: Sequence[Pair], model: Model) -> "Trial":
        """That of these pairs, among those found for a target; without rows."""
        past = _past(found, pairs, model)
        instant = [source for source in parents_of(model, found.target) if source[1] == 0]
        children = [(child, 0) for child in _children(model, found.target)]
        present = [(*source, NONE, 0) for source in [*instant, *children]]
        terms = np.array([*past, *present], np.int64)
        levels = len(past) + np.array([0, len(instant), len(present)], np.int64)
        makers = np.zeros((1 + len(pairs), len(terms) + 1))
        return cls(found.target, terms, levels, Sums.empty(makers))

    @property
    def pairs(self) -> list[Pair]:
        """The sources of each product."""
        return [((a, k), (b, m)) for a, k, b, m in self.terms[self._products].tolist()]

    def learn(self, rows: Floats, max_lag: int) -> None:
        """Take the rows (time, variable), in units of u, that follow the first L."""
        design = _design(rows, max_lag, self.target, self.terms)
        design = design[~np.isnan(design).any(axis=1)]
        makers, gram, sizes = self.sums
        squared = (design @ makers.T) ** 2
        added = np.stack([squared.sum(axis=0), squared[:, 0] @ squared])
        self.sums = Sums(makers, gram + design.T @ design, sizes + added)

    def rehearse(self, rows: Floats, max_lag: int) -> Floats:
        """Learn from these rows how e and p are made; returns what `tested` says of them."""
        self.learn(rows, max_lag)
        self._restart(_makers(self.sums.gram, self._products, int(self.levels[0])))
        self.learn(rows, max_lag)
        tested = self.tested()
        self._restart(self.sums.makers)
        return tested

    def tested(self) -> Floats:
        """Effect, se, freedom, |t| (4, product); NaN before there are enough rows.

        NaN too when values are so far from where they were that rounding is all that is left.
        """
        freedom = self.sums.gram[0, 0] - self.levels[:, None]
        correlation = correlation_of(self.sums.gram) + RIDGE * np.eye(len(self.terms))
        if freedom.min() < SPARE_ROWS or not is_positive_definite(correlation):
            return np.full((4, len(self._products)), np.nan)
        effect, inflation, residual = self._fits(correlation)
        se = np.sqrt(inflation * residual / freedom * self._louder())
        score = np.min(np.abs(effect) / se, axis=0)
        return np.stack([effect[0], se[0], np.full_like(score, freedom[0, 0]), score])

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        return {
            f"{prefix}terms": self.terms,
            f"{prefix}levels": self.levels,
            f"{prefix}makers": self.sums.makers,
            f"{prefix}gram": self.sums.gram,
            f"{prefix}sizes": self.sums.sizes,
        }

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str, target: int) -> "Trial":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        sums = Sums(part.floats("makers"), part.floats("gram"), part.floats("sizes"))
        return cls(target, part.ints("terms"), part.ints("levels"), sums)

    @property
    def _products(self) -> Ints:
        """The terms that are put to the test: the last ones before those at lag 0."""
        last = int(self.levels[0])
        return np.arange(last + 1 - len(self.sums.makers), last)

    def _restart(self, makers: Floats) -> None:
        self.sums = Sums.empty(makers)

    def _fits(self, correlation: Floats) -> tuple[Floats, Floats, Floats]:
        """Effect, [R⁻¹]_pp (level, product) and 1 - R² (level, 1) of the three regressions.

        With R = L Lᵀ, those on fewer terms are there in L⁻¹ of all terms, in the first rows of it.
        """
        whitening = least_squares(correlation[:-1, :-1], correlation[:-1, -1:]).whitening
        weights = whitening @ correlation[:-1, -1:]
        its, last = whitening[:, self._products - 1], self.levels - 2
        explained = np.cumsum(weights**2, axis=0)[last]
        effect, inflation = np.cumsum(its * weights, axis=0), np.cumsum(its**2, axis=0)
        return effect[last], inflation[last], np.maximum(1.0 - explained, SMALLEST_RESIDUAL)

    def _louder(self) -> Floats:
        """(product): the factor by which uneven noise makes a variance larger."""
        (noise, *size), (_, *joint) = self.sums.sizes
        even = noise * np.array(size)
        ratio = self.sums.gram[0, 0] * np.array(joint) / np.where(even > 0.0, even, np.inf)
        louder: Floats = np.maximum(ratio, 1.0)
        return louder


def _past(found: Found, pairs: Sequence[Pair], model: Model) -> list[Term]:
    """The terms that are not at lag 0."""
    parents = [source for source in parents_of(model, found.target) if source[1] > 0]
    sources = [source for pair in pairs for source in pair]
    beside = [source for pair in found.beside for source in pair]
    terms: list[Term] = [(NONE, 0, NONE, 0)]
    terms += [(*source, NONE, 0) for source in [*parents, *sources, *beside]]
    terms += [(*source, *shape) for source in sources for shape in (source, (SIZE, 0), (BENT, 0))]
    terms += [(*first, *second) for first, second in [*found.beside, *pairs]]
    return list(dict.fromkeys(terms))


def _children(model: Model, variable: int) -> list[int]:
    """At lag 0."""
    here: Bools = (model.equations.sources == variable) & (model.equations.lags == 0)
    children: list[int] = np.flatnonzero(here.any(axis=1)).tolist()
    return children


def _makers(gram: Floats, products: Ints, size: int) -> Floats:
    """How residuals are made: of the target, given so many terms; of a product, given the others.

    [G⁻¹]_c / [G⁻¹]_cc says how: it is column c less its regression on the other columns of G.
    """
    target = len(gram) - 1
    scale = np.sqrt(np.maximum(np.diag(gram), SMALLEST_SPREAD**2))
    whole = gram / np.outer(scale, scale) + RIDGE * np.eye(len(gram))
    terms = np.arange(size)
    makers = np.zeros((1 + len(products), len(gram)))
    for maker, column in zip(makers, [target, *products.tolist()], strict=True):
        among = np.append(terms, target) if column == target else terms
        precision = np.linalg.solve(whole[np.ix_(among, among)], among == column) / scale[among]
        maker[among] = precision / precision[among == column]
    return makers


@compiled
def _design(rows: Floats, max_lag: int, target: int, terms: Ints) -> Floats:
    """(time, term + 1): the terms and the target, at the rows that follow the first L."""
    count, size = max(len(rows) - max_lag, 0), len(terms)
    design = np.empty((count, size + 1))
    for t in range(count):
        for c in range(size):
            design[t, c] = _term(rows, t + max_lag, terms[c])
        design[t, size] = rows[t + max_lag, target]
    return design


@compiled
def _term(rows: Floats, t: int, term: Ints) -> float:
    """Sources alone as they are, others at most 4 in size."""
    if term[0] == NONE:
        return 1.0
    first = rows[t - term[1], term[0]]
    if term[2] == NONE:
        return float(first)
    u = min(max(first, -CLIP), CLIP)
    if term[2] == SIZE:
        return float(abs(u))
    if term[2] == BENT:
        return float(u * abs(u))
    return float(u * min(max(rows[t - term[3], term[2]], -CLIP), CLIP))
