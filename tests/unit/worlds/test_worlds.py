"""Worlds are what they say: stable, in random units, and with the structure that they tell."""

from dataclasses import dataclass

import numpy as np
import pytest

from worlds import gaps, shared, sparse, systems
from worlds.cases import CASES, make
from worlds.scores import cross
from worlds.var import spectral_radius
from worlds.world import Bools, Floats, World

LINEAR = ("linear", "heavy", "near_unit_root", "noise")
QUICK = tuple(name for name in CASES if name not in ("lorenz96", "lotka_volterra"))


@dataclass(frozen=True, slots=True)
class Fit:
    """A target on its causes: coefficients, their standard errors, and what is left (time)."""

    slopes: Floats
    errors: Floats
    left: Floats


def fitted(world: World, target: int, places: Bools) -> Fit:
    """Least squares on the lagged variables at these places (lag, source)."""
    values, lags = world.values, len(places) - 1
    rows = len(values) - lags
    causes = [values[lags - k : lags - k + rows, i] for k, i in np.argwhere(places)]
    design = np.column_stack([np.ones(rows), *causes])
    design[:, 1:] -= design[:, 1:].mean(axis=0)
    found, *_ = np.linalg.lstsq(design, values[lags:, target])
    left: Floats = values[lags:, target] - design @ found
    variance = np.sum(left**2) / (rows - design.shape[1])
    error = np.sqrt(variance * np.diag(np.linalg.pinv(design.T @ design)))
    return Fit(np.asarray(found[1:]), error[1:], left)


def deviations(world: World) -> Floats:
    """How far each true coefficient is from its estimate, in standard errors."""
    assert world.coefficients is not None
    apart = []
    for target in range(world.values.shape[1]):
        places = world.edges(3)[:, :, target]
        if places.any():
            fit = fitted(world, target, places)
            apart.append((fit.slopes - world.coefficients[:, :, target][places]) / fit.errors)
    return np.concatenate(apart)


@pytest.mark.parametrize("case", QUICK)
def test_the_same_seed_makes_the_same_world(case: str) -> None:
    first, again, other = make(case, 3, rows=400), make(case, 3, rows=400), make(case, 4, rows=400)

    assert np.array_equal(first.values, again.values, equal_nan=True)
    assert np.array_equal(first.truth, again.truth)
    assert not np.array_equal(first.values, other.values, equal_nan=True)


@pytest.mark.parametrize("case", QUICK)
def test_a_world_has_the_size_of_its_case(case: str) -> None:
    world = make(case, 5)

    assert world.values.shape == (CASES[case].rows, CASES[case].d)
    assert world.edges(3).shape == (4, CASES[case].d, CASES[case].d)


@pytest.mark.parametrize("case", QUICK)
def test_neither_spread_nor_mean_tells_causes_from_effects(case: str) -> None:
    worlds = [make(case, seed, d=10, rows=300) for seed in range(8)]
    spreads = np.array([np.log10(np.nanstd(world.values, axis=0)) for world in worlds])
    off = ~np.eye(10, dtype=np.bool_)
    agreement = [
        np.mean(spread[source] < spread[target])
        for world, spread in zip(worlds, spreads, strict=True)
        for source, target in np.argwhere(world.pairs & off)
    ]

    assert np.ptp(spreads, axis=1).min() > 1.0
    assert not agreement or abs(np.mean(agreement) - 0.5) < 0.15


@pytest.mark.parametrize("case", LINEAR)
def test_a_long_sample_has_the_coefficients_that_the_world_tells(case: str) -> None:
    apart = deviations(make(case, 6, rows=20_000))

    assert np.abs(apart).max() < 4.5
    assert np.mean(apart**2) == pytest.approx(1.0, abs=0.7)


def test_edges_at_lag_0_have_the_coefficients_that_the_world_tells() -> None:
    world = make("contemporaneous", 7, rows=20_000)

    assert world.instant is not None
    assert world.instant.any()
    assert np.abs(deviations(world)).max() < 4.5


def test_edges_at_lag_0_have_no_cycle() -> None:
    for seed in range(10):
        instant = make("contemporaneous", seed, rows=50).edges(0)[0].astype(np.float64)
        assert np.trace(np.linalg.matrix_power(np.eye(10) + instant, 10)) == 10.0


@pytest.mark.parametrize("recipe", [sparse.LINEAR, sparse.INSTANT, sparse.NEAR_UNIT_ROOT])
def test_structures_are_stable_with_few_causes(recipe: sparse.Recipe) -> None:
    drawn = [sparse.draw(np.random.default_rng(seed), 10, recipe) for seed in range(20)]
    causes = np.array([(each[1:] != 0.0).sum(axis=(0, 1)) - 1 for each in drawn])

    assert max(spectral_radius(sparse.reduced(each)) for each in drawn) < recipe.radius
    assert causes.mean() == pytest.approx(2.0, abs=0.25)
    assert causes.max() <= 4


def test_wide_structures_are_stable_by_construction() -> None:
    world = sparse.wide(np.random.default_rng(8), 60, 400)

    halves = np.split(world.values, 2)
    assert world.coefficients is not None
    assert np.std(halves[1], axis=0) == pytest.approx(np.std(halves[0], axis=0), rel=0.5)
    assert np.abs(deviations(world)).max() < 4.5


@pytest.mark.parametrize("response", [sparse.saturating, sparse.even, None])
def test_causes_act_through_the_response(response: sparse.Response | None) -> None:
    coefficients = np.zeros((3, 2, 2))
    coefficients[1] = 0.5 * np.eye(2)
    coefficients[2, 0, 1] = 0.3
    noise = np.random.default_rng(9).normal(size=(20_000 + sparse.BURN_IN, 2))

    x, y = sparse.run(coefficients, noise, response=response).T

    acting = x if response is None else response(x)
    design = np.column_stack([np.ones(len(x) - 2), y[1:-1], acting[:-2], x[1:-1]])
    found, *_ = np.linalg.lstsq(design, y[2:])
    assert found[1:] == pytest.approx([0.5, 0.3, 0.0], abs=0.03)


def test_an_even_cause_leaves_no_linear_trace() -> None:
    coefficients = np.zeros((2, 2, 2))
    coefficients[1, 0, 1] = 0.4
    noise = np.random.default_rng(10).normal(size=(20_000 + sparse.BURN_IN, 2))

    x, y = sparse.run(coefficients, noise, response=sparse.even).T

    assert abs(np.corrcoef(x[:-1], y[1:])[0, 1]) < 0.03
    assert np.corrcoef(x[:-1] ** 2, y[1:])[0, 1] > 0.3


def test_hidden_causes_are_neither_seen_nor_told() -> None:
    world = make("hidden", 11, rows=20_000)

    assert world.values.shape[1] == world.truth.shape[1] == 10
    assert world.coefficients is None


def test_hidden_causes_confound() -> None:
    """Residuals of the true causes alone are correlated across lags."""
    strongest = []
    for seed in range(3):
        world = make("hidden", seed, rows=3000)
        places = world.edges(3)
        left = np.array([fitted(world, j, places[:, :, j]).left for j in range(10)])
        r = [np.corrcoef(left[:, 3 - k : -k or None], left[:, 3:]) for k in range(1, 4)]
        strongest.append(max(np.abs(cross(each[:10, 10:])).max() for each in r))

    assert min(strongest) > 0.06


def test_a_regime_is_replaced_half_way_and_the_truth_is_the_last() -> None:
    world = sparse.regime(np.random.default_rng(12), 10, 20_000)
    last = World(world.values[10_000:], world.truth, coefficients=world.coefficients)
    first = World(world.values[:10_000], world.truth, coefficients=world.coefficients)

    assert world.changes == (10_000,)
    assert np.abs(deviations(last)).max() < 4.5
    assert np.abs(deviations(first)).max() > 10.0


def test_regimes_come_one_after_another() -> None:
    world = sparse.regimes(np.random.default_rng(13), 4, (100, 50, 70))

    assert world.changes == (100, 150)
    assert world.values.shape == (220, 4)


def test_values_are_missing_at_random() -> None:
    world = make("missing", 14)
    missing = np.isnan(world.values)

    assert world.complete is not None
    assert missing.mean() == pytest.approx(0.1, abs=0.015)
    assert np.array_equal(world.values[~missing], world.complete[~missing])


def test_outages_come_in_runs_of_each_variables_own() -> None:
    world = make("blocks", 15)
    missing = np.isnan(world.values)

    runs = [
        np.diff(np.flatnonzero(np.diff(m, prepend=False, append=False)))[::2] for m in missing.T
    ]

    assert missing.mean(axis=0) == pytest.approx(0.1, abs=0.025)
    assert missing.mean() == pytest.approx(0.1, abs=0.01)
    assert min(map(min, runs)) >= gaps.OUTAGES.shortest
    assert max(map(max, runs)) <= gaps.OUTAGES.longest
    assert 0.0 < missing.all(axis=1).mean() + missing.any(axis=1).mean() < 0.9


def test_a_shared_cycle_has_the_period_and_the_size_it_says() -> None:
    rows = 96 * 200
    quiet = sparse.linear(np.random.default_rng(16), 10, rows)
    world = shared.with_cycle(np.random.default_rng(17), quiet)

    added = (world.values - quiet.values) / quiet.values.std(axis=0)
    amplitude = np.abs(np.fft.rfft(added, axis=0)[200]) * 2.0 / rows
    assert amplitude == pytest.approx(np.abs(added).max(axis=0), rel=0.01)
    assert ((amplitude > 0.49) & (amplitude < 1.51)).all()
    assert np.linalg.matrix_rank(added, tol=1e-6 * rows) == 1
    assert np.array_equal(world.truth, quiet.truth)


def test_a_trend_runs_through_every_variable() -> None:
    quiet = sparse.linear(np.random.default_rng(18), 10, 1000)

    world = shared.with_trend(np.random.default_rng(19), quiet)

    added = (world.values - quiet.values) / quiet.values.std(axis=0)
    assert np.diff(added, 2, axis=0) == pytest.approx(0.0, abs=1e-9)
    assert ((np.abs(added[-1] - added[0]) > 1.0) & (np.abs(added[-1] - added[0]) < 3.0)).all()


def test_a_step_moves_most_variables_at_once() -> None:
    quiet = sparse.linear(np.random.default_rng(20), 10, 1000)

    world = shared.with_step(np.random.default_rng(21), quiet)

    added = (world.values - quiet.values) / quiet.values.std(axis=0)
    size = np.abs(added[-1])
    turns = np.flatnonzero(np.abs(np.diff(added, axis=0)).max(axis=1) > 1e-6)
    assert np.sum(size > 0.5) == 7
    assert ((size < 1e-9) | ((size > 1.0) & (size < 3.0))).all()
    assert len(turns) == 1
    assert 250 <= turns[0] < 750


def test_weather_and_ecology_know_who_drives_whom() -> None:
    weather = systems.lorenz96(np.random.default_rng(22), 6, 5, systems.Weather(burn_in=5))
    ecology = systems.lotka_volterra(np.random.default_rng(23), 8, 5)

    assert np.flatnonzero(weather.pairs[:, 3]).tolist() == [1, 2, 3, 4]
    assert np.flatnonzero(ecology.pairs[:, 2]).tolist() == [2, 6, 7]
    assert np.flatnonzero(ecology.pairs[:, 4]).tolist() == [0, 1, 4]


def test_the_integrator_is_of_order_four() -> None:
    """Of dx/dt = x, whose solution is known."""

    def error(steps: int) -> float:
        state = np.ones(1)
        for _ in range(steps):
            state = systems.runge_kutta(lambda x: x, state, 1.0 / steps)
        return float(abs(state[0] - np.e))

    assert error(10) / error(20) == pytest.approx(2.0**4, rel=0.1)


def test_an_undisturbed_ecology_keeps_what_lotka_and_volterra_found_constant() -> None:
    calm = systems.Ecology(group=1, crowding=0.0, noise=0.0, step=0.005)

    x, y = systems.populations(np.random.default_rng(24), np.array([4.0, 3.0]), 200, calm).T

    constant = calm.feeding * x - calm.death * np.log(x) + calm.hunted * y - calm.growth * np.log(y)
    assert constant == pytest.approx(constant[0], abs=1e-9)
    assert np.ptp(x) > 1.0


def test_populations_are_never_negative() -> None:
    rng = np.random.default_rng(28)

    found = systems.populations(rng, rng.uniform(10.0, 100.0, 8), 200, systems.ECOLOGY)

    assert found.min() == 0.0
    assert np.isfinite(found).all()


def test_effects_are_in_standard_deviations() -> None:
    world = make("linear", 25)
    assert world.coefficients is not None
    scale = world.values.std(axis=0)

    inner = World(world.values / scale, world.truth, coefficients=world.effects())

    assert inner.effects() == pytest.approx(world.effects())


def test_a_world_that_is_not_linear_has_no_effects() -> None:
    with pytest.raises(ValueError, match="not linear"):
        make("tanh", 26, rows=50).effects()
