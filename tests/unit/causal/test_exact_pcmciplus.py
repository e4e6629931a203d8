"""PCMCI+ from sufficient statistics is tigramite's PCMCI+ from rows."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scarcity.causal.exact import LaggedSample, Mark, PcmciPlusConfig, PcmciPlusResult, pcmci_plus
from scarcity.causal.exact.marks import Marks, Triple
from scarcity.causal.exact.orientation import orient
from scarcity.causal.exact.pcmciplus import acyclic_member
from unit.causal.test_exact_pcmci import lag_first, streamed, system, tigramite_on

SEEDS = range(27)
OPTIONS: list[dict[str, Any]] = [
    {"pc_alpha": None},
    {"pc_alpha": [0.2, 0.01]},
    {"pc_alpha": 0.1, "contemp_collider_rule": "conservative"},
    {"pc_alpha": 0.1, "contemp_collider_rule": "none"},
    {"pc_alpha": 0.1, "conflict_resolution": False},
    {"contemp_collider_rule": "none", "conflict_resolution": False},
    {"pc_alpha": 0.05, "reset_lagged_links": True},
    {"pc_alpha": 0.2, "max_conds_dim": 1, "max_combinations": 3},
    {"pc_alpha": 0.3, "max_conds_py": 0, "max_conds_px": 2},
    {"max_conds_px": 3, "max_conds_px_lagged": 0},
    {"pc_alpha": 0.2, "max_conds_px": 0},
]
SIGNS = np.array(["", "-->", "<--", "o-o", "x-x"])


def signs(marks: Marks) -> NDArray[np.str_]:
    """(source, target, lag), as tigramite writes a graph."""
    return np.moveaxis(SIGNS[marks], 0, 2)


def triples(found: PcmciPlusResult) -> list[Any]:
    """The ambiguous ones, as tigramite writes them."""
    return [((source, -lag), middle, target) for lag, source, middle, target in found.ambiguous]


def assert_tigramite(found: PcmciPlusResult, expected: dict[str, Any]) -> None:
    decided = found.p_value if found.q_value is None else found.q_value
    assert np.max(np.abs(found.value - lag_first(expected["val_matrix"]))) <= 1e-12
    assert np.max(np.abs(decided - lag_first(expected["p_matrix"]))) <= 1e-11
    assert np.argwhere(signs(found.marks) != expected["graph"]).tolist() == []
    assert triples(found) == expected["ambiguous_triples"]


def random_graph(rng: np.random.Generator, d: int, lags: int) -> Marks:
    """Every kind of link at lag 0, some lagged ones."""
    there = rng.choice(len(Mark), (d, d), p=[0.3, 0.1, 0.1, 0.45, 0.05])
    back = np.array([Mark.NONE, Mark.REVERSED, Mark.DIRECTED, Mark.UNDIRECTED, Mark.CONFLICTING])
    at_once = np.triu(there, 1) + np.triu(back[there], 1).T
    lagged = rng.random((lags, d, d)) < 0.1
    return np.concatenate([at_once[None], lagged]).astype(np.int8)


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_and_graph_are_those_of_tigramite(seed: int) -> None:
    values, max_lag = system(seed)

    found = pcmci_plus(LaggedSample.of_rows(values, max_lag))

    assert_tigramite(found, tigramite_on(values).run_pcmciplus(tau_max=max_lag))


def test_all_kinds_of_links_were_among_them() -> None:
    samples = [LaggedSample.of_rows(*system(seed)) for seed in SEEDS]

    marks = [pcmci_plus(sample).marks for sample in samples]

    at_once = np.concatenate([each[0].ravel() for each in marks])
    lagged = np.concatenate([each[1:].ravel() for each in marks])
    assert set(at_once) == set(Mark)
    assert set(lagged) == {Mark.NONE, Mark.DIRECTED}


@pytest.mark.parametrize(
    ("seed", "options"),
    [*product((5, 6), OPTIONS), (22, {"pc_alpha": 0.2})],
    ids=str,
)
def test_every_option_does_what_it_does_in_tigramite(seed: int, options: dict[str, Any]) -> None:
    values, max_lag = system(seed)

    found = pcmci_plus(LaggedSample.of_rows(values, max_lag), PcmciPlusConfig(**options))

    expected = tigramite_on(values).run_pcmciplus(tau_max=max_lag, **options)
    assert_tigramite(found, expected)
    assert found.pc_alpha == expected.get("optimal_alpha", found.pc_alpha)


def test_links_too_sure_for_a_p_value_above_zero_keep_their_strength() -> None:
    values = np.random.default_rng(79).normal(size=(900, 4))
    values[1:, 1] += 4.0 * values[:-1, 0]
    values[:, 2] += 5.0 * values[:, 3]

    found = pcmci_plus(LaggedSample.of_rows(values, 1))

    assert_tigramite(found, tigramite_on(values).run_pcmciplus(tau_max=1))
    assert found.p_value[1, 0, 1] == found.p_value[0, 3, 2] == 0.0
    assert found.value[1, 0, 1] > 0.9
    assert found.value[0, 3, 2] > 0.9


def test_q_values_change_no_decision() -> None:
    values, max_lag = system(5)
    sample = LaggedSample.of_rows(values, max_lag)

    found = pcmci_plus(sample, PcmciPlusConfig(fdr="bh"))

    expected = tigramite_on(values).run_pcmciplus(tau_max=max_lag, fdr_method="fdr_bh")
    assert_tigramite(found, expected)
    assert np.array_equal(found.marks, pcmci_plus(sample).marks)


def test_a_stream_of_single_rows_gives_what_tigramite_finds() -> None:
    values, max_lag = system(3)

    found = pcmci_plus(streamed(values, list(range(1, len(values))), max_lag))

    assert_tigramite(found, tigramite_on(values).run_pcmciplus(tau_max=max_lag))


@pytest.mark.parametrize("seed", range(10))
def test_the_windowing_of_a_stream_does_not_matter(seed: int) -> None:
    values, max_lag = system(seed)
    cut_at = np.sort(np.random.default_rng([75, seed]).integers(0, len(values), 10)).tolist()

    whole = pcmci_plus(LaggedSample.of_rows(values, max_lag))
    pieces = pcmci_plus(streamed(values, cut_at, max_lag))

    assert np.array_equal(pieces.marks, whole.marks)
    assert np.max(np.abs(pieces.value - whole.value)) <= 1e-12


@pytest.mark.parametrize("seed", range(60))
def test_the_rules_orient_as_tigramite_does(seed: int) -> None:
    rng = np.random.default_rng([76, seed])
    marks, resolve = random_graph(rng, 7, 2), bool(seed % 2)
    unshielded = (marks == Mark.NONE)[:, :, None, :]
    doubted = np.argwhere(unshielded & (rng.random((3, 7, 7, 7)) < 0.97)).tolist()
    ambiguous: list[Triple] = [(lag, i, k, j) for lag, i, k, j in doubted]

    found = orient(marks, [], ambiguous, resolve=resolve)

    expected = tigramite_on(np.zeros((9, 7)))._pcalg_rules_timeseries(
        graph=signs(marks),
        ambiguous_triples=[((i, -lag), k, j) for lag, i, k, j in ambiguous],
        conflict_resolution=resolve,
    )
    assert np.argwhere(signs(found) != expected).tolist() == []


@pytest.mark.parametrize("seed", range(25))
def test_the_member_of_a_class_is_the_one_tigramite_takes(seed: int) -> None:
    rng = np.random.default_rng([77, seed])
    marks, order = random_graph(rng, 6, 1), rng.permutation(6)

    found = acyclic_member(marks, order)

    expected = tigramite_on(np.zeros((9, 6)))._get_dag_from_cpdag(signs(marks), order)
    assert np.array_equal(found, lag_first(expected) == "-->")


def test_a_collider_at_lag_0_is_oriented() -> None:
    rng = np.random.default_rng(78)
    first, second, noise = rng.normal(size=(3, 1000))
    values = np.column_stack([first, second, first + second + noise])

    marks = pcmci_plus(LaggedSample.of_rows(values, 1)).marks

    none, there, back = Mark.NONE, Mark.DIRECTED, Mark.REVERSED
    assert marks[0].tolist() == [[none, none, there], [none, none, there], [back, back, none]]


@pytest.mark.parametrize(
    "options",
    [
        {"pc_alpha": -0.01},
        {"contemp_collider_rule": "unanimous"},
        {"max_conds_px_lagged": -1},
        {"max_combinations": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"pc_alpha|collider|max_"):
        PcmciPlusConfig(**options)
