"""What is known of a stretch of time in which one structure holds.

    rows ──> fill in what is missing ──> lagged moments ──> structure, estimate, model
                       ^                                                        │
                       └────────────────────────────────────────────────────────┘

A young regime keeps its rows, and as long as values are missing in them, they are filled in again
under the newest model, until the structure found is that of the pass before: what the first windows
say is not left to the first guess. Later rows are filled in once, as they come.

The structure is searched when an eighth more rows are there than at the last search; in between,
its edges are estimated with every window. A search costs more than an estimate, and changes little
in a long stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from scarcity.causal.change import Verdict, judge, log_score
from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import lagged_correlation
from scarcity.causal.curvature import MOST_VARIABLES, Squares
from scarcity.causal.drivers import Drivers, find_drivers
from scarcity.causal.imputation import impute
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Model
from scarcity.causal.regression import LITTLE, Estimate, estimate
from scarcity.causal.snapshot import Snapshot
from scarcity.causal.structure import Structure
from scarcity.stats.arrays import Bools, Floats, Ints, Stored

YOUNG_ROWS = 2048
YOUNG_VALUES = 2**18
"""How many rows, and values, a young regime keeps at most."""

FEWEST_TO_JUDGE = 30
"""Rows per variable that a regime rests on before it can tell that it has ended."""

PASSES = 6
"""How often a young regime with missing values fills them in, with each window, at most."""

MOST_MISSING = 0.45
"""A variable of which a larger share of the values is missing is not filled in: what is filled in
from what was filled in makes effects look smaller."""

GROWTH = 1.125
"""By how much its rows have to grow until the structure is searched again."""


@dataclass(eq=False)
class Regime:
    """One regime of one stream, in scaled values; NaN = missing."""

    number: int
    config: EngineConfig
    moments: LaggedMoments
    drivers: Drivers
    young: Floats | None
    """(time, variable): all rows of it so far; None when it is not young any more"""
    steps: Ints
    """(time): the grid steps of the young rows; before a gap, the step after the last row"""
    past: Floats
    """(time, variable): up to L rows before the next one, without a gap, cleaned and filled in"""
    squares: Squares | None = None
    curved: LaggedMoments | None = None
    """the moments of rows with squares beside them"""
    structure: Structure | None = None
    searched_at: int = 0
    """how many rows the structure rests on"""
    current: tuple[Estimate, Model] | None = field(default=None, repr=False)

    @classmethod
    def begin(cls, number: int, variables: int, config: EngineConfig) -> "Regime":
        """One that has seen nothing."""
        none = np.zeros((0, variables))
        moments = LaggedMoments(variables, config.max_lag)
        periods = np.array(config.periods, np.float64)
        drivers = Drivers.begin(variables, periods, len(periods))
        return cls(number, config, moments, drivers, none, np.zeros(0, np.int64), none)

    @property
    def model(self) -> Model:
        """What it expects."""
        return self._now()[1]

    @property
    def estimate(self) -> Estimate:
        """What it found."""
        return self._now()[0]

    @property
    def can_judge(self) -> bool:
        """Whether it rests on enough to know its end from its own ignorance."""
        return self.moments.usable >= FEWEST_TO_JUDGE * self.moments.variables

    @property
    def parents(self) -> Ints:
        """(variable, any): the columns that its edges are tested given, filled up with NONE."""
        self._now()
        assert self.structure is not None
        return self.structure.parents

    def judge(self, rows: Floats, steps: Ints) -> Verdict:
        """Whether the next rows obey it."""
        if not self.can_judge:
            return Verdict(1.0, 0)
        lead = self.config.max_lag - len(self.past)
        verdict = judge(np.vstack([self.past, self.drivers.clean(rows, steps)]), self.model)
        return Verdict(verdict.p_value, verdict.first + lead if verdict.first else 0)

    def expects(self, rows: Floats, steps: Ints) -> Verdict:
        """Whether rows of another time obey it."""
        return judge(self.drivers.clean(rows, steps), self.model)

    def foresees(self, rows: Floats, steps: Ints, common: Bools) -> float:
        """How well it predicts rows, these variables of them: the mean log density of a row."""
        return log_score(self.drivers.clean(rows, steps), self.model, common)

    def add(self, rows: Floats, steps: Ints) -> None:
        """Take the next rows, at these grid steps."""
        if self.young is not None:
            room = max(_most_young(rows.shape[1]) - len(self.young), 0)
            if room:
                self.young = np.vstack([self.young, rows[:room]])
                self.steps = np.concatenate([self.steps, steps[:room]])
                self._learn_again(self.young, self.steps)
                rows, steps = rows[room:], steps[room:]
            if not len(rows):
                return
            self.young = None
        self.drivers.learn(rows, steps)
        cleaned = self.drivers.clean(rows, steps)
        seldom = 1.0 - self.moments.present / max(self.moments.usable, 1) > MOST_MISSING
        wanted = (_absence(rows) > 0.0) & ~seldom
        self._accumulate(cleaned, wanted, self.model if wanted.any() else None)
        self.current = None

    def cut(self) -> None:
        """What follows is no neighbour of what came before."""
        if self.young is not None and len(self.young):
            self.young = np.vstack([self.young, np.full((1, self.young.shape[1]), np.nan)])
            self.steps = np.append(self.steps, self.steps[-1] + 1)
        self._cut()

    def shelve(self) -> None:
        """Keep what it knows, and let go of its rows."""
        self.young, self.steps = None, self.steps[:0]
        self.cut()

    @property
    def size(self) -> int:
        """About how many bytes it takes on a shelf."""
        lane = 0 if self.curved is None else self.curved.size
        return self.moments.size + lane

    def rescale(self, factor: Floats) -> None:
        """Multiply every variable's past by its factor (variable)."""
        self.moments.rescale(factor)
        if self.curved is not None and self.squares is not None:
            self.curved.rescale(np.concatenate([factor, np.ones_like(factor)]))
            self.squares = Squares(self.squares.centre * factor, self.squares.width * factor)
        self.past = self.past * factor
        self.young = None if self.young is None else self.young * factor
        self.drivers.rescale(factor)
        self.current = None

    def extend(self, added: int) -> None:
        """Append variables that were missing so far."""
        unseen = ((0, 0), (0, added))
        self.moments.extend(added)
        self.drivers.extend(added)
        self.past = np.pad(self.past, unseen, constant_values=np.nan)
        self.structure = None if self.structure is None else self.structure.extended(added)
        self._extend_lane(added)
        self.current = None
        if self.young is not None:
            self.young = np.pad(self.young, unseen, constant_values=np.nan)
            self._learn_again(self.young, self.steps)

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        arrays: dict[str, Stored] = {
            "past": self.past,
            "searched_at": np.array([self.searched_at], np.int64),
            "steps": self.steps,
            "periods": self.drivers.periods,
            "clocks.gram": self.drivers.gram,
            "clocks.crossed": self.drivers.crossed,
            "clocks.since": np.array([self.drivers.origin, self.drivers.latest], np.int64),
            "clocks.drift": np.array([self.drivers.drift]),
        }
        if self.young is not None:
            arrays["young"] = self.young
        if self.squares is not None and self.curved is not None:
            arrays["squares"] = np.stack([self.squares.centre, self.squares.width])
        if self.structure is not None:
            arrays["parents"] = self.structure.parents
            arrays["instant"] = self.structure.instant
            arrays["decided"] = self.structure.decided
        named = {f"{prefix}{name}": array for name, array in arrays.items()}
        lane = {} if self.curved is None else self.curved.arrays(f"{prefix}curved.")
        return named | self.moments.arrays(prefix) | lane

    @classmethod
    def restore(
        cls, snapshot: Snapshot, prefix: str, number: int, config: EngineConfig
    ) -> "Regime":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        structure = None
        if "parents" in part.arrays:
            structure = Structure(
                part.ints("parents"), part.bools("instant"), part.bools("decided")
            )
        lane = "squares" in part.arrays
        origin, latest = part.ints("clocks.since").tolist()
        gram, crossed = part.floats("clocks.gram"), part.floats("clocks.crossed")
        return cls(
            number=number,
            config=config,
            moments=LaggedMoments.restore(snapshot, prefix),
            drivers=Drivers(
                part.floats("periods"),
                declared=len(config.periods),
                origin=origin,
                latest=latest,
                drift=float(part.floats("clocks.drift")[0]),
                gram=gram,
                crossed=crossed,
            ),
            steps=part.ints("steps"),
            young=part.floats("young") if "young" in part.arrays else None,
            past=part.floats("past"),
            squares=Squares(*part.floats("squares")) if lane else None,
            curved=LaggedMoments.restore(snapshot, f"{prefix}curved.") if lane else None,
            structure=structure,
            searched_at=int(part.ints("searched_at")[0]),
        )

    def _learn_again(self, rows: Floats, steps: Ints) -> None:
        """Begin anew with all rows: with what there is, then with what the model expects."""
        self.drivers = find_drivers(self.drivers, rows, steps)
        cleaned = self.drivers.clean(rows, steps)
        absence = _absence(rows)
        wanted = (absence > 0.0) & (absence <= MOST_MISSING)
        model = self._settled(cleaned, wanted) if wanted.any() else None
        self._restart()
        self._begin_lane(cleaned)
        self._accumulate(cleaned, wanted, model)

    def _settled(self, rows: Floats, wanted: Bools) -> Model:
        """What it expects of rows with values missing, once filling them in finds nothing new."""
        model, before = None, None
        for _ in range(PASSES):
            self._restart()
            self._accumulate(rows, wanted, model)
            model, structure = self.model, self.structure
            if before is not None and structure is not None and structure.equals(before):
                break
            before = structure
        return model or self.model

    def _restart(self) -> None:
        self.moments = LaggedMoments(self.moments.variables, self.moments.max_lag)
        self.curved = self.structure = self.current = None
        self.past = self.past[:0]

    def _begin_lane(self, rows: Floats) -> None:
        """Begin the nonlinear lane with all rows, cleaned, of a young regime."""
        d = rows.shape[1]
        if self.config.nonlinear and d <= MOST_VARIABLES:
            seen = np.any(~np.isnan(rows), axis=0)
            unit = np.zeros((2, d))
            unit[:, seen] = np.nanmean(rows[:, seen], axis=0), np.nanstd(rows[:, seen], axis=0)
            self.squares = Squares(*unit)
            self.curved = LaggedMoments(2 * d, self.config.max_lag)

    def _extend_lane(self, added: int) -> None:
        if self.squares is None or self.curved is None:
            return
        if self.moments.variables > MOST_VARIABLES:
            self.squares = self.curved = None
            return
        self.curved.extend(added, groups=2)
        more = (0, added)
        self.squares = Squares(np.pad(self.squares.centre, more), np.pad(self.squares.width, more))

    def _accumulate(self, rows: Floats, wanted: Bools, model: Model | None) -> None:
        """Rows without any value are gaps: they end a segment."""
        position = 0
        for first, last in _stretches(np.any(~np.isnan(rows), axis=1)):
            if first > position:
                self._cut()
            self._accumulate_stretch(rows[first:last], wanted, model)
            position = last
        if position < len(rows):
            self._cut()

    def _accumulate_stretch(self, rows: Floats, wanted: Bools, model: Model | None) -> None:
        stretch, variance = np.vstack([self.past, rows]), np.zeros_like(rows)
        if model is not None:
            missing = np.isnan(stretch) & wanted & np.any(~np.isnan(rows), axis=0)
            stretch, doubt = impute(stretch, missing, model)
            rows, variance = stretch[len(self.past) :], doubt[len(self.past) :]
        _take(self.moments, rows, variance)
        if self.curved is not None and self.squares is not None:
            _take(self.curved, *self.squares.beside_filled(rows, variance))
        self.past = stretch[len(stretch) - min(self.config.max_lag, len(stretch)) :]

    def _cut(self) -> None:
        self.moments.cut()
        if self.curved is not None:
            self.curved.cut()
        self.past = self.past[:0]

    def _now(self) -> tuple[Estimate, Model]:
        if self.current is None:
            known = self.structure if self.moments.usable < GROWTH * self.searched_at else None
            correlation = lagged_correlation(self.moments)
            whole = np.any(correlation.informative & (correlation.absence <= LITTLE))
            squares = lagged_correlation(self.curved) if whole and self.curved else None
            found, structure, model = estimate(correlation, self.config, known, squares)
            if structure is not known:
                self.structure, self.searched_at = structure, self.moments.usable
            self.current = found, model
        return self.current


def _most_young(variables: int) -> int:
    return min(YOUNG_ROWS, YOUNG_VALUES // variables)


def _take(moments: LaggedMoments, rows: Floats, variance: Floats) -> None:
    """Add rows, some of them filled in with this variance."""
    moments.add(rows)
    if variance.any():
        moments.fill(np.sum(variance > 0.0, axis=0).astype(np.float64), variance.sum(axis=0))


def _absence(rows: Floats) -> Floats:
    """(variable): the share of the values that are missing in rows that are not gaps."""
    missing = np.isnan(rows)
    told = missing[~missing.all(axis=1)]
    absence: Floats = told.sum(axis=0) / max(len(told), 1)
    return absence


def _stretches(present: Bools) -> Iterator[tuple[int, int]]:
    """First and one past the last index of every run of true."""
    turns = np.flatnonzero(np.diff(present, prepend=False, append=False))
    return zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
