"""PCMCI: parents by PC1, then the MCI test of every link, lagged and contemporaneous.

A link is accepted when its p-value is at most alpha. With false-discovery control it is the
q-value of Benjamini and Hochberg, of which all lagged links are one family, own lags included;
links at lag 0 stay as they are. A link at lag 0 has no direction: both entries carry the less
significant of its two tests, which differ only when conditions are limited, while acceptance is
each entry's own.

Source: J. Runge et al., "Detecting and quantifying causal associations in large nonlinear time
series datasets", Science Advances 5 (2019).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scarcity.causal.exact.independence import PartialCorrelations
from scarcity.causal.exact.levels import Level, check_counts, levels
from scarcity.causal.exact.momentary import Momentary, keeps_own, symmetric
from scarcity.causal.exact.parents import Limits, Parent, as_parents, select
from scarcity.causal.exact.sample import LaggedSample
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.multiplicity import benjamini_hochberg

LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Tried for every target when pc_alpha is None."""


@dataclass(frozen=True, slots=True)
class PcmciConfig:
    """How to look; the names and defaults of tigramite. ValueError when a value makes no sense.

    pc_alpha          the level of PC1: one, or several (None: `LEVELS`) chosen from by AIC
    alpha             the level at which a link is accepted
    max_conds_dim     the most conditions of a test of PC1; None = no limit, here and below
    max_combinations  how many sets of conditions of each size PC1 tries
    max_conds_py      the most parents of the target that MCI conditions on
    max_conds_px      the most parents of the source
    fdr               "bh" = control the false-discovery rate, None = do not
    """

    pc_alpha: Level = 0.2
    alpha: float = 0.05
    max_conds_dim: int | None = None
    max_combinations: int = 1
    max_conds_py: int | None = None
    max_conds_px: int | None = None
    fdr: Literal["bh"] | None = None

    def __post_init__(self) -> None:
        levels(self.pc_alpha, LEVELS)
        if not 0.0 <= self.alpha <= 1.0:
            raise ValueError(f"alpha must lie between 0 and 1, not {self.alpha}")
        check_counts(
            max_conds_dim=self.max_conds_dim,
            max_conds_py=self.max_conds_py,
            max_conds_px=self.max_conds_px,
        )
        if self.max_combinations < 1:
            raise ValueError(f"max_combinations must be at least 1, not {self.max_combinations}")


DEFAULTS = PcmciConfig()


@dataclass(frozen=True, slots=True)
class PcmciResult:
    """Every link that PCMCI tested; arrays (lag, source, target), lags 0 … L.

    A variable against itself at lag 0 is no link: value 0, p-value 1.
    """

    value: Floats
    """Partial correlations"""
    p_value: Floats
    q_value: Floats | None
    """None without false-discovery control"""
    accepted: Bools
    conditions: Ints
    """How many columns each test was conditioned on"""
    parents: tuple[tuple[Parent, ...], ...]
    """What PC1 kept for each target, strongest first"""


def pcmci(sample: LaggedSample, config: PcmciConfig = DEFAULTS) -> PcmciResult:
    """Run PCMCI on a sample."""
    tests = PartialCorrelations(sample)
    limits = Limits(config.max_conds_dim, config.max_combinations)
    alphas = levels(config.pc_alpha, LEVELS)
    d = sample.variables
    parents = tuple(select(tests, target, alphas, limits).parents for target in range(d))
    momentary = Momentary(
        tests, parents, config.max_conds_py, config.max_conds_px, config.max_conds_px
    )
    value, p_value, conditions = _every_link(momentary)
    q_value = lagged_q_values(p_value) if config.fdr else None
    accepted: Bools = (p_value if q_value is None else q_value) <= config.alpha
    own = keeps_own(p_value[0])
    return PcmciResult(
        value=symmetric(value, own),
        p_value=symmetric(p_value, own),
        q_value=None if q_value is None else symmetric(q_value, own),
        accepted=accepted,
        conditions=symmetric(conditions, own).astype(np.int64),
        parents=tuple(as_parents(columns, d) for columns in parents),
    )


def lagged_q_values(p_value: Floats) -> Floats:
    """(lag, source, target): q-values of the lagged links as one family; the p-values at lag 0."""
    q_value = p_value.copy()
    q_value[1:] = benjamini_hochberg(p_value[1:])
    return q_value


def _every_link(momentary: Momentary) -> tuple[Floats, Floats, Floats]:
    """Value, p-value and number of conditions (lag, source, target)."""
    d, lags = momentary.tests.variables, momentary.tests.max_lag + 1
    tested = np.zeros((3, lags, d, d))
    tested[1] = 1.0
    for lag, source, target in np.ndindex(lags, d, d):
        if lag or source != target:
            tested[:, lag, source, target] = momentary.test(lag, source, target)
    value, p_value, conditions = tested
    return value, p_value, conditions
