"""Joint effects are found where they are, confirmed on other rows than those they were found on."""

from dataclasses import replace

import numpy as np
import pytest

from scarcity.causal import Engine, EngineConfig
from scarcity.causal.budget import UNLIMITED
from scarcity.causal.discovery import Discovery
from scarcity.causal.interactions import MOST_PRODUCTS, Interactions, JointEffect
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.model import Equations, Model
from scarcity.causal.screening import Source
from scarcity.causal.snapshot import pack, unpack
from scarcity.stats.subset import NONE
from worlds import cases, var
from worlds.world import Floats

LAGS = 3
SELECTED = 2048
CONFIG = EngineConfig(max_lag=LAGS)
ANY_EFFECT = EngineConfig(max_lag=LAGS, min_effect=0.0)

A, B, C, TARGET, CHILD = range(5)
PLANTED = ((A, 1), (B, 2))
SOURCES: dict[int, list[Source]] = {A: [(A, 1)], B: [(B, 1), (A, 1)], C: [(C, 1)]}
SCALE = np.array([1e-3, 1.0, 20.0, 1e3, 1.0])
OFFSET = np.array([1.0, -30.0, 0.0, 1e4, 0.0])


def joint(
    seed: int,
    rows: int,
    strength: float,
    *,
    own: float = 0.6,
    passed: float = 0.0,
    fed: float = 0.0,
) -> Floats:
    """A and B act on the target jointly, C alone.

    passed  how much of the target CHILD gets within the step
    fed     how much of CHILD the target gets within the step
    """
    rng = np.random.default_rng([81, seed])
    x = rng.normal(size=(rows + 100, 5))
    for t in range(2, len(x)):
        x[t, : TARGET + 1] += own * x[t - 1, : TARGET + 1]
        x[t, B] += 0.3 * x[t - 1, A]
        x[t, TARGET] += 0.4 * x[t - 1, C] + strength * x[t - 1, A] * x[t - 2, B]
        x[t, TARGET] += fed * x[t, CHILD]
        x[t, CHILD] += passed * x[t, TARGET]
    observed: Floats = x[100:] * SCALE + OFFSET
    return observed


def unit(values: Floats) -> Floats:
    first = values[:SELECTED]
    scaled: Floats = (values - np.nanmean(first, axis=0)) / np.nanstd(first, axis=0)
    return scaled


def model_of(rows: Floats) -> Model:
    moments = LaggedMoments(rows.shape[1], LAGS)
    moments.add(rows)
    discovery = Discovery.begin(rows.shape[1], CONFIG)
    discovery.refresh(moments, None, UNLIMITED)
    assert discovery.found is not None
    return discovery.found[1]


def taught(rows: Floats, parents: dict[int, list[Source]]) -> Model:
    """One with these parents of some variables, and none of others."""
    d, now = rows.shape[1], rows[LAGS:]
    none = np.full((d, 3), NONE, np.int64)
    equations = Equations(none, none * 0, np.zeros((d, 3)), now.mean(axis=0), now.std(axis=0))
    for target, sources in parents.items():
        columns = [rows[LAGS - lag : len(rows) - lag, source] for source, lag in sources]
        design = np.column_stack([*columns, np.ones(len(now))])
        weights = np.linalg.lstsq(design, now[:, target])[0]
        for place, (source, lag) in enumerate(sources):
            equations.sources[target, place], equations.lags[target, place] = source, lag
            equations.weights[target, place] = weights[place]
        equations.intercept[target] = weights[-1]
        equations.noise[target] = np.std(now[:, target] - design @ weights)
    return replace(Model.empty(d, LAGS), equations=equations)


def selected(values: Floats) -> Interactions:
    """Those that stand out in the first rows."""
    return Interactions.screened(values[:SELECTED], model_of(values[:SELECTED]))


def confirmed(values: Floats, window: int = 256) -> Interactions:
    """The same, after the rest of the rows."""
    interactions = selected(values)
    for first in range(SELECTED, len(values), window):
        interactions.learn(values[first - LAGS : first + window])
    return interactions


def accepted(values: Floats, config: EngineConfig = CONFIG) -> list[JointEffect]:
    return [each for each in confirmed(unit(values)).estimates(config) if each.accepted]


def effect_of(values: Floats, strength: float) -> float:
    """What is planted, in standard deviations of the rows after selection."""
    x = values[SELECTED - LAGS :]
    count = len(x) - LAGS
    about = x - values[:SELECTED].mean(axis=0)
    about_a, about_b = (about[LAGS - lag :][:count, source] for source, lag in PLANTED)
    unit_of_product = SCALE[A] * SCALE[B] / SCALE[TARGET]
    spread = np.std(about_a * about_b) / unit_of_product
    return float(strength * spread / np.std(x[LAGS:, TARGET]))


@pytest.mark.parametrize("strength", [0.2, -0.3, 0.5])
def test_a_joint_effect_is_found_with_its_lags_and_an_interval_that_covers_it(
    strength: float,
) -> None:
    covered = []
    for seed in range(8):
        values = joint(seed, 4000, strength)
        (found,) = accepted(values)
        truth = effect_of(values, strength)

        assert (found.sources, found.target) == (PLANTED, TARGET)
        assert found.effect == pytest.approx(truth, abs=4 * found.se)
        assert 1900 < found.rows < 4000 - SELECTED
        covered.append(found.ci[0] <= truth <= found.ci[1])

    assert sum(covered) >= 6


def test_one_that_is_of_no_interest_is_accepted_only_when_asked_for() -> None:
    strength = 0.08
    values = joint(3, 4000, strength, own=0.0)

    found = accepted(values, EngineConfig(max_lag=LAGS, min_effect=0.0))

    assert [(each.sources, each.target) for each in found] == [(PLANTED, TARGET)]
    assert not accepted(values, EngineConfig(max_lag=LAGS, min_effect=0.1))


@pytest.mark.parametrize(
    "case", ["linear", "heavy", "tanh", "quadratic", "contemporaneous", "near_unit_root", "hidden"]
)
def test_where_every_source_acts_alone_nothing_is_found(case: str) -> None:
    found = [accepted(cases.make(case, 40 + seed, rows=4000).values) for seed in range(6)]

    assert found == [[]] * 6


@pytest.mark.parametrize("shape", [np.abs, np.sign, lambda x: np.minimum(x * x, 2.0), np.exp])
def test_bent_effects_of_sources_that_move_together_are_no_interactions(shape: np.ufunc) -> None:
    found = []
    for seed in range(6):
        rng = np.random.default_rng([82, seed])
        shared = rng.exponential(size=(4001, 1))
        sources = 0.9 * shared + 0.45 * rng.exponential(size=(4001, 4)) - 1.35
        bent = 3.0 * np.minimum(shape(sources[:-1, 0]), 5.0)
        found += accepted(np.column_stack([sources[1:], bent + rng.normal(size=4000)]))

    assert found == []


def test_turbulent_times_are_no_interactions() -> None:
    streams, tested = 0, 0
    for seed in range(12):
        rng = np.random.default_rng([83, seed])
        turbulence = var.observe(rng, np.array([[[0.97]]]), rng.normal(size=(4200, 1))).values
        loudness = np.exp(0.8 * unit(turbulence))
        values = (
            loudness * var.observe(rng, 0.4 * np.eye(6)[None], rng.normal(size=(4200, 6))).values
        )
        found = confirmed(unit(values)).estimates(ANY_EFFECT)
        streams += any(each.accepted for each in found)
        tested += len(found)

    assert streams <= 2
    assert tested <= 12


def test_what_is_confirmed_rests_on_later_rows_alone() -> None:
    before, after = joint(1, SELECTED, 0.5), joint(2, 2000, 0.0)
    interactions = selected(unit(before))
    (waiting,) = interactions.estimates(CONFIG)

    interactions.learn(unit(np.vstack([before, after]))[SELECTED:])

    (found,) = interactions.estimates(CONFIG)
    assert (waiting.rows, waiting.score, waiting.accepted) == (0, 0.0, False)
    assert np.isnan([waiting.effect, waiting.se, *waiting.ci, waiting.p_value]).all()
    assert found.sources == PLANTED
    assert not found.accepted
    assert found.p_value > 0.01
    assert abs(found.effect) < 0.1


def test_windows_make_no_difference() -> None:
    values = unit(joint(4, 3000, 0.3))

    whole, single = (confirmed(values, size).estimates(CONFIG)[0] for size in (952, 1))

    assert single.rows == whole.rows
    assert single.effect == pytest.approx(whole.effect, rel=1e-9)
    assert single.se == pytest.approx(whole.se, rel=1e-9)
    assert single.p_value == pytest.approx(whole.p_value, rel=1e-6)


def test_a_row_with_a_value_missing_is_skipped_not_taken_for_one_with_a_mean() -> None:
    values = unit(joint(5, 6000, 0.4))
    whole = confirmed(values).estimates(CONFIG)[0]
    holed = values.copy()
    holed[SELECTED:, A][np.random.default_rng(84).random(6000 - SELECTED) < 0.5] = np.nan

    found = confirmed(holed).estimates(CONFIG)[0]

    assert found.sources == whole.sources == PLANTED
    assert found.accepted
    assert 0.4 < found.rows / whole.rows < 0.6
    assert found.effect == pytest.approx(whole.effect, abs=3 * found.se)
    assert found.se == pytest.approx(whole.se * np.sqrt(2.0), rel=0.2)


def test_values_missing_where_they_are_not_needed_cost_nothing() -> None:
    values = unit(joint(6, 4000, 0.4))
    holed = values.copy()
    holed[SELECTED:, CHILD] = np.nan

    assert confirmed(holed).estimates(CONFIG) == confirmed(values).estimates(CONFIG)


def test_joint_effects_are_found_in_spite_of_missing_values() -> None:
    for seed in range(4):
        values = joint(seed, 6000, 0.5)
        values[np.random.default_rng([85, seed]).random(values.shape) < 0.05] = np.nan

        found = accepted(values)

        assert [(each.sources, each.target) for each in found] == [(PLANTED, TARGET)]


def test_what_a_target_passes_on_within_a_step_is_not_its_childs_interaction() -> None:
    for seed in range(6):
        found = accepted(joint(seed, 5000, 0.4, passed=1.0))

        assert [(each.sources, each.target) for each in found] == [(PLANTED, TARGET)]


@pytest.mark.parametrize(
    ("truth", "belief"),
    [
        ({"passed": 1.0}, {TARGET: [(TARGET, 1), (C, 1), (CHILD, 0)], CHILD: []}),
        ({"fed": 1.0}, {TARGET: [(TARGET, 1), (C, 1)], CHILD: [(TARGET, 0)]}),
    ],
)
def test_a_link_at_lag_0_that_points_the_wrong_way_makes_no_interaction(
    truth: dict[str, float], belief: dict[int, list[Source]]
) -> None:
    for seed in range(4):
        values = unit(joint(seed, 5000, 0.4, **truth))
        rows = values[:SELECTED]
        interactions = Interactions.screened(rows, taught(rows, SOURCES | belief))
        interactions.learn(values[SELECTED - LAGS :])

        found = [each for each in interactions.estimates(CONFIG) if each.accepted]

        assert [(each.sources, each.target) for each in found] == [(PLANTED, TARGET)]


def test_what_is_found_in_turbulent_air_are_the_products_of_its_equations() -> None:
    values = cases.make("lorenz96", 86, rows=4000).values

    found = accepted(values)

    assert len(found) >= MOST_PRODUCTS - 2
    for each in found:
        (first, _), (second, _) = each.sources
        place = {(first - each.target) % 10, (second - each.target) % 10}
        assert place in ({9, 1}, {9, 8})
        assert np.sign(each.effect) == (1.0 if 1 in place else -1.0)


def test_a_restored_state_goes_on_bit_for_bit() -> None:
    values = unit(np.hstack([joint(7, 4000, 0.4), joint(8, 4000, -0.3)]))
    steady = confirmed(values[:3000])
    snapshot = unpack(Engine(["a"]).snapshot())
    kept = unpack(pack(replace(snapshot, arrays=steady.arrays("regime.0.joint."))))

    restored = Interactions.restore(kept, "regime.0.joint.")

    for interactions in (steady, restored):
        interactions.learn(values[3000 - LAGS :])
    ours, its = steady.arrays(""), restored.arrays("")
    assert sum(each.accepted for each in steady.estimates(CONFIG)) == 2
    assert restored.estimates(CONFIG) == steady.estimates(CONFIG)
    assert ours.keys() == its.keys()
    assert all(np.array_equal(ours[name], its[name]) for name in ours)


def test_units_may_change_by_a_power_of_two() -> None:
    values = unit(joint(9, 3000, 0.4))
    factor = np.ldexp(1.0, np.array([-7, 0, 3, 11, 1]))
    steady, changed = selected(values), selected(values)

    changed.rescale(factor)
    steady.learn(values[SELECTED - LAGS :])
    changed.learn(values[SELECTED - LAGS :] * factor)

    assert changed.estimates(CONFIG) == steady.estimates(CONFIG) != ()


def test_variables_that_come_later_take_no_part() -> None:
    values = unit(joint(10, 3000, 0.4))
    steady, extended = selected(values), selected(values)

    extended.extend(2)
    steady.learn(values[SELECTED - LAGS :])
    extended.learn(np.pad(values, ((0, 0), (0, 2)), constant_values=np.nan)[SELECTED - LAGS :])

    assert extended.estimates(CONFIG) == steady.estimates(CONFIG) != ()


def test_nothing_is_looked_for_where_there_is_nothing_to_look_at() -> None:
    rng = np.random.default_rng(87)
    for rows in (rng.normal(size=(LAGS, 3)), np.zeros((500, 3)), np.full((500, 3), np.nan)):
        interactions = Interactions.screened(rows, Model.empty(3, LAGS))
        interactions.learn(rows)

        assert interactions.estimates(CONFIG) == ()
        assert interactions.size == 0


@pytest.mark.parametrize(("others", "looks"), [(59, True), (60, False)])
def test_wide_streams_have_too_many_products(*, others: int, looks: bool) -> None:
    rows = np.hstack(
        [joint(12, SELECTED, 0.5), np.random.default_rng(89).normal(size=(2048, others))]
    )
    model = taught(unit(rows), SOURCES | {TARGET: [(TARGET, 1), (C, 1)]})

    interactions = Interactions.screened(unit(rows), model)

    looked_at = {(each.sources, each.target) for each in interactions.estimates(CONFIG)}
    assert ((PLANTED, TARGET) in looked_at) == looks
    assert bool(looked_at) == looks


def test_values_that_went_too_far_to_be_told_apart_say_nothing() -> None:
    values = unit(joint(13, 3000, 0.4))
    values[SELECTED:, [A, B, C]] += 1e9
    interactions = selected(values)

    interactions.learn(values[SELECTED:])

    found = interactions.estimates(CONFIG)
    (planted,) = (each for each in found if each.sources == PLANTED)
    # How many rows it seems to rest on is a matter of how a processor rounds.
    assert planted.score == pytest.approx(0.0, abs=1e-6)
    assert not any(each.accepted for each in found)


def test_switches_and_copies_are_no_trouble() -> None:
    rng = np.random.default_rng(88)
    values = joint(11, 4000, 0.5)
    switch = 0.1 + 0.2 * rng.permuted(np.tile([0.0, 1.0], (2000, 1)), axis=1).ravel()
    values[1:, TARGET] += 5e3 * switch[:-1] * unit(values)[:-1, C]
    beside = np.column_stack([values, switch, np.full(4000, 7.0), 2.0 * values[:, C]])

    found = confirmed((beside - beside.mean(axis=0)) / np.maximum(beside.std(axis=0), 1.0))

    sources = {each.sources for each in found.estimates(CONFIG) if each.accepted}
    assert PLANTED in sources
    assert sources & {((C, 1), (5, 1)), ((5, 1), (7, 1))}
