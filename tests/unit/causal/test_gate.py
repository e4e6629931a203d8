"""That an import is used as far as it helps, and costs no more than is promised."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.causal.gate import Gate, GateState, after_rows
from scarcity.stats.arrays import Floats

scores = st.floats(-1e3, 50.0) | st.just(-math.inf)
runs = st.lists(st.tuples(scores, scores), max_size=60)
gates = st.builds(Gate, prior=st.floats(0.01, 0.99), share=st.sampled_from([1e-12, 0.001, 0.2]))


def columns(rows: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    local, imported = np.array(rows, np.float64).reshape(-1, 2).T.copy()
    return local, imported


def after(gate: Gate, rows: list[tuple[float, float]]) -> GateState:
    return after_rows(gate, gate.start, *columns(rows))


@given(gates, runs)
def test_whatever_is_imported_no_more_is_lost_than_promised(
    gate: Gate, rows: list[tuple[float, float]]
) -> None:
    state = after(gate, rows)

    assert state.rows == len(rows)
    assert state.lost <= gate.most_lost(len(rows)) + 1e-9 * (1 + len(rows))
    assert gate.share * gate.prior * (1 - 1e-9) <= state.weight <= 1.0
    assert 0.0 <= gate.trust(state) <= 1.0


@given(gates, runs, st.integers(0, 60))
def test_rows_may_come_in_any_portions(
    gate: Gate, rows: list[tuple[float, float]], first: int
) -> None:
    begun = after(gate, rows[:first])

    assert after_rows(gate, begun, *columns(rows[first:])) == after(gate, rows)


@given(st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=10))
def test_the_weight_is_that_of_bayes_when_none_is_dealt_anew(gains: list[float]) -> None:
    gate = Gate(prior=0.3, share=1e-12)

    state = after(gate, [(0.0, gain) for gain in gains])

    odds = 0.3 / 0.7 * math.exp(sum(gains))
    assert state.weight == pytest.approx(odds / (1.0 + odds), rel=1e-4)
    assert state.lost == pytest.approx(-math.log(0.7 + 0.3 * math.exp(sum(gains))), abs=1e-6)


def test_what_makes_no_difference_earns_no_trust() -> None:
    gate = Gate()

    state = after(gate, [(-3.0, -3.0)] * 100)

    assert state.weight == pytest.approx(gate.prior)
    assert gate.trust(state) == pytest.approx(0.0, abs=1e-12)
    assert state.lost == pytest.approx(0.0, abs=1e-12)


def test_a_good_import_is_soon_used_a_bad_one_dropped_and_one_that_recovers_used_again() -> None:
    gate = Gate()
    good, bad = [(-1.0, -0.5)] * 200, [(-0.5, -1.0)] * 60

    assert gate.trust(after(gate, good[:30])) > 0.3
    assert gate.trust(after(gate, good)) > 0.95
    assert gate.trust(after(gate, good + bad)) == 0.0
    assert gate.trust(after(gate, good + bad + good)) > 0.95


def test_a_lie_that_is_lucky_for_a_few_rows_is_hardly_trusted() -> None:
    gate = Gate()
    bad, lucky = [(-0.5, -1.0)] * 100, [(-3.0, 0.0)] * 5

    state = after(gate, bad + lucky)

    assert state.weight > 0.95
    assert gate.trust(state) < 0.05


def test_an_import_that_rules_out_what_happens_is_dropped_at_once() -> None:
    gate = Gate()

    assert after(gate, [(-1.0, -math.inf)]).weight == pytest.approx(gate.share * gate.prior)
    assert after(gate, [(-math.inf, -1.0)]).weight == pytest.approx(1.0, abs=gate.share)
    assert after(gate, [(-math.inf, -math.inf)]).weight == pytest.approx(gate.prior)


@pytest.mark.parametrize(
    ("local", "imported"), [(math.nan, 0.0), (0.0, math.nan), (math.inf, 0.0), (0.0, math.inf)]
)
def test_what_is_no_score_is_refused(local: float, imported: float) -> None:
    with pytest.raises(ValueError, match="log score"):
        after(Gate(), [(local, imported)])


@pytest.mark.parametrize(("prior", "share"), [(0.0, 0.1), (1.0, 0.1), (0.5, 1.0), (0.5, 0.0)])
def test_a_gate_that_cannot_move_is_refused(prior: float, share: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Gate(prior, share)


def test_before_the_first_row_nothing_can_be_lost() -> None:
    assert Gate().most_lost(0) == 0.0
    assert Gate().most_lost(1) == pytest.approx(-np.log(0.9))
