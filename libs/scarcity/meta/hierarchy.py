"""What one family of streams leads one to expect of each edge: three levels, one inside the other.

    kind     edges between variables, and edges of variables to themselves, are exchangeable
    block    of one kind, edges with the same types at their ends and the same lag
    edge     of one block, the edge of this name

Stream k has edge e with a probability a(e) of its own, drawn from the distribution G of its block;
where it has it, the effect is N(μ(e), τ²), and μ(e) is N(m, v - τ²) with the m and v of its block
(`two_groups`). With BF(k, e) the Bayes factor of "the edge exists" against "it does not", the
likelihood of a(e) is

    L(a)  =  Π_k ( a BF(k, e) + 1 - a )^r(k) ,

r(k) being how far stream k belongs to the family. G is estimated by maximum likelihood among all
distributions, on a grid of a: a family of which four edges in five are shared shows as two heaps,
near .8 and near 0, and nobody has to say so. G of a block leans on that of its kind as if κ edges
more were in it. What is expected of a new stream is the mean of a(e), and N(μ̂(e), var μ̂(e) + τ²).

Each stream is looked at with what is expected by all others: its own evidence neither raises its
own probabilities, nor the means it is measured by.

Sources: J. Kiefer, J. Wolfowitz, "Consistency of the maximum likelihood estimator in the presence
of infinitely many incidental parameters", Ann. Math. Stat. 27 (1956); R. Koenker, I. Mizera,
"Convex optimization, shape constraints, compound decisions, and empirical Bayes rules", J. Am.
Stat. Assoc. 109 (2014).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from scarcity.meta.evidence import Table
from scarcity.meta.two_groups import (
    BEFORE,
    SMALLEST_VARIANCE,
    STRENGTH,
    Slab,
    fitted,
    log_factor,
)
from scarcity.stats.arrays import Bools, Floats

ATOMS = expit(np.linspace(-6.0, 6.0, 25))
"""The grid of a."""
STEPS = 30
FIRST_SPREAD = 0.04**2
"""τ² before it is estimated."""
SPREAD_STRENGTH = 5.0
"""How many edges this counts for."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """What a family leads one to expect of a new stream of it."""

    edges: Slab
    """(edge) of the table"""
    blocks: Slab
    """(block): of edges that no stream of it has tested"""
    others: Floats
    """(stream): log marginal likelihood of each stream by what all others lead one to expect,
    beside that of nothing"""


class _State(NamedTuple):
    shared: Floats
    """(stream, edge): how probable it is that the stream has the edge, and as the others have it"""
    spread: Floats
    """(edge): τ², that of its kind"""
    grid: Floats
    """(block, atom): G"""


class _Means(NamedTuple):
    """Of μ, by all streams (edge) or by all but one (stream, edge)."""

    mean: Floats
    variance: Floats


def usual(table: Table, streams: Bools) -> Slab:
    """(block): what the kinds, and then the blocks, look like over some streams (stream)."""
    effect, se = table.effect[streams], table.se[streams]
    kinds = fitted(effect, se, table.kind[table.block], BEFORE)
    return fitted(effect, se, table.block, kinds.at(table.kind))


def expectation(table: Table, blocks: Slab, belongs: Floats) -> Expectation:
    """What the streams of a table lead one to expect, each as far as it belongs.

    blocks   (block): what is usual
    belongs  (stream): r, from 0 to 1
    """
    usual_here = blocks.at(table.block)
    tested = ~np.isnan(table.effect)
    exists = np.where(tested, usual_here.exists(table.effect, table.se), 0.0)
    state = _State(
        shared=exists * (belongs @ exists) / belongs.sum(),
        spread=np.full(len(table.keys), FIRST_SPREAD),
        grid=_grids(blocks.share),
    )
    for _ in range(STEPS):
        state = _step(table, usual_here, belongs, state)
    every, but_one = _means(table, usual_here, belongs, state)
    factor = _factors(table, but_one, state.spread)
    posterior = _posterior(state.grid[table.block], factor, belongs)
    share, of_others = posterior @ ATOMS, _shares_by_others(posterior, factor, belongs)
    return Expectation(
        edges=Slab(share, every.mean, every.variance + state.spread),
        blocks=Slab(state.grid @ ATOMS, blocks.mean, blocks.variance),
        others=np.log1p(of_others * (factor - 1.0)).sum(axis=1),
    )


def _step(table: Table, usual_here: Slab, belongs: Floats, state: _State) -> _State:
    _, but_one = _means(table, usual_here, belongs, state)
    factor = _factors(table, but_one, state.spread)
    posterior = _posterior(state.grid[table.block], factor, belongs)
    share = _shares_by_others(posterior, factor, belongs)
    exists = np.where(np.isnan(table.effect), 0.0, share * factor / (share * (factor - 1.0) + 1.0))
    shared = exists * (posterior @ ATOMS)
    return _State(
        shared,
        _spread(table, but_one, belongs[:, None] * shared),
        _regrouped(table, posterior, state.grid, belongs),
    )


def _means(table: Table, usual_here: Slab, belongs: Floats, state: _State) -> tuple[_Means, _Means]:
    """μ by precision, each stream as far as it belongs and has the edge."""
    between = np.maximum(usual_here.variance - state.spread, SMALLEST_VARIANCE)
    weight = (
        belongs[:, None] * state.shared / (np.nan_to_num(table.se, nan=1.0) ** 2 + state.spread)
    )
    pulled = weight * np.nan_to_num(table.effect)
    sure, pull = 1.0 / between + weight.sum(axis=0), usual_here.mean / between + pulled.sum(axis=0)
    rest = sure - weight
    return _Means(pull / sure, 1.0 / sure), _Means((pull - pulled) / rest, 1.0 / rest)


def _factors(table: Table, others: _Means, spread: Floats) -> Floats:
    """(stream, edge): BF, by the means that the others lead one to expect; 1 where not tested."""
    wide = others.variance + spread
    factors: Floats = np.exp(log_factor(table.effect, table.se, others.mean, wide))
    return factors


def _posterior(grid: Floats, factor: Floats, belongs: Floats) -> Floats:
    """(edge, atom): of a, given all streams; grid (edge, atom)."""
    log_likelihood = np.log(grid)
    for place, atom in enumerate(ATOMS):
        log_likelihood[:, place] += belongs @ np.log1p(atom * (factor - 1.0))
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    posterior: Floats = likelihood / likelihood.sum(axis=1, keepdims=True)
    return posterior


def _shares_by_others(posterior: Floats, factor: Floats, belongs: Floats) -> Floats:
    """(stream, edge): the mean of a, given all streams but one."""
    above, below = np.zeros_like(factor), np.zeros_like(factor)
    for place, atom in enumerate(ATOMS):
        without = posterior[:, place] / (1.0 + atom * (factor - 1.0)) ** belongs[:, None]
        above += atom * without
        below += without
    shares: Floats = above / below
    return shares


def _spread(table: Table, others: _Means, counts: Floats) -> Floats:
    """(edge): τ² of its kind, by how much effects differ more than errors and unsure means explain.

    An edge that one stream alone has tells nothing: only edges that others have as well count.
    """
    kind = table.kind[table.block]
    shared = counts * (counts.sum(axis=0) - counts > 1.0)
    surplus = np.nan_to_num((table.effect - others.mean) ** 2 - table.se**2 - others.variance)
    above = np.bincount(kind, np.sum(shared * surplus, axis=0), 2) + SPREAD_STRENGTH * FIRST_SPREAD
    below = np.bincount(kind, shared.sum(axis=0), 2) + SPREAD_STRENGTH
    found: Floats = np.maximum(above / below, SMALLEST_VARIANCE)[kind]
    return found


def _grids(share: Floats) -> Floats:
    """(block, atom): to begin with, the flattest G that has this mean."""
    tilt = np.zeros(len(share))
    atom = np.log(ATOMS / (1.0 - ATOMS))
    for _ in range(STEPS):
        grid = np.exp(np.outer(tilt, atom))
        grid /= grid.sum(axis=1, keepdims=True)
        mean = grid @ ATOMS
        slope = np.maximum(grid @ (ATOMS * atom) - mean * (grid @ atom), 1e-3)
        tilt = np.clip(tilt + (share - mean) / slope, -2.0, 2.0)
    return grid


def _regrouped(table: Table, posterior: Floats, grid: Floats, belongs: Floats) -> Floats:
    """(block, atom): G by all edges of a block that were tested, and κ of its kind."""
    known = np.where((belongs @ ~np.isnan(table.effect)) > 0.0, 1.0, 0.0)
    added = np.zeros_like(grid)
    np.add.at(added, table.block, known[:, None] * posterior)
    made = np.empty_like(grid)
    for kind in (0, 1):
        mine = table.kind == kind
        if mine.any():
            together = added[mine].sum(axis=0) + grid[mine].mean(axis=0)
            made[mine] = added[mine] + STRENGTH * together / together.sum()
    made = np.maximum(made, np.finfo(float).tiny)
    scaled: Floats = made / made.sum(axis=1, keepdims=True)
    return scaled
