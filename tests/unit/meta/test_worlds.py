"""That families share what they say they share, and that marks of the benchmark are right."""

import numpy as np
import pytest

from bench.meta.scores import Curves, between, f1, false_share, rows_to
from worlds.domains import (
    drifting,
    evidence_of,
    family,
    simulated,
    standard_form,
    told,
    typed_family,
)
from worlds.peers import between as off_diagonal


@pytest.mark.parametrize("share", [0.9, 0.6, 0.0])
def test_domains_share_edges_and_are_equally_dense(share: float) -> None:
    rng = np.random.default_rng(3001)
    kept, dense = [], []
    for _ in range(40):
        common = family(rng, share)
        domain = common.domain(rng) != 0.0
        linked = common.base != 0.0
        kept.append(np.mean(domain[linked]))
        dense.append(np.mean(domain[off_diagonal(20)]))

    assert np.mean(kept) == pytest.approx(share, abs=0.03)
    assert np.mean(dense) == pytest.approx(0.1, abs=0.01)


def test_typed_domains_are_linked_by_their_types() -> None:
    rng = np.random.default_rng(3002)
    common = typed_family(rng)
    often, seldom = [], []
    for _ in range(30):
        structure, types = common.domain(rng)
        kind = np.array([int(each.removeprefix("type")) for each in types])
        hot = common.often[np.ix_(kind, kind)] & off_diagonal(20)
        often.append(np.mean(structure[hot] != 0.0))
        seldom.append(np.mean(structure[~hot & off_diagonal(20)] != 0.0))

    assert np.mean(often) == pytest.approx(0.35, abs=0.03)
    assert np.mean(seldom) == pytest.approx(0.015, abs=0.005)


def test_in_standard_form_every_variable_has_deviation_one() -> None:
    rng = np.random.default_rng(3003)
    structure = family(rng, 0.8).domain(rng)

    standard, noise = standard_form(structure)
    values = simulated(rng, structure[None], 20_000)[0] * np.sqrt(noise)

    assert values.std(axis=0) == pytest.approx(np.ones(20), abs=0.05)
    assert evidence_of("s", values).effect == pytest.approx(standard.ravel(), abs=0.04)


def test_evidence_names_edges_by_source_and_target() -> None:
    rng = np.random.default_rng(3004)
    structure = np.zeros((3, 3))
    structure[2, 0] = 0.6  # x0 drives x2

    for evidence in (
        between(evidence_of("s", simulated(rng, structure[None], 2000)[0])),
        told(rng, "s", structure, 0.02),
    ):
        strongest = evidence.edges[int(np.argmax(np.abs(evidence.effect)))]
        assert (strongest.source, strongest.target) == ("x0", "x2")
        assert evidence.kind.sum() == 0


def test_streams_drift_when_they_are_said_to() -> None:
    still, moving = (
        drifting(np.random.default_rng(3005), 4000, every, d=3) for every in (None, 2000)
    )

    def moved(values: np.ndarray) -> float:
        halves = (evidence_of("s", half).effect for half in np.array_split(values, 2))
        return float(np.abs(np.subtract(*halves)).max())

    assert moved(still) < 0.12
    assert moved(moving) > 0.12


def test_a_wrong_sign_is_a_miss_and_a_false_edge() -> None:
    truth = np.array([0.3, -0.3, 0.0, 0.0])
    effect = np.array([0.2, 0.2, 0.1, 0.1])

    assert f1(np.array([True, True, False, False]), effect, truth) == pytest.approx(0.5)
    assert f1(np.array([True, False, False, False]), effect, truth) == pytest.approx(2 / 3)
    assert false_share(np.array([True, True, True, False]), truth) == pytest.approx(1 / 3)
    assert false_share(np.zeros(4, np.bool_), truth) == 0.0


def test_rows_to_a_goal_are_those_from_which_on_it_holds() -> None:
    grid = (100, 200, 400, 800)

    assert rows_to([0.9, 0.9, 0.9, 0.9], 0.8, grid) == 100
    assert rows_to([0.9, 0.7, 0.9, 0.9], 0.8, grid) == pytest.approx(200 * 2**0.5)
    assert rows_to([0.9, 0.9, 0.9, 0.7], 0.8, grid) == float("inf")


def test_a_gain_is_rows_without_over_rows_with() -> None:
    grid = (100, 200, 400)
    truth, effect = np.array([0.3, 0.3]), np.array([0.1, 0.1])
    curves = Curves(grid)
    for _ in range(4):
        for arm, enough in (("cold", 400), ("prior", 200)):
            for rows in grid:
                found = np.array([True, rows >= enough])
                curves.add(arm, rows, (found, effect), truth)

    gain = curves.gain("prior", 0.9)
    low, high = curves.gain_interval("prior", np.random.default_rng(1))

    assert gain == pytest.approx(2.0)
    assert low == high == pytest.approx(2.0)
