"""An engine whose half-life is learnt while it runs, and taken back where that does harm.

    half-lives in shadow ──one is preferred──> a second engine in shadow ──it is better──┐
    somebody wants another half-life ───────────────────────────> the second engine speaks,
                                  and goes when it is worse: the first foresees beside it

The second engine begins as a copy of the first, so it knows what that knows; the first goes on with
every row, so that going back loses nothing. Whoever speaks is the engine that graphs come from.
Rows are compared of which both expect the same variables; while all rows of a regime are at hand
still nothing is forgotten, and nothing is tried.
"""

import io
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scarcity.causal import Budget, Engine
from scarcity.causal.budget import UNLIMITED
from scarcity.causal.prior import Prior
from scarcity.meta.betting import Wealth
from scarcity.meta.forgetting import HALF_LIVES, Forgetting
from scarcity.meta.guard import (
    LIVE,
    TRIED,
    Bounds,
    Decision,
    Guard,
    Settings,
    State,
    observe,
    propose,
    push,
    wait,
    withdraw,
)
from scarcity.stats.arrays import Floats, arrays_in

HALF_LIFE = "half_life"
"""The setting: steps, 0 = never."""
GUARD = Guard({HALF_LIFE: Bounds(0.0, 1e6)})
PREFERRED = 0.9
"""The weight at which a half-life is tried."""
REST = 4
"""So many times the rows of a trial in shadow what was not better then is not tried again."""
OWN = "engine"
"""Who proposes what its own rows prefer."""
FLAWS = (struct.error, ValueError, LookupError, ArithmeticError, AttributeError, TypeError)
"""What reading bytes that are no snapshot comes to."""
LENGTHS = struct.Struct("<QQQ")
"""Of a snapshot's header and engines; what is left are arrays."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A half-life that somebody wants to be tried."""

    half_life: float
    """steps; 0 = never"""
    at_once: bool
    """whether it is to speak at once, on trial; False = when it is better in shadow"""
    by: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision of the guard, with what it rests on."""

    decision: Decision
    trusted: float
    """half-life, before"""
    candidate: float
    rows: int
    """that both foresaw in this trial"""
    gain: float
    """nats a row by which the candidate was ahead in them"""
    by: str


@dataclass(frozen=True, slots=True)
class Updated:
    """What a window came to."""

    rows: int
    judged: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Whose it is, and how it stands."""

    by: str
    trusted: float
    candidate: float
    rows: int = 0
    gained: float = 0.0
    """nats, summed"""


class TunedEngine:
    """An engine, while a trial goes on another one beside it, and the judge of both."""

    def __init__(self, engine: Engine, guard: Guard = GUARD) -> None:
        self.engine = engine
        """The one that speaks."""
        self._other: Engine | None = None
        self._guard = guard
        self._state = guard.start({HALF_LIFE: engine.config.half_life or 0.0})
        self._trial = Trial("", 0.0, 0.0)
        self._forgetting = Forgetting.begin()
        self._resting: dict[float, int] = {}
        self._wanted: Wanted | None = None

    @property
    def stage(self) -> str:
        """Of the trial; "idle" when there is none."""
        return self._state.stage

    @property
    def weights(self) -> tuple[float, ...]:
        """Of half-lives, in their order: how far own rows prefer each."""
        return self._forgetting.weights

    @property
    def losses(self) -> tuple[float, ...]:
        """Of half-lives, in their order: nats a row, in shadow."""
        state = self._forgetting.state
        return tuple((state.losses / max(state.rows, 1)).tolist())

    @property
    def shadow_rows(self) -> int:
        """How many rows were foreseen with all half-lives."""
        return self._forgetting.state.rows

    def expect(self, weights: Sequence[float]) -> None:
        """Begin with these weights of half-lives, if nothing was seen yet; they sum to 1."""
        if not self._forgetting.state.rows:
            self._forgetting = Forgetting.begin(weights)

    def want(self, wanted: Wanted) -> None:
        """Try this at the next window, or as soon as anything can be tried."""
        self._wanted = wanted

    def update(
        self,
        window: ArrayLike,
        start: int | None = None,
        *,
        at: datetime | None = None,
        budget: Budget = UNLIMITED,
        may_try: bool = True,
    ) -> Updated:
        """Apply a window, as `Engine.update` does, and judge.

        may_try  whether there is room for two engines; where there is none, trials end
        """
        expected = self.engine.next_step
        rows = self.engine.update(window, start, at=at, budget=budget)
        if not rows:
            return Updated(0)
        if self._other is not None:
            self._other.update(window, start, at=at, budget=budget)
        judged = self._compare(rows)
        is_next = start is None or expected is None or start <= expected
        self._follow(np.asarray(window, np.float64)[-rows:], is_next=is_next)
        if not may_try:
            return Updated(rows, (*judged, *self._withdrawn("no room for two engines")))
        if self._wanted is not None and self._trial.by == OWN:
            judged = (*judged, *self._withdrawn("somebody wants another"))
        return Updated(rows, (*judged, *self._begun()))

    def extend(self, variables: Sequence[str]) -> None:
        """Append variables, as `Engine.extend` does."""
        for each in self._engines:
            each.extend(variables)

    def consider(self, priors: Sequence[Prior]) -> None:
        """These are what others lead one to expect, as in `Engine.consider`."""
        for each in self._engines:
            each.consider(priors)

    def snapshot(self) -> bytes:
        """Everything; `restore` makes one that goes on identically."""
        header = json.dumps(
            {
                "state": _document(self._state),
                "trial": _fields(self._trial),
                "wanted": None if self._wanted is None else _fields(self._wanted),
                "resting": list(self._resting.items()),
            }
        ).encode()
        first = self.engine.snapshot()
        second = b"" if self._other is None else self._other.snapshot()
        arrays = io.BytesIO()
        np.savez(arrays, allow_pickle=False, **self._forgetting.arrays(""))
        lengths = LENGTHS.pack(len(header), len(first), len(second))
        return b"".join([lengths, header, first, second, arrays.getvalue()])

    @classmethod
    def restore(cls, data: bytes, guard: Guard = GUARD) -> "TunedEngine":
        """What a snapshot was taken of; ValueError when the bytes hold none."""
        try:
            sizes = LENGTHS.unpack_from(data)
            ends = np.cumsum([LENGTHS.size, *sizes]).tolist()
            header, first, second = (data[a:b] for a, b in pairwise(ends))
            about = json.loads(header)
            made = cls(Engine.restore(first), guard)
            made._other = Engine.restore(second) if second else None
            made._state = _state(about["state"])
            made._trial = Trial(**about["trial"])
            made._wanted = None if about["wanted"] is None else Wanted(**about["wanted"])
            made._resting = dict(about["resting"])
            made._forgetting = Forgetting.restore(arrays_in(data[ends[-1] :]), "")
        except FLAWS as flaw:
            raise ValueError(f"these bytes are no snapshot of a tuned engine: {flaw}") from flaw
        return made

    @property
    def _engines(self) -> list[Engine]:
        return [self.engine] if self._other is None else [self.engine, self._other]

    def _follow(self, rows: Floats, *, is_next: bool) -> None:
        """Let half-lives foresee the rows, where any could make a difference."""
        engine = self.engine
        if not engine.is_young:
            values = np.where(np.isfinite(rows), rows, np.nan)
            self._forgetting = self._forgetting.after(
                values, engine.regime, engine.parents, engine.config.max_lag, is_next=is_next
            )

    def _compare(self, rows: int) -> tuple[Judged, ...]:
        """Show the guard the rows that both engines foresaw, until the trial is over."""
        judged: list[Judged] = []
        if self._other is None:
            self._state = wait(self._guard, self._state, rows)
        for new, old in self._losses():
            self._state, decision = observe(self._guard, self._state, new, old)
            trial = self._trial
            self._trial = replace(trial, rows=trial.rows + 1, gained=trial.gained + old - new)
            if decision.action != "keep":
                judged.append(self._said(decision))
                self._act(decision)
            if self._state.stage not in TRIED:
                break
        return tuple(judged)

    def _losses(self) -> list[tuple[float, float]]:
        """Of each row that both foresaw: nats that the new settings cost, and the old."""
        if self._other is None:
            return []
        ours, its = self.engine.foresight, self._other.foresight
        if ours is None or its is None or not np.array_equal(ours.known, its.known):
            return []
        count = min(len(ours.scores), len(its.scores))
        ours_last, its_last = ours.scores[-count:], its.scores[-count:]
        new, old = (ours_last, its_last) if self._state.stage in LIVE else (its_last, ours_last)
        return list(zip((-new).tolist(), (-old).tolist(), strict=True))

    def _act(self, decision: Decision) -> None:
        """Let the right engine speak, and let go of the other when the trial is over."""
        runs = decision.settings[HALF_LIFE]
        if (self.engine.config.half_life or 0.0) != runs and self._other is not None:
            self.engine, self._other = self._other, self.engine
        if self._state.stage not in TRIED:
            self._other = None
        if decision.action in ("drop", "roll-back"):
            rest = REST * self._guard.shadow_rows
            self._resting[self._trial.candidate] = self.engine.rows + rest

    def _begun(self) -> tuple[Judged, ...]:
        """Begin a trial, of what somebody wants or of what own rows prefer."""
        wanted = self._wanted or self._preferred()
        if wanted is None or self.engine.is_young or self._state.stage in TRIED:
            return ()
        self._wanted = None
        settings: Settings = {HALF_LIFE: wanted.half_life}
        begin = push if wanted.at_once else propose
        trusted = float(self._state.trusted[HALF_LIFE])
        self._trial = Trial(wanted.by, trusted, wanted.half_life)
        self._state, decision = begin(self._guard, self._state, settings)
        if decision.action == "begin":
            self._other = self.engine.branched(wanted.half_life or None)
            self._act(decision)
        return (self._said(decision),)

    def _preferred(self) -> Wanted | None:
        weight, best = max(zip(self.weights, HALF_LIVES, strict=True))
        is_trusted = best == self._state.trusted[HALF_LIFE]
        is_resting = self.engine.rows < self._resting.get(best, 0)
        if is_trusted or is_resting or weight < PREFERRED or self._state.stage == "frozen":
            return None
        return Wanted(best, at_once=False, by=OWN)

    def _withdrawn(self, why: str) -> tuple[Judged, ...]:
        """End the trial, if there is one, without a verdict."""
        if self._other is None:
            return ()
        self._state, decision = withdraw(self._state, why)
        self._act(decision)
        return (self._said(decision),)

    def _said(self, decision: Decision) -> Judged:
        trial = self._trial
        gain = trial.gained / trial.rows if trial.rows else 0.0
        return Judged(decision, trial.trusted, trial.candidate, trial.rows, gain, trial.by)


def _fields(value: Trial | Wanted) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _document(state: State) -> dict[str, Any]:
    return {
        "trusted": dict(state.trusted),
        "stage": state.stage,
        "candidate": dict(state.candidate),
        "worse": _wealth(state.worse),
        "better": _wealth(state.better),
        "rows": state.rows,
        "seen": state.seen,
        "rollbacks": list(state.rollbacks),
    }


def _wealth(wealth: Wealth) -> dict[str, Any]:
    return {
        "log": wealth.log,
        "weight": wealth.weight.tolist(),
        "square": wealth.square,
        "rows": wealth.rows,
    }


def _state(document: Mapping[str, Any]) -> State:
    wealths = {
        name: Wealth(**{**document[name], "weight": np.array(document[name]["weight"])})
        for name in ("worse", "better")
    }
    return State(**{**document, **wealths, "rollbacks": tuple(document["rollbacks"])})
