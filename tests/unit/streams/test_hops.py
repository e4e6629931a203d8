"""Windows that overlap show the same values where they do."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scarcity.events import WindowKind, WindowPolicy, WindowSealed
from scarcity.streams import StreamOperator
from unit.streams.samples import everything, noisy, ramp, record, spans, windows

COUNT = WindowPolicy(size=8, hop=3)
TIME = WindowPolicy(WindowKind.TIME, 8, cadence_s=1.0, hop=3)
Steps = dict[tuple[int, str], float]


def operator(policy: WindowPolicy) -> StreamOperator:
    return StreamOperator("s", default_policy=policy)


def shown(window: WindowSealed) -> Steps:
    """(Step, column) -> value, where there is one."""
    matrix: NDArray[np.float64] = window.matrix()
    return {
        (window.start_step + int(step), window.columns[column]): float(matrix[step, column])
        for step, column in np.argwhere(~np.isnan(matrix))
    }


def agree(found: Sequence[WindowSealed]) -> bool:
    """Whether no two windows contradict each other on a step of both."""
    known: Steps = {}
    for window in found:
        said = shown(window)
        if any(known.get(cell, value) != value for cell, value in said.items()):
            return False
        known |= said
    return True


@pytest.mark.parametrize("policy", [COUNT, TIME])
def test_a_window_begins_every_hop(policy: WindowPolicy) -> None:
    found = everything(operator(policy), ramp(14))

    assert spans(found) == [(0, 8), (3, 8), (6, 8)]
    assert [w.matrix()[0, 0] for w in windows(found)] == [0.0, 3.0, 6.0]


@settings(max_examples=60)
@given(
    st.sampled_from([COUNT, TIME]),
    st.integers(1, 8),
    st.lists(st.floats(-100, 100), min_size=1, max_size=40),
    st.sampled_from([1, 7, 100]),
)
def test_windows_of_one_variable_are_slices_of_its_values(
    policy: WindowPolicy, hop: int, values: list[float], chunk: int
) -> None:
    records = [record(n, {"x": value}) for n, value in enumerate(values)]

    found = everything(operator(replace(policy, hop=hop)), records, chunk=chunk)

    for window in windows(found):
        end = window.start_step + window.steps
        assert window.matrix()[:, 0].tolist() == values[window.start_step : end]


@settings(max_examples=60)
@given(
    st.sampled_from([COUNT, TIME]),
    st.integers(1, 8),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 15.0]),
)
def test_overlapping_windows_agree(
    policy: WindowPolicy, hop: int, seed: int, lateness_s: float
) -> None:
    policy = replace(policy, hop=hop, lateness_s=lateness_s)

    found = windows(everything(operator(policy), noisy(seed, 80, seconds=60.0)))

    assert agree(found)
    starts = [window.start_step for window in found]
    assert starts == sorted(starts)
