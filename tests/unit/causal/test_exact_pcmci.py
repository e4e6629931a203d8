"""PCMCI from sufficient statistics is tigramite's PCMCI from rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tigramite.data_processing import DataFrame
from tigramite.independence_tests.parcorr import ParCorr
from tigramite.pcmci import PCMCI

from scarcity.causal.exact import LaggedSample, PcmciConfig, PcmciResult, pcmci
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.scaling import ColumnScale
from scarcity.stats.arrays import Floats
from worlds import var

SIZES = [(4, 1), (5, 2), (5, 3), (7, 1), (8, 1), (4, 3), (5, 1), (10, 1), (4, 2)]
"""Variables and longest lag of a system"""


def system(seed: int) -> tuple[Floats, int]:
    """Rows (time, variable) of a random structure with links at lag 0 too, and a lag to look at.

    Noise is Gaussian, or Student's t with 3 degrees of freedom.
    """
    rng = np.random.default_rng([71, seed])
    d, max_lag = SIZES[seed % len(SIZES)]
    shape = (int(rng.integers(300, 1001)) + var.BURN_IN, d)
    shocks = rng.standard_t(3, shape) if seed % 2 else rng.normal(size=shape)
    order = rng.permutation(d)
    at_once = np.triu(links(rng, (d, d), 0.2), 1)[np.ix_(order, order)]
    mixing = np.linalg.inv(np.eye(d) - at_once)
    lagged = links(rng, (max_lag, d, d), 0.3 / max_lag)
    lagged[0][np.diag_indices(d)] = rng.uniform(0.0, 0.8, d)
    return var.observe(rng, var.tamed(lagged @ mixing, 0.9), shocks @ mixing).values, max_lag


def links(rng: np.random.Generator, shape: tuple[int, ...], share: float) -> Floats:
    strength = rng.uniform(0.2, 0.6, shape) * rng.choice([-1.0, 1.0], shape)
    return np.where(rng.random(shape) < share, strength, 0.0)


def tigramite_on(*segments: Floats) -> Any:
    mode = "single" if len(segments) == 1 else "multiple"
    frame = DataFrame(dict(enumerate(segments)), analysis_mode=mode)
    return PCMCI(frame, ParCorr(significance="analytic"))


def lag_first(array: Any) -> Any:
    """Of tigramite's (source, target, lag)."""
    return np.moveaxis(array, 2, 0)


def streamed(values: Floats, cut_at: list[int], max_lag: int) -> LaggedSample:
    scale, moments = (
        ColumnScale.unseen(values.shape[1]),
        LaggedMoments(values.shape[1], 2 * max_lag),
    )
    for window in np.split(values, cut_at):
        if (factor := scale.adapt(window)) is not None:
            moments.rescale(factor)
        moments.add(scale.apply(window))
    return LaggedSample.of_moments(moments)


def assert_tigramite(found: PcmciResult, expected: dict[str, Any]) -> None:
    decided = found.p_value if found.q_value is None else found.q_value
    accepted = np.isin(lag_first(expected["graph"]), ["-->", "o-o"])
    assert np.max(np.abs(found.value - lag_first(expected["val_matrix"]))) <= 1e-12
    assert np.max(np.abs(decided - lag_first(expected["p_matrix"]))) <= 1e-11
    assert np.argwhere(found.accepted != accepted).tolist() == []


def assert_same_parents(found: PcmciResult, peer: Any) -> None:
    kept = [[(parent.source, -parent.lag) for parent in parents] for parents in found.parents]
    assert kept == [peer.all_parents[target] for target in range(len(kept))]


@pytest.mark.parametrize("seed", range(27))
def test_numbers_and_decisions_are_those_of_tigramite(seed: int) -> None:
    values, max_lag = system(seed)
    peer = tigramite_on(values)

    found = pcmci(LaggedSample.of_rows(values, max_lag))

    assert_tigramite(found, peer.run_pcmci(tau_max=max_lag))
    assert_same_parents(found, peer)


@pytest.mark.parametrize(
    "options",
    [
        {"pc_alpha": None},
        {"pc_alpha": [0.01, 0.3]},
        {"pc_alpha": 0.01, "max_conds_dim": 2},
        {"pc_alpha": 0.4, "max_combinations": 4},
        {"max_conds_dim": 0},
        {"max_conds_py": 1, "max_conds_px": 0},
        {"max_conds_py": 0, "max_conds_px": 2},
    ],
    ids=str,
)
def test_every_option_does_what_it_does_in_tigramite(options: dict[str, Any]) -> None:
    values, max_lag = system(5)
    peer = tigramite_on(values)

    found = pcmci(LaggedSample.of_rows(values, max_lag), PcmciConfig(**options))

    assert_tigramite(found, peer.run_pcmci(tau_max=max_lag, **options))
    assert_same_parents(found, peer)


def test_only_lagged_links_are_corrected_for_their_number() -> None:
    values, max_lag = system(5)
    sample = LaggedSample.of_rows(values, max_lag)

    plain = pcmci(sample)
    found = pcmci(sample, PcmciConfig(alpha=0.01, fdr="bh"))

    expected = tigramite_on(values).run_pcmci(
        tau_max=max_lag, alpha_level=0.01, fdr_method="fdr_bh"
    )
    assert_tigramite(found, expected)
    assert found.q_value is not None
    assert np.array_equal(found.p_value, plain.p_value)
    assert np.array_equal(found.q_value[0], found.p_value[0])


def test_each_segment_is_a_data_set_of_its_own() -> None:
    values, max_lag = system(1)
    segments = [values[:100], values[130:133], values[150:]]
    scale, moments = (
        ColumnScale.unseen(values.shape[1]),
        LaggedMoments(values.shape[1], 2 * max_lag),
    )
    for segment in segments:
        if (factor := scale.adapt(segment)) is not None:
            moments.rescale(factor)
        moments.add(scale.apply(segment))
        moments.cut()

    found = pcmci(LaggedSample.of_moments(moments))

    assert_tigramite(found, tigramite_on(*segments).run_pcmci(tau_max=max_lag))


def test_a_constant_is_independent_of_everything() -> None:
    values, max_lag = system(1)
    values[:, 1] = 7.0

    found = pcmci(LaggedSample.of_rows(values, max_lag))

    assert_tigramite(found, tigramite_on(values).run_pcmci(tau_max=max_lag))
    assert not found.accepted[:, 1].any()
    assert not found.accepted[:, :, 1].any()


def test_a_copy_leaves_the_links_of_the_others_as_they_are_in_tigramite() -> None:
    values, max_lag = system(1)
    copied = np.column_stack([values, 3.0 - 2.0 * values[:, 0]])

    found = pcmci(LaggedSample.of_rows(copied, max_lag))

    assert_tigramite(found, tigramite_on(copied).run_pcmci(tau_max=max_lag))
    assert found.value[0, 0, -1] == pytest.approx(-1.0)


def test_what_the_conditions_determine_is_no_cause() -> None:
    rng = np.random.default_rng(72)
    first, second = rng.normal(size=(2, 300))
    driven = np.roll(first + second, 1) + rng.normal(size=300)
    values = np.column_stack([first, second, first + second, driven])

    found = pcmci(LaggedSample.of_rows(values, 1))

    assert np.isfinite(found.value).all()
    assert np.isfinite(found.p_value).all()
    assert np.abs(found.value).max() <= 1.0


def test_the_conditions_are_the_parents_of_both_ends() -> None:
    values = np.random.default_rng(73).normal(size=(500, 3))
    values[1:, 1] += values[:-1, 0]
    values[1:, 2] += values[:-1, 1]

    found = pcmci(LaggedSample.of_rows(values, 1), PcmciConfig(pc_alpha=1e-6))

    assert found.parents == ((), ((0, 1),), ((1, 1),))
    assert found.conditions[1].tolist() == [[0, 0, 1], [1, 2, 1], [1, 2, 2]]


def test_the_rows_are_those_with_twice_the_longest_lag_before_them() -> None:
    assert LaggedSample.of_rows(system(0)[0][:100], 3).rows == 94


@given(st.lists(st.integers(0, 400), max_size=12).map(sorted))
@settings(max_examples=20, deadline=None)
def test_the_windowing_of_a_stream_does_not_matter(cut_at: list[int]) -> None:
    values = system(4)[0][:400]

    sample, pieces = LaggedSample.of_rows(values, 2), streamed(values, cut_at, 2)
    whole, found = pcmci(sample), pcmci(pieces)

    assert pieces.rows == sample.rows
    assert np.max(np.abs(pieces.correlation - sample.correlation)) <= 1e-13
    assert np.max(np.abs(found.value - whole.value)) <= 1e-12
    assert np.array_equal(found.accepted, whole.accepted)
    assert found.parents == whole.parents


def test_a_stream_of_single_rows_gives_what_tigramite_finds() -> None:
    values, max_lag = system(3)

    found = pcmci(streamed(values, list(range(1, len(values))), max_lag))

    assert_tigramite(found, tigramite_on(values).run_pcmci(tau_max=max_lag))


def test_missing_values_are_refused() -> None:
    values = system(0)[0][:100]
    values[50, 1] = np.nan

    with pytest.raises(ValueError, match="fill or drop"):
        LaggedSample.of_rows(values, 1)
    with pytest.raises(ValueError, match="fill or drop"):
        streamed(values, [30], 1)


@pytest.mark.parametrize(("max_lag", "rows"), [(0, 50), (1, 50), (3, 50), (4, 4)])
def test_moments_that_hold_no_sample_are_refused(max_lag: int, rows: int) -> None:
    moments = LaggedMoments(2, max_lag)
    if max_lag:
        moments.add(np.random.default_rng(74).normal(size=(rows, 2)))

    with pytest.raises(ValueError, match=r"2 L|wait for more"):
        LaggedSample.of_moments(moments)


@pytest.mark.parametrize(
    "options",
    [
        {"pc_alpha": 1.5},
        {"pc_alpha": []},
        {"alpha": -0.1},
        {"max_conds_dim": -1},
        {"max_conds_px": -1},
        {"max_combinations": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        PcmciConfig(**options)
