"""The quality of a window is what a plain look at its values says; wild ones leave no trace."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scarcity.events import StreamDefined, Variable, VariableKind, WindowQuality
from scarcity.streams.quality import NORMAL, Usual
from unit.streams.samples import explicit

Floats = NDArray[np.float64]
STEPS = 64


def definition(*variables: Variable) -> StreamDefined:
    return replace(explicit(), variables=variables)


def floats(packed: bytes) -> Floats:
    return np.frombuffer(packed, "<f8")


def counts(packed: bytes) -> list[int]:
    found: list[int] = np.frombuffer(packed, "<u4").tolist()
    return found


def normal(seed: int, *, mean: float = 0.0, scale: float = 1.0) -> Floats:
    return np.random.default_rng(seed).normal(mean, scale, (STEPS, 1))


def judged(usual: Usual, *windows: Floats, variable: Variable | None = None) -> WindowQuality:
    """The quality of the last window, after the others."""
    known = definition(variable or Variable("x"))
    return [usual.judge(window, known) for window in windows][-1]


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 30), st.floats(0, 1))
def test_counts_location_and_scale_are_those_of_the_values_that_are_there(
    seed: int, steps: int, missing: float
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((steps, 3)) * 10.0 ** rng.integers(-9, 9, 3)
    matrix[rng.random(matrix.shape) < missing] = np.nan

    quality = Usual().judge(matrix, definition(*map(Variable, "abc")))

    columns = [column[~np.isnan(column)] for column in matrix.T]
    medians = [np.median(c) if len(c) else np.nan for c in columns]
    spreads = [
        NORMAL * np.median(np.abs(c - m)) if len(c) else np.nan
        for c, m in zip(columns, medians, strict=True)
    ]
    assert counts(quality.valid) == [len(column) for column in columns]
    np.testing.assert_allclose(floats(quality.location), medians, rtol=1e-12)
    np.testing.assert_allclose(floats(quality.scale), spreads, rtol=1e-9, atol=1e-300)


def test_the_first_window_has_no_drift_and_nothing_out_of_range() -> None:
    quality = judged(Usual(), normal(1))

    assert np.isnan(floats(quality.drift)).all()
    assert counts(quality.out_of_range) == [0]


def test_a_shift_is_told_in_usual_scales_and_becomes_usual_after_a_while() -> None:
    usual = Usual()
    before = judged(usual, *map(normal, range(20)))
    shifted = [normal(100 + n, mean=5.0) for n in range(80)]
    drifts = [float(floats(judged(usual, window).drift)[0]) for window in shifted]

    assert floats(before.drift)[0] < 1.0
    assert drifts[0] == pytest.approx(5.0, abs=1.0)
    assert drifts[-1] < 1.0


def test_a_scale_that_doubles_is_a_drift_of_one() -> None:
    usual = Usual()
    judged(usual, *[normal(7)] * 3)

    assert floats(judged(usual, 2 * normal(7)).drift)[0] == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("wild", [1e308, -1e308, 1e12])
def test_wild_values_poison_nothing_after_them(wild: float) -> None:
    usual, untouched = Usual(), Usual()
    judged(usual, *map(normal, range(10)))
    judged(untouched, *map(normal, range(10)))
    bad = normal(10)
    bad[: STEPS // 3] = wild

    told = judged(usual, bad)
    after, expected = judged(usual, normal(11)), judged(untouched, normal(10), normal(11))

    assert counts(told.out_of_range) == [STEPS // 3]
    assert np.isfinite(floats(told.scale)).all()
    assert floats(after.drift)[0] == pytest.approx(floats(expected.drift)[0], abs=0.2)
    assert counts(after.out_of_range) == [0]


def test_a_window_of_wild_values_alone_moves_what_is_usual_by_little() -> None:
    usual = Usual()
    judged(usual, *map(normal, range(10)), np.full((STEPS, 1), 1e300))

    assert floats(judged(usual, normal(11)).drift)[0] < 1.0


def test_a_declared_range_is_what_counts() -> None:
    variable = Variable("x", low=0.0, high=3.0)
    values = np.array([[-1.0], [0.0], [3.0], [4.0], [1e9]])

    assert counts(judged(Usual(), values, variable=variable).out_of_range) == [3]


def test_a_range_may_be_open_to_one_side() -> None:
    variable = Variable("x", low=0.0)

    assert counts(judged(Usual(), np.array([[-1.0], [1e300]]), variable=variable).out_of_range) == [
        1
    ]


@pytest.mark.parametrize(
    ("kind", "value", "steps", "stuck"),
    [
        (VariableKind.NUMERIC, 7.0, STEPS, True),
        (VariableKind.NUMERIC, 7.0, 3, False),
        (VariableKind.BOOLEAN, 1.0, STEPS, False),
    ],
)
def test_many_equal_values_of_a_number_are_stuck(
    kind: VariableKind, value: float, steps: int, *, stuck: bool
) -> None:
    quality = judged(Usual(), np.full((steps, 1), value), variable=Variable("x", kind=kind))

    assert quality.stuck == bytes([stuck])


def test_a_column_without_values_keeps_what_was_usual() -> None:
    usual = Usual()
    judged(usual, *map(normal, range(10)))
    empty = judged(usual, np.full((STEPS, 1), np.nan))

    assert counts(empty.valid) == [0]
    assert np.isnan(floats(empty.location)).all()
    assert floats(judged(usual, normal(11)).drift)[0] < 1.0


def test_a_new_variable_begins_and_the_others_go_on() -> None:
    usual = Usual()
    for seed in range(5):
        usual.judge(normal(seed), definition(Variable("x")))
    both = np.hstack([normal(6, mean=3.0), normal(7)])

    quality = usual.judge(both, definition(Variable("y"), Variable("x")))

    drift = floats(quality.drift)
    assert np.isnan(drift[0])
    assert drift[1] < 1.0


@pytest.mark.parametrize("shape", [(STEPS, 1), (1, 3), (STEPS, 3)])
def test_a_window_is_looked_at_and_not_touched(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).standard_normal(shape)
    before = matrix.copy()
    matrix.flags.writeable = False

    Usual().judge(matrix, definition(*map(Variable, "abc"[: shape[1]])))

    np.testing.assert_array_equal(matrix, before)
