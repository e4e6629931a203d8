from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.causal import Coverage, Engine, EngineConfig
from scarcity.causal.decision import hypotheses
from worlds import var

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
WORLD = var.comparison(np.random.default_rng(21), 3, 600)


def document(engine: Engine) -> object:
    return engine.graph().to_dict(state="all")


def test_an_engine_finds_who_drives_whom_and_when() -> None:
    rng = np.random.default_rng(22)
    noise = rng.normal(size=(600, 2))
    driven = noise[:, 1] - 0.5 * np.concatenate([[0.0, 0.0], noise[:-2, 0]])
    engine = Engine(["cause", "effect"], EngineConfig(max_lag=3))

    applied = engine.update(np.column_stack([1e3 * noise[:, 0], 7.0 + driven]))

    graph = engine.graph()
    (edge,) = graph.edges
    assert applied == graph.rows == engine.rows == 600
    assert graph.coverage == Coverage(tested=7, possible=7, fresh=7)
    assert edge.key == ("cause", "effect", 2)
    assert edge.ci[0] < -0.5 / np.sqrt(1.25) < edge.ci[1]
    assert edge.ci[1] - edge.ci[0] == pytest.approx(2 * 1.964 * edge.se, rel=1e-3)
    assert edge.score == pytest.approx(abs(edge.effect / edge.se))
    assert edge.p_value < edge.q_value < 1e-20
    assert edge.oriented


def test_every_hypothesis_is_listed_accepted_first_then_by_falling_score() -> None:
    engine = Engine(WORLD.variables)
    engine.update(WORLD.values)

    listed = engine.graph().all_edges

    assert len({edge.key for edge in listed}) == len(listed) == hypotheses(3, 3) + 3 * 3
    order = [(not edge.is_accepted, -edge.score) for edge in listed]
    assert order == sorted(order)


def test_autocorrelation_is_reported_but_does_not_ease_the_cross_edges() -> None:
    world = var.autocorrelated_noise(np.random.default_rng(23), 4, 800)
    engine = Engine(world.variables)
    engine.update(world.values)

    listed = engine.graph().all_edges

    cross = [edge for edge in listed if edge.is_cross]
    smallest = min(edge.p_value for edge in cross)
    assert {edge.source for edge in engine.graph().edges if not edge.is_cross} == set(
        world.variables
    )
    assert min(edge.q_value for edge in cross) <= smallest * len(cross)
    assert max(edge.q_value for edge in cross) == pytest.approx(max(edge.p_value for edge in cross))


@given(st.lists(st.tuples(st.integers(0, 599), st.integers(1, 300)), max_size=8))
@settings(max_examples=30, deadline=None)
def test_windows_delivered_again_change_nothing(again: list[tuple[int, int]]) -> None:
    engine = Engine(WORLD.variables)
    engine.update(WORLD.values, 0, at=NOON)
    before = document(engine)

    for start, rows in again:
        window = WORLD.values[start : start + rows]
        assert engine.update(window, start, at=NOON + timedelta(days=1)) == 0

    assert document(engine) == before
    assert (engine.rows, engine.windows) == (600, 1)


def test_of_an_overlapping_window_only_the_new_rows_count() -> None:
    overlapping, plain = Engine(WORLD.variables), Engine(WORLD.variables)
    overlapping.update(WORLD.values[:300], 1000)
    plain.update(WORLD.values[:300], 1000)

    assert overlapping.update(WORLD.values[200:500], 1200) == 200
    assert plain.update(WORLD.values[300:500]) == 200

    assert overlapping.next_step == plain.next_step == 1500
    assert document(overlapping) == document(plain)


@pytest.mark.parametrize(("size", "hop"), [(100, 50), (100, 99), (64, 7), (10, 1), (5, 4)])
@pytest.mark.parametrize("share", [0.0, 0.05])
def test_hopping_windows_give_the_graph_of_their_new_rows(
    size: int, hop: int, share: float
) -> None:
    values = var.with_missing_values(np.random.default_rng(27), WORLD, share=share).values
    hopping, plain = Engine(WORLD.variables), Engine(WORLD.variables)

    applied = 0
    for first in range(0, min(600 - size, 60 * hop) + 1, hop):
        last = first + size
        applied += hopping.update(values[first:last], first, at=NOON)
        plain.update(values[plain.next_step or 0 : last], at=NOON)

    assert applied == hopping.rows == hopping.next_step
    assert document(hopping) == document(plain)


def test_a_window_that_reaches_over_a_gap_counts_its_new_rows_only() -> None:
    engine, plain = Engine(WORLD.variables), Engine(WORLD.variables)
    for each in (engine, plain):
        each.update(WORLD.values[:200])
        each.update(WORLD.values[250:300], 250)

    assert engine.update(WORLD.values[150:400], 150) == 100
    assert plain.update(WORLD.values[300:400], 300) == 100

    assert document(engine) == document(plain)


def test_a_window_from_before_the_first_one_is_too_late() -> None:
    engine = Engine(WORLD.variables)
    engine.update(WORLD.values[300:], 300)

    assert engine.update(WORLD.values[:300], 0) == 0
    assert engine.rows == 300


def test_a_window_of_no_rows_is_no_window() -> None:
    engine = Engine(WORLD.variables)

    assert engine.update(np.empty((0, 3)), 50) == 0
    assert engine.windows == 0
    assert engine.next_step is None


def test_the_window_given_is_not_changed() -> None:
    window = WORLD.values.copy()
    window[3, 1] = np.inf
    kept = window.copy()

    Engine(WORLD.variables).update(window)

    assert np.array_equal(window, kept)


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_a_window_may_be_read_only(share: float) -> None:
    values = var.with_missing_values(np.random.default_rng(28), WORLD, share=share).values
    values[300:, 1] *= 2.0**150
    frozen = np.frombuffer(values.tobytes()).reshape(values.shape)
    free, bound = Engine(WORLD.variables), Engine(WORLD.variables)

    for first in range(0, 600, 100):
        free.update(values[first : first + 100])
        bound.update(frozen[first : first + 100])

    assert not frozen.flags.writeable
    assert np.array_equal(frozen, values, equal_nan=True)
    assert document(bound) == document(free)


def test_a_window_that_is_reused_afterwards_does_not_reach_back() -> None:
    buffer, engine, plain = (
        WORLD.values[:300].copy(),
        Engine(WORLD.variables),
        Engine(WORLD.variables),
    )
    plain.update(WORLD.values[:300])
    plain.update(WORLD.values[300:])

    engine.update(buffer)
    buffer[:] = WORLD.values[300:]
    engine.update(buffer)

    assert document(engine) == document(plain)


def test_the_graph_is_a_value_that_later_windows_leave_alone() -> None:
    engine = Engine(WORLD.variables)
    engine.update(WORLD.values[:300])
    graph = engine.graph()
    before = graph.to_dict(state="all")

    engine.update(WORLD.values[300:])

    assert engine.graph() is not graph
    assert engine.graph() is engine.graph()
    assert graph.rows == 300
    assert graph.to_dict(state="all") == before


def test_an_edge_knows_when_it_was_first_and_last_seen() -> None:
    world = var.chain(np.random.default_rng(24), 2, 1000)
    engine = Engine(world.variables)
    times = [NOON + timedelta(minutes=n) for n in range(4)]

    engine.update(world.values[:10], at=times[0])
    engine.update(world.values[10:500], at=times[1].astimezone(timezone(timedelta(hours=3))))
    engine.update(world.values[500:900], at=times[2])
    engine.update(world.values[900:])

    edge = engine.graph().edges[0]
    never = engine.graph().edge("x1", "x0", 3)
    assert edge.key == ("x0", "x1", 1)
    assert (edge.first_seen, edge.last_seen) == (times[1], times[2])
    assert edge.windows == 4
    assert never is not None
    assert (never.first_seen, never.last_seen) == (None, None)


def test_stability_is_the_recent_share_of_windows_that_confirmed_the_edge() -> None:
    rng = np.random.default_rng(25)
    noise = rng.normal(size=(2, 400, 2))
    linked = noise[0].copy()
    linked[1:, 1] += 0.8 * noise[0, :-1, 0]
    opposed = noise[1].copy()
    opposed[1:, 1] -= 0.8 * noise[1, :-1, 0]
    engine = Engine(["a", "b"], EngineConfig(max_lag=1, stability_span=4))

    def stability() -> float:
        edge = engine.graph().edge("a", "b", 1)
        assert edge is not None
        return edge.stability

    for window in np.split(linked, 4):
        engine.update(window)
    assert stability() == 1.0
    lowest = 1.0
    for window in np.split(np.vstack([opposed] * 3), 12):
        engine.update(window)
        lowest = min(lowest, stability())
    assert lowest < 0.7
    assert lowest < stability() <= 1.0


def test_a_variable_without_values_gets_no_evidence_from_a_window() -> None:
    engine = Engine(WORLD.variables)
    engine.update(WORLD.values[:300])
    silent = WORLD.values[300:].copy()
    silent[:, 2] = np.nan

    engine.update(silent)

    windows = {edge.key: edge.windows for edge in engine.graph().all_edges}
    assert windows["x0", "x1", 1] == 2
    assert windows["x0", "x2", 1] == windows["x2", "x1", 1] == 1


@pytest.mark.parametrize("window", [np.zeros(3), np.zeros((5, 2)), np.zeros((2, 5, 3))])
def test_a_window_of_the_wrong_shape_is_refused_and_changes_nothing(window: np.ndarray) -> None:
    engine = Engine(WORLD.variables)

    with pytest.raises(ValueError, match="3 variables"):
        engine.update(window)

    assert (engine.rows, engine.next_step) == (0, None)


def test_a_time_without_a_zone_is_refused_and_changes_nothing() -> None:
    engine = Engine(WORLD.variables)

    with pytest.raises(ValueError, match="time zone"):
        engine.update(WORLD.values, at=NOON.replace(tzinfo=None))

    assert engine.rows == 0


@pytest.mark.parametrize("variables", [[], ["a", "a"], "ab"])
def test_variables_are_distinct_names(variables: list[str]) -> None:
    with pytest.raises(ValueError, match="names"):
        Engine(variables)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("max_lag", lambda: EngineConfig(max_lag=0)),
        ("alpha", lambda: EngineConfig(alpha=0.0)),
        ("alpha", lambda: EngineConfig(alpha=float("nan"))),
        ("min_effect", lambda: EngineConfig(min_effect=-0.1)),
        ("min_effect", lambda: EngineConfig(min_effect=float("nan"))),
        ("periods", lambda: EngineConfig(periods=(1.0,))),
        ("periods", lambda: EngineConfig(periods=(float("nan"),))),
        ("most_regimes", lambda: EngineConfig(most_regimes=0)),
        ("stability_span", lambda: EngineConfig(stability_span=0)),
    ],
)
def test_settings_without_sense_are_refused_by_name(name: str, config: object) -> None:
    assert callable(config)
    with pytest.raises(ValueError, match=name):
        config()


def test_a_sure_but_tiny_effect_is_not_accepted() -> None:
    world = var.chain(np.random.default_rng(26), 2, 3000, strength=0.2)
    graphs = []
    for min_effect in (0.0, 0.5):
        engine = Engine(world.variables, EngineConfig(min_effect=min_effect))
        engine.update(world.values)
        graphs.append(engine.graph())

    sure, tiny = (graph.edge("x0", "x1", 1) for graph in graphs)

    assert sure is not None
    assert tiny is not None
    assert (sure.state, tiny.state) == ("accepted", "rejected")
    assert sure.q_value < 1e-6
    assert tiny.p_value > 0.99
    assert sure.score == tiny.score
    assert sure.effect == pytest.approx(tiny.effect, abs=tiny.se)
    assert graphs[1].edges == ()
