"""What past streams of a domain lead one to expect of a stream's edges, and what follows from it.

With families f of past streams (`families`) and 0 for "none of them", a robust mixture:

    p(stream)  =  Σ_f w(f) Π_e [ (1 - π(f, e)) δ₀ + π(f, e) N(m(f, e), v(f, e)) ] .

The vague component, w(0), is what the stream's own evidence says of itself with all edges
exchangeable: what there would be without a past. Weights follow from the stream's own marginal
likelihood, before it ½ for none, the rest by the sizes of families:

    w(f | evidence)  ∝  w(f) p(evidence | f) .

So a past that has nothing to do with a stream is dropped within few rows, and costs nothing after.

    P(e)  =  Σ_f w(f | evidence) P(e exists | evidence, f)

and accepted is the largest set of edges, the most probable first, whose mean of 1 - P, its expected
share of false edges, is at most α: what Benjamini and Hochberg promise in the long run, per stream.

Sources: H. Schmidli, S. Gsteiger, S. Roychoudhury, A. O'Hagan, D. Spiegelhalter, B. Neuenschwander,
"Robust meta-analytic-predictive priors in clinical trials with historical control information",
Biometrics 70 (2014); M. A. Newton, A. Noueiry, D. Sarkar, P. Ahlquist, "Detecting differential gene
expression with a semiparametric hierarchical mixture method", Biostatistics 5 (2004), the rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, softmax

from scarcity.causal.prior import Expected
from scarcity.meta.evidence import Edge, Evidence, Table, side_by_side
from scarcity.meta.families import Family, families
from scarcity.meta.hierarchy import Expectation
from scarcity.meta.two_groups import (
    BEFORE,
    SMALLEST_VARIANCE,
    Slab,
    exchangeable,
    joined,
    merged,
    stacked,
)
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg, most_with_few_false

VAGUE = 0.5
"""w(0), before anything is known of the stream."""
ALPHA = 0.05
INFORMED = 0.5
"""Below this informative weight the past decides nothing: accepted is what own evidence shows."""
CONTRIBUTES = 0.01
"""From this weight on a stream is named as one that something rests on."""


@dataclass(frozen=True, eq=False)
class MixturePrior:
    """What to expect of a stream's edges; slabs (component, edge), the last one vague."""

    edges: tuple[Edge, ...]
    slab: Slab
    """(component, edge)"""
    weight: Floats
    """(component): given the stream's own evidence; sums to 1"""
    provenance: Mapping[str, float]
    """by stream: the weight of its family, times how far it belongs to it"""

    @property
    def informative(self) -> float:
        """How much of the weight is not the vague component's."""
        return 1.0 - float(self.weight[-1])

    def expected(self) -> Expected:
        """(edge): the informative part as one spike and one slab per edge.

            share  Σ w π ,   mean  Σ w π m / share ,   variance  Σ w π (v + m²) / share - mean²

        Its weight as a whole is `informative`; where nothing is left of it, nothing is said.
        """
        slab = self.slab
        each = self.weight[:-1, None] / max(self.informative, 1e-12) * slab.share[:-1]
        share = each.sum(axis=0)
        known = np.where((share > 0.0) & (self.informative > CONTRIBUTES), share, np.nan)
        mean = np.sum(each * slab.mean[:-1], axis=0) / known
        square = np.sum(each * (slab.variance[:-1] + slab.mean[:-1] ** 2), axis=0) / known
        se = np.sqrt(np.maximum(square - mean**2, SMALLEST_VARIANCE))
        return Expected(mean, se, np.zeros(len(mean), np.bool_), np.nan_to_num(known, nan=1.0))


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a stream's evidence and the past come to; arrays (edge)."""

    exists: Floats
    """P; NaN = not tested"""
    effect: Floats
    """mean of the effect, if the edge exists"""
    accepted: Bools

    @property
    def local_fdr(self) -> Floats:
        """How probable it is that there is no edge."""
        return 1.0 - self.exists


@dataclass(frozen=True, eq=False)
class Domain:
    """What was learnt from streams of one domain."""

    table: Table
    families: tuple[Family, ...]

    def prior_for(self, own: Evidence) -> MixturePrior:
        """What to expect of a stream that is not among them, given what its rows say so far."""
        if own.stream in self.table.streams:
            raise ValueError(
                f"{own.stream} would be told its own evidence: learn with leave_out={own.stream!r}"
            )
        alone = exchangeable(own.effect, own.se, own.kind, BEFORE)
        slab = stacked([*(self._told(own, family.expected) for family in self.families), alone])
        weight = self._weights(slab, own)
        return MixturePrior(own.edges, slab, weight, self._provenance(weight))

    def _told(self, own: Evidence, expected: Expectation) -> Slab:
        """(edge): by its name, else by its block, else by its kind."""
        kinds = merged(expected.blocks, self.table.counts, self.table.kind, BEFORE)
        return joined([expected.edges, expected.blocks, kinds]).at(self._places(own))

    def _places(self, own: Evidence) -> Ints:
        """(edge): where in edges, blocks and kinds, one behind the other, each is first known."""
        named = {key: place for place, key in enumerate(self.table.keys)}
        typed = {block: place for place, block in enumerate(self.table.blocks, len(named))}
        kinds = len(named) + len(typed)
        places = (
            named.get(key, typed.get(key.block, kinds + key.block.is_own))
            for key in own.keys(self.table.types)
        )
        return np.fromiter(places, np.int64, len(own.edges))

    def _weights(self, slab: Slab, own: Evidence) -> Floats:
        sizes = np.array([family.size for family in self.families])
        before = np.append((1.0 - VAGUE) * sizes / max(sizes.sum(), 1.0), VAGUE)
        likelihood = slab.log_marginal(own.effect, own.se).sum(axis=1)
        weight: Floats = softmax(np.log(before) + likelihood)
        return weight

    def _provenance(self, weight: Floats) -> dict[str, float]:
        belongs = np.array([family.belongs for family in self.families])
        share = weight[:-1] @ belongs.reshape(len(self.families), len(self.table.streams))
        told = zip(self.table.streams, share.tolist(), strict=True)
        return {stream: part for stream, part in told if part >= CONTRIBUTES}


def learn(streams: Sequence[Evidence], *, leave_out: str | None = None) -> Domain:
    """What streams of one domain have in common, one of them left out if it is to be told."""
    table = side_by_side([each for each in streams if each.stream != leave_out])
    return Domain(table, families(table))


def judge(
    prior: MixturePrior, own: Evidence, *, alpha: float = ALPHA, alone: Bools | None = None
) -> Posterior:
    """The edges of a stream, given its own evidence and what is to be expected of it.

    alone  (edge): what is accepted without a past, and stays where the past has nothing to say;
           None = what `shown_alone` says
    """
    exists = prior.weight @ prior.slab.exists(own.effect, own.se)
    exists = np.where(own.tested, exists, np.nan)
    mean, _ = prior.slab.effect_given(own.effect, own.se)
    weight = prior.weight[:, None] * prior.slab.exists(own.effect, own.se)
    effect = np.sum(weight * mean, axis=0) / np.sum(weight, axis=0)
    if prior.informative < INFORMED:
        return Posterior(exists, effect, shown_alone(own, alpha) if alone is None else alone)
    return Posterior(exists, effect, most_with_few_false(exists, alpha))


def shown_alone(own: Evidence, alpha: float = ALPHA) -> Bools:
    """(edge): what there would be without a past, after Benjamini and Hochberg."""
    shown: Bools = benjamini_hochberg(2.0 * ndtr(-np.abs(own.effect / own.se))) <= alpha
    return shown
