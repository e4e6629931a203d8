"""Whether a window still obeys the model, and if not, since which row.

With e_j(t) the residuals of the window's w rows, clipped at 4 σ_j, and s_c(t) its lagged sources
and the constant, all about the means that the model knows,

    r_cj² = w (Σ_t s_c e_j)² / ( h_cj Σ_t s_c² Σ_t e_j² ) ,
    h_cj = 1 + Σ_t s_c p' V_j Σ_t p s_c / Σ_t s_c² ,

is about 1 while nothing has changed: the true residuals are a martingale difference, whatever the
sources do, so that neither heavy tails nor a root near one matter; r does not depend on the scale
of the noise; and h is what the error of the coefficients of the parents p, of covariance σ² V_j,
adds, which is much when the window lies far from where the model was learned. (For lags above 1,
h is taken from lag 1.) What the residuals owed to a column in the past, though it is no parent, is
taken off Σ s_c e_j, and its error added to h. The mean T of all r² is compared with χ² of ν degrees
of freedom, T ν ~ χ²_ν: with C the correlations of the d sources at lag 1 in this very window,

    ν = d · d² / ‖C‖² ,

since sources that move together count once (Satterthwaite). The same is asked of each target
alone, with its ν = d² / ‖C‖², so that a change of one edge is not drowned by the others. The
window has changed when either p-value, the number of tests allowed for, is below 10⁻⁸.

h is at least 1, and ν is largest where sources do not move together. Where not even h = 1 and the
largest ν make a change of it, which is nearly always, neither has to be computed.

The change is placed where residuals begin to be larger than the model says: with m the mean of the
e² of a row, 1 before, and M its mean in the last quarter of the window, at the row τ that maximises
Σ_{t ≥ τ} ( m_t - (1 + M)/2 ), as a cumulative sum test would have it.

Source: F. E. Satterthwaite, "An approximate distribution of estimates of variance components",
Biometrics Bulletin 2 (1946).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from scarcity.causal.model import Equations, Model, residuals
from scarcity.stats.arrays import Bools, Floats
from scarcity.stats.compiled import compiled
from scarcity.stats.subset import NONE

CHANGED = 1e-8
"""The p-value of a change."""

CLIP = 4.0
"""In standard deviations: one outlier is no change."""

SMALLEST_SIZE = 1e-12
"""Below it, a sum of squares is 0."""

FEWEST_ROWS = 16
"""A window with fewer rows is not judged."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a window says of a model."""

    p_value: float
    """1 when the window cannot speak"""
    first: int
    """the row of the window from which on a change, if there is one, holds"""

    @property
    def changed(self) -> bool:
        return self.p_value < CHANGED


@dataclass(frozen=True, slots=True)
class Reading:
    """A window as a model sees it: the rows that follow the first L."""

    model: Model
    about: Floats
    """(variable, time): all rows about the means that the model knows, clipped"""
    residuals: Floats
    """(variable, time): e in units of σ, clipped; NaN = unknown"""
    is_whole: bool
    """whether nothing is missing of the variables that the model knows"""

    @property
    def rows(self) -> int:
        return len(self.residuals.T)

    def score(self, common: Bools) -> float:
        """The mean log density of the rows, of the variables that are common (variable)."""
        return float(self.scores(common).mean())

    def scores(self, common: Bools) -> Floats:
        """(time): the log density of each row."""
        return log_scores(self.residuals, self.model.equations.noise, common)


def read(stretch: Floats, model: Model) -> Reading:
    """Read rows (time, variable) that follow the first L; NaN = missing."""
    rows = np.ascontiguousarray(stretch.T)
    e = residuals(rows, model.max_lag, model.equations)
    about = np.empty(rows.shape)
    is_whole = _read(rows, model.equations, (model.mean, model.spread), about, e)
    return Reading(model, about, e, is_whole)


def obeys(reading: Reading) -> bool:
    """Whether the rows are surely no change; False = look closer."""
    model, rows = reading.model, reading.rows
    if not reading.is_whole or rows < FEWEST_ROWS:
        return False
    d = len(reading.about)
    products = np.empty((model.max_lag, d, d))
    for k in range(1, model.max_lag + 1):
        before = reading.about[:, model.max_lag - k :][:, :rows]
        np.matmul(reading.residuals, before.T, out=products[k - 1])
    fits = (model.effect, model.inflation, model.spread)
    found = _most(products, reading.about, reading.residuals, model.equations, fits)
    largest, overall, known = found
    of_all = chdtrc(known * known, overall * known * known)
    single = known * chdtrc(known, largest * known)
    return bool(2.0 * min(of_all, single) >= CHANGED)


def judge(reading: Reading) -> Verdict:
    """Judge the rows."""
    model, rows = reading.model, reading.rows
    usable = model.known & (np.sum(~np.isnan(reading.residuals), axis=1) >= FEWEST_ROWS)
    if not usable.any():
        return Verdict(1.0, 0)
    e = np.ascontiguousarray(reading.residuals[usable].T)
    about = np.where(usable[:, None], reading.about, 0.0).T
    lagged = np.stack([about[model.max_lag - k :][:rows] for k in range(model.max_lag + 1)])
    squared = _excess(lagged, e, model, usable)
    near = lagged[1][:, usable]
    size = np.maximum(np.sum(near**2, axis=0), SMALLEST_SIZE)
    alike = np.sum((near.T @ near) ** 2 / np.outer(size, size))
    d = int(usable.sum())
    independent = d**2 / alike
    overall = chdtrc(independent * d, squared.mean() * independent * d)
    single = chdtrc(independent, squared.mean(axis=0) * independent)
    p_value = min(1.0, 2.0 * min(float(overall), d * float(single.min())))
    return Verdict(p_value, _onset(e))


@compiled
def log_scores(reading: Floats, noise: Floats, common: Bools) -> Floats:
    """(time): log densities of rows of residuals (variable, time), of some variables (variable).

    Residuals, in units of the noise (variable), are clipped at 4 σ; missing ones count as 1 σ.
    """
    scores = np.zeros(reading.shape[1])
    for j in range(len(reading)):
        if common[j]:
            level = np.log(noise[j]) + np.log(2.0 * np.pi) / 2.0
            for t in range(len(scores)):
                e = reading[j, t]
                surprise = 1.0 if np.isnan(e) else e * e
                scores[t] -= level + surprise / 2.0
    return scores


@compiled
def _read(
    stretch: Floats,
    equations: Equations,
    known: tuple[Floats, Floats],
    about: Floats,
    residuals: Floats,
) -> bool:
    """Fill in `about`, and clip residuals; known: means and standard deviations."""
    mean, spread = known
    is_whole = True
    for j in range(len(stretch)):
        own, into, e, level = stretch[j], about[j], residuals[j], mean[j]
        if np.isnan(equations.intercept[j]):
            into[:] = 0.0
            e[:] = np.nan
            continue
        reach, noise, count = CLIP * spread[j], equations.noise[j], 0
        for t in range(len(own)):
            value = own[t] - level
            count += not np.isnan(value)
            value = min(reach, value)
            value = max(-reach, value)
            into[t] = value
        if count < len(own):
            is_whole = False
            for t in range(len(own)):
                if np.isnan(own[t]):
                    into[t] = 0.0
        for t in range(len(e)):
            value = e[t] / noise
            value = min(value, CLIP)
            value = max(value, -CLIP)
            e[t] = value
    return is_whole


@compiled
def _most(
    products: Floats,
    about: Floats,
    residuals: Floats,
    equations: Equations,
    fits: tuple[Floats, Floats, Floats],
) -> tuple[float, float, float]:
    """The largest mean r² of a target, that of all, and how many there are; with h = 1.

    products (lag from 1, target, source); fits: effect, inflation (target, column), spread.
    """
    effect, inflation, spread = fits
    lags, d, _ = products.shape
    rows, width = residuals.shape[1], lags + 1
    known = np.isfinite(equations.intercept) & (equations.noise > 0.0)
    size, slope = np.zeros((lags, d)), np.empty(d * width)
    for i in range(d):
        for k in range(1, width):
            for value in about[i, lags - k : lags - k + rows]:
                size[k - 1, i] += value * value
    sources = float(known.sum())
    largest, total = 0.0, 0.0
    for j in range(d):
        if not known[j]:
            continue
        level, variance = 0.0, SMALLEST_SIZE
        for e in residuals[j]:
            level += e
            variance += e * e
        _slopes(j, effect[j], inflation[j], equations, slope)
        unit = spread[j] / equations.noise[j]
        sums = 0.0
        for k in range(1, width):
            product, own = products[k - 1, j], size[k - 1]
            for i in range(d):
                by = slope[i * width + k] * unit / spread[i]
                surprise = product[i] - by * own[i]
                found = surprise * surprise / max(own[i], SMALLEST_SIZE)
                sums += found if known[i] else 0.0
        mean_of_target = (level * level + rows * sums) / variance / (1.0 + lags * sources)
        largest = max(largest, mean_of_target)
        total += mean_of_target
    return largest, total / max(sources, 1.0), sources


@compiled
def _slopes(
    target: int, effect: Floats, inflation: Floats, equations: Equations, slope: Floats
) -> None:
    """The covariances of the residuals of a target with columns that are no parents, else 0."""
    width = len(effect) // len(equations.noise)
    for c in range(len(effect)):
        its = effect[c] / inflation[c]
        slope[c] = 0.0 if np.isnan(its) else its
    for place in range(equations.sources.shape[1]):
        source = equations.sources[target, place]
        if source == NONE:
            break
        slope[source * width + equations.lags[target, place]] = 0.0


def _excess(lagged: Floats, e: Floats, model: Model, usable: Bools) -> Floats:
    """r² (source and lag, the constant last; target) of rows (lag, time, variable)."""
    rows = len(e)
    noise = model.equations.noise[usable]
    error = _error(lagged, model)[:, usable]
    present = ~np.isnan(e)
    whole, rows = present.all(), present.sum(axis=0)
    e = np.where(present, e, 0.0)
    variance = np.maximum(np.sum(e**2, axis=0), SMALLEST_SIZE)
    found = [e.sum(axis=0) ** 2 / (variance * error[-1])]
    unexplained = model.unexplained
    for k in range(1, model.max_lag + 1):
        source = lagged[k][:, usable]
        squared = source**2
        size = squared.sum(axis=0)[:, None] if whole else squared.T @ present
        slope = unexplained[k][np.ix_(usable, usable)] / noise
        learned = size / (model.rows * model.spread[usable, None] ** 2)
        doubt = error[:-1][usable] + np.where(slope != 0.0, learned, 0.0)
        surprise = source.T @ e - slope * size
        found.append(rows * surprise**2 / (np.maximum(size, SMALLEST_SIZE) * variance * doubt))
    return np.vstack(found)


def _error(lagged: Floats, model: Model) -> Floats:
    """H (source at lag 1 and, last, the constant; target) of rows (lag, time, variable)."""
    width, rows, d = lagged.shape
    near = np.hstack([lagged[1], np.ones((rows, 1))])
    crossed = (lagged.transpose(0, 2, 1).reshape(width * d, rows) @ near).reshape(width, d, d + 1)
    size = np.sum(near**2, axis=0)
    level = np.where(size > 0.0, near.sum(axis=0) ** 2, 0.0) / model.rows
    return _inflation(crossed, level, size, model.equations, model.doubt)


@compiled
def _inflation(
    crossed: Floats, level: Floats, size: Floats, equations: Equations, doubt: Floats
) -> Floats:
    sources, lags = equations.sources, equations.lags
    targets = len(sources)
    found = np.ones((len(size), targets))
    for j in range(targets):
        for c in range(len(size)):
            added = level[c]
            for a in range(sources.shape[1]):
                if sources[j, a] == NONE:
                    break
                for b in range(sources.shape[1]):
                    if sources[j, b] == NONE:
                        break
                    added += (
                        crossed[lags[j, a], sources[j, a], c]
                        * doubt[j, a, b]
                        * crossed[lags[j, b], sources[j, b], c]
                    )
            if size[c] > 0.0:
                found[c, j] += added / size[c]
    return found


def _onset(e: Floats) -> int:
    """The row from which on squared residuals (time, variable) are larger than 1; 0 if never."""
    present = ~np.isnan(e)
    count = present.sum(axis=1)
    squared = np.where(count > 0, np.nansum(e**2, axis=1) / np.maximum(count, 1), 1.0)
    after = squared[-(len(squared) // 4) :].mean()
    rest = np.cumsum((squared - (1.0 + after) / 2.0)[::-1])[::-1]
    return int(np.argmax(rest)) if after > 1.0 else 0
