"""Privacy is reckoned as others reckon it, never too low, and refused when it is spent."""

import math

import numpy as np
import pytest
from dp_accounting import GaussianDpEvent, SelfComposedDpEvent
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from scarcity.errors import ConfigError
from scarcity.federation.sealed.accountant import (
    ORDERS,
    Budget,
    BudgetSpent,
    Ledger,
    Release,
    epsilon,
    rho_for,
    rows_needed,
    summed_rho,
)

costs = st.integers(1, 100).map(lambda n: n / 1000)
spans = st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1]))
BUDGET = Budget(epsilon=3.0)


@pytest.mark.parametrize("multiplier", [0.7, 1.5, 4.0, 20.0, 100.0])
@pytest.mark.parametrize("times", [1, 10, 100])
@pytest.mark.parametrize("delta", [1e-5, 1e-8])
def test_epsilon_is_that_of_the_oracle_and_never_below_it(
    multiplier: float, times: int, delta: float
) -> None:
    oracle = RdpAccountant(orders=ORDERS)
    oracle.compose(SelfComposedDpEvent(GaussianDpEvent(multiplier), times))
    expected = oracle.get_epsilon(delta)

    found = epsilon(times / (2.0 * multiplier**2), delta)

    assert expected <= found <= 1.01 * expected


@pytest.mark.parametrize(("multiplier", "times"), [(1.0, 1), (4.0, 1), (4.0, 10), (20.0, 100)])
def test_epsilon_is_never_below_what_the_tightest_accountant_finds(
    multiplier: float, times: int
) -> None:
    oracle = PLDAccountant(value_discretization_interval=1e-3)
    oracle.compose(SelfComposedDpEvent(GaussianDpEvent(multiplier), times))

    found = epsilon(times / (2.0 * multiplier**2), 1e-5)

    assert oracle.get_epsilon(1e-5) <= found


@given(st.floats(0.01, 20.0), st.floats(1e-12, 1e-3))
def test_the_cost_of_a_budget_is_the_budget(wanted: float, delta: float) -> None:
    rho = rho_for(Budget(wanted, delta))

    assert 0.999 * wanted <= epsilon(rho, delta) <= wanted


@pytest.mark.parametrize(("wanted", "delta"), [(0.0, 1e-5), (1.0, 0.0), (1.0, 1.0)])
def test_a_budget_that_is_none_is_refused(wanted: float, delta: float) -> None:
    with pytest.raises(ConfigError):
        rho_for(Budget(wanted, delta))


def test_nothing_costs_nothing() -> None:
    assert epsilon(0.0, 1e-5) == 0.0


@pytest.mark.parametrize("variance", [10**2, 10**16])
def test_a_sum_of_much_noise_costs_what_one_gaussian_costs(variance: int) -> None:
    assert summed_rho(10**4, variance, 20, 10**4) == pytest.approx(10**4 / (2 * 20 * variance))


def test_a_sum_of_little_noise_costs_more_than_one_gaussian() -> None:
    plain = 1 / (2 * 20)

    assert plain < summed_rho(1, 1, 20, 10**4) < 100 * plain
    assert summed_rho(1, 1, 20, 10**6) >= summed_rho(1, 1, 20, 10**4)


def test_a_sum_costs_at_least_what_its_exact_distribution_says() -> None:
    """One value, two peers, variance 1: Rényi divergences of the sum, by convolution."""
    values = np.arange(-30, 31)
    mass = np.exp(-(values**2) / 2.0)
    summed = np.log(np.convolve(mass / mass.sum(), mass / mass.sum())[35:-35])
    rho = summed_rho(1, 1, 2, 1)

    for order in (1.5, 2.0, 4.0, 8.0):
        p, q = summed[:-1], summed[1:]
        divergence = special.logsumexp(order * p + (1.0 - order) * q) / (order - 1.0)
        assert 0.99 * 0.25 * order <= divergence <= rho * order


@settings(max_examples=40)
@given(st.lists(st.tuples(spans, costs), max_size=12))
def test_the_dearest_row_counts_and_disjoint_rows_do_not_add_up(
    releases: list[tuple[tuple[int, int], float]],
) -> None:
    ledger, by_row = Ledger(Budget(1e6)), np.zeros(100)
    for (start, stop), rho in releases:
        ledger = ledger.after(Release(start, stop, rho))
        by_row[start:stop] += rho

    assert ledger.spent(0, 100) == pytest.approx(by_row.max())
    assert ledger.spent(10, 30) == pytest.approx(by_row[10:30].max())


def test_a_spent_budget_refuses_and_says_what_is_left_and_what_helps() -> None:
    ledger = Ledger(BUDGET).after(Release(0, 200, 0.8 * BUDGET.rho))

    with pytest.raises(BudgetSpent, match=r"left is ε = 1\.2.* rows from 200 on have spent"):
        ledger.after(Release(150, 350, 0.5 * BUDGET.rho))
    with pytest.raises(BudgetSpent, match="no row has as much: more noise"):
        ledger.after(Release(200, 400, 1.5 * BUDGET.rho))
    assert ledger.after(Release(200, 400, BUDGET.rho)).spent(0, 400) == BUDGET.rho


def test_a_refused_release_leaves_the_ledger_as_it_was() -> None:
    ledger = Ledger(BUDGET).after(Release(0, 10, BUDGET.rho))

    with pytest.raises(BudgetSpent):
        ledger.after(Release(9, 20, 1e-6))

    assert ledger.releases == (Release(0, 10, BUDGET.rho),)


def test_a_ledger_that_is_closed_is_shorter_and_releases_no_older_row() -> None:
    ledger = Ledger(BUDGET)
    for start in range(0, 1000, 100):
        ledger = ledger.after(Release(start, start + 100, 0.01))

    closed = ledger.close(before=950).close(before=500)

    assert len(closed.releases) == 1
    assert closed.closed_before == 950
    with pytest.raises(BudgetSpent, match="closed"):
        closed.after(Release(900, 1000, 0.01))


@given(st.floats(0.03, 0.5), st.floats(2.0, 5.0), st.floats(0.0, 1000.0))
def test_as_many_rows_as_are_needed_bring_the_effect_to_its_z(
    effect: float, z: float, sigma: float
) -> None:
    rows = rows_needed(effect, z, sigma)

    assert effect / math.sqrt(1.0 / rows + (sigma / rows) ** 2) == pytest.approx(z)
