"""A process whose memory follows from what it is allowed to do, and a load that is out to kill it.

With λ(t) the memory that incoming work takes per second at full work, b(t) the share that is
allowed, p what is beyond anybody's control and τ how long work stays,

    du/dt = λ b - (u - leaked) / τ + p' ,

of which a share leaks until it is evicted. The page cache comes beside it, and gives way: it kills
nobody. The process dies when u > limit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scarcity.events import ResourceSample
from scarcity.governor.law import Decision, State, decide
from scarcity.governor.policy import Policy

STEP_S = 0.005
TICK_S = 0.05
DELAY_S = 0.03
"""From a sample to its effect."""
LIMIT = 300.0 * 2**20
EVICTED_PER_S = 3.0
"""Of what leaked, while it is asked for."""

Load = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Plant:
    """Shares of the limit, and seconds."""

    kind: str
    load: Load
    """limits per second that work takes, at full work"""
    forced: Load
    """share of the limit that others hold"""
    stays_s: float
    leaks: float
    base: float
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one."""

    died: bool
    peak: float
    """largest working set, in limits"""
    work: float
    """limits of work done"""
    reversals_per_s: float
    """of the share, in the last half"""
    shares: tuple[float, ...]
    loads: tuple[float, ...]
    """working set at each tick, in limits"""


def governed(plant: Plant, policy: Policy) -> Run:
    """What becomes of it under the law."""
    state = State(share=policy.safe)

    def govern(sample: ResourceSample, now: float) -> Decision:
        nonlocal state
        state, decision = decide(policy, state, sample, now)
        return decision

    return _run(plant, govern, policy.safe)


def at_fixed(plant: Plant, share: float) -> Run:
    """What becomes of it at the same share of work all the time."""
    nothing = (None, None, None)
    fixed = Decision(share, State().level, "fixed", "", *nothing, is_paused=False, evict=False)
    return _run(plant, lambda _sample, _now: fixed, share)


def _run(plant: Plant, govern: Callable[[ResourceSample, float], Decision], share: float) -> Run:
    held, leaked, work, peak = 0.0, 0.0, 0.0, plant.base
    waiting: list[tuple[float, Decision]] = []
    evict, next_tick = False, 0.0
    shares: list[float] = []
    loads: list[float] = []
    for step in range(round(plant.seconds / STEP_S)):
        now = step * STEP_S
        used = plant.base + held + leaked + plant.forced(now)
        peak = max(peak, used)
        if used > 1.0:
            return Run(True, peak, work, 0.0, tuple(shares), tuple(loads))
        if now >= next_tick:
            next_tick += TICK_S
            sample = ResourceSample(memory_used=used * LIMIT, memory_limit=LIMIT)
            decision = govern(sample, now)
            waiting.append((now + DELAY_S, decision))
            shares.append(decision.share)
            loads.append(used)
        while waiting and waiting[0][0] <= now:
            _, decision = waiting.pop(0)
            share, evict = 0.0 if decision.is_paused else decision.share, decision.evict
        taken = plant.load(now) * share * STEP_S
        work += taken
        leaked += plant.leaks * taken
        held += (1.0 - plant.leaks) * taken - held / plant.stays_s * STEP_S
        if evict:
            leaked -= leaked * EVICTED_PER_S * STEP_S
    return Run(False, peak, work, _reversals(shares), tuple(shares), tuple(loads))


def _reversals(shares: list[float]) -> float:
    """Changes of direction per second in the last half; changes below .002 are none."""
    late = np.diff(shares[len(shares) // 2 :])
    moves = np.sign(late[np.abs(late) > 0.002])
    seconds = len(shares) / 2 * TICK_S
    return float(np.sum(moves[1:] != moves[:-1]) / seconds)
