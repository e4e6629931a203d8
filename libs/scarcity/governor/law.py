"""The control law: what has been measured, to what may be spent. Pure, so that it can be replayed.

Memory is predicted, everything else taken as it is. With u(t) the working set, s its slope filtered
with time constants τ (rising, falling), h the horizon and L the limit, the load is

    x = ( u + h max(s, 0) ) / L .

Of other resources, x = target · value / tolerance.

Some memory is taken by others in less time than the governor needs, so a reserve is kept for it. A
surprise is what u(t) is above what was foreseen a tick before; those of the last moments add up,
and the largest sum z is remembered, and slowly forgotten. While little is known, something is kept
free anyway:

    r = max( min( z - (ceiling - target), most_reserve ), distrust · exp(-age / trust_s), 0 ) .

The largest load, that of memory plus r, binds. With m = target - x,

    m < 0             share ← share · max( deepest_cut, 1 + gain · m )^(dt/tick) ,  then hold
    m > deadband      share ← share + raise_per_s · dt · min( 1, m' / target ) ,    not while held

where m' is the margin a little further ahead, so that what is given back stops in time. It begins
at `safe`, because nothing is known yet of how fast memory goes.

Cutting fast and multiplicatively, giving back slowly and additively, is what keeps many governors
on one resource stable and fair (D.-M. Chiu, R. Jain, "Analysis of the increase and decrease
algorithms for congestion avoidance in computer networks", Computer Networks and ISDN Systems 17,
1989). Levels have a threshold to enter and a lower one to leave. At PAUSE nothing new is taken in
hand, until memory has not risen for long: then others have it, and the floor is worked at. The
share is the state itself, and bounded, so that nothing winds up while it saturates.

What is unknown does not bind. When memory is not known and nothing else is, the share moves
towards `safe`.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from scarcity.events import ResourceSample
from scarcity.governor.policy import Level, Policy

MEMORY = "memory"
"""The load that kills. The others slow things down, so they can neither pause nor cut to the floor
at once."""
MOST_OF_OTHERS = 1.0
WORST_OF_OTHERS = Level.THROTTLE

TICK_S = 0.05
"""The time that one cut is meant for; slower ticks cut deeper."""
LONGEST_STEP_S = 5.0
"""A clock that jumps further counts as this much; the slope is then unknown."""
SHORTEST_STEP_S = 0.005
"""Changes within less time say nothing of a slope."""
RISING_S = 0.05
FALLING_S = 0.2
"""Time constants of the slope: an increase is believed sooner than a decrease."""
FURTHER_S = 0.3
"""How much further ahead than for a cut memory is foreseen before anything is given back."""
MOMENT_S = 0.3
"""How long surprises add up: what comes sooner than cutting can help."""
STILL_PER_S = 0.005
"""Shares of the limit by which memory may rise and count as still."""
SMALLEST_FALL = 0.01
"""Share of the limit by which the load has to fall for a cut to have had an effect."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A series of cuts that has not ended: since when, and the load at which it began."""

    since: float
    load: float


class Seen(NamedTuple):
    """The load that binds."""

    load: float
    """with the reserve"""
    felt: float
    """without it"""
    further: float
    """with the reserve, a little further ahead"""


@dataclass(frozen=True, slots=True)
class State:
    """What the law remembers; times in seconds of any clock that does not go back."""

    share: float = 1.0
    level: Level = Level.NORMAL
    at: float | None = None
    source: str = ""
    """where memory was measured: another place is no change of memory"""
    used: float | None = None
    slope: float | None = None
    """bytes per second"""
    held_until: float = -math.inf
    level_since: float = -math.inf
    cut: Cut | None = None
    begun: float | None = None
    surprise: float = 0.0
    """sum of the last moments, in limits"""
    shock: float = 0.0
    """the largest of these sums, as far as it is not forgotten"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be spent now, and why."""

    share: float
    """of full work, 0 to 1"""
    level: Level
    rule: str
    """cut, hold, raise, keep, pause, safe, or ineffective"""
    binding: str
    """the resource with the largest load; empty when nothing is known"""
    load: float | None
    """of that resource: 1 is its limit"""
    predicted: float | None
    """memory used at the horizon, in bytes"""
    time_to_limit: float | None
    """seconds until memory is used up, at this slope"""
    is_paused: bool
    """nothing new is to be taken in hand"""
    evict: bool
    """give back what can be: cutting has not helped, or cannot be waited for"""


def decide(
    policy: Policy, state: State, sample: ResourceSample, now: float
) -> tuple[State, Decision]:
    """What follows from one sample; `now` in seconds of the clock of the state."""
    sample = sample.clean()
    state = _not_ahead(policy, state, now)
    if sample.memory_source != state.source:
        state = replace(state, source=sample.memory_source, used=None, slope=None)
    step = _step(state, now)
    slope = _slope(state, sample, step, now)
    state = _surprised(policy, state, sample, step, now)
    loads = _loads(policy, sample, slope)
    reserve = _reserve(policy, state, now)
    state = replace(state, at=now, used=sample.memory_used, slope=slope)
    if not loads:
        return _without_knowledge(policy, state, step)
    loads = {name: load + reserve * (name == MEMORY) for name, load in loads.items()}
    binding = max(loads, key=lambda name: loads[name])
    load = loads[binding]
    state = _with_level(policy, state, loads, now)
    felt = load - reserve * (binding == MEMORY)
    further = load + (_growth(sample, slope) if binding == MEMORY else 0.0)
    state, rule = _with_share(policy, state, Seen(load, felt, further), step, now)
    is_paused = state.level is Level.PAUSE and not _endures(policy, state, sample, felt, now)
    return state, Decision(
        share=state.share,
        level=state.level,
        rule=rule,
        binding=binding,
        load=load,
        predicted=_predicted(policy, sample, slope),
        time_to_limit=_time_to_limit(sample, slope),
        is_paused=is_paused,
        evict=rule in ("ineffective", "pause"),
    )


def _not_ahead(policy: Policy, state: State, now: float) -> State:
    """The state as if its times were no later than now allows, should the clock have gone back."""
    if state.at is None or now >= state.at:
        return state
    return replace(
        state,
        held_until=min(state.held_until, now + policy.hold_s),
        level_since=min(state.level_since, now),
        cut=None if state.cut is None else replace(state.cut, since=min(state.cut.since, now)),
    )


def _step(state: State, now: float) -> float:
    """Seconds since the last tick; 0 at the first, and when the clock went back."""
    if state.at is None:
        return 0.0
    return min(max(now - state.at, 0.0), LONGEST_STEP_S)


def _slope(state: State, sample: ResourceSample, step: float, now: float) -> float | None:
    """Bytes per second, filtered; unknown after a jump of the clock."""
    if step == 0.0:
        return state.slope
    if state.at is None or now - state.at > LONGEST_STEP_S:
        return None
    if state.used is None or sample.memory_used is None:
        return None
    newest = (sample.memory_used - state.used) / max(step, SHORTEST_STEP_S)
    if state.slope is None:
        return newest
    constant = RISING_S if newest > state.slope else FALLING_S
    return state.slope + (1.0 - math.exp(-step / constant)) * (newest - state.slope)


def _surprised(
    policy: Policy, state: State, sample: ResourceSample, step: float, now: float
) -> State:
    """The state with what is above what was foreseen at the tick before."""
    begun = now if state.begun is None else min(state.begun, now)
    surprise = state.surprise * math.exp(-step / MOMENT_S)
    limit = _limit(sample)
    if state.used is not None and state.slope is not None and sample.memory_used and limit:
        foreseen = state.used + step * max(state.slope, 0.0)
        surprise += max(sample.memory_used - foreseen, 0.0) / limit
    shock = max(state.shock * math.exp(-step / policy.remember_s), surprise)
    return replace(state, begun=begun, surprise=surprise, shock=shock)


def _reserve(policy: Policy, state: State, now: float) -> float:
    """The load that is kept free for what nobody foresees."""
    age = now - (now if state.begun is None else state.begun)
    known = min(state.shock - (policy.ceiling - policy.target), policy.most_reserve)
    return max(known, policy.distrust * math.exp(-age / policy.trust_s), 0.0)


def _limit(sample: ResourceSample) -> float | None:
    limits = [limit for limit in (sample.memory_limit, sample.memory_high) if limit]
    return min(limits, default=None)


def _predicted(policy: Policy, sample: ResourceSample, slope: float | None) -> float | None:
    if sample.memory_used is None:
        return None
    return sample.memory_used + policy.horizon_s * max(slope or 0.0, 0.0)


def _growth(sample: ResourceSample, slope: float | None) -> float:
    """What the load of memory grows by from the horizon until a little further ahead."""
    limit = _limit(sample)
    return FURTHER_S * max(slope or 0.0, 0.0) / limit if limit else 0.0


def _time_to_limit(sample: ResourceSample, slope: float | None) -> float | None:
    limit = _limit(sample)
    if sample.memory_used is None or not limit or not slope or slope <= 0.0:
        return None
    return max(limit - sample.memory_used, 0.0) / slope


def _loads(policy: Policy, sample: ResourceSample, slope: float | None) -> dict[str, float]:
    """By resource, those that are known."""
    allowed = policy.tolerances
    shares = {
        "memory_pressure": (sample.memory_pressure, allowed.memory_pressure),
        "memory_pressure_full": (sample.memory_pressure_full, allowed.memory_pressure_full),
        "cpu_throttled": (sample.cpu_throttled, allowed.cpu_throttled),
        "cpu_pressure": (sample.cpu_pressure, allowed.cpu_pressure),
        "io_pressure": (sample.io_pressure_full, allowed.io_pressure_full),
        "loop_lag": (sample.loop_lag, allowed.loop_lag),
        "consumer_lag": (sample.consumer_lag, allowed.consumer_lag),
        "latency": (sample.latency, allowed.latency),
        "gpu_memory": (_ratio(sample.gpu_memory_used, sample.gpu_memory_limit), allowed.gpu_memory),
        "gpu_temperature": (sample.gpu_temperature, allowed.gpu_temperature),
    }
    loads = {
        name: min(policy.target * value / most, MOST_OF_OTHERS)
        for name, (value, most) in shares.items()
        if value is not None and most is not None
    }
    limit, predicted = _limit(sample), _predicted(policy, sample, slope)
    if limit and predicted is not None:
        loads[MEMORY] = predicted / limit
    return loads


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _without_knowledge(policy: Policy, state: State, step: float) -> tuple[State, Decision]:
    most = policy.raise_per_s * step
    share = min(max(policy.safe, state.share - most), state.share + most)
    state = replace(state, share=share, cut=None)
    nothing = (None, None, None)
    return state, Decision(share, state.level, "safe", "", *nothing, is_paused=False, evict=False)


def _with_level(policy: Policy, state: State, loads: dict[str, float], now: float) -> State:
    """Up at once, down one at a time, each after it has been held for a while."""
    reached = max(_level(name, load, policy.enter) for name, load in loads.items())
    if reached > state.level:
        return replace(state, level=reached, level_since=now)
    kept = max(_level(name, load, policy.leave) for name, load in loads.items())
    is_over = kept < state.level
    if is_over and now - state.level_since >= policy.dwell_s:
        return replace(state, level=Level(state.level - 1), level_since=now)
    return state


def _endures(policy: Policy, state: State, sample: ResourceSample, load: float, now: float) -> bool:
    """Whether a pause has been long enough: memory does not rise, so others have it."""
    limit = _limit(sample)
    is_still = limit is not None and (state.slope or 0.0) <= STILL_PER_S * limit
    is_long = now - state.level_since > policy.longest_pause_s
    return is_long and is_still and load < policy.last_resort


def _level(name: str, load: float, thresholds: tuple[float, ...]) -> Level:
    """The highest level whose threshold is reached."""
    reached = Level(sum(load >= threshold for threshold in thresholds))
    return reached if name == MEMORY else min(reached, WORST_OF_OTHERS)


def _with_share(
    policy: Policy, state: State, seen: Seen, step: float, now: float
) -> tuple[State, str]:
    """The new share, and by which rule."""
    margin = policy.target - seen.load
    if margin < 0.0:
        return _after_cut(policy, state, margin, seen.felt, step, now)
    state = replace(state, cut=None)
    if state.level is Level.PAUSE:
        return state, "pause"
    if now < state.held_until:
        return state, "hold"
    if margin <= policy.deadband or state.share == 1.0:
        return state, "keep"
    ahead = max(policy.target - seen.further, 0.0)
    more = policy.raise_per_s * step * min(1.0, ahead / policy.target)
    return replace(state, share=min(1.0, state.share + more)), "raise"


def _after_cut(
    policy: Policy, state: State, margin: float, load: float, step: float, now: float
) -> tuple[State, str]:
    factor = max(policy.deepest_cut, 1.0 + policy.gain * margin)
    share = max(policy.floor, state.share * factor ** max(step / TICK_S, 1.0))
    cut = state.cut or Cut(now, load)
    rule = "pause" if state.level is Level.PAUSE else "cut"
    if load < cut.load - SMALLEST_FALL:
        cut = Cut(now, load)
    elif now - cut.since >= policy.patience_s:
        rule, share = "ineffective", policy.floor
    state = replace(state, share=share, held_until=now + policy.hold_s, cut=cut)
    return state, rule
