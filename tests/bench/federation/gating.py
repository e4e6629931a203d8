"""What the local gate lets in: edges at the asking peer, after its held-out rows were foreseen."""

from dataclasses import dataclass, replace

import numpy as np

from scarcity.causal.gate import Gate, after_rows
from scarcity.causal.prior import Normal, edges_here
from scarcity.federation.pooling import Beliefs, edge_prior, pool
from scarcity.federation.rule_name import RuleName
from worlds.peers import Fleet, between, regression, standardised
from worlds.world import Floats

Q = 0.05


@dataclass(frozen=True, eq=False)
class Home:
    """The asking peer's own evidence, and the rows that it has not learnt from."""

    effect: Floats
    """(edge)"""
    se: Floats
    coefficients: Floats
    """(target, source): by least squares on the training rows"""
    residual: Floats
    """(variable): variances left there"""
    held_out: Floats
    """(time, variable), standardised by the training rows"""

    @property
    def alone(self) -> Normal:
        """What own evidence alone makes of its edges, drawn to zero as far as it is noise.

        Least squares on few rows forecasts so badly that anything that shrinks it would seem to
        help, a lie too.
        """
        signal = max(float(np.mean(self.effect**2 - self.se**2)), 1e-6)
        return Normal(0.0 * self.effect, np.full(len(self.effect), 1.0 / signal))

    def log_scores(self, prior: Normal) -> Floats:
        """(time): of each held-out row, in nats, given the row before it."""
        alone = self.alone
        total = alone.precision + prior.precision
        both = Normal(prior.precision * prior.mean / total, total)
        model = self.coefficients.copy()
        model[between(len(model))] = both.with_evidence(self.effect, self.se).mean
        missed = self.held_out[1:] - self.held_out[:-1] @ model.T
        density = -0.5 * (missed**2 / self.residual + np.log(2.0 * np.pi * self.residual))
        scores: Floats = density.sum(axis=1)
        return scores


def home(world: Fleet) -> Home:
    """Of the first peer."""
    training = world.training[0]
    coefficients, se = regression(training)
    values = standardised(training, training)
    missed = values[1:] - values[:-1] @ coefficients.T
    edges = between(world.setting.variables)
    held_out = standardised(world.held_out, training)
    return Home(coefficients[edges], se[edges], coefficients, missed.var(axis=0), held_out)


def gated(at: Home, beliefs: Beliefs, rule: RuleName, bad: int) -> tuple[Floats, float]:
    """(edge): the signs of edges here after the gate, and how far the import was trusted."""
    others = pool(beliefs, 0, rule=rule, bad=bad, counts_own=False)
    offered = edge_prior(others, at.effect, at.se, 1.0)
    gate = Gate()
    nothing = replace(offered, precision=0.0 * offered.precision)
    state = after_rows(gate, gate.start, at.log_scores(nothing), at.log_scores(offered))
    trust = gate.trust(state)
    prior = edge_prior(others, at.effect, at.se, trust)
    return edges_here(prior, at.effect, at.se, Q), trust
