"""Clocks that many variables follow and that are nobody's effect: a trend, a daily or weekly cycle.

    x_i(t) = γ_i0 + γ_i1 t + Σ_P ( a_iP cos 2πt/P + b_iP sin 2πt/P ) + what causes explain

What the clocks explain is subtracted: it then leaves no trace that could pass for an edge. The mean
of the squared t-statistics of the variables against time, each whitened by a regression on its own
last 3 values, is χ²_ν / ν without a trend: one is subtracted when p < 0.01, and taken to go on
beyond the rows it was learned from when p < 10⁻⁶. The periods P are declared, or found: as a line
in the mean Q of the periodograms of the whitened variables. A clock keeps its phase, so that its
line has no width, while oscillating dynamics have a peak. So Q is measured against its mean Q₀ at
the second to fourth frequencies to each side:

    Q / Q₀ ~ F(2ν, 12ν) ,    ν = min( d² / ‖C‖², 6 ) ,    C the correlations of these variables,

and a frequency f of n/2 with p(f) n/2 < 10⁻⁶ is a line. It is located to a fraction of its width,
and taken for a whole number of steps when that fits as well. Two lines side by side are one peak,
and no clock.

Source: R. A. Fisher, "Tests of significance in harmonic analysis", Proc. R. Soc. A 125 (1929).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from scarcity.stats.arrays import Floats, Ints

TREND_STEPS = 1024.0
"""The unit of time of the trend: only rounding depends on it."""

MEMORY = 3
"""How many own values whiten a variable."""

FEWEST_ROWS = 256
"""A shorter stretch is not searched for periods."""

FEWEST_CYCLES = 3
"""A period has to be seen so often."""

NEAR = (2, 3, 4)
"""How many frequencies away a line has to be gone."""

LINE = 1e-6
"""The p-value of a line in the spectrum, and of a trend that lasts."""

TREND = 0.01
"""The p-value of a trend."""

MOST_INDEPENDENT = 6.0
"""At one frequency variables can be more alike than their correlation says: ν is at most this."""

SIDE_BY_SIDE = 6
"""Lines this close, in Fourier frequencies, are one peak."""

MOST_PERIODS = 8

RIDGE = 1e-9


@dataclass
class Drivers:
    """The clocks of one regime, and how every variable follows them."""

    periods: Floats
    """in grid steps"""
    declared: int
    """how many of them, the first, were not found but declared"""
    origin: int
    """the grid step at which the trend is 0"""
    latest: int
    """the last grid step learned from"""
    drift: float
    """the p-value of there being no trend"""
    gram: Floats
    """(clock, clock)"""
    crossed: Floats
    """(clock, variable)"""

    @classmethod
    def begin(cls, variables: int, periods: Floats, declared: int) -> "Drivers":
        """Nothing known of how the variables follow these periods."""
        clocks = 2 + 2 * len(periods)
        gram, crossed = np.zeros((clocks, clocks)), np.zeros((clocks, variables))
        return cls(periods, declared, 0, 0, drift=1.0, gram=gram, crossed=crossed)

    def again(self, periods: Floats, drift: float, rows: Floats, steps: Ints) -> "Drivers":
        """What all rows say of these periods, and of a trend of this p-value."""
        made = Drivers.begin(rows.shape[1], periods, self.declared)
        made.drift = drift
        made.learn(rows, steps)
        return made

    @property
    def is_active(self) -> bool:
        """Whether there is a clock that variables could follow."""
        return len(self.periods) > 0 or self.drift < TREND

    def learn(self, rows: Floats, steps: Ints) -> None:
        """Take rows (time, variable) at these grid steps; what is missing is as expected so far."""
        present = ~np.isnan(rows).all(axis=1)
        rows, steps = rows[present], steps[present]
        if not len(steps):
            return
        known = bool(self.gram.any())
        self.origin = self.origin if known else int(steps[0])
        self.latest = int(steps[-1])
        clocks = self._clocks(steps)
        own = clocks @ self.coefficients if known else _fitted(rows, clocks)
        self.gram += clocks.T @ clocks
        self.crossed += clocks.T @ np.where(np.isnan(rows), own, rows)

    def clean(self, rows: Floats, steps: Ints) -> Floats:
        """The rows without what the clocks explain; levels stay."""
        cleaned: Floats = rows - self._clocks(steps)[:, 1:] @ self.coefficients[1:]
        return cleaned

    @property
    def coefficients(self) -> Floats:
        """γ, a, b (clock, variable)."""
        if not self.gram.any():
            return np.zeros_like(self.crossed)
        ridge = RIDGE * np.maximum(np.diag(self.gram), 1.0)
        return np.linalg.solve(self.gram + np.diag(ridge), self.crossed).astype(np.float64)

    def rescale(self, factor: Floats) -> None:
        """Multiply every variable's past by its factor (variable)."""
        self.crossed *= factor

    def extend(self, added: int) -> None:
        """Append variables that were missing so far."""
        self.crossed = np.pad(self.crossed, ((0, 0), (0, added)))

    def _clocks(self, steps: Ints) -> Floats:
        until = steps if self.drift < LINE else np.minimum(steps, self.latest)
        since = (until - self.origin) * (self.drift < TREND)
        phase = 2.0 * np.pi * np.outer(steps, 1.0 / self.periods)
        level = np.column_stack([np.ones(len(steps)), since / TREND_STEPS])
        return np.hstack([level, np.cos(phase), np.sin(phase)])


def _fitted(rows: Floats, clocks: Floats) -> Floats:
    """What the clocks say of each variable, by its own values."""
    fitted = np.zeros_like(rows)
    for place in np.flatnonzero(np.isnan(rows).any(axis=0)).tolist():
        known = ~np.isnan(rows[:, place])
        if known.any():
            weights = np.linalg.lstsq(clocks[known], rows[known, place])[0]
            fitted[:, place] = clocks @ weights
    return fitted


def find_drivers(known: Drivers, rows: Floats, steps: Ints) -> Drivers:
    """The clocks of rows (time, variable): the declared ones, and those found.

    They are looked for in the longest stretch without a gap, and learned from all rows.
    """
    declared = known.periods[: known.declared]
    whole = _longest(steps)
    if whole.stop - whole.start < FEWEST_ROWS + MEMORY:
        return known.again(declared, 1.0, rows, steps)
    clocks = _found(known, declared, rows[whole], steps[whole])
    return known.again(clocks.periods, clocks.drift, rows, steps)


def _longest(steps: Ints) -> slice:
    """Where the longest stretch of steps without a gap is."""
    ends = np.concatenate([[0], 1 + np.flatnonzero(np.diff(steps) != 1), [len(steps)]])
    longest = int(np.argmax(np.diff(ends)))
    return slice(int(ends[longest]), int(ends[longest + 1]))


def _found(known: Drivers, declared: Floats, rows: Floats, steps: Ints) -> Drivers:
    """The clocks of rows without a gap."""
    found = known.again(declared, 1.0, rows, steps)
    drift = _drift(_whitened(found.clean(rows, steps)))
    found = known.again(found.periods, drift, rows, steps)
    while len(found.periods) < MOST_PERIODS:
        period = _period(_whitened(found.clean(rows, steps)))
        if period is None:
            return found
        beside = np.abs(1.0 / found.periods - 1.0 / period) < SIDE_BY_SIDE / len(rows)
        if beside.any():
            kept = ~beside | (np.arange(len(beside)) < found.declared)
            return known.again(found.periods[kept], drift, rows, steps)
        found = known.again(np.append(found.periods, period), drift, rows, steps)
    return found


def _independent(white: Floats) -> float:
    """ν: how many independent variables these are worth."""
    n, d = white.shape
    return min(float(d**2 / np.sum((white.T @ white / n) ** 2)), MOST_INDEPENDENT)


def _drift(white: Floats) -> float:
    """The p-value of whitened variables having no trend, many of them together."""
    n = len(white)
    if not white.shape[1]:
        return 1.0
    time = np.arange(n) - (n - 1) / 2.0
    squared = (time @ white) ** 2 / np.sum(time**2)
    independent = _independent(white)
    return float(chdtrc(independent, independent * squared.mean()))


def _period(white: Floats) -> float | None:
    """The period, in steps, of the clearest line that whitened variables share; None = none."""
    n = len(white)
    if white.shape[1] < 2:
        return None
    power = np.abs(np.fft.rfft(white, axis=0)) ** 2 / n
    shared = power.mean(axis=1)[1:-1]
    lines = shared / _around(shared)
    independent = _independent(white)
    p_values = fdtrc(2 * independent, 4 * len(NEAR) * independent, lines) * len(lines)
    p_values[: FEWEST_CYCLES - 1] = 1.0
    best = int(np.argmin(p_values))
    return _located(white, (best + 1) / n) if p_values[best] < LINE else None


def _whitened(rows: Floats) -> Floats:
    """The residuals of a regression of each variable on its own past, of variance 1."""
    count = np.maximum(np.sum(~np.isnan(rows), axis=0), 1)
    values = np.nan_to_num(rows - np.nansum(rows, axis=0) / count)
    n = len(values) - MEMORY
    found = []
    for column in values.T:
        past = np.column_stack([column[MEMORY - k : MEMORY - k + n] for k in range(1, MEMORY + 1)])
        weights = np.linalg.lstsq(past, column[MEMORY:])[0]
        residual = column[MEMORY:] - past @ weights
        spread = residual.std()
        if spread > 0.0:
            found.append((residual - residual.mean()) / spread)
    return np.column_stack(found) if found else np.zeros((n, 0))


def _around(shared: Floats) -> Floats:
    """The mean of the frequencies near each one."""
    wide = np.pad(shared, max(NEAR), mode="reflect")
    size, middle = len(shared), max(NEAR)
    sides = [wide[middle + offset :][:size] for near in NEAR for offset in (near, -near)]
    around: Floats = np.mean(sides, axis=0)
    return around


def _located(white: Floats, frequency: float) -> float:
    """The period that fits best near a Fourier frequency."""
    n = len(white)
    near = frequency + np.linspace(-1.0, 1.0, 81) / n
    power = np.array([_power(white, f) for f in near])
    period = 1.0 / near[int(np.argmax(power))]
    whole = float(np.round(period))
    return whole if _power(white, 1.0 / whole) > 0.98 * power.max() else float(period)


def _power(white: Floats, frequency: float) -> float:
    wave = np.exp(-2j * np.pi * frequency * np.arange(len(white)))
    return float(np.sum(np.abs(wave @ white) ** 2))
