"""Sparse worlds: a few causes for each variable, and each assumption of a method broken in turn.

    x_j(t) = b_j x_j(t-1) + Σ_k Σ_{i≠j} B[k, i, j] f(x_i(t-k)) + e_j(t),        k = 0 … L

Every variable remembers its own last value; it has two causes on average (binomial, at most four),
each at one lag drawn from 1 to L, of random sign. Coefficients between variables are damped until
the linear part is stable with a margin. The noise of each variable has a scale of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from worlds.var import spectral_radius
from worlds.world import Bools, Floats, World, units

BURN_IN = 300

Span = tuple[float, float]
Response = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What coefficients are drawn from: ranges of absolute values."""

    max_lag: int = 3
    causes: float = 2.0
    """of a variable, on average; at most twice as many"""
    own: Span = (0.3, 0.8)
    size: Span = (0.15, 0.4)
    instant: float = 0.0
    """the chance that a variable has a cause at lag 0"""
    instant_size: Span = (0.2, 0.5)
    radius: float = 0.95
    """below which the spectral radius must be"""


LINEAR = Recipe()
INSTANT = Recipe(instant=0.6)
NEAR_UNIT_ROOT = Recipe(own=(0.9, 0.98), radius=0.985)
APART = Recipe(causes=0.0, own=(0.3, 0.95))
HIDDEN_OWN: Span = (0.3, 0.8)
HIDDEN_SIZE: Span = (0.3, 0.6)
HIDDEN_TARGETS = 3


def linear(rng: np.random.Generator, d: int, rows: int) -> World:
    """Gaussian noise, lags 1 to 3."""
    return _linear_world(rng, LINEAR, gaussian(rng, rows, d))


def heavy(rng: np.random.Generator, d: int, rows: int) -> World:
    """Noise of Student's t with 3 degrees of freedom, scaled to variance 1."""
    return _linear_world(rng, LINEAR, rng.standard_t(3, (rows + BURN_IN, d)) / np.sqrt(3.0))


def contemporaneous(rng: np.random.Generator, d: int, rows: int) -> World:
    """Six variables of ten have a cause at lag 0 too; these edges have no cycle."""
    return _linear_world(rng, INSTANT, gaussian(rng, rows, d))


def near_unit_root(rng: np.random.Generator, d: int, rows: int) -> World:
    """Own coefficients of 0.9 to 0.98."""
    return _linear_world(rng, NEAR_UNIT_ROOT, gaussian(rng, rows, d))


def noise(rng: np.random.Generator, d: int, rows: int) -> World:
    """Every variable remembers its own past, and nothing drives another."""
    return _linear_world(rng, APART, gaussian(rng, rows, d))


def tanh(rng: np.random.Generator, d: int, rows: int) -> World:
    """Causes that saturate: f(x) = 1.5 tanh(2x); noise of variance 1."""
    coefficients = draw(rng, d, LINEAR)
    values = run(coefficients, gaussian(rng, rows, d), response=saturating)
    return observed(rng, values, coefficients != 0.0)


def quadratic(rng: np.random.Generator, d: int, rows: int) -> World:
    """Causes without a linear trace: f(x) = min(x², 6) - 1; noise of variance 1.

    Own coefficients are shrunk by 0.6 and those between variables by 0.8, which keeps x near unit
    variance.
    """
    own = np.eye(d, dtype=np.bool_)
    coefficients = draw(rng, d, LINEAR)
    coefficients *= np.where(own, 0.6, 0.8)
    values = run(coefficients, gaussian(rng, rows, d), response=even)
    return observed(rng, values, coefficients != 0.0)


def hidden(rng: np.random.Generator, d: int, rows: int) -> World:
    """One variable in six is not observed; it has no cause, and drives three that are.

    Its own coefficient is 0.3 to 0.8, those to its targets are 0.3 to 0.6, at random lags.
    """
    unseen = max(1, d // 5)
    coefficients = _confounded(rng, d, unseen)
    noise = gaussian(rng, rows, d + unseen) * rng.uniform(0.5, 2.0, d + unseen)
    values = run(coefficients, noise)[:, :d]
    return observed(rng, values, (coefficients != 0.0)[:, :d, :d])


def regime(rng: np.random.Generator, d: int, rows: int) -> World:
    """Half way, another structure takes over."""
    return regimes(rng, d, (rows // 2, rows - rows // 2))


def regimes(
    rng: np.random.Generator, d: int, lengths: tuple[int, ...], recipe: Recipe = LINEAR
) -> World:
    """One structure after another, each for so many rows; noise keeps its scales."""
    scale = rng.uniform(0.5, 2.0, d)
    parts: list[Floats] = []
    coefficients = np.zeros(0)
    for rows in lengths:
        coefficients = draw(rng, d, recipe)
        noise = rng.normal(size=(rows if parts else rows + BURN_IN, d)) * scale
        before = parts[-1][-recipe.max_lag :] if parts else None
        parts.append(run(coefficients, noise, before=before))
    world = observed(rng, np.vstack(parts), coefficients != 0.0, coefficients)
    return replace(world, changes=tuple(np.cumsum(lengths)[:-1].tolist()))


def wide(rng: np.random.Generator, d: int, rows: int) -> World:
    """Linear and stable by construction, so that hundreds of variables are quickly made.

    Each variable has own coefficient 0.3 to 0.6 and two causes of 0.1 to 0.17 at lags 1 to 3:
    absolute values sum to less than 1.
    """
    coefficients = np.zeros((4, d, d))
    coefficients[1] = np.diag(rng.uniform(0.3, 0.6, d))
    for target in range(d):
        for source in _others(rng, d, target, 2):
            coefficients[rng.integers(1, 4), source, target] = _signed(rng, (0.1, 0.17))
    values = run(coefficients, gaussian(rng, rows, d))
    return observed(rng, values, coefficients != 0.0, coefficients)


def draw(rng: np.random.Generator, d: int, recipe: Recipe) -> Floats:
    """Coefficients (lag, source, target) of a stable structure."""
    coefficients = np.zeros((recipe.max_lag + 1, d, d))
    coefficients[1] = np.diag(rng.uniform(*recipe.own, d))
    most = 2 * int(np.ceil(recipe.causes))
    for target in range(d):
        count = min(d - 1, rng.binomial(most, recipe.causes / most)) if most else 0
        for source in _others(rng, d, target, count):
            lag = rng.integers(1, recipe.max_lag + 1)
            coefficients[lag, source, target] = _signed(rng, recipe.size)
    if recipe.instant:
        coefficients[0] = _instant(rng, d, recipe)
    return damped(coefficients, recipe.radius)


def damped(coefficients: Floats, radius: float) -> Floats:
    """The same structure, lagged coefficients between variables shrunk until it is stable."""
    lags, d, _ = coefficients.shape
    between = np.ones((lags, d, d), dtype=np.bool_)
    between[0] = False
    between &= ~np.eye(d, dtype=np.bool_)
    while spectral_radius(reduced(coefficients)) >= radius:
        coefficients = np.where(between, 0.93 * coefficients, coefficients)
    return coefficients


def reduced(coefficients: Floats) -> Floats:
    """(lag - 1, source, target): the same dynamics without lag 0, B[k] (1 - B[0])⁻¹."""
    d = coefficients.shape[1]
    return coefficients[1:] @ np.linalg.inv(np.eye(d) - coefficients[0])


def run(
    coefficients: Floats,
    noise: Floats,
    *,
    response: Response | None = None,
    before: Floats | None = None,
) -> Floats:
    """Let a structure (lag, source, target) act on this noise (time, variable).

    response  how causes act, own past excepted; None = linearly. Not with edges at lag 0
    before    the rows that came before; without them it starts at 0 and drops the burn-in
    """
    lags, d = len(coefficients) - 1, noise.shape[1]
    instantly = np.linalg.inv(np.eye(d) - coefficients[0])
    newest_first = reduced(coefficients).reshape(lags * d, d)
    own = np.where(np.tile(np.eye(d, dtype=np.bool_), (lags, 1)), newest_first, 0.0)
    values = np.vstack([np.zeros((lags, d)) if before is None else before, noise @ instantly])
    for t in range(lags, len(values)):
        past = values[t - lags : t][::-1].ravel()
        if response is None:
            values[t] += past @ newest_first
        else:
            values[t] += past @ own + response(past) @ (newest_first - own)
    return values[lags + (BURN_IN if before is None else 0) :]


def saturating(x: Floats) -> Floats:
    """Nearly a sign."""
    bent: Floats = 1.5 * np.tanh(2.0 * x)
    return bent


def even(x: Floats) -> Floats:
    """Bounded, of mean near 0, and blind to signs."""
    bent: Floats = np.minimum(x * x, 6.0) - 1.0
    return bent


def gaussian(rng: np.random.Generator, rows: int, d: int) -> Floats:
    """Standard noise for so many rows, and for the burn-in."""
    return rng.normal(size=(rows + BURN_IN, d))


def observed(
    rng: np.random.Generator, values: Floats, edges: Bools, coefficients: Floats | None = None
) -> World:
    """A world in random units, from edges and coefficients (lag, source, target)."""
    scale, offset = units(rng, values.shape[1])
    return World(
        values=values * scale + offset,
        truth=edges[1:],
        instant=edges[0] if edges[0].any() else None,
        coefficients=None if coefficients is None else coefficients * scale / scale[:, None],
    )


def _linear_world(rng: np.random.Generator, recipe: Recipe, noise: Floats) -> World:
    d = noise.shape[1]
    coefficients = draw(rng, d, recipe)
    values = run(coefficients, noise * rng.uniform(0.5, 2.0, d))
    return observed(rng, values, coefficients != 0.0, coefficients)


def _confounded(rng: np.random.Generator, d: int, unseen: int) -> Floats:
    """Coefficients of which the last variables are to be hidden."""
    coefficients = draw(rng, d + unseen, LINEAR)
    coefficients[:, d:] = 0.0
    coefficients[:, :, d:] = 0.0
    for confounder in range(d, d + unseen):
        coefficients[1, confounder, confounder] = rng.uniform(*HIDDEN_OWN)
        for target in rng.choice(d, min(d, HIDDEN_TARGETS), replace=False):
            lag = rng.integers(1, len(coefficients))
            coefficients[lag, confounder, target] = _signed(rng, HIDDEN_SIZE)
    return damped(coefficients, LINEAR.radius)


def _instant(rng: np.random.Generator, d: int, recipe: Recipe) -> Floats:
    """(source, target): in a random order of the variables, causes come before effects."""
    coefficients = np.zeros((d, d))
    order = rng.permutation(d)
    for later in range(1, d):
        if rng.random() < recipe.instant:
            earlier = rng.integers(later)
            place = order[earlier], order[later]
            coefficients[place] = _signed(rng, recipe.instant_size)
    return coefficients


def _others(rng: np.random.Generator, d: int, target: int, count: int) -> list[int]:
    return [int(other) for other in rng.choice(np.delete(np.arange(d), target), count, False)]


def _signed(rng: np.random.Generator, size: Span) -> float:
    return float(rng.choice([-1.0, 1.0]) * rng.uniform(*size))
