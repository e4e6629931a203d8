"""How well rows are foreseen with a prior and without, before anything is learned from them.

Per target j, on columns c (lagged sources), everything standardised, a Bayesian linear regression
from lagged moments alone, with R and r their correlations, n rows and σ² what the own parents
leave:

    β ~ N(m, D⁻¹) ,   A = n R / σ² + D ,   β̂ = A⁻¹ ( n r / σ² + D m ) ,
    x_j | z ~ N( β̂·z ,  σ² + z' A⁻¹ z ) .

    without   c are the own parents of j, m = 0, and D draws each as far as it is noise (below)
    with      c are these and the columns that the prior says have an effect that is clear if it is
              there (|mean| > 3 se), and likelier there than not; m and D are the prior's, as one
              normal distribution given own tests, where it says something, as without where not

Least squares on few rows, of parents that were selected for being large, forecast so badly that
anything that draws them to zero would seem to help, a lie too. So own effects are shrunk by what
all tested effects b, with standard errors s, look like: a share π of them N(0, v), the others zero,

    b ~ π N(0, v + s²) + (1 - π) N(0, s²) ,
    κ = P(not zero | b) · v / (v + s²) ,   D = (1/κ - 1) / s² ,

π and v by expectation maximisation, apart for a variable's own past and for others, so that β̂ = κ b
for a parent alone. σ² is the same in both models, so that they differ in what they expect, not in
how much is left over.

Values are clipped at 4 standard deviations, as sources and as targets, and errors at 4 of the
forecast, so that no outlier decides anything. A source that is missing counts as its mean; a target
that is missing is not asked about, nor is one whose parents leave too few rows.
"""

from collections.abc import Sequence
from math import gcd
from typing import NamedTuple

import numpy as np

from scarcity.causal.change import CLIP
from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.prior import Expected
from scarcity.causal.regression import SPARE_ROWS, Tests
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import SMALLEST_RESIDUAL, filled, precision

CLEAR = 3.0
"""Standard errors from zero at which a prior says of an effect that it is no nothing."""

LIKELY = 0.5
"""How probable an effect is at least, to be foreseen with."""

MOST_TOLD = 32
"""How many columns of a target a prior can add, the clearest: it may come from anybody."""

SMALLEST_SLAB = 1e-4
"""Of v: effects below a hundredth of a standard deviation are nothing."""

LEAST_KEPT = 1e-6
"""Of κ: less is nothing."""

MOST_EFFECTS = 1024
"""From about so many effects of tests, from all over, their sizes are learned."""

STEPS = 10
"""Of expectation maximisation, which begins with one effect in ten of a third of a deviation."""
FIRST_SHARE, FIRST_SLAB = 0.1, 0.1


class _Known(NamedTuple):
    """What the moments say."""

    correlation: Floats
    """(column, column)"""
    rows: Floats
    """(target)"""
    parents: Ints
    """(target, any): columns, filled up with NONE"""
    asked: Bools
    """(variable): which are informative"""
    effect: Floats
    se: Floats
    """(target, column): of the tests, NaN where there is none"""


def foresee(
    correlation: LaggedCorrelation,
    found: tuple[Ints, Tests],
    priors: Sequence[Expected],
    stretch: Floats,
) -> Floats:
    """(model, time): log scores of rows in nats, without a prior and then with each of them.

    found    the parents, columns (target, any), and the tests of every hypothesis
    stretch  (time, variable): rows that follow the first L; NaN = missing
    """
    parents, tests = found
    max_lag = correlation.matrix.shape[1] - 1
    rows = np.ascontiguousarray(np.diagonal(correlation.rows[:, 1]))
    known = _Known(correlation.flat, rows, parents, correlation.informative, tests.effect, tests.se)
    values = (stretch - correlation.mean[:, 0]) / correlation.spread[:, 0]
    present = np.ascontiguousarray(~np.isnan(values[max_lag:]).T)
    values = np.ascontiguousarray(np.clip(np.nan_to_num(values), -CLIP, CLIP).T)
    scores = np.zeros((1 + len(priors), present.shape[1]))
    sizes = _sizes(known.effect, known.se, _stride(*known.effect.shape))
    for model, expected in enumerate([None, *priors]):
        prior = _NOTHING if expected is None else _told(expected.given(tests.effect, tests.se))
        _score(known, prior, sizes, (values, present), scores[model])
    return scores


def _told(expected: Expected) -> tuple[Floats, Floats, Floats]:
    """(target, column): mean and se of one normal distribution, and how clear an effect is.

    The last is 0 where no effect is told of: not clear, not likely, or contested.
    """
    normal = expected.normal
    mean = np.where(expected.contested, np.nan, normal.mean)
    clear = np.where(np.isnan(mean), 0.0, np.abs(expected.mean) / expected.se)
    is_told = (clear > CLEAR) & (expected.share > LIKELY)
    return mean, normal.se, np.where(is_told, clear, 0.0)


_NOTHING = (np.zeros((0, 0)), np.zeros((0, 0)), np.zeros((0, 0)))


def _stride(targets: int, columns: int) -> int:
    """Which manieth effect to learn from; it comes to every column."""
    every = max(targets * columns // MOST_EFFECTS, 1)
    while gcd(every, columns) > 1:
        every += 1
    return every


@compiled
def _sizes(effect: Floats, se: Floats, every: int) -> Floats:
    """(kind; π, v): of effects of other variables, and of a variable's own past."""
    columns = effect.shape[1]
    width = columns // len(effect)
    found = np.empty((2, 2))
    found[:, 0], found[:, 1] = FIRST_SHARE, FIRST_SLAB
    for _ in range(STEPS):
        total, share, square = np.zeros(2), np.zeros(2), np.zeros(2)
        for place in range(0, effect.size, every):
            j, c = place // columns, place % columns
            if se[j, c] > 0.0:
                kind = int(c // width == j)
                real = _is_real(effect[j, c], se[j, c], found[kind])
                total[kind] += 1.0
                share[kind] += real
                square[kind] += real * (effect[j, c] ** 2 - se[j, c] ** 2)
        found[:, 0] = share / np.maximum(total, 1.0)
        found[:, 1] = np.maximum(square / np.maximum(share, LEAST_KEPT), SMALLEST_SLAB)
    return found


@compiled
def _is_real(effect: float, se: float, sizes: Floats) -> float:
    """How probable it is that an effect is not zero; sizes: π, v."""
    share, slab = sizes
    wide = slab + se * se
    odds = share / max(1.0 - share, LEAST_KEPT) * se / np.sqrt(wide)
    odds *= np.exp(min(0.5 * effect * effect * (1.0 / (se * se) - 1.0 / wide), 500.0))
    return float(odds / (1.0 + odds))


@compiled
def _pull(effect: float, se: float, sizes: Floats) -> float:
    """D: the precision with which an own effect is drawn to zero."""
    if not se > 0.0:
        return float(1.0 / sizes[1])
    kept = _is_real(effect, se, sizes) * sizes[1] / (sizes[1] + se * se)
    return float((1.0 / max(kept, LEAST_KEPT) - 1.0) / (se * se))


@compiled
def _least_squares(
    correlation: Floats, target: int, chosen: Ints, inverse: Floats
) -> tuple[Floats, float]:
    """The effects of the chosen columns on a target column, and what they leave of its variance."""
    effect, left = np.zeros(len(chosen)), 1.0
    for a in range(len(chosen)):
        for b in range(len(chosen)):
            effect[a] += inverse[a, b] * correlation[target, chosen[b]]
        left -= effect[a] * correlation[target, chosen[a]]
    return effect, max(left, SMALLEST_RESIDUAL)


@compiled
def _score(
    known: _Known,
    prior: tuple[Floats, Floats, Floats],
    sizes: Floats,
    rows: tuple[Floats, Bools],
    scores: Floats,
) -> None:
    """Add the log scores (time) of one model, over all targets; prior: as `_told`, or nothing."""
    mean, size, clear = prior
    width = len(known.correlation) // len(known.rows)
    for j in range(len(known.rows)):
        own = known.parents[j, : filled(known.parents[j])]
        freedom = known.rows[j] - len(own) - 1.0
        if not known.asked[j] or freedom < SPARE_ROWS:
            continue
        inverse = precision(known.correlation, own)
        _, left = _least_squares(known.correlation, j * width, own, inverse)
        noise = left * known.rows[j] / freedom
        columns = own if len(mean) == 0 else _with_told(own, clear[j], known.asked)
        centre, sure = np.zeros(len(columns)), np.empty(len(columns))
        for place in range(len(columns)):
            c = columns[place]
            kind = int(c // width == j)
            sure[place] = _pull(known.effect[j, c], known.se[j, c], sizes[kind])
            if len(mean) and not np.isnan(mean[j, c]):
                centre[place], sure[place] = mean[j, c], 1.0 / size[j, c] ** 2
        fit = _posterior(known, j, columns, (centre, sure), noise)
        _add_target(j, columns, fit, noise, rows, scores)


@compiled
def _with_told(own: Ints, told: Floats, asked: Bools) -> Ints:
    """The own parents, and behind them the columns that a prior is surest of."""
    width = len(told) // len(asked)
    clear = told.copy()
    for c in range(len(clear)):
        if not asked[c // width]:
            clear[c] = 0.0
    for c in own:
        clear[c] = 0.0
    order = np.argsort(-clear)[:MOST_TOLD]
    return np.concatenate((own, order[clear[order] > 0.0]))


@compiled
def _posterior(
    known: _Known, j: int, columns: Ints, prior: tuple[Floats, Floats], noise: float
) -> tuple[Floats, Floats]:
    """β̂ (column) and A⁻¹ (column, column); prior: means and precisions."""
    centre, sure = prior
    correlation, count, weight = known.correlation, len(columns), known.rows[j] / noise
    target = j * (len(correlation) // len(known.rows))
    unit = np.sqrt(weight + sure)
    scaled, pull = np.empty((count, count)), np.empty(count)
    for a in range(count):
        pull[a] = weight * correlation[target, columns[a]] + sure[a] * centre[a]
        for b in range(count):
            scaled[a, b] = weight * correlation[columns[a], columns[b]] / (unit[a] * unit[b])
    inverse = precision(scaled, np.arange(count))
    effect = np.zeros(count)
    for a in range(count):
        for b in range(count):
            inverse[a, b] /= unit[a] * unit[b]
            effect[a] += inverse[a, b] * pull[b]
    return effect, inverse


@compiled
def _add_target(
    j: int,
    columns: Ints,
    fit: tuple[Floats, Floats],
    noise: float,
    rows: tuple[Floats, Bools],
    scores: Floats,
) -> None:
    """Add the log scores of one target; loops run along time."""
    (effect, inverse), (values, present) = fit, rows
    span = len(scores)
    max_lag = values.shape[1] - span
    width = max_lag + 1
    missed, variance = values[j, max_lag:].copy(), np.full(span, noise)
    for a in range(len(columns)):
        first = max_lag - columns[a] % width
        mine = values[columns[a] // width, first : first + span]
        for t in range(span):
            missed[t] -= effect[a] * mine[t]
        for b in range(a + 1):
            first = max_lag - columns[b] % width
            its = values[columns[b] // width, first : first + span]
            doubt = inverse[a, b] * (1.0 if a == b else 2.0)
            for t in range(span):
                variance[t] += doubt * mine[t] * its[t]
    for t in range(span):
        if present[j, t]:
            surprise = min(missed[t] * missed[t] / variance[t], CLIP * CLIP)
            scores[t] -= 0.5 * (surprise + np.log(2.0 * np.pi * variance[t]))
