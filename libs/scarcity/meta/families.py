"""Which streams of a domain belong together, by how well each foresees the others' evidence.

A stream belongs to a family as far as its evidence is likelier by what the family's other streams
lead one to expect than by what it says of itself alone, all edges exchangeable:

    r(k)  =  σ( log p(k | all others of the family) - log p(k | alone) ) .

A family begins with the stream that foresees the most others, one by one, and these; then r and
expectation take turns (`hierarchy`). Streams that belong to no family yet make the next one. So an
odd stream is a family by itself, and no part of what is expected of others.

Source: B. Neuenschwander, S. Wandel, S. Roychoudhury, S. Bailey, "Robust exchangeability designs
for early phase clinical trials with multiple strata", Pharmaceutical Statistics 15 (2016).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from scarcity.meta.evidence import Table
from scarcity.meta.hierarchy import FIRST_SPREAD, Expectation, expectation, usual
from scarcity.meta.two_groups import BEFORE, Slab, exchangeable, merged
from scarcity.stats.arrays import Bools, Floats

ROUNDS = 6
"""Of r and expectation, at most."""
SETTLED = 0.01
"""Changes of r below this are none."""
MEMBER = 0.5
"""From here on a stream is in no other family."""
MEMBERS = 2
"""Of a family that is more than one stream by itself."""
SHARED = 0.5
"""How probable it is, before a family is known, that another stream of it has an edge as well."""


@dataclass(frozen=True, eq=False)
class Family:
    """Streams that belong together, and what they lead one to expect."""

    belongs: Floats
    """(stream): r"""
    expected: Expectation

    @property
    def size(self) -> float:
        """How many streams it is made of."""
        return float(self.belongs.sum())


def families(table: Table) -> tuple[Family, ...]:
    """The families of a table, the largest of what is left first; each stream is in one at most."""
    free = np.ones(len(table.streams), np.bool_)
    blocks = usual(table, free)
    baseline = alone(table, blocks)
    gains = _foreseen(table, blocks) - baseline
    found: list[Family] = []
    while free.any():
        first, begun = _begun(gains, free)
        family = _settled(table, baseline, free, begun)
        if family is None:
            only = np.eye(len(free))[first]
            family = Family(only, _expected(table, only))
        found.append(family)
        free &= family.belongs <= MEMBER
    return tuple(found)


def alone(table: Table, blocks: Slab) -> Floats:
    """(stream): log marginal likelihood by its own exchangeable edges, beside that of nothing."""
    kinds = merged(blocks, table.counts, table.kind, BEFORE)
    scores = np.empty(len(table.streams))
    for row, (effect, se) in enumerate(zip(table.effect, table.se, strict=True)):
        own = exchangeable(effect, se, table.kind[table.block], kinds)
        scores[row] = own.log_marginal(effect, se).sum()
    return scores


def _foreseen(table: Table, blocks: Slab) -> Floats:
    """(stream, stream): log marginal likelihood of the second by the first alone."""
    usual_here = blocks.at(table.block)
    scores = np.empty((len(table.streams), len(table.streams)))
    for row, (effect, se) in enumerate(zip(table.effect, table.se, strict=True)):
        exists = usual_here.exists(effect, se)
        mean, left = usual_here.effect_given(effect, se)
        share = SHARED * exists + SHARED * usual_here.share * (1.0 - exists)
        share = np.where(np.isnan(effect), usual_here.share, share)
        scores[row] = (
            Slab(share, mean, left + FIRST_SPREAD).log_marginal(table.effect, table.se).sum(axis=1)
        )
    return scores


def _begun(gains: Floats, free: Bools) -> tuple[int, Floats]:
    """The free stream that foresees the others best, and (stream) 1 for it and whom it foresees."""
    gained = np.where(free, np.maximum(gains, 0.0), 0.0)
    np.fill_diagonal(gained, 0.0)
    first = int(np.argmax(np.where(free, gained.sum(axis=1), -1.0)))
    begun: Floats = (gained[first] > 0.0).astype(np.float64)
    begun[first] = 1.0
    return first, begun


def _settled(table: Table, baseline: Floats, free: Bools, begun: Floats) -> Family | None:
    """The family that r and expectation come to; None if fewer than two are left in it."""
    belongs = begun
    for _ in range(ROUNDS):
        expected = _expected(table, belongs)
        before, belongs = belongs, np.where(free, expit(expected.others - baseline), 0.0)
        if np.sum(belongs > MEMBER) < MEMBERS:
            return None
        if np.max(np.abs(belongs - before)) < SETTLED:
            return Family(belongs, expected)
    return Family(belongs, _expected(table, belongs))


def _expected(table: Table, belongs: Floats) -> Expectation:
    """Who is no member has no part in what is usual either."""
    return expectation(table, usual(table, belongs > MEMBER), belongs)
