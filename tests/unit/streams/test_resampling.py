"""What a step shows of a variable: its last value, the mean, or a straight line between two."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor, nan

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scarcity.events import Resample, Variable, WindowKind, WindowPolicy
from scarcity.streams import Record, StreamOperator
from scarcity.streams.batch import to_us
from unit.streams.samples import everything, explicit, noisy, record, windows

CADENCE_S = 2.0
POLICY = WindowPolicy(WindowKind.TIME, 8, cadence_s=CADENCE_S)
SECOND = 1_000_000
MAX = float(np.finfo(np.float64).max)


def shown(records: Sequence[Record], rule: Resample) -> dict[int, float]:
    """Step in absolute numbers -> the value of `a`, where there is one."""
    definition = replace(explicit(window=POLICY), variables=(Variable("a", resample=rule),))
    found = {}
    for window in windows(everything(StreamOperator("s", definition), records)):
        first = to_us(window.start_time) // round(CADENCE_S * SECOND)
        for place, value in enumerate(window.matrix()[:, 0].tolist()):
            if value == value:  # noqa: PLR0124  # no NaN
                found[first + place] = value
    return found


def expected(records: Sequence[Record], rule: Resample) -> dict[int, float]:
    """The same, step by step from the definition of the rules; times as exact fractions."""
    samples = [
        (Fraction(to_us(r.time), SECOND), r.values["a"])
        for r in sorted(records, key=lambda r: r.time)
        if "a" in r.values
    ]
    cadence = Fraction(CADENCE_S)
    steps = {floor(time / cadence + Fraction(1, 2)) for time, _ in samples}
    found = {}
    for step in sorted(steps | {s - 1 for s in steps} | {s + 1 for s in steps}):
        here = [v for t, v in samples if floor(t / cadence + Fraction(1, 2)) == step]
        if rule is Resample.INTERPOLATE:
            value = line(samples, step * cadence, cadence)
        elif not here:
            value = nan
        else:
            value = here[-1] if rule is Resample.LAST else float(np.mean(here))
        if value == value:  # noqa: PLR0124  # no NaN
            found[step] = value
    return found


def line(samples: Sequence[tuple[Fraction, float]], centre: Fraction, reach: Fraction) -> float:
    before = [(t, v) for t, v in samples if t <= centre]
    behind = [(t, v) for t, v in samples if t >= centre]
    if before and before[-1][0] == centre:
        return before[-1][1]
    if not before or not behind:
        return nan
    (t0, v0), (t1, v1) = before[-1], behind[0]
    if centre - t0 >= reach or t1 - centre >= reach:
        return nan
    share = float((centre - t0) / (t1 - t0))
    return v0 * (1 - share) + v1 * share


@settings(max_examples=120)
@given(
    st.integers(0, 2**32),
    st.integers(1, 80),
    st.sampled_from([20.0, 200.0]),
    st.sampled_from(Resample),
)
def test_steps_show_what_the_rule_says_and_nothing_else(
    seed: int, count: int, seconds: float, rule: Resample
) -> None:
    unique = {r.time: r for r in noisy(seed, count, seconds=seconds)}
    records = [unique[time] for time in sorted(unique)]
    begin, end = (to_us(r.time) for r in (records[0], records[-1]))
    cadence_us = round(CADENCE_S * SECOND)
    # The epoch begins on the first step at or before its first record, and ends with its last one.
    steps = range(begin // cadence_us, (2 * end + cadence_us) // (2 * cadence_us) + 1)

    found = shown(records, rule)

    wanted = {step: v for step, v in expected(records, rule).items() if step in steps}
    assert found == pytest.approx(wanted)


def test_the_line_is_drawn_to_the_middle_of_the_step() -> None:
    records = [record(0.5, {"a": 0.0}), record(1.5, {"a": 10.0}), record(2.5, {"a": 20.0})]

    [value] = shown(records, Resample.INTERPOLATE).values()

    assert value == pytest.approx(15.0)  # at 2 s


def test_a_gap_of_the_cadence_is_not_bridged() -> None:
    records = [record(seconds, {"a": 1.0}) for seconds in (0.0, 4.0, 8.0)]

    assert len(shown(records, Resample.INTERPOLATE)) == 3  # nothing at 2 s and 6 s


def test_a_mean_of_large_values_is_finite() -> None:
    records = [record(n / 10, {"a": 1.7e308}) for n in range(5)]

    assert list(shown(records, Resample.MEAN).values()) == pytest.approx([1.7e308])


def test_windows_with_lines_do_not_hang_on_where_they_end() -> None:
    records = [record(0.7 * n, {"a": float(n)}) for n in range(60)]

    values = list(shown(records, Resample.INTERPOLATE).values())

    np.testing.assert_allclose(np.diff(values), CADENCE_S / 0.7)


def test_a_mean_does_not_hang_on_large_values_of_other_steps() -> None:
    small = [record(n / 10, {"a": value}) for n, value in enumerate([0.8, 0.6, 0.5])]
    large = [record(4 + n / 10, {"a": 1.7e308}) for n in range(5)]

    alone, among = shown(small, Resample.MEAN), shown([*small, *large], Resample.MEAN)

    assert among.items() >= alone.items()


finite = st.floats(allow_nan=False, allow_infinity=False)
enormous = st.sampled_from([1.7e308, -1.7e308, MAX, -MAX])


@given(st.lists(finite, min_size=1, max_size=20) | st.lists(enormous, min_size=1, max_size=40))
@example([5e-324, 0.0])
@example([MAX] * 3)
@example([MAX, -MAX] * 16)
@example(([MAX, -MAX] + [0.0] * 6) * 3)
def test_the_mean_of_any_values_is_a_number(values: list[float]) -> None:
    records = [record(n / 100, {"a": value}) for n, value in enumerate(values)]

    [found] = shown(records, Resample.MEAN).values()

    exact = sum(map(Fraction, values), Fraction(0)) / len(values)
    tolerance = Fraction(1e-14) * Fraction(max(abs(value) for value in values))
    assert abs(Fraction(found) - exact) <= tolerance + Fraction(5e-324)
