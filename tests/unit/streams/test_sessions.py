"""A long silence ends a session: no window spans two, and the numbers show where one began."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import floor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.events import WindowKind, WindowPolicy
from scarcity.streams import Record, StreamOperator
from scarcity.streams.batch import to_us
from unit.streams.samples import delayed, everything, noisy, ramp, record, spans, windows

COUNT = WindowPolicy(size=8, session_gap_s=10.0)
TIME = WindowPolicy(WindowKind.TIME, 8, cadence_s=1.0, session_gap_s=10.0)


def operator(policy: WindowPolicy) -> StreamOperator:
    return StreamOperator("s", default_policy=policy)


def test_a_silence_seals_what_is_open_and_begins_a_session() -> None:
    found = everything(operator(COUNT), [*ramp(3), *ramp(2, first=100.0)])

    assert [(w.records, w.session) for w in windows(found)] == [(3, 0), (2, 1)]


def test_a_gap_of_just_the_silence_is_none() -> None:
    found = everything(operator(COUNT), [*ramp(3), *ramp(2, first=12.0)])

    assert [(w.records, w.session) for w in windows(found)] == [(5, 0)]


def test_sessions_of_counted_steps_lie_further_apart_than_any_lag() -> None:
    found = everything(operator(COUNT), [*ramp(3), *ramp(2, first=100.0)])

    assert spans(found) == [(0, 3), (3 + 1024, 2)]


def test_a_session_ends_only_when_nothing_can_come_in_between() -> None:
    stream = operator(replace(COUNT, lateness_s=50.0))
    early = [*ramp(3), record(30.0, {"x": 1.0}), *ramp(4, first=8.0, every=6.0)]

    found = everything(stream, early)

    assert [(w.records, w.session) for w in windows(found)] == [(8, 0)]


def test_hopping_windows_do_not_reach_back_into_the_session_before() -> None:
    policy = replace(TIME, hop=1)
    found = windows(everything(operator(policy), [*ramp(20), *ramp(20, first=40.0)]))

    first = [w for w in found if w.session == 0]
    second = [w for w in found if w.session == 1]
    assert max(w.start_step + w.steps for w in first) <= min(w.start_step for w in second)


def test_the_last_window_of_a_session_is_whole_if_the_silence_reached_its_end() -> None:
    # The grid's windows end behind the steps 7, 15, ...; the silence after 3 s is sure at 13 s.
    reached = everything(operator(TIME), [*ramp(4), *ramp(2, first=100.0)])
    # After 9 s it is sure at 19 s: the window of 8 to 15 has ended before that as well.
    later = everything(operator(TIME), [*ramp(10), *ramp(2, first=100.0)])
    # With a window of 32 steps it has not.
    short = everything(operator(replace(TIME, size=32)), [*ramp(4), *ramp(2, first=100.0)])

    assert spans(reached)[0] == (0, 8)
    assert spans(later)[:2] == [(0, 8), (8, 8)]
    assert spans(short)[0] == (0, 4)


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.sampled_from([COUNT, TIME, replace(TIME, hop=3), replace(COUNT, hop=3)]),
    st.sampled_from([5.0, 20.0]),
)
def test_sessions_hang_on_the_times_alone(seed: int, policy: WindowPolicy, gap_s: float) -> None:
    policy = replace(policy, lateness_s=15.0, session_gap_s=gap_s)
    unique = {r.time: r for r in noisy(seed, 60, seconds=400.0)}
    ordered = [unique[time] for time in sorted(unique)]

    found = windows(everything(operator(policy), delayed(ordered, seed, lateness_s=15.0)))

    assert found == windows(everything(operator(policy), ordered))
    times = [to_us(r.time) for r in ordered]
    silences = sum(b - a > gap_s * 1e6 for a, b in itertools.pairwise(times))
    assert found[-1].session == silences


def numbered(ordered: Sequence[Record], gap_s: float) -> list[int]:
    """The session of each record in order, looked at one by one."""
    gap = timedelta(seconds=gap_s)
    return [0, *itertools.accumulate(b.time - a.time > gap for a, b in itertools.pairwise(ordered))]


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.sampled_from([COUNT, TIME, replace(TIME, hop=3), replace(COUNT, hop=3)]),
    st.sampled_from([5.0, 20.0]),
)
def test_no_window_spans_two_sessions(seed: int, policy: WindowPolicy, gap_s: float) -> None:
    policy = replace(policy, session_gap_s=gap_s)
    unique = {r.time: r for r in noisy(seed, 60, seconds=400.0)}
    ordered = [unique[time] for time in sorted(unique)]

    found = windows(everything(operator(policy), ordered))

    sessions = [w.session for w in found]
    assert sessions == sorted(sessions)
    half = timedelta(seconds=(policy.cadence_s or 2e-6) / 2)
    for window in found:
        inside = {
            session
            for r, session in zip(ordered, numbered(ordered, gap_s), strict=True)
            if window.start_time - half <= r.time < window.end_time + half
        }
        assert inside == {window.session}
    for before, after in itertools.pairwise(dict.fromkeys(sessions)):
        end = max(w.start_step + w.steps for w in found if w.session == before)
        begin = min(w.start_step for w in found if w.session == after)
        assert begin - end == 1024 if policy.kind is WindowKind.COUNT else begin >= end


@settings(max_examples=60)
@given(st.integers(0, 400), st.integers(8, 40), st.integers(0, 2**32))
def test_the_last_window_is_whole_just_when_the_silence_was_sure_by_its_end(
    last_tenths: int, size: int, seed: int
) -> None:
    policy = replace(TIME, size=size, lateness_s=8.0)
    last_s = last_tenths / 10
    times = [*np.arange(0.0, last_s, 4.0).tolist(), last_s, 500.0]
    records = [record(seconds, {"x": 1.0}) for seconds in times]

    found = windows(everything(operator(policy), delayed(records, seed, lateness_s=8.0)))

    last, sure = floor(last_s + 0.5), floor(last_s + 10.0 + 0.5)
    start = last - last % size
    whole = start + size <= sure
    (*_, ending) = [w for w in found if w.session == 0]
    assert (ending.start_step, ending.steps) == (start, size if whole else last + 1 - start)
