"""Regression on few of many columns, from correlations alone: which to take, and what each adds.

Forward selection orthogonalises all candidates against each one taken (the recursion of orthogonal
matching pursuit). With R the correlation of columns c, y the target, and u_b the row of the
Cholesky factor that belongs to the column b taken last,

    dot_c ← dot_c - u_b[c] w_b ,   rem_c ← rem_c - u_b[c]² ,   w_b = dot_b / √rem_b ,

begun with dot_c = R[c, y], rem_c = 1, so that the partial correlation of c and y given what was
taken is dot_c / √(rem_c · (1 - Σ w²)). The strongest candidate enters while its t-statistic is
above the critical one; afterwards the weakest leaves while its own is below. For Gaussian data this
is the search for optimal causation entropy, discovery and then removal. Cost: O(m q²) per target
for q of m candidates taken.

Source: J. Sun, D. Taylor, E. M. Bollt, "Causal network inference by optimal causation entropy",
SIAM J. Appl. Dyn. Syst. 14 (2015).
"""

from typing import NamedTuple

import numpy as np

from scarcity.stats.arrays import Floats, Ints
from scarcity.stats.compiled import compiled

COLLINEAR = 1e-6
"""A column of which less than this share is its own, given the ones taken, adds nothing."""

SMALLEST_RESIDUAL = 1e-12
"""The residual share of a target that its regressors determine: rounding, not knowledge."""

NONE = -1
"""Fills up a row of chosen columns."""


class Rule(NamedTuple):
    """When a column enters, and when it has to leave."""

    critical: float
    """|t|"""
    rows: float
    """what t rests on"""
    most: int
    """how many columns to take beside the forced ones"""


class _Pursuit(NamedTuple):
    """One target's search: what is left of its columns, given the ones taken."""

    columns: Ints
    """(column): where they are in the correlation matrix"""
    remaining: Floats
    """(column)"""
    dot: Floats
    """(column)"""
    directions: Floats
    """(taken, column): u"""


class _Basis(NamedTuple):
    """A target's regression on the columns taken."""

    target: int
    taken: Ints
    whitening: Floats
    """L⁻¹"""
    weights: Floats
    """W"""
    residual: float


@compiled
def forward_backward(
    correlation: Floats, targets: Ints, candidates: Ints, forced: Ints, rule: Rule
) -> Ints:
    """Choose regressors for every target.

    correlation  (column, column), symmetric
    targets      (target): columns
    candidates   (candidate): columns to choose from; a target's own column is never taken
    forced       (target, any): columns taken first and never given up, filled up with NONE

    Returns (target, chosen), filled up with NONE.
    """
    width = forced.shape[1] + rule.most
    chosen = np.full((len(targets), width), NONE, np.int64)
    columns = np.empty(len(candidates) + forced.shape[1], np.int64)
    directions = np.empty((width, len(columns)))
    for place in range(len(targets)):
        target = targets[place]
        fixed = 0
        while fixed < forced.shape[1] and forced[place, fixed] != NONE:
            columns[fixed] = forced[place, fixed]
            fixed += 1
        m = fixed
        for candidate in candidates:
            if candidate != target and not np.any(columns[:fixed] == candidate):
                columns[m] = candidate
                m += 1
        pursuit = _Pursuit(columns[:m], np.ones(m), np.empty(m), directions[:, :m])
        count = _forward(correlation, target, pursuit, fixed, rule, chosen[place])
        _backward(correlation, target, chosen[place, :count], fixed, rule)
    return chosen


@compiled
def _forward(
    correlation: Floats, target: int, pursuit: _Pursuit, fixed: int, rule: Rule, taken: Ints
) -> int:
    """Fill `taken`, the first `fixed` columns first; returns how many."""
    for c in range(len(pursuit.columns)):
        pursuit.dot[c] = correlation[pursuit.columns[c], target]
    residual = 1.0
    count = 0
    while count < fixed + rule.most:
        best = count if count < fixed else _strongest(pursuit, residual, count, rule)
        if best == NONE:
            break
        taken[count] = pursuit.columns[best]
        residual = _orthogonalise(correlation, pursuit, best, count, residual)
        count += 1
    return count


@compiled
def _strongest(pursuit: _Pursuit, residual: float, count: int, rule: Rule) -> int:
    best, gain = NONE, 0.0
    for c in range(len(pursuit.columns)):
        if pursuit.remaining[c] > COLLINEAR:
            its = pursuit.dot[c] * pursuit.dot[c] / pursuit.remaining[c]
            if its > gain:
                best, gain = c, its
    share = gain / residual
    freedom = rule.rows - count - 2.0
    if freedom < 1.0 or share * freedom <= rule.critical * rule.critical * (1.0 - share):
        return NONE
    return best


@compiled
def _orthogonalise(
    correlation: Floats, pursuit: _Pursuit, best: int, count: int, residual: float
) -> float:
    """Take column `best` as the direction number `count`; returns the residual of the target."""
    columns, remaining, dot, directions = pursuit
    m = len(columns)
    direction = directions[count]
    row = correlation[columns[best]]
    for c in range(m):
        direction[c] = row[columns[c]]
    for earlier in range(count):
        factor = directions[earlier, best]
        for c in range(m):
            direction[c] -= factor * directions[earlier, c]
    scale = 1.0 / np.sqrt(max(remaining[best], COLLINEAR))
    weight = dot[best] * scale
    for c in range(m):
        direction[c] *= scale
        dot[c] -= direction[c] * weight
        remaining[c] -= direction[c] * direction[c]
    remaining[best] = 0.0
    return float(max(residual - weight * weight, SMALLEST_RESIDUAL))


@compiled
def _backward(correlation: Floats, target: int, taken: Ints, fixed: int, rule: Rule) -> None:
    count = len(taken)
    while count > fixed:
        whitening = _whitening(correlation, taken[:count])
        weights = _weights(correlation, target, taken[:count], whitening)
        residual = max(1.0 - np.sum(weights**2), SMALLEST_RESIDUAL)
        weakest, least = NONE, rule.critical * rule.critical
        for c in range(fixed, count):
            its = whitening[:, c]
            coefficient = np.sum(its * weights)
            freedom = rule.rows - count - 1.0
            squared = coefficient * coefficient * freedom / (np.sum(its * its) * residual)
            if squared < least:
                weakest, least = c, squared
        if weakest == NONE:
            return
        for c in range(weakest, count - 1):
            taken[c] = taken[c + 1]
        count -= 1
        taken[count] = NONE


def contributions(correlation: Floats, targets: Ints, chosen: Ints, columns: Ints) -> Floats:
    """What every column adds to what was chosen for every target.

    chosen   (target, any): filled up with NONE
    columns  (column): those asked about

    Returns (3, target, column): the standardised coefficient β of the column in a regression on it
    and the chosen others; [R⁻¹] of that regression at the column; the share of the target's
    variance that it leaves. NaN where the chosen ones determine the column.
    """
    # Made here, as numpy asks for huge pages, and compiled code pays for each small one.
    found = np.empty((3, len(targets), len(columns)))
    contribute(correlation, targets, chosen, columns, (found[0], found[1], found[2]))
    return found


@compiled
def contribute(
    correlation: Floats,
    targets: Ints,
    chosen: Ints,
    columns: Ints,
    found: tuple[Floats, Floats, Floats],
) -> None:
    """Fill in `contributions`: each of the three (target, column)."""
    effect, inflation, share = found
    everything = len(columns) == len(correlation)
    along, whole = np.empty((2, len(columns))), np.empty((chosen.shape[1], len(columns)))
    for place in range(len(targets)):
        target = targets[place]
        taken = chosen[place, : filled(chosen[place])]
        whitening = _whitening(correlation, taken)
        weights = _weights(correlation, target, taken, whitening)
        residual = max(1.0 - np.sum(weights**2), SMALLEST_RESIDUAL)
        if everything:
            _project(correlation, taken, whitening, whole)
        else:
            _project_some(correlation, taken, columns, whitening, whole)
        along[0] = 1.0
        _pick(correlation[target], columns, along[1])
        basis = _Basis(target, taken, whitening, weights, residual)
        _outside(basis, whole, along, (effect[place], inflation[place], share[place]))
        own = _place_of(target, columns)
        if own != NONE:
            effect[place, own] = inflation[place, own] = share[place, own] = np.nan
        for a in range(len(taken)):
            inside = _place_of(taken[a], columns)
            if inside == NONE:
                continue
            its = whitening[:, a]
            effect[place, inside] = np.sum(its * weights)
            inflation[place, inside] = np.sum(its * its)
            share[place, inside] = residual


@compiled
def _pick(row: Floats, columns: Ints, into: Floats) -> None:
    for c in range(len(columns)):
        into[c] = row[columns[c]]


@compiled
def _place_of(column: int, columns: Ints) -> int:
    for c in range(len(columns)):
        if columns[c] == column:
            return c
    return NONE


@compiled
def filled(chosen: Ints) -> int:
    """How many columns stand in a row before it is filled up with NONE."""
    count = 0
    while count < len(chosen) and chosen[count] != NONE:
        count += 1
    return count


@compiled
def _project(correlation: Floats, taken: Ints, whitening: Floats, whole: Floats) -> None:
    """The correlation of every column with the whitened ones taken; loops run along memory."""
    for a in range(len(taken)):
        into = whole[a]
        into[:] = 0.0
        for b in range(a + 1):
            row, factor = correlation[taken[b]], whitening[a, b]
            for c in range(len(into)):
                into[c] += factor * row[c]


@compiled
def _project_some(
    correlation: Floats, taken: Ints, columns: Ints, whitening: Floats, whole: Floats
) -> None:
    """The same of a few columns."""
    for a in range(len(taken)):
        into = whole[a]
        into[:] = 0.0
        for b in range(a + 1):
            row, factor = correlation[taken[b]], whitening[a, b]
            for c in range(len(into)):
                into[c] += factor * row[columns[c]]


@compiled
def _outside(
    basis: _Basis, whole: Floats, along: Floats, found: tuple[Floats, Floats, Floats]
) -> None:
    """What each column adds that is not taken."""
    remaining, dot = along
    for a in range(len(basis.taken)):
        direction, weight = whole[a], basis.weights[a]
        for c in range(len(dot)):
            remaining[c] -= direction[c] * direction[c]
            dot[c] -= direction[c] * weight
    effect, inflation, residual = found
    for c in range(len(dot)):
        own = 1.0 / remaining[c] if remaining[c] > COLLINEAR else np.nan
        left = basis.residual - dot[c] * dot[c] * own
        effect[c] = dot[c] * own
        inflation[c] = own
        residual[c] = max(left, SMALLEST_RESIDUAL)


@compiled
def _weights(correlation: Floats, column: int, taken: Ints, whitening: Floats) -> Floats:
    """W = L⁻¹ r of a column: its correlations with the whitened columns taken."""
    weights = np.zeros(len(taken))
    for a in range(len(taken)):
        for b in range(a + 1):
            weights[a] += whitening[a, b] * correlation[taken[b], column]
    return weights


@compiled
def _whitening(correlation: Floats, taken: Ints) -> Floats:
    """L⁻¹ of the correlation L Lᵀ of the columns taken."""
    count = len(taken)
    factor = np.zeros((count, count))
    for a in range(count):
        for b in range(a + 1):
            value = 1.0 if a == b else correlation[taken[a], taken[b]]
            for c in range(b):
                value -= factor[a, c] * factor[b, c]
            if a == b:
                factor[a, a] = np.sqrt(max(value, COLLINEAR))
            else:
                factor[a, b] = value / factor[b, b]
    inverse = np.zeros((count, count))
    for a in range(count):
        inverse[a, a] = 1.0 / factor[a, a]
        for b in range(a):
            value = 0.0
            for c in range(b, a):
                value -= factor[a, c] * inverse[c, b]
            inverse[a, b] = value / factor[a, a]
    return inverse


@compiled
def precision(correlation: Floats, taken: Ints) -> Floats:
    """R⁻¹ of the columns taken."""
    whitening = _whitening(correlation, taken)
    return whitening.T @ whitening


@compiled
def precisions(correlation: Floats, chosen: Ints) -> Floats:
    """R⁻¹ of the chosen columns of every target (target, any): (target, any, any), 0 elsewhere."""
    found = np.zeros((len(chosen), chosen.shape[1], chosen.shape[1]))
    for place in range(len(chosen)):
        count = filled(chosen[place])
        found[place, :count, :count] = precision(correlation, chosen[place, :count])
    return found


@compiled
def residual_share(correlation: Floats, target: int, chosen: Ints) -> float:
    """The share of a target's variance that the chosen columns (any, filled with NONE) leave."""
    taken = chosen[: filled(chosen)]
    weights = _weights(correlation, target, taken, _whitening(correlation, taken))
    return float(max(1.0 - np.sum(weights**2), SMALLEST_RESIDUAL))


@compiled
def residual_shares(correlation: Floats, targets: Ints, chosen: Ints) -> Floats:
    """(target): the same of every target, given its chosen columns (target, any)."""
    shares = np.empty(len(targets))
    for place in range(len(targets)):
        shares[place] = residual_share(correlation, targets[place], chosen[place])
    return shares
