"""Which products of two sources stand out in the residuals of a linear model.

Let e_j be the residuals of target j, in standard deviations, and u_i the values of source i, in
standard deviations about their mean; both at most 4 in size, and 0 where they are missing. For
every two lagged columns, one and the same twice included,

    p(t) = u_a(t-k) u_b(t-l) ,     t = Σ p e_j / sqrt( Σ (p - p̄)² Σ e_j² / n ) ,

one matrix product for each first column, all targets at once: n m² d flop for m columns. A product
of sources that are about their means has no linear trace, so that all pairs are looked at, whoever
the parents are; where there are too many columns, those of near lags.

Products overlap, as sources do that are correlated, and a square looks like a product of two
sources that move together. So among the strongest of a target, forward and backward selection
(`stats.subset`) takes those that it needs beside each other and its parents. It takes what one
product in a stream without interactions exceeds by chance: what is selected has to be confirmed on
other rows.

Source: J. Fan, J. Lv, "Sure independence screening for ultrahigh dimensional feature space",
J. R. Stat. Soc. B 70 (2008).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from scarcity.causal.model import Model
from scarcity.stats.arrays import Floats, Ints
from scarcity.stats.subset import NONE, Rule, contributions, forward_backward

MOST_COLUMNS = 192
"""Lagged columns of which products are looked at; of more, those of the nearest lags."""

MOST_LISTED = 64
"""How many products of a target, the strongest, selection chooses from."""

MOST_TAKEN = 8
"""How many it takes, squares included."""

BY_CHANCE = 1.0
"""How many products of a stream without interactions are selected, on average."""

CLIP = 4.0
"""In standard deviations."""

SMALLEST_SPREAD = 1e-6
"""A column that varies less, in units of u, is a constant."""

Source = tuple[int, int]
"""Variable, lag."""

Pair = tuple[Source, Source]
"""Of which the product is taken."""


class Units(NamedTuple):
    """How values become u, before they are clipped."""

    centre: Floats
    """(variable)"""
    width: Floats
    """(variable)"""

    @classmethod
    def of(cls, rows: Floats) -> "Units":
        """Mean and standard deviation of the values there are; 0 and 1 where they do not vary."""
        count = np.maximum(np.sum(~np.isnan(rows), axis=0), 1)
        centre = np.nansum(rows, axis=0) / count
        width = np.sqrt(np.nansum((rows - centre) ** 2, axis=0) / count)
        return cls(centre, np.where(width > 0.0, width, 1.0))

    def apply(self, rows: Floats) -> Floats:
        """Rows (time, variable) in these units."""
        applied: Floats = (rows - self.centre) / self.width
        return applied


@dataclass(frozen=True, slots=True)
class Found:
    """What stands out for a target, the strongest first."""

    target: int
    critical: float
    """what |t| has to exceed"""
    products: list[tuple[float, Pair]]
    """|t|, and sources that are different variables"""
    beside: list[Pair]
    """what else it needs: squares, products of a variable with itself at another lag"""


@dataclass(frozen=True, slots=True)
class Screen:
    """Rows to select on; a column is variable · (L+1) + lag."""

    columns: Floats
    """(time, column): u"""
    residuals: Floats
    """(time, target): e, 0 for a target that takes no part"""
    lagged: Ints
    """the columns of the past that take part"""

    @classmethod
    def of(cls, rows: Floats, units: Units, model: Model) -> "Screen":
        """Rows (time, variable), as this model sees them; NaN = missing."""
        lags, width, d = model.max_lag, model.max_lag + 1, rows.shape[1]
        clipped = np.nan_to_num(np.clip(units.apply(rows), -CLIP, CLIP))
        count = len(rows) - lags
        columns = np.stack([clipped[lags - k :][:count] for k in range(width)], axis=2)
        noise = np.where(model.known, model.equations.noise, np.inf)
        sources = np.flatnonzero(clipped.any(axis=0))
        nearest = np.arange(1, 1 + min(lags, MOST_COLUMNS // d))
        return cls(
            columns=columns.reshape(count, -1),
            residuals=np.nan_to_num(np.clip(model.residuals(rows) / noise, -CLIP, CLIP)),
            lagged=np.add.outer(sources * width, nearest).ravel(),
        )

    @property
    def critical(self) -> float:
        """|t| that `BY_CHANCE` of all products exceed."""
        products = len(self.lagged) ** 2 / 2.0 * np.count_nonzero(self.residuals.any(axis=0))
        return float(-ndtri(0.5 * BY_CHANCE / max(products, BY_CHANCE)))

    def scores(self) -> Floats:
        """|t| (lagged, lagged, target) of products, the first column before the second; else 0."""
        past = self.columns[:, self.lagged]
        rows, m = past.shape
        mean = past.T @ past / rows
        size = (past**2).T @ past**2 - rows * mean**2
        noise = np.mean(self.residuals**2, axis=0)
        sums = np.zeros((m, m, self.residuals.shape[1]))
        for first in range(m):
            sums[first, first:] = (past[:, first:] * past[:, [first]]).T @ self.residuals
        size[size <= rows * SMALLEST_SPREAD**2] = np.inf
        scores: Floats = np.abs(sums) / np.sqrt(size[:, :, None] * np.where(noise, noise, np.inf))
        return scores

    def choose(self, target: int, parents: Ints, scores: Floats) -> tuple[Ints, Floats]:
        """What a target needs beside its parents (column): columns (chosen, 2), and |t|.

        scores  (lagged, lagged): the |t| of each product alone
        """
        listed = np.argsort(-scores, axis=None, kind="stable")
        listed = listed[: min(MOST_LISTED, np.count_nonzero(scores))]
        pairs = self.lagged[np.column_stack(np.divmod(listed, len(scores)))]
        products = self.columns[:, pairs[:, 0]] * self.columns[:, pairs[:, 1]]
        known = [np.ones((len(products), 1)), self.residuals[:, [target]], self.columns[:, parents]]
        design = np.hstack([*known, products])
        correlation = correlation_of(design.T @ design)
        first, rows = 1 + len(parents), float(len(products))
        forced, candidates = np.arange(1, first)[None], np.arange(first, len(correlation))
        rule, here = Rule(self.critical, rows, MOST_TAKEN), np.zeros(1, np.int64)
        chosen = forward_backward(correlation, here, candidates, forced, rule)
        taken = chosen[chosen >= first]
        effect, inflation, residual = contributions(correlation, here, chosen, taken)[:, 0]
        return pairs[taken - first], np.abs(effect) / np.sqrt(inflation * residual / rows)


def screen(rows: Floats, units: Units, model: Model) -> list[Found]:
    """What stands out in rows (time, variable) that obey the model; NaN = missing.

    Targets for which it is no product of two variables are left out.
    """
    seen = Screen.of(rows, units, model)
    scores = seen.scores()
    targets = np.flatnonzero(scores.max(axis=(0, 1), initial=0.0) > seen.critical)
    found = [_found(seen, target, model, scores[:, :, target]) for target in targets.tolist()]
    return [each for each in found if each.products]


def parents_of(model: Model, target: int) -> list[Source]:
    """The sources of its equation."""
    sources, lags = model.equations.sources[target], model.equations.lags[target]
    chosen = sources != NONE
    return list(zip(sources[chosen].tolist(), lags[chosen].tolist(), strict=True))


def _found(seen: Screen, target: int, model: Model, scores: Floats) -> Found:
    width = model.max_lag + 1
    parents = [variable * width + lag for variable, lag in parents_of(model, target)]
    columns, strength = seen.choose(target, np.array(parents, np.int64), scores)
    pairs = [(divmod(a, width), divmod(b, width)) for a, b in columns.tolist()]
    ranked = sorted(zip(strength.tolist(), pairs, strict=True), reverse=True)
    return Found(
        target=target,
        critical=seen.critical,
        products=[(score, (a, b)) for score, (a, b) in ranked if a[0] != b[0]],
        beside=[(a, b) for _, (a, b) in ranked if a[0] == b[0]],
    )


def correlation_of(gram: Floats) -> Floats:
    """Correlations (column, column) of all columns but the first, which is 1.

    gram  (column, column): sums of products; a constant is uncorrelated with everything
    """
    whole = gram / max(float(gram[0, 0]), 1.0)
    covariance = (whole - np.outer(whole[0], whole[0]))[1:, 1:]
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    scale = np.where(spread > SMALLEST_SPREAD, spread, np.inf)
    correlation: Floats = covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return correlation
