"""A stream that changes its ways: what holds now is what the graph says, and what held is known."""

import numpy as np
import pytest

from scarcity.causal import Engine, EngineConfig
from scarcity.causal.snapshot import unpack
from worlds import cases, scores, shared, sparse
from worlds.findings import discover, findings
from worlds.world import Bools, Floats

LENGTH = 1536
WINDOW = 256
D = 6


def phases(seed: int, order: str, d: int = D) -> tuple[Floats, dict[str, Bools]]:
    """(time, variable), one structure after another by name; and the edges of each."""
    rng = np.random.default_rng([9, seed])
    structures = {name: sparse.draw(rng, d, sparse.LINEAR) for name in sorted(set(order))}
    scale = rng.uniform(0.5, 2.0, d)
    parts: list[Floats] = []
    for name in order:
        burn_in = 0 if parts else sparse.BURN_IN
        noise = rng.normal(size=(LENGTH + burn_in, d)) * scale
        before = parts[-1][-3:] if parts else None
        parts.append(sparse.run(structures[name], noise, before=before))
    return np.vstack(parts), {name: each != 0.0 for name, each in structures.items()}


def engine_of(d: int = D, config: EngineConfig | None = None) -> Engine:
    return Engine([f"x{index}" for index in range(d)], config or EngineConfig())


def regimes(engine: Engine, values: Floats, *, window: int = WINDOW) -> list[int]:
    """The number of the regime after each window."""
    numbers = []
    for first in range(0, len(values), window):
        engine.update(values[first : first + window])
        numbers.append(engine.graph().regime)
    return numbers


def f1(engine: Engine, truth: Bools) -> float:
    return scores.f1(truth[1:], findings(engine.graph()).accepted)


def test_a_regime_that_returns_is_recognised_and_has_its_number_again() -> None:
    each = LENGTH // WINDOW
    returned = {}
    for seed in range(6):
        numbers = regimes(engine_of(), phases(seed, "abab")[0])
        last = tuple(numbers[each - 1 :: each])
        assert last[:2] == (0, 1), seed
        returned[seed] = last[2:]

    assert sum(last == (0, 1) for last in returned.values()) >= 5, returned


@pytest.mark.parametrize("seed", range(6))
def test_what_a_regime_knew_counts_again_when_it_returns(seed: int) -> None:
    values, truth = phases(seed, "aba")
    engine = engine_of()
    regimes(engine, values)
    edges = [edge for edge in engine.graph().edges if edge.is_cross]

    assert f1(engine, truth["a"]) > 0.9
    if engine.graph().regime == 0:
        assert min(edge.rows for edge in edges) > 1.5 * LENGTH


@pytest.mark.parametrize("seed", range(6))
def test_after_a_switch_the_graph_is_of_the_new_structure_within_one_window(seed: int) -> None:
    values, truth = phases(seed, "ab")
    engine = engine_of()
    regimes(engine, values[:LENGTH])
    assert f1(engine, truth["a"]) > 0.9

    engine.update(values[LENGTH : LENGTH + WINDOW])

    assert engine.graph().regime == 1
    assert f1(engine, truth["b"]) > f1(engine, truth["a"])
    engine.update(values[LENGTH + WINDOW : LENGTH + 4 * WINDOW])
    assert f1(engine, truth["b"]) > 0.85


@pytest.mark.parametrize("seed", range(6))
def test_a_switch_inside_a_window_spoils_neither_side(seed: int) -> None:
    values, truth = phases(seed, "ab")
    engine = engine_of()

    regimes(engine, values[LENGTH - 5 * WINDOW - 100 : LENGTH + 6 * WINDOW - 100])

    assert engine.graph().regime == 1
    assert f1(engine, truth["b"]) > 0.85


@pytest.mark.parametrize("seed", range(4))
def test_the_same_ways_for_long_are_one_regime(seed: int) -> None:
    for case in ("linear", "heavy", "near_unit_root"):
        world = cases.make(case, seed, d=D, rows=6000)
        assert set(regimes(engine_of(), world.values)) == {0}, case


@pytest.mark.parametrize("seed", range(4))
def test_a_step_of_all_levels_makes_no_edges(seed: int) -> None:
    rng = np.random.default_rng([10, seed])
    calm = shared.with_step(rng, cases.make("noise", seed, d=D, rows=2000), share=1.0)
    driven = shared.with_step(rng, cases.make("linear", seed, d=D, rows=2000))

    assert findings(discover(calm), first_lag=0).cross <= 1
    found = findings(discover(driven)).accepted
    assert scores.f1(driven.truth, found) > 0.85


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.0, 0.1])
def test_regimes_survive_a_restart_bit_for_bit(seed: int, share: float) -> None:
    values, _ = phases(seed, "aba")
    values[np.random.default_rng(seed).random(values.shape) < share] = np.nan
    steady = restarted = engine_of()

    for first in range(0, len(values), WINDOW):
        for engine in {id(each): each for each in (steady, restarted)}.values():
            engine.update(values[first : first + WINDOW])
        restarted = Engine.restore(restarted.snapshot())

        assert restarted.snapshot() == steady.snapshot()
        assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")
    assert steady.graph().regime == 0


@pytest.mark.parametrize("seed", range(3))
def test_no_more_regimes_are_remembered_than_asked_for(seed: int) -> None:
    values, _ = phases(seed, "abca")
    forgetful, mindful = (engine_of(config=EngineConfig(most_regimes=most)) for most in (1, 4))

    for first in range(0, len(values), WINDOW):
        for engine in (forgetful, mindful):
            engine.update(values[first : first + WINDOW])
        assert len(unpack(forgetful.snapshot()).header.regimes) <= 2

    assert forgetful.graph().regime >= 3
    assert mindful.graph().regime == 0


def test_the_numbers_of_regimes_that_are_known_differ() -> None:
    values, _ = phases(0, "abcdeabcde")
    engine = engine_of(config=EngineConfig(most_regimes=2))

    for first in range(0, len(values), WINDOW):
        engine.update(values[first : first + WINDOW])
        known = unpack(engine.snapshot()).header.regimes
        assert len({*known}) == len(known) <= 3
        assert known[-1] == engine.graph().regime
