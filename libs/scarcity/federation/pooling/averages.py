"""Rules that average, each peer by how sure it is. None of them withstands a peer that lies.

random effects: a peer's true effect θ_k is one of many, θ_k ~ N(μ, τ²). With w = 1 / se² and the
mean m they give,

    Q = Σ w (β - m)² ,    C = Σ w - Σ w² / Σ w ,    τ² = max( 0, (Q - (k - 1)) / C ) ,

and the weights are 1 / (se² + τ²). An estimate from a handful of peers is unsure, so it is drawn to
τ₀², that of all edges together (ΣQ - Σ(k - 1)) / ΣC, as if that were known from 4 more peers,

    τ² ← ( 4 τ₀² + (k - 1) τ² ) / ( 4 + k - 1 ) .

Source: R. DerSimonian, N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7
(1986). Shrinking is empirical Bayes with a scaled inverse χ² prior, as in G. K. Smyth, "Linear
models and empirical Bayes methods for assessing differential expression", Stat. Appl. Genet. Mol.
Biol. 3 (2004).
"""

from dataclasses import replace

import numpy as np

from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import Combined, Terms, counted, weighted
from scarcity.federation.pooling.heterogeneity import Spread, spread
from scarcity.stats.arrays import Floats

PRIOR_FREEDOM = 4.0
"""How many degrees of freedom what all edges have in common is worth."""


def mean(beliefs: Beliefs, terms: Terms) -> Combined:
    """Every peer alike: Σ β / k."""
    return weighted(beliefs, counted(beliefs, terms))


def inverse_variance(beliefs: Beliefs, terms: Terms) -> Combined:
    """One effect for all: Σ w β / Σ w, w = 1 / se²."""
    return weighted(beliefs, counted(beliefs, terms) / beliefs.se**2)


def random_effects(beliefs: Beliefs, terms: Terms) -> Combined:
    """The mean of the effects that peers have, which differ by τ²."""
    return combined_by(beliefs, counted(beliefs, terms))


def combined_by(
    beliefs: Beliefs, counting: Floats, prior_freedom: float = PRIOR_FREEDOM
) -> Combined:
    """Random effects of the peers that count (peer, 1): weights are 1 / (se² + τ²)."""
    counts = counting[:, 0] > 0.0
    tau2 = shrunk_tau2(spread(beliefs.of(counts)), prior_freedom) if counts.any() else 0.0
    total = replace(beliefs, se=np.sqrt(beliefs.se**2 + tau2))
    return weighted(total, counting / total.se**2)


def shrunk_tau2(found: Spread, prior_freedom: float = PRIOR_FREEDOM) -> Floats:
    """(edge): τ², drawn to that of all edges; 0 where nothing can be said."""
    known = found.freedom > 0.0
    excess = np.sum((found.q - found.freedom)[known])
    common = max(0.0, float(excess / max(np.sum(found.scale[known]), np.finfo(float).tiny)))
    mixed = (prior_freedom * common + found.freedom * np.where(known, found.tau2, 0.0)) / (
        prior_freedom + np.maximum(found.freedom, 0.0)
    )
    return np.where(known, mixed, common)
