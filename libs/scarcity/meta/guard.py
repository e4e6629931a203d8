"""How a change of settings is let in, and out again: shadow, canary, promoted; or rolled back.

    idle ──propose──> shadow ──it is better──> canary ──nothing happened──> promoted ──> idle
              push ────────────────────────────────┘                          │
                                    it is worse: rolled-back <────────────────┘
                                          │ again, within `within_rows`
                                       frozen ──they are long ago──> idle

Old and new settings both foresee every row as long as a trial lasts; the pairs of losses are all
that is looked at. "Better" and "worse" are said by bets (`betting`), which may be looked at after
each row: settings that are no worse are rolled back with a probability of at most `alpha`, over the
whole trial, however long it is. Everything is a fold of (state, observation) to (state, decision),
so that a decision can be played again.

What is released is never empty and always complete: all settings that are bounded, each a number
within its bounds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scarcity.meta.betting import START, Wealth, bet

Stage = Literal["idle", "shadow", "canary", "promoted", "rolled-back", "frozen"]
Action = Literal[
    "keep", "refuse", "begin", "drop", "release", "promote", "settle", "roll-back", "withdraw"
]
Settings = Mapping[str, float]

TRIED: tuple[Stage, ...] = ("shadow", "canary", "promoted")
LIVE: tuple[Stage, ...] = ("canary", "promoted")
"""In which the new settings are what is run."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a setting may be."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return math.isfinite(value) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of trials; rows are those that both settings foresaw."""

    bounds: Mapping[str, Bounds]
    alpha: float = 0.01
    """the chance of rolling back what is no worse"""
    better: float = 0.05
    """the chance of letting in from the shadow what is no better"""
    shadow_rows: int = 2000
    """what is not better by then is dropped"""
    canary_rows: int = 500
    promoted_rows: int = 2000
    """then the old settings are foreseen with no more"""
    most_rollbacks: int = 2
    """with so many ..."""
    within_rows: int = 20_000
    """... in so many rows, nothing is tried any more"""

    def __post_init__(self) -> None:
        if not self.bounds:
            raise ValueError(
                "name the settings and their bounds: with none nothing can be released"
            )
        if not (0.0 < self.alpha < 1.0 and 0.0 < self.better < 1.0):
            raise ValueError("alpha and better must lie between 0 and 1")

    def problem(self, settings: Settings) -> str | None:
        """Why settings cannot be released; None if they can."""
        if missing := self.bounds.keys() - settings.keys():
            return f"{', '.join(sorted(missing))} missing"
        if unknown := settings.keys() - self.bounds.keys():
            return f"{', '.join(sorted(unknown))} unknown"
        for name, value in sorted(settings.items()):
            if value not in self.bounds[name]:
                low, high = self.bounds[name].low, self.bounds[name].high
                return f"{name} must lie between {low:g} and {high:g}, not be {value:g}"
        return None

    def start(self, settings: Settings) -> "State":
        """Begin with these; ValueError when they could not be released."""
        if problem := self.problem(settings):
            raise ValueError(problem)
        return State(dict(settings))


@dataclass(frozen=True, eq=False)
class State:
    """What the guard remembers."""

    trusted: Settings
    """what to go back to"""
    stage: Stage = "idle"
    candidate: Settings = field(default_factory=dict)
    """on trial; empty when none is"""
    worse: Wealth = START
    better: Wealth = START
    rows: int = 0
    """of this stage"""
    seen: int = 0
    """of all"""
    rollbacks: tuple[int, ...] = ()
    """how much was seen at each, as far as it still counts"""

    @property
    def running(self) -> Settings:
        """What is to be run now."""
        return self.candidate if self.stage in LIVE else self.trusted


@dataclass(frozen=True, eq=False)
class Decision:
    """What follows, and why."""

    action: Action
    stage: Stage
    settings: Settings
    """to be run from now on"""
    e_value: float
    """how strongly rows say that the new settings are worse"""
    why: str


def propose(guard: Guard, state: State, candidate: Settings) -> tuple[State, Decision]:
    """Try settings in shadow, where they change nothing until they are better."""
    return _begun(guard, state, candidate, "shadow")


def push(guard: Guard, state: State, candidate: Settings) -> tuple[State, Decision]:
    """Run settings at once, on trial: somebody wants them."""
    return _begun(guard, state, candidate, "canary")


def withdraw(state: State, why: str) -> tuple[State, Decision]:
    """End a trial without a verdict, such as where there is no room for two: back to the old."""
    if state.stage not in TRIED:
        return _said(state, "keep", "nothing is on trial")
    return _said(_idle(state, state.trusted), "withdraw", why)


def observe(guard: Guard, state: State, new: float, old: float) -> tuple[State, Decision]:
    """After one row more, which both settings foresaw at a loss; without a trial none is used."""
    if state.stage not in TRIED:
        return _said(wait(guard, state, 1), "keep", "nothing is on trial")
    state = replace(state, rows=state.rows + 1, seen=state.seen + 1)
    if state.stage == "shadow":
        return _in_shadow(guard, replace(state, better=bet(state.better, old - new)))
    return _in_use(guard, replace(state, worse=bet(state.worse, new - old)))


def wait(guard: Guard, state: State, rows: int) -> State:
    """After rows in which nothing was on trial; a frost ends when the rollbacks are long ago."""
    state = replace(state, rows=state.rows + rows, seen=state.seen + rows)
    is_over = state.stage == "frozen" and state.seen - state.rollbacks[-1] >= guard.within_rows
    return _idle(state, state.trusted) if is_over else state


def _begun(guard: Guard, state: State, candidate: Settings, stage: Stage) -> tuple[State, Decision]:
    if state.stage in (*TRIED, "frozen"):
        busy = "frozen" if state.stage == "frozen" else "another trial goes on"
        return _said(state, "refuse", busy)
    if problem := guard.problem(candidate):
        return _said(state, "refuse", problem)
    if candidate == state.trusted:
        return _said(state, "refuse", "that is what runs")
    fresh = State(state.trusted, stage, dict(candidate), seen=state.seen, rollbacks=state.rollbacks)
    return _said(fresh, "begin", f"on trial, {stage}")


def _in_shadow(guard: Guard, state: State) -> tuple[State, Decision]:
    if state.better.reaches(guard.better):
        return _said(replace(state, stage="canary", rows=0), "release", "better in shadow")
    if state.rows >= guard.shadow_rows:
        return _said(_idle(state, state.trusted), "drop", "no better in shadow")
    return _said(state, "keep", "in shadow")


def _in_use(guard: Guard, state: State) -> tuple[State, Decision]:
    if state.worse.reaches(guard.alpha):
        return _rolled_back(guard, state)
    if state.stage == "canary" and state.rows >= guard.canary_rows:
        return _said(replace(state, stage="promoted", rows=0), "promote", "no worse as canary")
    if state.stage == "promoted" and state.rows >= guard.promoted_rows:
        return _said(_idle(state, state.candidate), "settle", "no worse for long")
    return _said(state, "keep", "no worse so far")


def _rolled_back(guard: Guard, state: State) -> tuple[State, Decision]:
    since = state.seen - guard.within_rows
    recent = (*(each for each in state.rollbacks if each > since), state.seen)
    is_frozen = len(recent) >= guard.most_rollbacks
    back = replace(
        state,
        stage="frozen" if is_frozen else "rolled-back",
        candidate={},
        rows=0,
        rollbacks=recent,
    )
    return _said(back, "roll-back", "worse" + (", and not for the first time" * is_frozen))


def _idle(state: State, trusted: Settings) -> State:
    return State(trusted, seen=state.seen, rollbacks=state.rollbacks)


def _said(state: State, action: Action, why: str) -> tuple[State, Decision]:
    e_value = math.exp(min(state.worse.log, 700.0))
    return state, Decision(action, state.stage, state.running, e_value, why)
