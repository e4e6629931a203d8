"""How many rows a new stream needs, with a past and without: M1, M2.

Evidence is least squares on all lagged variables. Of each new stream an arm names the edges at each
number of rows on the grid; rows to a goal are those from which on the mean F1 stays there.

cold       Benjamini and Hochberg on own evidence
prior      what past streams of the domain lead one to expect
as normal  the same as one normal distribution per edge, used as a prior of the engine would be
Reptile    the mean that Reptile ends at, as a normal prior whose variance is that between streams;
           then Benjamini and Hochberg on mean over deviation
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from bench.meta.baselines import reptile_start
from bench.meta.scores import GRID, Curves, between
from scarcity.causal.prior import edges_here
from scarcity.meta import Evidence, judge, learn, shown_alone
from scarcity.meta.priors import ALPHA, Domain
from scarcity.stats.multiplicity import benjamini_hochberg
from worlds.domains import evidence_of, family, simulated, typed_family
from worlds.peers import between as off_diagonal
from worlds.world import Bools, Floats

NEW = 3
"""Streams that are new, of each family."""


@dataclass(frozen=True, slots=True)
class Case:
    """A past, and what the new streams have to do with it."""

    share: float
    past: int = 10
    rows: int = 1000
    """of each past stream"""
    stranger: float | None = None
    """the density of the other family that new streams are of; None = of the same"""


CASES = {
    "90 % shared, 10 domains": Case(0.9),
    "80 % shared, 10 domains": Case(0.8),
    "60 % shared, 10 domains": Case(0.6),
    "90 % shared, 3 domains": Case(0.9, past=3),
    "80 % shared, 3 domains": Case(0.8, past=3),
    "80 % shared, 30 domains": Case(0.8, past=30),
    "80 % shared, 10 domains of 400 rows": Case(0.8, rows=400),
}
UNRELATED = {
    "nothing shared": Case(0.0),
    "another family": Case(0.8, stranger=0.1),
    "another family, twice as dense": Case(0.8, stranger=0.2),
    "another family, half as dense": Case(0.8, stranger=0.05),
}


def measure(first: int, seeds: int) -> dict[str, object]:
    """Every case on so many seeds from the first on."""
    rng = np.random.default_rng(first)
    cases = {**CASES, **UNRELATED}
    curves = {name: _case(range(first, first + seeds), case) for name, case in cases.items()}
    curves["types only, 10 domains"] = _typed(range(first, first + seeds))
    return {
        name: {
            **each.report(),
            "gain": each.gain("prior"),
            "95 %": each.gain_interval("prior", rng),
        }
        for name, each in curves.items()
    }


def _case(seeds: range, case: Case) -> Curves:
    curves = Curves()
    for seed in seeds:
        rng = np.random.default_rng(seed)
        common = family(rng, case.share)
        past = np.stack([common.domain(rng) for _ in range(case.past)])
        values = simulated(rng, past, case.rows)
        domain = learn([evidence_of(f"past {k}", each) for k, each in enumerate(values)])
        start, spread = reptile_start(rng, values)
        theirs = common if case.stranger is None else family(rng, case.share, density=case.stranger)
        new = np.stack([theirs.domain(rng) for _ in range(NEW)])
        for truth, rows in zip(new, simulated(rng, new, GRID[-1]), strict=True):
            off = off_diagonal(len(truth))
            edges = truth[off]
            for count, own in _growing(rows):
                _judged(curves, count, domain, own, edges)
                curves.add("Reptile", count, _near(own, start[off], spread), edges)
    return curves


def _typed(seeds: range) -> Curves:
    curves = Curves()
    for seed in seeds:
        rng = np.random.default_rng(seed)
        common = typed_family(rng)
        past = [common.domain(rng) for _ in range(10 + NEW)]
        values = simulated(rng, np.stack([structure for structure, _ in past[:10]]), 1000)
        domain = learn(
            [
                evidence_of(f"past {k}", rows, types, prefix=f"{k}.")
                for k, (rows, (_, types)) in enumerate(zip(values, past, strict=False))
            ]
        )
        new = simulated(rng, np.stack([structure for structure, _ in past[10:]]), GRID[-1])
        for rows, (truth, types) in zip(new, past[10:], strict=True):
            edges = truth[off_diagonal(len(truth))]
            if np.sum(edges != 0.0) >= 5:  # F1 of hardly any edge says nothing
                for count, own in _growing(rows, types):
                    _judged(curves, count, domain, own, edges)
    return curves


def _growing(rows: Floats, types: list[str] | None = None) -> Iterator[tuple[int, Evidence]]:
    for count in GRID:
        yield count, between(evidence_of("new", rows[: count + 1], types, prefix="x"))


def _judged(curves: Curves, count: int, domain: Domain, own: Evidence, truth: Floats) -> None:
    prior = domain.prior_for(own)
    found = judge(prior, own)
    normal = prior.expected().normal.weighed(own.effect, own.se, prior.informative)
    sign = edges_here(normal, own.effect, own.se, ALPHA)
    curves.add("as normal", count, (sign != 0.0, sign), truth)
    curves.add("cold", count, (shown_alone(own), own.effect), truth)
    curves.add("prior", count, (found.accepted, found.effect), truth)


def _near(own: Evidence, start: Floats, spread: float) -> tuple[Bools, Floats]:
    precision = own.se**-2.0 + 1.0 / spread
    mean = (own.effect / own.se**2 + start / spread) / precision
    q_values = benjamini_hochberg(2.0 * ndtr(-np.abs(mean) * np.sqrt(precision)))
    return q_values <= ALPHA, mean
