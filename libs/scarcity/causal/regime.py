"""What is known of a stretch of time in which one structure holds.

    rows ──> fill in what is missing ──> lagged moments ──> structure, estimate, model
                       ^                                                        │
                       └────────────────────────────────────────────────────────┘

A young regime keeps its rows, and as long as values are missing in them, they are filled in again
under the newest model, until the structure found is that of the pass before: what the first windows
say is not left to the first guess. Later rows are filled in once, as they come.

The nonlinear lane rests for three windows of four while it has found nothing: it costs four times
as much as the straight lines beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scarcity.causal.budget import UNLIMITED, Budget
from scarcity.causal.change import Reading, Verdict, judge, obeys, read
from scarcity.causal.config import EngineConfig
from scarcity.causal.curvature import MOST_VARIABLES, Squares
from scarcity.causal.decision import Estimate
from scarcity.causal.discovery import Discovery
from scarcity.causal.drivers import Drivers, find_drivers
from scarcity.causal.foresight import foresee
from scarcity.causal.imputation import impute
from scarcity.causal.interactions import Interactions
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Model
from scarcity.causal.prior import Expected
from scarcity.causal.snapshot import Snapshot
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

LANE_LISTENS, LANE_ROUND = 4, 16
"""In how many windows of each round the nonlinear lane listens while it has found nothing."""


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
    discovery: Discovery = field(init=False)
    """what was found in these"""
    interactions: Interactions | None = None
    """what sources do jointly, put to the test; None while it is young"""
    learned: int = 0
    """how many of the young rows it has learned from"""
    rested: int = 0
    """windows of the round in which the nonlinear lane listens and rests"""

    def __post_init__(self) -> None:
        self.discovery = Discovery.begin(self.moments.variables, self.config)

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
        return self._found()[1]

    @property
    def estimate(self) -> Estimate:
        """What it found."""
        return self._found()[0]

    @property
    def can_judge(self) -> bool:
        """Whether it rests on enough to know its end from its own ignorance."""
        return self.moments.usable >= FEWEST_TO_JUDGE * self.moments.variables

    @property
    def parents(self) -> Ints:
        """(variable, any): the columns that its edges are tested given, filled up with NONE."""
        self._found()
        return self.discovery.structure.parents

    @property
    def fresh(self) -> int:
        """How many hypotheses about different variables were tested with all its evidence."""
        recent = self.discovery.pace.tested == self.moments.turnover
        if self.young is not None and self.learned < len(self.young):
            recent[:] = False
        return self.estimate.tested_of(recent)

    def read(self, rows: Floats, steps: Ints) -> Reading:
        """Read the next rows, as far as they have L rows before them."""
        return read(self._stretch(rows, steps), self.model)

    def foresee(self, rows: Floats, steps: Ints, priors: Sequence[Expected]) -> Floats:
        """(model, time): log scores of the next rows, without a prior, and with each of these."""
        stretch = self._stretch(rows, steps)
        if not self.moments.usable or len(stretch) <= self.config.max_lag:
            return np.zeros((1 + len(priors), 0))
        correlation = self.discovery.correlation(self.moments)
        found = self.parents, self.discovery.tests
        return foresee(correlation, found, priors, stretch)

    def judge(self, reading: Reading) -> Verdict:
        """Whether the next rows obey it."""
        if not self.can_judge or obeys(reading):
            return Verdict(1.0, 0)
        lead = self.config.max_lag - len(self.past)
        verdict = judge(reading)
        return Verdict(verdict.p_value, verdict.first + lead if verdict.first else 0)

    def read_apart(self, rows: Floats, steps: Ints) -> Reading:
        """Read rows of another time."""
        return read(self._cleaned(rows, steps), self.model)

    def add(self, rows: Floats, steps: Ints, budget: Budget = UNLIMITED) -> None:
        """Take the next rows, at these grid steps, and find what they say."""
        pace = self.discovery.pace
        is_time = pace.is_time(budget.every)
        if self.young is not None:
            room = max(_most_young(rows.shape[1]) - len(self.young), 0)
            self.young = np.vstack([self.young, rows[:room]])
            self.steps = np.concatenate([self.steps, steps[:room]])
            is_over = room < len(rows)
            is_first = self.learned == 0
            if is_first or is_over or (is_time and pace.affords(budget.targets, rows.shape[1])):
                self._learn_again(self.young, self.steps, budget)
            else:
                self._remember(self._cleaned(self.young, self.steps))
            if not is_over:
                return
            self._screen(self.young, self.steps)
            rows, steps, self.young = rows[room:], steps[room:], None
        self._add(rows, steps, budget)
        if is_time:
            self.discovery.refresh(self.moments, self.curved, budget)

    def cut(self) -> None:
        """What follows is no neighbour of what came before."""
        if self.young is not None and len(self.young):
            self.young = np.vstack([self.young, np.full((1, self.young.shape[1]), np.nan)])
            self.steps = np.append(self.steps, self.steps[-1] + 1)
        self._cut()

    def shelve(self) -> None:
        """Keep what it knows, and let go of its rows."""
        if self.young is not None and self.learned < len(self.young):
            self._learn_again(self.young, self.steps, UNLIMITED)
        self.young, self.steps = None, self.steps[:0]
        self.cut()

    @property
    def size(self) -> int:
        """About how many bytes it takes on a shelf."""
        lane = 0 if self.curved is None else self.curved.size
        joint = 0 if self.interactions is None else self.interactions.size
        return self.moments.size + lane + joint

    def rescale(self, factor: Floats) -> None:
        """Multiply every variable's past by its factor (variable)."""
        self.moments.rescale(factor)
        if self.curved is not None and self.squares is not None:
            self.curved.rescale(np.concatenate([factor, np.ones_like(factor)]))
            self.squares = Squares(self.squares.centre * factor, self.squares.width * factor)
        self.past = self.past * factor
        self.young = None if self.young is None else self.young * factor
        self.drivers.rescale(factor)
        self.discovery.rescale(factor)
        if self.interactions is not None:
            self.interactions.rescale(factor)

    def extend(self, added: int) -> None:
        """Append variables that were missing so far."""
        unseen = ((0, 0), (0, added))
        self.moments.extend(added)
        self.drivers.extend(added)
        self.past = np.pad(self.past, unseen, constant_values=np.nan)
        self.discovery.extend(added)
        if self.interactions is not None:
            self.interactions.extend(added)
        self._extend_lane(added)
        if self.young is not None:
            self.young = np.pad(self.young, unseen, constant_values=np.nan)
            self._learn_again(self.young, self.steps, UNLIMITED)

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        arrays: dict[str, Stored] = {
            "past": self.past,
            "counts": np.array([self.learned, self.rested], np.int64),
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
        named = {f"{prefix}{name}": array for name, array in arrays.items()}
        lane = {} if self.curved is None else self.curved.arrays(f"{prefix}curved.")
        found = self.discovery.arrays(f"{prefix}found.", self.moments.turnover)
        if self.interactions is not None:
            found |= self.interactions.arrays(f"{prefix}joint.")
        return named | self.moments.arrays(prefix) | lane | found

    @classmethod
    def restore(
        cls, snapshot: Snapshot, prefix: str, number: int, config: EngineConfig
    ) -> "Regime":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        lane = "squares" in part.arrays
        origin, latest = part.ints("clocks.since").tolist()
        gram, crossed = part.floats("clocks.gram"), part.floats("clocks.crossed")
        learned, rested = part.ints("counts").tolist()
        made = cls(
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
            learned=learned,
            rested=rested,
        )
        made.discovery = Discovery.restore(snapshot, f"{prefix}found.", config)
        if "joint.targets" in part.arrays:
            made.interactions = Interactions.restore(snapshot, f"{prefix}joint.")
        return made

    def _found(self) -> tuple[Estimate, Model]:
        found = self.discovery.found
        if found is None:
            found = self.discovery.recall(self.moments, self.curved)
        return found

    def _stretch(self, rows: Floats, steps: Ints) -> Floats:
        """The next rows, cleaned, behind those before them."""
        return np.vstack([self.past, self._cleaned(rows, steps)])

    def _cleaned(self, rows: Floats, steps: Ints) -> Floats:
        return self.drivers.clean(rows, steps) if self.drivers.is_active else rows

    def _learn_again(self, rows: Floats, steps: Ints, budget: Budget) -> None:
        """Begin anew with all rows: with what there is, then with what the model expects."""
        budget = replace(budget, targets=None)
        self.drivers = find_drivers(self.drivers, rows, steps)
        cleaned = self.drivers.clean(rows, steps)
        absence = _absence(rows)
        wanted = (absence > 0.0) & (absence <= MOST_MISSING)
        model = self._settled(cleaned, wanted, budget) if wanted.any() else None
        self._restart()
        self._begin_lane(cleaned)
        self._accumulate(cleaned, wanted, model)
        self.discovery.refresh(self.moments, self.curved, budget)
        self.learned = len(rows)

    def _settled(self, rows: Floats, wanted: Bools, budget: Budget) -> Model:
        """What it expects of rows with values missing, once filling them in finds nothing new."""
        model, before = None, None
        for _ in range(PASSES):
            self._restart()
            self._accumulate(rows, wanted, model)
            self.discovery.refresh(self.moments, None, budget)
            model, structure = self.model, self.discovery.structure
            if before is not None and structure.equals(before):
                break
            before = structure
        return model or self.model

    def _restart(self) -> None:
        self.moments = LaggedMoments(self.moments.variables, self.moments.max_lag)
        pace = self.discovery.pace
        self.discovery = Discovery.begin(self.moments.variables, self.config)
        self.discovery.pace.saved, self.discovery.pace.skipped = pace.saved, pace.skipped
        self.curved = None
        self.past = self.past[:0]

    def _add(self, rows: Floats, steps: Ints, budget: Budget) -> None:
        """Take rows of a regime that is not young any more."""
        if self.config.half_life:
            kept = 0.5 ** (len(rows) / self.config.half_life)
            self.moments.decay(kept)
            if self.curved is not None:
                self.curved.decay(kept)
        if self.drivers.is_active:
            self.drivers.learn(rows, steps)
        cleaned = self._cleaned(rows, steps)
        if self.interactions is not None and self.interactions.trials and budget.nonlinear:
            self.interactions.learn(np.vstack([self.past, cleaned]))
        listens = self._listens(budget)
        if np.isnan(cleaned).any():
            seldom = 1.0 - self.moments.present / max(self.moments.usable, 1.0) > MOST_MISSING
            wanted = (_absence(rows) > 0.0) & ~seldom
            model = self.model if wanted.any() else None
            self._accumulate(cleaned, wanted, model, listens=listens)
        else:
            self._take(cleaned, None, listens=listens, single=budget.single)
            self._remember(np.vstack([self.past, cleaned]))

    def _screen(self, rows: Floats, steps: Ints) -> None:
        """Select what is put to the test of joint effects, by all rows of a young regime."""
        if self.config.nonlinear:
            self.interactions = Interactions.screened(self._cleaned(rows, steps), self.model)

    def _listens(self, budget: Budget) -> bool:
        """Whether the nonlinear lane takes this window."""
        if self.curved is None:
            return False
        self.rested = (self.rested + 1) % LANE_ROUND
        is_awake = not self.discovery.is_silent or self.rested < LANE_LISTENS
        listens = budget.nonlinear and is_awake
        if not listens and self.curved.length:
            self.curved.cut()
        return listens

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

    def _accumulate(
        self, rows: Floats, wanted: Bools, model: Model | None, *, listens: bool = True
    ) -> None:
        """Rows without any value are gaps: they end a segment."""
        position = 0
        for first, last in _stretches(np.any(~np.isnan(rows), axis=1)):
            if first > position:
                self._cut()
            self._accumulate_stretch(rows[first:last], wanted, model, listens=listens)
            position = last
        if position < len(rows):
            self._cut()

    def _accumulate_stretch(
        self, rows: Floats, wanted: Bools, model: Model | None, *, listens: bool
    ) -> None:
        stretch, variance = np.vstack([self.past, rows]), None
        if model is not None:
            missing = np.isnan(stretch) & wanted & np.any(~np.isnan(rows), axis=0)
            stretch, doubt = impute(stretch, missing, model)
            rows, variance = stretch[len(self.past) :], doubt[len(self.past) :]
        self._take(rows, variance, listens=listens)
        self._remember(stretch)

    def _take(
        self, rows: Floats, variance: Floats | None, *, listens: bool, single: bool = False
    ) -> None:
        """Add rows, some of them filled in with this variance (time, variable)."""
        self.moments.add(rows, single=single)
        if variance is not None:
            self.moments.fill(*_sums(variance))
        if listens and self.curved is not None and self.squares is not None:
            if variance is None:
                self.curved.add(self.squares.beside(rows))
            else:
                beside, doubt = self.squares.beside_filled(rows, variance)
                self.curved.add(beside)
                self.curved.fill(*_sums(doubt))

    def _remember(self, stretch: Floats) -> None:
        self.past = stretch[len(stretch) - min(self.config.max_lag, len(stretch)) :]

    def _cut(self) -> None:
        self.moments.cut()
        if self.curved is not None:
            self.curved.cut()
        self.past = self.past[:0]


def _most_young(variables: int) -> int:
    return min(YOUNG_ROWS, YOUNG_VALUES // variables)


def _sums(variance: Floats) -> tuple[Floats, Floats]:
    """(variable): how many values were filled in, and their variances in sum."""
    return np.sum(variance > 0.0, axis=0).astype(np.float64), variance.sum(axis=0)


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
