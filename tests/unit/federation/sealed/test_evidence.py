"""The sum of sealed statistics is one regression on everybody's rows, and knows of its noise."""

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scarcity.errors import ConfigError
from scarcity.federation.sealed.evidence import from_covariances
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.release import Plan, to_evidence, to_words
from scarcity.federation.sealed.statistics import (
    COUNTS,
    Frame,
    Shape,
    lagged_covariances,
    lagged_gram,
    triangle,
)
from scarcity.stats.arrays import Floats
from scarcity.stats.multiplicity import benjamini_hochberg
from unit.federation.sealed.oracle import with_peer_intercepts
from unit.federation.sealed.rounds import agreed, any_stage, identities, played, summed
from worlds import var

EVERYBODY = identities(20)


def sites(rng: np.random.Generator, peers: int, variables: int, rows: int) -> list[Floats]:
    """Windows of one world, seen by peers of different level and spread."""
    values = var.comparison(rng, variables, peers * rows).values.reshape(peers, rows, variables)
    spread = np.exp(rng.normal(size=(peers, 1, variables)))
    return list(values * spread + rng.normal(0.0, 3.0, (peers, 1, variables)))


def summed_evidence(windows: list[Floats], max_lag: int) -> Floats:
    """z of the sum, without masks."""
    plan = Plan(Shape(windows[0].shape[1], max_lag), most_rows=1000, peers=len(windows))
    words = [to_words(plan, [window]) for window in windows]
    return to_evidence(plan, summed(words, range(len(words))), len(words)).z


def edges(z: Floats) -> Floats:
    p_values = np.exp(-0.5 * z**2)
    return np.sign(z) * (benjamini_hochberg(p_values) < 0.05)


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 20), st.integers(0, 2**32 - 1))
def test_a_sealed_round_finds_what_one_regression_with_peer_intercepts_finds(
    peers: int, seed: int
) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    windows = sites(rng, peers, variables=6, rows=80)
    plan = Plan(Shape(6, 2), most_rows=100, peers=peers)
    members, threshold = EVERYBODY[:peers], peers // 2 + 1
    silent = rng.choice(peers, rng.integers(peers - threshold + 1), replace=False).tolist()
    playing = played(
        agreed(members, threshold, plan.length),
        members,
        [to_words(plan, [window]) for window in windows],
        {each: any_stage(rng) for each in silent},
    )

    total = playing.total
    z = to_evidence(plan, from_bytes(total.words), len(total.survivors)).z

    expected = with_peer_intercepts([windows[each] for each in total.survivors], 2).z
    assert np.abs(z - expected).max() < 1e-4
    assert np.array_equal(edges(z), edges(expected))


@pytest.mark.parametrize("max_lag", [1, 3])
def test_effects_and_errors_are_those_of_the_regression(max_lag: int) -> None:
    windows = sites(np.random.default_rng(5), 4, variables=5, rows=150)
    plan = Plan(Shape(5, max_lag), most_rows=200, peers=4)
    total = summed([to_words(plan, [window]) for window in windows], range(4))

    evidence = to_evidence(plan, total, 4)

    expected = with_peer_intercepts(windows, max_lag)
    assert evidence.steps == 4 * (150 - max_lag)
    np.testing.assert_allclose(evidence.effects, expected.effects, atol=1e-7)
    np.testing.assert_allclose(evidence.errors, expected.errors, atol=1e-8)


def test_a_level_or_unit_of_one_peer_changes_nothing() -> None:
    windows = sites(np.random.default_rng(6), 5, variables=4, rows=100)
    moved = [window * 10.0**n + 50.0 * n for n, window in enumerate(windows)]

    np.testing.assert_allclose(summed_evidence(windows, 1), summed_evidence(moved, 1), atol=1e-5)


def test_no_product_crosses_from_one_window_to_the_next() -> None:
    rng = np.random.default_rng(7)
    shape = Shape(3, 2)
    early, late = rng.normal(size=(2, 50, 3))

    together = lagged_gram([early, late], shape)
    joined = lagged_gram([np.concatenate([early, late])], shape)

    assert together[-COUNTS:].tolist() == [96.0, 1.0]
    assert joined[-COUNTS:].tolist() == [98.0, 1.0]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_no_value_of_a_gram_is_larger_than_its_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    window = rng.standard_t(1.1, size=(int(rng.integers(4, 60)), 3))

    assert np.abs(lagged_gram([window], Shape(3, 2))).max() <= len(window) * (1.0 + 1e-12)


def test_what_a_peer_cannot_tell_the_others_tell_and_nobody_stays_unknown() -> None:
    windows = sites(np.random.default_rng(8), 3, variables=4, rows=200)
    windows[0][:, 1] = 7.1
    for window in windows:
        window[:, 3] = 2.0 * window[:, 0]
    still = [window.copy() for window in windows]
    for window in still:
        window[:, 1] = 7.1

    z, without = summed_evidence(windows, 1), summed_evidence(still, 1)

    assert np.isfinite(z[0, 1]).all()
    assert np.isnan(z[0, 3]).all()
    assert np.isnan(without[0, 1]).all()
    assert np.isnan(without[0, :, 1]).all()
    assert np.isfinite(without[0, 0, [0, 2]]).all()


@pytest.mark.parametrize(
    ("window", "complaint"),
    [
        (np.full((50, 3), np.nan), "complete rows"),
        (np.zeros((50, 2)), "3 variables"),
        (np.zeros((1, 3)), "no step"),
    ],
)
def test_windows_that_cannot_be_summed_are_refused(window: Floats, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        lagged_gram([window], Shape(3, 1))


def test_covariances_are_the_products_of_clipped_rows_exactly() -> None:
    rng = np.random.default_rng(9)
    shape, frame = Shape(3, 2), Frame(np.array([1.0, 0.0, -1.0]), np.array([1.0, 2.0, 0.5]))
    windows = [rng.normal(size=(30, 3)), rng.normal(size=(20, 3))]

    found = lagged_covariances(windows, shape, frame, clip=1.5)

    framed = [(each - frame.location) / frame.scale for each in windows]
    points = [
        each * np.minimum(1.0, 1.5 / np.linalg.norm(each, axis=1))[:, None] for each in framed
    ]
    present = np.sum([each.T @ each for each in points], axis=0)[np.triu_indices(3)]
    past = [np.sum([each[k:].T @ each[:-k] for each in points], axis=0) for k in (1, 2)]
    expected = np.concatenate([present, *(each.ravel() for each in past), [50.0, 2.0]])
    assert len(found) == shape.covariances_length
    np.testing.assert_allclose(found / 2.0**24, expected, atol=50 * 2 * 1.5 * 2.0**-12)
    assert np.all(found[: triangle(3)][[0, 3, 5]] / 2.0**24 <= expected[[0, 3, 5]])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.floats(0.3, 4.0))
def test_setting_a_row_to_zero_moves_covariances_by_no_more_than_the_sensitivity(
    seed: int, max_lag: int, clip: float
) -> None:
    note(f"seed {seed}")
    rng = np.random.default_rng(seed)
    shape, frame = Shape(3, max_lag), Frame(np.zeros(3), np.ones(3))
    window = 10.0 * np.sign(rng.normal(size=(12, 1))) * rng.choice([1.0, rng.normal()], (12, 3))
    other = window.copy()
    other[rng.integers(12)] = 0.0

    moved = lagged_covariances([window], shape, frame, clip) - lagged_covariances(
        [other], shape, frame, clip
    )

    weights = np.ones(shape.covariances_length)
    rows, columns = np.triu_indices(3)
    weights[: triangle(3)] = np.where(rows == columns, 1.0, 2.0)
    norm = np.sqrt(np.sum(weights * (moved / 2.0**24) ** 2))
    assert norm <= clip**2 * np.sqrt(1.0 + 4.0 * max_lag)


@pytest.mark.parametrize("max_lag", [1, 2])
def test_standard_errors_reckon_with_the_noise(max_lag: int) -> None:
    """The spread of effects over draws of the noise is what the errors say it adds."""
    rng = np.random.default_rng(10)
    d, shape, sigma = 3, Shape(3, max_lag), 60.0
    frame = Frame(np.zeros(d), np.ones(d))
    rows = var.observe(rng, 0.3 * np.eye(d, k=1)[None], rng.normal(size=(20_200, d))).values
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    sums = np.ldexp(lagged_covariances([rows], shape, frame, 20.0).astype(np.float64), -24)
    upper_rows, upper_columns = np.triu_indices(d)
    spread = np.full(shape.covariances_length, sigma)
    spread[: triangle(d)] = np.where(upper_rows == upper_columns, sigma, sigma / np.sqrt(2.0))
    spread[-COUNTS:] = 0.0

    draws = [
        from_covariances(sums + spread * rng.normal(size=len(sums)), shape, sigma).effects
        for _ in range(2000)
    ]

    without = from_covariances(sums, shape, 0.0).errors
    added = from_covariances(sums, shape, sigma).errors ** 2 - without**2
    np.testing.assert_allclose(np.std(draws, axis=0), np.sqrt(added), rtol=0.1)
