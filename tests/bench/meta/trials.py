"""Half-lives on trial in the engine's own service: 10,000 windows, and what each decision cost.

Streams of five kinds run through `services.mpie.domain` in windows of WINDOW rows, once as it comes
and once with nothing tried. In the midst of each a harmful half-life is pushed.

gain       nats a row by which windows are foreseen better than with nothing tried, push included
lost       of every change that was in use, nats in all by which it was behind what it replaced
allowed    what the bet promises that this stays below (`betting.most_lost`), at its own scale
harmless   pushes of a half-life of a million rows where nothing is ever forgotten
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import numpy as np

from scarcity.causal import Budget, EngineConfig
from scarcity.events import (
    EngineConfigured,
    OutcomeMeasured,
    TrialJudged,
    WindowSealed,
    pack_matrix,
)
from scarcity.meta import tuning
from scarcity.meta.betting import CLIP, SMALLEST_SCALE, most_lost, put_on_scale
from scarcity.meta.guard import LIVE, Decision, Guard, State, observe
from services.mpie.domain import Given, StreamEngine
from worlds.domains import drifting, wandering
from worlds.world import Floats

D, WINDOW, WINDOWS = 10, 64, 125
ROWS = WINDOW * WINDOWS
STREAMS = 16
KINDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "static": lambda rng: drifting(rng, ROWS, None),
    "slow": lambda rng: drifting(rng, ROWS, 1500),
    "medium": lambda rng: drifting(rng, ROWS, 400),
    "fast": lambda rng: drifting(rng, ROWS, 120),
    "straying": lambda rng: wandering(rng, ROWS, 0.005),
}
HARMFUL = (8.0, 16.0, 32.0)
HARMLESS = 1e6
PUSHED_FROM, PUSHED_TO = 56, 90
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Watch:
    """Rows of trials in use, as the guard sees them."""

    def __init__(self) -> None:
        self.lost: list[tuple[float, float]] = []
        """of each change that was in use: nats, and what was allowed"""
        self._rows: list[tuple[float, float, float]] = []

    def observe(self, guard: Guard, state: State, new: float, old: float) -> tuple[State, Decision]:
        if state.stage in LIVE:
            x = put_on_scale(state.worse, new - old)
            scale = CLIP * max(np.sqrt(state.worse.square), SMALLEST_SCALE)
            self._rows.append((new - old, 0.0 if x is None else x, 0.0 if x is None else scale))
        after, decision = observe(guard, state, new, old)
        if state.stage in LIVE and after.stage not in LIVE:
            self.end(guard.alpha)
        return after, decision

    def end(self, alpha: float) -> None:
        """Sum up what was in use until now."""
        if self._rows:
            nats, scaled, scales = np.array(self._rows).T
            allowed = most_lost(float(np.sum(scaled**2)), len(scaled), alpha) * scales.max()
            self.lost.append((float(nats.sum()), float(allowed)))
            self._rows = []


def measure(first: int, _seeds: int) -> dict[str, object]:
    """Of 16 streams of each kind: 10,000 windows."""
    kinds: dict[str, object] = {}
    pushed: list[tuple[str, int, float]] = []
    lost: list[tuple[float, float]] = []
    for place, (kind, make) in enumerate(KINDS.items()):
        gains: list[float] = []
        actions: dict[str, int] = defaultdict(int)
        for stream in range(STREAMS):
            rng = np.random.default_rng([first, place, stream])
            values, half_life = make(rng), float(rng.choice(HARMFUL))
            push = int(rng.integers(PUSHED_FROM, PUSHED_TO))
            watch = Watch()
            with patch.object(tuning, "observe", watch.observe):
                scores, told = _run(values, push, half_life)
            watch.end(tuning.GUARD.alpha)
            never, _ = _run(values, None, 0.0)
            gains.append(float(np.nanmean(scores - never)))
            lost += watch.lost
            for each in told:
                actions[f"{each.by}: {each.action}"] += 1
            pushed += _pushed(told)
        kinds[kind] = {
            "gain": round(float(np.mean(gains)), 4),
            "least": round(min(gains), 4),
            "decisions": dict(sorted(actions.items())),
        }
    return {
        "windows": STREAMS * WINDOWS * len(KINDS),
        "kinds": kinds,
        "changes in use": len(lost),
        "beyond what is allowed": sum(nats > allowed for nats, allowed in lost),
        "largest loss, nats": round(max(nats for nats, _ in lost), 1),
        "largest share of what is allowed": round(max(n / a for n, a in lost), 3),
        "harmful pushes": _summary(pushed),
        "harmless": _harmless(first),
    }


def _run(values: Floats, push: int | None, half_life: float) -> tuple[Floats, list[TrialJudged]]:
    """Scores (window), NaN while nothing is expected, and every decision."""
    engine, told = StreamEngine(EngineConfig(), 4), []
    scores = np.full(WINDOWS, np.nan)
    wanted = EngineConfigured("s", 1, AT, "push", (), (), (), half_life, at_once=True)
    for place in range(WINDOWS):
        configured = (wanted,) if push is not None and place >= push else ()
        given = Given(Budget(), (), configured, may_try=push is not None)
        for event in engine.apply(_window(values, place), given, lambda: 0.0):
            if isinstance(event, OutcomeMeasured) and event.score is not None:
                scores[place] = event.score
            elif isinstance(event, TrialJudged):
                told.append(event)
    return scores, told


def _pushed(told: list[TrialJudged]) -> list[tuple[str, int, float]]:
    """What became of a push: the last decision about it, rows, and nats a row."""
    about = [each for each in told if each.by == "push"]
    if not about:
        return []
    return [(str(about[-1].action), about[-1].rows, about[-1].gain)]


def _summary(pushed: list[tuple[str, int, float]]) -> dict[str, object]:
    back = [(rows, -gain * rows) for action, rows, gain in pushed if action == "roll-back"]
    rows, nats = np.array(back).T
    return {
        "begun": sum(action != "refuse" for action, *_ in pushed),
        "refused": sum(action == "refuse" for action, *_ in pushed),
        "taken back": len(back),
        "rows until then, median": float(np.median(rows)),
        "90 % within": float(np.quantile(rows, 0.9)),
        "nats lost, median": round(float(np.median(nats)), 1),
    }


def _harmless(first: int) -> dict[str, int]:
    """Static streams, on which nothing could be worse."""
    actions: dict[str, int] = defaultdict(int)
    for stream in range(4 * STREAMS):
        rng = np.random.default_rng([first, len(KINDS), stream])
        _, told = _run(drifting(rng, ROWS, None), PUSHED_FROM, HARMLESS)
        for action, *_ in _pushed(told):
            actions[action] += 1
    return dict(actions)


def _window(values: Floats, place: int) -> WindowSealed:
    begin = place * WINDOW
    packed, validity = pack_matrix(values[begin : begin + WINDOW])
    return WindowSealed(
        window_id=f"s/0/{begin}",
        stream="s",
        epoch=0,
        start_step=begin,
        steps=WINDOW,
        columns=tuple(f"x{n}" for n in range(D)),
        values=packed,
        validity=validity,
        start_time=AT + timedelta(seconds=begin),
        end_time=AT + timedelta(seconds=begin + WINDOW - 1),
        definition_version=1,
        records=WINDOW,
    )
