"""How much peers differ about an edge, beyond what their standard errors explain.

With w = 1 / se², k peers and the mean m = Σ w β / Σ w,

    Q = Σ w (β - m)² ~ χ²(k - 1) if all share one effect,    I² = max( 0, 1 - (k - 1) / Q ) ,

the share of what is seen between peers that is not chance. Its interval is that of H² = Q / (k - 1)
= 1 / (1 - I²), whose logarithm is about Gaussian: with

    s = ½ (ln Q - ln(k - 1)) / ( sqrt(2 Q) - sqrt(2 k - 3) )                 if Q > k ,
    s = sqrt( 1 / (2 (k - 2)) · ( 1 - 1 / (3 (k - 2)²) ) )                   otherwise,

ln H ± 1.96 s. A new peer's effect lies, in 95 of 100 cases, within

    μ ± t(k - 2; 0.975) sqrt( τ² + se(μ)² ) .

Sources: J. P. T. Higgins, S. G. Thompson, "Quantifying heterogeneity in a meta-analysis",
Statistics in Medicine 21 (2002); J. P. T. Higgins, S. G. Thompson, D. J. Spiegelhalter, "A
re-evaluation of random-effects meta-analysis", J. R. Stat. Soc. A 172 (2009).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from scarcity.federation.pooling.arrays import ratio, total
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.stats.arrays import Floats

COVERAGE = 0.95
"""Of all intervals."""
QUANTILE = float(ndtri(0.5 + COVERAGE / 2.0))


@dataclass(frozen=True, eq=False)
class Spread:
    """How much peers differ, edge by edge; NaN where fewer than two tested it."""

    q: Floats
    """(edge): Cochran's Q"""
    freedom: Floats
    """(edge): k - 1, which may be -1"""
    scale: Floats
    """(edge): C, by which Q exceeds its freedom per unit of τ²"""

    @property
    def tau2(self) -> Floats:
        """(edge): the variance between peers, after DerSimonian and Laird."""
        return np.maximum(0.0, ratio(self.q - self.freedom, self.scale))

    @property
    def i2(self) -> Floats:
        """(edge): I²"""
        known = np.where(self.freedom > 0.0, self.q, np.nan)
        inconsistent: Floats = 1.0 - self.freedom / np.maximum(known, self.freedom)
        return inconsistent

    @property
    def i2_interval(self) -> tuple[Floats, Floats]:
        """(edge), (edge): 95 % of I²; NaN where fewer than three tested it."""
        k = np.where(self.freedom > 1.0, self.freedom + 1.0, np.nan)
        q = np.maximum(self.q, np.finfo(float).tiny)
        log_h = 0.5 * np.log(np.maximum(q / (k - 1.0), 1.0))
        few = np.sqrt((1.0 - 1.0 / (3.0 * (k - 2.0) ** 2)) / (2.0 * (k - 2.0)))
        gap = np.where(q > k, np.sqrt(2.0 * q) - np.sqrt(2.0 * k - 3.0), 1.0)
        s = np.where(q > k, 0.5 * (np.log(q) - np.log(k - 1.0)) / gap, few)
        ends = (np.exp(2.0 * (log_h + side * QUANTILE * s)) for side in (-1.0, 1.0))
        low, high = (np.maximum(0.0, 1.0 - 1.0 / h2) for h2 in ends)
        return low, high


def spread(beliefs: Beliefs) -> Spread:
    """Of all peers in the beliefs, each weighed by how sure it is."""
    w = 1.0 / beliefs.se**2
    added = total(w)
    middle = ratio(total(w * beliefs.effect), added)
    q = total(w * (beliefs.effect - middle) ** 2)
    return Spread(
        q=q,
        freedom=beliefs.tested.sum(axis=0) - 1.0,
        scale=added - ratio(total(w**2), added),
    )


def prediction_interval(
    effect: Floats, se: Floats, tau2: Floats, freedom: Floats
) -> tuple[Floats, Floats]:
    """(edge), (edge): where a new peer's effect is to be expected; NaN below three peers.

    freedom  (edge): k - 1
    """
    quantile = stdtrit(np.where(freedom > 1.0, freedom - 1.0, np.nan), 0.5 + COVERAGE / 2.0)
    margin = quantile * np.sqrt(tau2 + se**2)
    return effect - margin, effect + margin
