"""Properties of the control law, and whole runs of it against simulated adversaries."""

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plants.adversaries import KINDS, adversary, changing, steady
from plants.plant import at_fixed, governed
from scarcity.events import ResourceSample
from scarcity.governor.law import LONGEST_STEP_S, Decision, State, decide
from scarcity.governor.policy import Level, Policy

POLICY = Policy()
GIB = float(2**30)
METRICS = [each.name for each in fields(ResourceSample) if each.name != "memory_source"]
WORSE_WHEN_LARGER = [
    "memory_used",
    "memory_pressure",
    "memory_pressure_full",
    "cpu_throttled",
    "cpu_pressure",
    "io_pressure_full",
    "loop_lag",
    "gpu_memory_used",
    "gpu_temperature",
]

numbers = st.none() | st.floats(0.0, 4 * GIB) | st.floats(0.0, 1.0)
anything = numbers | st.just(math.nan) | st.just(math.inf) | st.floats(-1e12, 0.0)
samples = st.builds(ResourceSample, **dict.fromkeys(METRICS, anything))
histories = st.lists(st.tuples(samples, st.floats(-5.0, 5.0)), max_size=30)
loads = st.lists(st.tuples(st.floats(0.0, 1.2), st.floats(0.0, 0.2)), min_size=1, max_size=40)


def after(
    history: list[tuple[ResourceSample, float]], policy: Policy = POLICY
) -> tuple[State, float]:
    """The state after samples, each so many seconds after the one before, and the time."""
    state, now = State(), 100.0
    for sample, later in history:
        now += later
        state, _ = decide(policy, state, sample, now)
    return state, now


def of_memory(history: list[tuple[float, float]]) -> list[tuple[ResourceSample, float]]:
    return [
        (ResourceSample(memory_used=load * GIB, memory_limit=GIB), later) for load, later in history
    ]


def measured(sample: ResourceSample, metric: str, value: float | None) -> ResourceSample:
    """The sample with another value of one metric."""
    other: dict[str, Any] = {metric: value}
    return replace(sample, **other)


def granted(decision: Decision) -> tuple[bool, float]:
    """Larger = more may be done."""
    return not decision.is_paused, decision.share


@given(histories)
def test_a_share_is_a_share_whatever_is_measured(
    history: list[tuple[ResourceSample, float]],
) -> None:
    state, now = after(history)

    _, decision = decide(POLICY, state, ResourceSample(), now + 0.05)

    assert POLICY.floor <= decision.share <= 1.0
    assert decision.level in Level


@given(loads, st.sampled_from(WORSE_WHEN_LARGER), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_worse_sample_never_grants_more(
    history: list[tuple[float, float]], metric: str, value: float, more: float
) -> None:
    state, now = after(of_memory(history))
    scale = GIB if "used" in metric else 1.0
    here = ResourceSample(memory_used=0.5 * GIB, memory_limit=GIB, gpu_memory_limit=GIB)
    better = measured(here, metric, value * scale)
    worse = measured(here, metric, (value + more) * scale)

    grants = [granted(decide(POLICY, state, each, now + 0.05)[1]) for each in (worse, better)]

    assert grants[0] <= grants[1]


@given(histories)
def test_the_same_samples_lead_to_the_same_decisions(
    history: list[tuple[ResourceSample, float]],
) -> None:
    assert repr(after(history)) == repr(after(history))


@given(loads, st.sampled_from(METRICS), st.sampled_from([math.nan, math.inf, -1.0]))
def test_what_is_no_measurement_is_unknown(
    history: list[tuple[float, float]], metric: str, nonsense: float
) -> None:
    state, now = after(of_memory(history))
    known = ResourceSample(memory_used=0.9 * GIB, memory_limit=GIB, cpu_throttled=0.1)

    broken, absent = (
        decide(POLICY, state, measured(known, metric, value), now + 0.05)
        for value in (nonsense, None)
    )

    assert broken == absent


@given(loads, st.floats(-1e6, 1e6))
def test_a_jump_of_the_clock_changes_no_more_than_a_second_would(
    history: list[tuple[float, float]], jump: float
) -> None:
    state, now = after(of_memory(history))
    calm = ResourceSample(memory_used=0.2 * GIB, memory_limit=GIB)

    jumped, _ = decide(POLICY, state, calm, now + jump)
    later, then = jumped, now + jump
    for _ in range(200):
        then += 0.05
        later, decision = decide(POLICY, later, calm, then)

    assert jumped.share <= state.share + POLICY.raise_per_s * LONGEST_STEP_S
    assert decision.share == 1.0
    assert decision.level is Level.NORMAL


def test_without_any_knowledge_the_safe_share_is_approached() -> None:
    blind = [(ResourceSample(), 0.1)] * 100

    assert after(blind)[0].share == pytest.approx(POLICY.safe)
    assert after([*of_memory([(1.1, 0.1)] * 20), *blind])[0].share == pytest.approx(POLICY.safe)


def test_a_cut_that_does_not_help_is_told_and_evicts() -> None:
    stuck = of_memory([(0.89, 0.05)] * 100)
    state, now = after(stuck)

    _, decision = decide(POLICY, state, stuck[0][0], now + 0.05)

    assert decision.rule == "ineffective"
    assert decision.evict
    assert decision.share == POLICY.floor


def test_where_others_hold_the_memory_little_is_done_rather_than_nothing() -> None:
    full = ResourceSample(memory_used=0.93 * GIB, memory_limit=GIB)
    fuller = ResourceSample(memory_used=0.98 * GIB, memory_limit=GIB)
    state, now = after([(full, 0.05)] * 20)
    assert decide(POLICY, state, full, now + 0.05)[1].is_paused

    state, now = after([(full, 0.05)] * 200)
    enduring, more = (decide(POLICY, state, each, now + 0.05)[1] for each in (full, fuller))

    assert not enduring.is_paused
    assert enduring.share == POLICY.floor
    assert more.is_paused


def test_the_largest_load_binds_and_is_named() -> None:
    sample = ResourceSample(
        memory_used=0.3 * GIB, memory_limit=GIB, cpu_throttled=0.9, loop_lag=0.01
    )

    _, decision = decide(POLICY, State(), sample, 0.0)

    assert decision.binding == "cpu_throttled"
    assert decision.rule == "cut"


def test_the_tighter_of_limit_and_high_counts() -> None:
    sample = ResourceSample(memory_used=0.5 * GIB, memory_limit=GIB, memory_high=0.5 * GIB)

    _, decision = decide(POLICY, State(), sample, 0.0)

    assert decision.level is Level.PAUSE


def test_levels_rise_at_once_and_fall_one_at_a_time() -> None:
    state, _ = after(of_memory([(0.2, 0.1), (0.95, 0.1)]))
    assert state.level is Level.PAUSE

    seen = []
    for n in range(1, 80):
        calm = ResourceSample(memory_used=0.2 * GIB, memory_limit=GIB)
        state, decision = decide(POLICY, state, calm, 100.2 + 0.1 * n)
        seen.append(decision.level)

    steps = np.diff([Level.PAUSE, *seen])
    assert set(steps) == {0, -1}
    assert np.diff(np.flatnonzero(steps)).min() * 0.1 >= POLICY.dwell_s - 0.1
    assert seen[-1] is Level.NORMAL


@pytest.mark.parametrize("seed", range(70, 70 + 2 * len(KINDS)))
def test_adversaries_kill_the_ungoverned_and_only_these(seed: int) -> None:
    plant = adversary(seed)

    run = governed(plant, POLICY)

    assert at_fixed(plant, 1.0).died
    assert not run.died
    assert run.peak <= 0.92
    assert run.work > 0.0


@pytest.mark.parametrize("seed", range(3))
def test_a_steady_load_settles_and_is_worked_at(seed: int) -> None:
    run = governed(steady(seed), POLICY)

    assert run.reversals_per_s <= 0.5
    assert max(run.loads[-200:]) - min(run.loads[-200:]) < 0.05
    assert run.loads[-1] > 0.8


def test_what_was_cut_is_given_back() -> None:
    run = governed(replace(changing(1), load=lambda t: 3.0 if t < 20.0 else 0.0), POLICY)

    assert min(run.shares) < 0.5
    assert run.shares[-1] == 1.0
