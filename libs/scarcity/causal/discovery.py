"""What has been found in the evidence of one regime, kept up to date as far as a budget allows.

    evidence ──> structure ──> tests ──> decision: estimate
                     └───────────┴─────> equations: model

The structure is searched when an eighth more is known than at the last search; in between, edges
are tested with the parents found then. A search costs more than the tests, and changes little in a
long stream. Under a budget a search waits until it is saved up, and of the targets those are tested
where a look is worth most (`pace`); the other edges stay as they were.

Where values are missing so often that variables fall into cohorts, or that an edge stands and falls
with them, everything is searched anew each time.
"""

from dataclasses import dataclass, field, replace
from math import log

import numpy as np

from scarcity.causal.budget import Budget
from scarcity.causal.cohorts import cohorts
from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import LaggedCorrelation, Selection, lagged_correlation
from scarcity.causal.curvature import Bends, Lane, bends, curved
from scarcity.causal.decision import Estimate, decide
from scarcity.causal.effects import Effects
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Model, fitted
from scarcity.causal.pace import Pace
from scarcity.causal.regression import SPARE_ROWS, Tests, examine
from scarcity.causal.snapshot import Snapshot
from scarcity.causal.structure import MOST_PARENTS, Search, Structure
from scarcity.stats.arrays import Bools, Floats, Ints, Stored

GROWTH = log(1.125)
"""How much turnover has to pass until the structure is searched again."""

LITTLE = 0.1
"""Odds of a value being missing up to which a structure is kept, and the nonlinear lane speaks."""

AT_SEARCH = 0.5
"""The share of a limited budget that is put aside while a search is due."""


@dataclass(eq=False)
class Discovery:
    """Structure, tests and what follows from them."""

    config: EngineConfig
    structure: Structure
    tests: Tests
    pace: Pace
    selection: Selection
    """the variables that the structure was searched among"""
    most: int = MOST_PARENTS
    """how many lagged parents a target could have at the last search"""
    bends: Bends | None = None
    lane: Lane | None = None
    found: tuple[Estimate, Model] | None = field(default=None, repr=False)

    @classmethod
    def begin(cls, variables: int, config: EngineConfig) -> "Discovery":
        """Nothing has been looked at."""
        columns = variables * (config.max_lag + 1)
        return cls(
            config,
            Structure.empty(variables),
            Tests.blank(variables, columns),
            Pace.begin(variables),
            Selection(*np.zeros((2, variables), np.bool_)),
        )

    @property
    def variables(self) -> int:
        return len(self.selection.varies)

    @property
    def is_silent(self) -> bool:
        """Whether the nonlinear lane has nothing to say."""
        return self.bends is None

    def refresh(self, moments: LaggedMoments, lane: LaggedMoments | None, budget: Budget) -> None:
        """Look at the evidence, and at that with squares beside it, as far as a budget allows."""
        correlation = self.correlation(moments)
        groups = cohorts(correlation)
        before = self.found
        looked, model, bases = self._look(correlation, groups, moments.turnover, budget)
        if len(looked) == self.variables:
            lane = lane if budget.nonlinear and _is_whole(correlation, groups) else None
            self._listen(lane, groups, searched=self.pace.searched == moments.turnover)
        if len(looked):
            self.conclude(model, bases)
        self.pace.looked(looked, self._changed(before)[looked], moments.turnover)

    def correlation(self, moments: LaggedMoments) -> LaggedCorrelation:
        """The correlations in this evidence."""
        is_recent = moments.turnover < self.pace.searched + GROWTH
        return lagged_correlation(moments, self.selection if is_recent else None)

    def recall(self, moments: LaggedMoments, lane: LaggedMoments | None) -> tuple[Estimate, Model]:
        """Know again what was known when this evidence was looked at last."""
        correlation = self.correlation(moments)
        groups = cohorts(correlation)
        if self._is_one(correlation, groups):
            self._test(correlation, np.arange(self.variables))
            model, bases = fitted(correlation, self.structure.parents, self.tests), [correlation]
        else:
            model, bases = self._search_each(correlation, groups)
        self.lane = None
        if self.bends is not None and lane is not None and _is_whole(correlation, groups):
            self.lane = curved(_beside(lane, groups), self.bends)
        return self.conclude(model, bases)

    def rescale(self, factor: Floats) -> None:
        """Expect every variable in units that make its values so much (variable) larger."""
        if self.found is not None:
            estimate, model = self.found
            self.found = estimate, model.rescaled(factor)

    def extend(self, added: int) -> None:
        """Append variables of which nothing is known."""
        self.structure = self.structure.extended(added)
        self.selection = Selection(*(np.pad(each, (0, added)) for each in self.selection))
        self.pace.extend(added)
        width = self.config.max_lag + 1
        self.bends = None if self.bends is None else self.bends.extended(added, width)
        self.lane = self.found = None
        self.tests = Tests.blank(self.variables, self.variables * width)

    def arrays(self, prefix: str, turnover: float) -> dict[str, Stored]:
        """The state, for a snapshot, after evidence with this turnover."""
        arrays: dict[str, Stored] = {
            "parents": self.structure.parents,
            "instant": self.structure.instant,
            "decided": self.structure.decided,
            "selection": np.stack(self.selection),
            "most": np.array([self.most], np.int64),
        }
        if self.bends is not None:
            arrays |= {"bends.chosen": self.bends.chosen, "bends.clear": self.bends.clear}
        if self.found is not None and np.any(self.pace.tested != turnover):
            arrays["tests"] = np.stack(self.tests)
            arrays["effects"] = np.stack(self.found[0].effects)
            arrays |= self.found[1].arrays("model.")
            if self.lane is not None:
                arrays["lane"] = np.stack([np.stack(each) for each in self.lane])
        named = {f"{prefix}{name}": array for name, array in arrays.items()}
        return named | self.pace.arrays(prefix)

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str, config: EngineConfig) -> "Discovery":
        """The state that `arrays` gave."""
        part = snapshot.part(prefix)
        selection = Selection(*part.bools("selection"))
        made = cls.begin(len(selection.varies), config)
        made.selection = selection
        made.most = int(part.ints("most")[0])
        made.structure = Structure(
            part.ints("parents"), part.bools("instant"), part.bools("decided")
        )
        made.pace = Pace.restore(snapshot, prefix)
        if "bends.chosen" in part.arrays:
            made.bends = Bends(part.ints("bends.chosen"), part.ints("bends.clear"))
        if "tests" in part.arrays:
            made.tests = Tests(*part.floats("tests"))
            if "lane" in part.arrays:
                made.lane = Lane(*(Tests(*each) for each in part.floats("lane")))
            model = Model.restore(snapshot, f"{prefix}model.", made.tests)
            estimate, _ = made.conclude(model, [])
            made.found = replace(estimate, effects=Effects(*part.floats("effects"))), model
        return made

    def _is_one(self, correlation: LaggedCorrelation, groups: list[Bools]) -> bool:
        """Whether the structure that is known will do for all variables."""
        return len(groups) == 1 and _is_whole(correlation, groups)

    def _look(
        self, correlation: LaggedCorrelation, groups: list[Bools], turnover: float, budget: Budget
    ) -> tuple[Ints, Model, list[LaggedCorrelation]]:
        """Search and test; returns the targets looked at, what is expected, and by what."""
        d = self.variables
        everything = np.arange(d)
        if not self._is_one(correlation, groups):
            if self.found is not None and not self.pace.affords(budget.targets, d):
                return everything[:0], self.found[1], []
            self._note_search(correlation, turnover, budget)
            return everything, *self._search_each(correlation, groups)
        is_due = turnover >= self.pace.searched + GROWTH
        if correlation.selection is not self.selection:
            is_due |= bool(np.any(correlation.informative != self.selection.informative))
        targets = everything
        if self.found is None or (is_due and self.pace.affords(budget.targets, d)):
            self._note_search(correlation, turnover, budget)
            self.structure = _search(correlation, self.most)
        elif budget.targets is not None and budget.targets < d:
            spent = budget.targets - budget.targets // 2 if is_due else budget.targets
            targets = self.pace.choose(turnover, spent)
        self._test(correlation, targets)
        return targets, fitted(correlation, self.structure.parents, self.tests), [correlation]

    def _note_search(self, correlation: LaggedCorrelation, turnover: float, budget: Budget) -> None:
        self.pace.searched, self.selection = turnover, correlation.selection
        self.most = min(budget.most_parents, MOST_PARENTS)

    def _test(self, correlation: LaggedCorrelation, targets: Ints) -> None:
        newer = examine(correlation, self.structure, targets)
        self.tests = self.tests.replaced(targets, newer)

    def _search_each(
        self, correlation: LaggedCorrelation, groups: list[Bools]
    ) -> tuple[Model, list[LaggedCorrelation]]:
        """Search and test every cohort, the densest last, so that it has the last word."""
        d = self.variables
        self.structure = Structure.empty(d)
        self.tests = Tests.blank(d, d * (self.config.max_lag + 1))
        model, bases = Model.empty(d, self.config.max_lag), []
        for members in reversed(groups):
            cohort = correlation.among(members)
            bases.append(cohort)
            structure = _search(cohort, self.most)
            tests = examine(cohort, structure, np.arange(d))
            pairs = np.repeat(np.outer(members, members), self.config.max_lag + 1, axis=1)
            self.tests = Tests(
                *(np.where(pairs, its, mine) for its, mine in zip(tests, self.tests, strict=True))
            )
            self.structure = self.structure.replaced(members, structure)
            model = model.replaced(members, fitted(cohort, structure.parents, tests))
        return model, bases

    def _listen(self, lane: LaggedMoments | None, groups: list[Bools], *, searched: bool) -> None:
        """Let the nonlinear lane speak, if it has something to say."""
        self.lane = None
        if lane is None:
            return
        if searched or self.bends is not None:
            correlation = _beside(lane, groups)
            if searched:
                self.bends = bends(correlation, self.structure)
            if self.bends is not None:
                self.lane = curved(correlation, self.bends)

    def conclude(self, model: Model, bases: list[LaggedCorrelation]) -> tuple[Estimate, Model]:
        """Decide by the tests at hand, and expect what a model says."""
        estimate = decide(self.tests, self.lane, self.structure, self.config, bases)
        self.found = estimate, model
        return self.found

    def _changed(self, before: tuple[Estimate, Model] | None) -> Bools:
        """(target): whether other edges of it are accepted than before."""
        changed = np.zeros(self.variables, np.bool_)
        if before is None or self.found is None:
            return changed
        if not np.array_equal(before[0].accepted, self.found[0].accepted):
            differ = np.setxor1d(before[0].accepted, self.found[0].accepted, assume_unique=True)
            changed[differ // self.tests.effect.shape[1]] = True
        return changed


def _is_whole(correlation: LaggedCorrelation, groups: list[Bools]) -> bool:
    """Whether little is missing of the densest variables."""
    if correlation.is_complete:
        return bool(groups)
    return bool(groups) and bool(np.all(correlation.absence[groups[0]] <= LITTLE))


def _beside(lane: LaggedMoments, groups: list[Bools]) -> LaggedCorrelation:
    """The correlations of rows with squares, of the densest variables."""
    correlation = lagged_correlation(lane)
    informative = correlation.informative & np.tile(groups[0], 2)
    return replace(correlation, selection=correlation.selection._replace(informative=informative))


def _search(correlation: LaggedCorrelation, most: int) -> Structure:
    members = np.flatnonzero(correlation.informative)
    rows = float(np.median(correlation.rows[:, 1][np.ix_(members, members)]))
    width = correlation.matrix.shape[1]
    most = int(np.clip(rows - 2 * SPARE_ROWS, 0, most))
    return Search(correlation.flat, rows, width - 1, members, most).structure()
