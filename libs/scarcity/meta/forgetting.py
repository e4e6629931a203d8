"""Which half-life foresees a stream best: all of them in shadow, window by window, by Hedge.

Of up to TARGETS variables, with some of their parents z as the engine has found them, each
half-life keeps sums A = Σ w z z', b = Σ w z x and c = Σ w x², in which a row counts
w = ½^(age / half-life) as in the engine's own, and foresees the next window by

    β = (A + I)⁻¹ b ,   σ² = (c - b'β) / (n - m) ,   x | z ~ N( β'z , σ² (1 + z' (A + I)⁻¹ z) ) .

Errors are clipped at 4 standard deviations. It costs the same however wide the stream is.

What comes out is a reason to try a half-life, not to use it: a shadow has few targets, no regimes
and no squares. Whether to use it is for `tuning` to say, which asks an engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scarcity.meta.hedge import Hedge, HedgeState, after_rows, even
from scarcity.stats.arrays import Floats, Ints, Stored
from scarcity.stats.subset import NONE

HALF_LIVES = (0.0, 8192.0, 2048.0, 512.0, 128.0)
"""In steps; 0 = a row counts the same for ever."""
SHARE = 2e-5
"""How much of all weight is dealt anew at each row: one change in 50,000."""
TARGETS = 16
PARENTS = 8
CLIP = 4.0
REACH = 8.0
"""Standard deviations beyond which a value counts as if it lay there."""
ROWS_PER_COLUMN = 4
"""That a regression rests on before it is asked."""
LEAST_VARIANCE = 1e-6
CHOSEN_FOR = 4096
"""Rows after which parents are looked up again."""


@dataclass(frozen=True, eq=False)
class Shadow:
    """Regressions of a few targets on their parents, at every half-life; a value."""

    columns: Ints
    """(target, place): its parents, then NONE, then itself; source * width + lag"""
    width: int
    """lags, 0 included"""
    unit: Floats
    """(2, variable): means and standard deviations when it began"""
    sums: Floats
    """(half-life, target, place, place): of the constant, the parents, and the target"""
    past: Floats
    """(time, variable): up to L rows before the next one, in those units"""
    rows: int = 0

    @classmethod
    def begin(cls, rows: Floats, parents: Ints, max_lag: int) -> "Shadow":
        """With nothing learnt, in the units of these rows (time, variable); NaN = missing."""
        there = ~np.isnan(rows)
        count = np.maximum(there.sum(axis=0), 1)
        mean = np.where(there, rows, 0.0).sum(axis=0) / count
        square = np.where(there, rows - mean, 0.0) ** 2
        spread = np.sqrt(square.sum(axis=0) / count)
        unit = np.stack([mean, np.where(spread > 0.0, spread, 1.0)])
        columns = _chosen(parents, max_lag + 1)
        places = columns.shape[1] + 1
        sums = np.zeros((len(HALF_LIVES), len(columns), places, places))
        return cls(columns, max_lag + 1, unit, sums, np.zeros((0, rows.shape[1])))

    def after(self, rows: Floats, *, is_next: bool) -> tuple["Shadow", Floats]:
        """After the next rows (time, variable), and what they cost: nats (time, half-life).

        No row where too little is known to foresee with.
        """
        values = np.clip((rows - self.unit[0]) / self.unit[1], -REACH, REACH)
        stretch = np.vstack([self.past, values]) if is_next else values
        lags = self.width - 1
        learned = replace(self, past=stretch[len(stretch) - min(lags, len(stretch)) :])
        count = len(stretch) - lags
        if count <= 0:
            return learned, np.zeros((0, len(HALF_LIVES)))
        design, present = self._design(stretch, count)
        known = self.rows >= ROWS_PER_COLUMN * design.shape[2]
        losses = self._losses(design, present) if known else np.zeros((0, len(HALF_LIVES)))
        weighed = design * present[:, :, None]
        kept = np.array([0.5 ** (len(rows) / each) if each else 1.0 for each in HALF_LIVES])
        sums = kept[:, None, None, None] * self.sums + weighed.swapaxes(1, 2) @ weighed
        return replace(learned, sums=sums, rows=self.rows + count), losses

    def _design(self, stretch: Floats, count: int) -> tuple[Floats, Floats]:
        """(target, time, place), 0 where something is missing; and 1 where nothing is, else 0."""
        lags = self.width - 1
        lagged = [stretch[lags - lag : lags - lag + count] for lag in range(self.width)]
        flat = np.stack(lagged, axis=2).reshape(count, -1)
        flat = np.hstack([flat, np.zeros((count, 1))])  # what NONE, the last column, says
        design = flat[:, self.columns].transpose(1, 0, 2)
        design = np.concatenate([np.ones((*design.shape[:2], 1)), design], axis=2)
        missing = np.isnan(design).any(axis=2)
        return np.nan_to_num(design), np.where(missing, 0.0, 1.0)

    def _losses(self, design: Floats, present: Floats) -> Floats:
        """(time, half-life)"""
        places = design.shape[2] - 1
        known, crossed = self.sums[..., :places, :places], self.sums[..., :places, places]
        inverse = np.linalg.inv(known + np.eye(places))
        beta = (inverse @ crossed[..., None])[..., 0]
        freedom = np.maximum(self.sums[..., 0, 0] - places, 1.0)
        left = self.sums[..., places, places] - np.sum(crossed * beta, axis=-1)
        noise = np.maximum(left / freedom, LEAST_VARIANCE)
        before, target = design[..., :places], design[..., places]
        missed = target - (before @ beta[..., None])[..., 0]
        leverage = np.sum((before @ inverse) * before, axis=-1)
        variance = noise[..., None] * (1.0 + leverage)
        surprise = np.minimum(missed**2 / variance, CLIP**2)
        losses = 0.5 * (np.log(2.0 * np.pi * variance) + surprise) * present
        summed: Floats = losses.sum(axis=1).T
        return summed


@dataclass(frozen=True, eq=False)
class Forgetting:
    """Half-lives of one stream, and how far each is to be preferred; a value."""

    hedge: Hedge
    state: HedgeState
    regime: int = -1
    shadow: Shadow | None = None

    @classmethod
    def begin(cls, weights: Sequence[float] = ()) -> "Forgetting":
        """With nothing seen; weights: of half-lives, as others lead one to expect, or all alike."""
        hedge = Hedge(tuple(weights) or even(len(HALF_LIVES)), share=SHARE)
        return cls(hedge, hedge.start)

    @property
    def weights(self) -> tuple[float, ...]:
        """(half-life): how probable it is that each is the best now; they sum to 1."""
        return tuple(self.state.weight.tolist())

    def after(
        self, rows: Floats, regime: int, parents: Ints, max_lag: int, *, is_next: bool
    ) -> "Forgetting":
        """After a window of a regime, and with the parents found so far.

        rows     (time, variable); NaN = missing
        parents  (variable, any): columns source * (max_lag + 1) + lag, filled up with NONE
        is_next  whether they follow the rows before them without a gap
        """
        shadow = self.shadow
        if shadow is None or self.regime != regime or _is_old(shadow, parents, rows.shape[1]):
            shadow = Shadow.begin(rows, parents, max_lag)
        shadow, losses = shadow.after(rows, is_next=is_next)
        state = after_rows(self.hedge, self.state, losses)
        return replace(self, state=state, regime=regime, shadow=shadow)

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        state, shadow = self.state, self.shadow
        arrays: dict[str, Stored] = {
            "prior": np.array(self.hedge.prior),
            "weight": state.weight,
            "losses": state.losses,
            "lost": np.array([state.lost]),
            "counts": np.array([state.rows, self.regime], np.int64),
        }
        if shadow is not None:
            arrays["shadow.columns"] = shadow.columns
            arrays["shadow.unit"] = shadow.unit
            arrays["shadow.sums"] = shadow.sums
            arrays["shadow.past"] = shadow.past
            arrays["shadow.counts"] = np.array([shadow.width, shadow.rows], np.int64)
        return {f"{prefix}{name}": array for name, array in arrays.items()}

    @classmethod
    def restore(cls, arrays: Mapping[str, Stored], prefix: str) -> "Forgetting":
        """The state that `arrays` gave; KeyError or TypeError when a part is missing or other."""

        def floats(name: str) -> Floats:
            return arrays[f"{prefix}{name}"].astype(np.float64, casting="same_kind", copy=False)

        def ints(name: str) -> Ints:
            return arrays[f"{prefix}{name}"].astype(np.int64, casting="same_kind", copy=False)

        rows, regime = ints("counts").tolist()
        state = HedgeState(floats("weight"), rows, float(floats("lost")[0]), floats("losses"))
        shadow = None
        if f"{prefix}shadow.sums" in arrays:
            width, seen = ints("shadow.counts").tolist()
            shadow = Shadow(
                ints("shadow.columns"),
                width,
                floats("shadow.unit"),
                floats("shadow.sums"),
                floats("shadow.past"),
                seen,
            )
        return replace(
            cls.begin(floats("prior").tolist()), state=state, regime=regime, shadow=shadow
        )


def _is_old(shadow: Shadow, parents: Ints, variables: int) -> bool:
    """Whether other parents are to be looked at, or there are other variables."""
    if shadow.unit.shape[1] != variables:
        return True
    is_due = shadow.rows >= CHOSEN_FOR
    return is_due and not np.array_equal(shadow.columns, _chosen(parents, shadow.width))


def _chosen(parents: Ints, width: int) -> Ints:
    """(target, place): of targets all over the stream their first parents, and themselves."""
    variables = len(parents)
    targets = np.unique(np.linspace(0, variables - 1, min(TARGETS, variables)).astype(np.int64))
    columns = np.full((len(targets), PARENTS + 1), NONE, np.int64)
    taken = parents[targets, :PARENTS]
    columns[:, : taken.shape[1]] = taken
    columns[:, PARENTS] = targets * width
    return columns
