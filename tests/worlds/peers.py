"""Deployments that watch the same kind of plant, each with rows of its own.

All follow one vector autoregression, x(t+1) = A x(t) + e(t), e ~ N(0, 1), or each a relative of it:

    A_k = A, its edges N(0, 0.06) apart, a fifth of them missing, 1 % of the other pairs linked,

and then each variable has a scale exp(N(0, 1)) and a mean N(0, 3) of its own at every peer.
"""

from dataclasses import dataclass

import numpy as np

from scarcity.federation.pooling import Beliefs
from worlds.world import Bools, Floats

BURN_IN = 50
DENSITY = 0.1
WEAKEST, STRONGEST = 0.07, 0.22
"""Of the coefficients between variables."""
LARGEST_RADIUS = 0.9
APART = 0.06
MISSING = 0.2
OF_ITS_OWN = 0.01


@dataclass(frozen=True, slots=True)
class Setting:
    """What the deployments are like."""

    peers: int = 20
    rows: int = 200
    held_out: int = 0
    """further rows of the first peer"""
    variables: int = 20
    alike: bool = True
    overlap: float = 1.0
    """the share of the variables that each peer has"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Observations of peers, and what is true of all of them."""

    setting: Setting
    values: Floats
    """(peer, time, variable), the held-out rows last"""
    has: Bools
    """(peer, variable)"""
    sign: Floats
    """(edge): of the coefficient of the common structure, 0 where there is no edge"""
    own_sign: Floats
    """(edge): the same of the first peer's structure"""

    @property
    def training(self) -> Floats:
        """(peer, time, variable): what evidence may be made of; one row more than transitions."""
        return self.values[:, : self.setting.rows + 1]

    @property
    def held_out(self) -> Floats:
        """(time, variable) of the first peer, beginning with its last training row."""
        return self.values[0, self.setting.rows :]


def between(variables: int) -> Bools:
    """(target, source): which coefficients are edges; in this order they are numbered."""
    return ~np.eye(variables, dtype=np.bool_)


def fleet(rng: np.random.Generator, setting: Setting) -> Fleet:
    """One structure, and peers that follow it more or less."""
    common = _structure(rng, setting.variables)
    shape = (setting.peers, setting.variables)
    own = np.repeat(common[None], setting.peers, axis=0)
    scale, mean = np.ones(shape), np.zeros(shape)
    if not setting.alike:
        own = np.stack([_relative(rng, common) for _ in range(setting.peers)])
        scale, mean = np.exp(rng.normal(size=shape)), rng.normal(0.0, 3.0, shape)
    values = _run(rng, own, setting.rows + 1 + setting.held_out)
    kept = round(setting.overlap * setting.variables)
    has = np.argsort(rng.random(shape), axis=1) < kept
    return Fleet(
        setting,
        values * scale[:, None] + mean[:, None],
        has,
        np.sign(common[between(setting.variables)]),
        np.sign(own[0][between(setting.variables)]),
    )


def evidence(world: Fleet) -> Beliefs:
    """What each peer finds by ordinary least squares on its own rows, standardised."""
    d = world.setting.variables
    effect = np.full((len(world.values), d, d), np.nan)
    se = effect.copy()
    for peer, (values, has) in enumerate(zip(world.training, world.has, strict=True)):
        block = np.ix_([peer], has, has)
        found = regression(values[:, has])
        effect[block], se[block] = found[0][None], found[1][None]
    edges = between(d)
    rows = np.full(len(effect), float(world.setting.rows))
    return Beliefs(effect[:, edges], se[:, edges], rows)


def regression(values: Floats) -> tuple[Floats, Floats]:
    """Coefficients and standard errors (target, source) of x(t+1) on x(t), standardised."""
    past, next_ = standardised(values[:-1], values), standardised(values[1:], values)
    past, next_ = past - past.mean(axis=0), next_ - next_.mean(axis=0)
    rows, d = past.shape
    inverse = np.linalg.inv(past.T @ past)
    coefficients = (inverse @ past.T @ next_).T
    left = ((next_ - past @ coefficients.T) ** 2).sum(axis=0) / (rows - d - 1)
    return coefficients, np.sqrt(np.outer(left, np.diag(inverse)))


def standardised(values: Floats, like: Floats) -> Floats:
    """(time, variable) in standard deviations from the mean of other rows."""
    scaled: Floats = (values - like.mean(axis=0)) / like.std(axis=0)
    return scaled


def _structure(rng: np.random.Generator, d: int) -> Floats:
    linked = (rng.random((d, d)) < DENSITY) & between(d)
    size = rng.uniform(WEAKEST, STRONGEST, (d, d)) * rng.choice([-1.0, 1.0], (d, d))
    return _tamed(np.where(linked, size, 0.0) + np.diag(rng.uniform(0.2, 0.5, d)))


def _relative(rng: np.random.Generator, common: Floats) -> Floats:
    d = len(common)
    edge = (common != 0.0) & between(d)
    own = common + np.where(edge, rng.normal(0.0, APART, (d, d)), 0.0)
    own[edge & (rng.random((d, d)) < MISSING)] = 0.0
    more = between(d) & ~edge & (rng.random((d, d)) < OF_ITS_OWN)
    size = rng.uniform(WEAKEST, STRONGEST, (d, d)) * rng.choice([-1.0, 1.0], (d, d))
    return _tamed(np.where(more, size, own))


def _tamed(coefficients: Floats) -> Floats:
    radius = float(np.max(np.abs(np.linalg.eigvals(coefficients))))
    return coefficients * min(1.0, LARGEST_RADIUS / radius)


def _run(rng: np.random.Generator, structures: Floats, rows: int) -> Floats:
    """(peer, time, variable) from (peer, target, source)."""
    peers, d, _ = structures.shape
    values = rng.normal(size=(rows + BURN_IN, peers, d, 1))
    for t in range(1, len(values)):
        values[t] += structures @ values[t - 1]
    return np.ascontiguousarray(values[BURN_IN:, :, :, 0].swapaxes(0, 1))
