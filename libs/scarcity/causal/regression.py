"""The test of every edge: partial correlation given the parents of its target.

For a hypothesis i(t-k) → j(t), ordinary least squares of x_j(t) on the column and on the parents
of j (`structure`), q regressors together; everything standardised, n usable rows:

    se = sqrt( [R⁻¹]_cc · (1 - R²) / df ) ,   df = n - q - 1 ,   t = β / se .

A lagged edge has to hold whether or not the children of j at lag 0 are known too: t is the smaller
of both, as a common cause of j and a child shows in one only. What is accepted of all this,
`decision` says.

Where values are missing, n is the number of rows that have both source and target, the variance
is the larger one of `absence`, and the parents are those of the edge's cohort (`cohorts`).
"""

from typing import NamedTuple

import numpy as np

from scarcity.causal.absence import regressors, variance_under_absence
from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.structure import Structure
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import NONE, contribute

SPARE_ROWS = 10
"""Degrees of freedom below which nothing is tested."""


class Tests(NamedTuple):
    """What is known of every hypothesis; arrays (target, column), NaN where untested.

    A column is source · (L+1) + lag. At lag 0 a pair of variables is one hypothesis: in its
    direction, if it is linked.
    """

    effect: Floats
    """β of a regression on the column and the parents, standardised"""
    inflation: Floats
    """[R⁻¹] of that regression at the column"""
    residual: Floats
    """1 - R² of that regression"""
    se: Floats
    freedom: Floats
    score: Floats
    """|t|"""

    @classmethod
    def blank(cls, targets: int, columns: int) -> "Tests":
        """Nothing has been tested."""
        return cls(*np.full((len(cls._fields), targets, columns), np.nan))

    def replaced(self, targets: Ints, newer: "Tests") -> "Tests":
        """These tests, with those of some targets (target) from newer ones."""
        if len(targets) == len(self.effect):
            return newer
        both = Tests(*(each.copy() for each in self))
        for mine, its in zip(both, newer, strict=True):
            mine[targets] = its
        return both


def examine(correlation: LaggedCorrelation, structure: Structure, targets: Ints) -> Tests:
    """Test all edges of these targets between informative variables; (target, column)."""
    width = correlation.matrix.shape[1]
    tests = tested(correlation, targets, structure.parents[targets])
    if structure.has_links:
        has_children = structure.has_children[targets]
        parents = structure.with_children(targets[has_children], width - 1)
        beside = tested(correlation, targets[has_children], parents).score
        beside[:, ::width] = np.nan
        tests.score[has_children] = np.fmin(tests.score[has_children], beside)
    informative = correlation.informative
    _blot(tests, informative[targets], informative, structure.one_way[targets])
    return tests


def tested(correlation: LaggedCorrelation, targets: Ints, parents: Ints) -> Tests:
    """Test all columns of these targets given parents (target, any)."""
    d, width = correlation.matrix.shape[:2]
    # One by one, as memory that is not too large is used again, and not asked for anew.
    tests = Tests(*(np.empty((len(targets), d * width)) for _ in Tests._fields))
    contribute(correlation.flat, targets * width, parents, np.arange(d * width), tests[:3])
    if correlation.is_complete:
        score(tests, parents, correlation.rows[:, 1][targets])
    else:
        tests.freedom[:] = _freedom(correlation, targets, parents)
        variance = variance_under_absence(correlation, targets, parents, tests[:3])
        np.sqrt(variance, out=tests.se)
        np.divide(np.abs(tests.effect), tests.se, out=tests.score)
    return tests


def _freedom(correlation: LaggedCorrelation, targets: Ints, parents: Ints) -> Floats:
    """Degrees of freedom (target, column) of the regressions on a column and the parents."""
    rows = correlation.rows.transpose(2, 0, 1)[targets].reshape(len(targets), -1)
    freedom: Floats = rows - regressors(parents, rows.shape[1]) - 1.0
    return freedom


@compiled
def score(tests: Tests, parents: Ints, rows: Floats) -> None:
    """Fill in what follows from coefficients and residuals, rows being (target, source)."""
    width = tests.effect.shape[1] // rows.shape[1]
    for place in range(len(parents)):
        freedom = tests.freedom[place]
        count = 0
        while count < parents.shape[1] and parents[place, count] != NONE:
            count += 1
        for c in range(len(freedom)):
            freedom[c] = rows[place, c // width] - count - 2.0
        for parent in parents[place, :count]:
            freedom[parent] += 1.0
        effect, inflation = tests.effect[place], tests.inflation[place]
        residual = tests.residual[place]
        se, strength = tests.se[place], tests.score[place]
        for c in range(len(effect)):
            se[c] = np.sqrt(inflation[c] * residual[c] / freedom[c])
            strength[c] = abs(effect[c]) / se[c]


@compiled
def _blot(tests: Tests, targets: Bools, sources: Bools, one_way: Bools) -> None:
    """Nothing is known of what is not informative, or no hypothesis, or rests on too few rows.

    one_way  (target, source): which pairs at lag 0 are a hypothesis
    """
    width = tests.effect.shape[1] // len(sources)
    for place in range(len(targets)):
        freedom, se = tests.freedom[place], tests.se[place]
        for i in range(len(sources)):
            for c in range(i * width, i * width + width):
                known = targets[place] and sources[i] and (c > i * width or one_way[place, i])
                if not (known and freedom[c] >= SPARE_ROWS and se[c] > 0.0):
                    tests.effect[place, c] = np.nan
                    tests.se[place, c] = np.nan
                    tests.freedom[place, c] = np.nan
                    tests.score[place, c] = np.nan
