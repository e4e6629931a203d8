"""Which of the tested edges are believed: a margin, and a false-discovery rate.

Significant is not important: in a long stream everything is significant, above all what an
unobserved common cause leaves behind. So the hypothesis tested is that the partial correlation is
at most ρ₀ = `min_effect`,

    p = P(T_df > |t| - δ) + P(T_df > |t| + δ) ,   δ = ρ₀ sqrt( df / (1 - ρ₀²) ) ,

which is the ordinary p-value for ρ₀ = 0. An edge is accepted when its q-value is at most `alpha`.
The family of the false-discovery control is all edges between different variables, pairs at lag 0
included; autocorrelations have one of their own, so that the many sure ones among them do not make
other edges easier to accept.

An accepted edge has p ≤ q ≤ α, and q depends on larger p-values only as long as they are at most
α. So only edges with |t| - δ beyond the Gaussian quantile of α need a p-value for the decision; the
others' are computed when somebody looks.

Source: J. L. Hodges, E. L. Lehmann, "Testing the approximate validity of statistical hypotheses",
J. R. Stat. Soc. B 16 (1954).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import LaggedCorrelation
from scarcity.causal.curvature import Lane, stronger
from scarcity.causal.effects import Effects, effects
from scarcity.causal.regression import Tests
from scarcity.causal.structure import Structure
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled
from scarcity.stats.multiplicity import benjamini_hochberg


@dataclass(frozen=True, eq=False)
class Estimate:
    """Every hypothesis, and which are accepted; arrays (target, column)."""

    tests: Tests
    quadratic: Bools
    """whether the numbers are those of the square of the source"""
    oriented: Bools
    """(source, target): at lag 0, False where the data do not decide the direction of a link"""
    accepted: Ints
    """(accepted): positions target · columns + column, rising"""
    p_accepted: Floats
    q_accepted: Floats
    effects: Effects
    min_effect: float
    tested: int
    """how many hypotheses about different variables were tested"""

    @property
    def variables(self) -> int:
        return len(self.tests.effect)

    @property
    def width(self) -> int:
        """Lags, 0 among them."""
        return len(self.tests.effect.T) // self.variables

    @cached_property
    def p_value(self) -> Floats:
        """(target, column)"""
        p_value = beyond_margin(self.tests.score, self.tests.freedom, self.min_effect)
        return np.minimum(1.0, p_value * (1.0 + self.quadratic))

    @cached_property
    def q_value(self) -> Floats:
        """(target, column)"""
        q_value = np.full(self.p_value.shape, np.nan)
        own = np.repeat(np.eye(self.variables, dtype=np.bool_), self.width, axis=1)
        for family in (own, ~own):
            q_value[family] = benjamini_hochberg(self.p_value[family])
        return q_value

    def tested_of(self, targets: Bools) -> int:
        """How many hypotheses about different variables were tested of some targets (target)."""
        if targets.all():
            return self.tested
        made = ~np.isnan(self.tests.score.reshape(self.variables, self.variables, self.width))
        made[np.diag_indices(self.variables)] = False
        return int(made[targets].sum())


def hypotheses(variables: int, max_lag: int) -> int:
    """How many edges between different variables there can be; a pair at lag 0 counts once."""
    pairs = variables * (variables - 1)
    return max_lag * pairs + pairs // 2


def decide(
    tests: Tests,
    lane: Lane | None,
    structure: Structure,
    config: EngineConfig,
    bases: Sequence[LaggedCorrelation],
) -> Estimate:
    """Accept what is surely more than the margin.

    bases  where the effects of accepted edges come from (`effects`); the tests where there is none
    """
    quadratic = np.zeros(tests.effect.shape, np.bool_)
    if lane is not None:
        given = ~np.isnan(lane.linear.score)
        quadratic = stronger(np.where(given, lane.linear.score, tests.score), lane.squares.score)
        tests = Tests(
            *(
                np.where(quadratic, square, np.where(given, bent, straight))
                for straight, bent, square in zip(tests, lane.linear, lane.squares, strict=True)
            )
        )
    least = float(-ndtri(config.alpha))
    tested, at, numbers = _contenders(tests, quadratic, least, config.min_effect)
    score, freedom, is_own, of_square = numbers
    p_value = beyond_margin(score, freedom, config.min_effect) * (1.0 + of_square)
    accepted, p_accepted, q_accepted = _believed(
        at, p_value, is_own, tested, structure.instant, (tests.effect.shape[1], config.alpha)
    )
    return Estimate(
        tests,
        quadratic,
        structure.oriented,
        accepted,
        p_accepted,
        q_accepted,
        effects(bases, tests, accepted, quadratic),
        config.min_effect,
        int(tested[0]),
    )


@compiled
def _believed(
    at: Ints,
    p_value: Floats,
    is_own: Floats,
    tested: tuple[float, float],
    instant: Bools,
    limits: tuple[int, float],
) -> tuple[Ints, Floats, Floats]:
    """Which contenders have a q-value of at most α, and are linked if at lag 0; p and q of them.

    at      positions, rising
    limits  the number of columns, and α
    tested  how many hypotheses there are of different variables, and of autocorrelations

    Benjamini and Hochberg's step-up, as `stats.multiplicity` has it, in both families at once.
    """
    columns, alpha = limits
    d, count = len(instant), len(at)
    order, q_value = np.argsort(p_value), np.ones(count)
    rank, smallest = np.zeros(2), np.ones(2)
    for c in range(count):
        rank[int(is_own[c])] += 1.0
    for place in range(count - 1, -1, -1):
        c = order[place]
        family = int(is_own[c])
        smallest[family] = min(smallest[family], p_value[c] * tested[family] / rank[family])
        rank[family] -= 1.0
        q_value[c] = smallest[family]
    believed = q_value <= alpha
    for c in range(count):
        target, column = at[c] // columns, at[c] % columns
        source, lag = column // (columns // d), column % (columns // d)
        believed[c] &= lag > 0 or instant[source, target]
    return at[believed], p_value[believed], q_value[believed]


@compiled
def _large(score: Floats, freedom: Floats, least: float, factor: float, found: Ints) -> int:
    """Fill in the columns of one target where |t| - δ is large; returns how many they are."""
    count = 0
    for c in range(len(score)):
        if score[c] >= least and score[c] >= least + factor * np.sqrt(freedom[c]):
            found[count] = c
            count += 1
    return count


@compiled
def _count(values: Floats) -> int:
    """How many there are that are not NaN."""
    count = 0
    for value in values:
        count += not np.isnan(value)
    return count


@compiled
def _contenders(
    tests: Tests, quadratic: Bools, least: float, min_effect: float
) -> tuple[tuple[float, float], Ints, Floats]:
    """Where |t| - δ is large.

    Returns how many hypotheses are tested, of different variables and autocorrelations; the
    positions (found), rising; and (4, found): |t|, degrees of freedom, whether it is an
    autocorrelation, and whether of a square.
    """
    d, columns = tests.score.shape
    width = columns // d
    factor = min_effect / np.sqrt(1.0 - min_effect**2)
    at, numbers = np.empty(64, np.int64), np.empty((4, 64))
    columns_found = np.empty(columns, np.int64)
    own, cross, count = 0.0, 0.0, 0
    for j in range(d):
        score, freedom = tests.score[j], tests.freedom[j]
        mine = _count(score[j * width : (j + 1) * width])
        own += mine
        cross += _count(score) - mine
        here = _large(score, freedom, least, factor, columns_found)
        while count + here > len(at):
            at = np.concatenate((at, np.empty_like(at)))
            numbers = np.concatenate((numbers, np.empty_like(numbers)), axis=1)
        for c in columns_found[:here]:
            at[count] = j * columns + c
            numbers[0, count], numbers[1, count] = score[c], freedom[c]
            numbers[2, count], numbers[3, count] = c // width == j, quadratic[j, c]
            count += 1
    return (cross, own), at[:count].copy(), numbers[:, :count].copy()


def beyond_margin(score: Floats, freedom: Floats, min_effect: float) -> Floats:
    """The p-value of |t| (any) against a partial correlation of at most `min_effect`.

    Exact above the margin; below it, where p is more than a half, that of a Gaussian.
    """
    margin = min_effect * np.sqrt(freedom / (1.0 - min_effect**2))
    exact = score > margin
    p_value: Floats
    if exact.all():
        p_value = stdtr(freedom, margin - score) + stdtr(freedom, -margin - score)
        return p_value
    p_value = ndtr(margin - score) + ndtr(-margin - score)
    t, df, by = score[exact], freedom[exact], margin[exact]
    p_value[exact] = stdtr(df, by - t) + stdtr(df, -by - t)
    return p_value
