"""Squares of sources speak where a straight line sees nothing, and are silent elsewhere."""

from collections.abc import Iterable

import numpy as np
import pytest

from scarcity.causal import Edge, Engine, EngineConfig, Graph
from scarcity.causal.curvature import Bends, Squares
from scarcity.stats.subset import NONE
from worlds import cases
from worlds.world import Floats

SOURCE, TARGET, CHILD, CAUSE = "x0", "x1", "x2", "x3"
D = 6


def bent(seed: int, *, strength: float = 0.5, lag: int = 2, rows: int = 2000, d: int = D) -> Floats:
    """The square of x0 drives x1, and straight lines do the rest: x3 → x1 → x2."""
    rng = np.random.default_rng([61, seed])
    x = rng.normal(size=(rows + 100, d))
    for t in range(3, len(x)):
        x[t, 1:] += 0.4 * x[t - 1, 1:]
        x[t, 1] += strength * (x[t - lag, 0] ** 2 - 1.0) + 0.2 * x[t - 1, 3]
        x[t, 2] += 0.4 * x[t - 1, 1]
    return x[100:] * 3.0 + 7.0


def graph(values: Floats, *, nonlinear: bool = True, window: int = 500) -> Graph:
    engine = Engine([f"x{i}" for i in range(values.shape[1])], EngineConfig(nonlinear=nonlinear))
    for first in range(0, len(values), window):
        engine.update(values[first : first + window])
    return engine.graph()


def edge(of: Graph, source: str, target: str, lag: int) -> Edge:
    found = of.edge(source, target, lag)
    assert found is not None
    return found


def quadratic(edges: Iterable[Edge]) -> set[tuple[str, str, int]]:
    return {each.key for each in edges if each.form == "quadratic"}


def numbers(of: Graph) -> dict[tuple[str, str, int], tuple[float, ...]]:
    """What is said of each hypothesis by itself."""
    return {
        each.key: (each.effect, each.se, *each.ci, each.p_value, each.score)
        for each in of.all_edges
        if each.state != "untested"
    }


@pytest.mark.parametrize("lag", [1, 2, 3])
@pytest.mark.parametrize("strength", [0.5, -0.3])
def test_a_square_is_found_with_its_lag_where_a_line_sees_nothing(
    lag: int, strength: float
) -> None:
    for seed in range(3):
        print(f"seed {seed}")
        values = bent(seed, strength=strength, lag=lag)
        curved, straight = graph(values), graph(values, nonlinear=False)

        square = edge(curved, SOURCE, TARGET, lag)
        line = edge(straight, SOURCE, TARGET, lag)

        truth = strength * np.sqrt(2.0) / np.std(values[:, 1] / 3.0)
        assert (square.form, square.state) == ("quadratic", "accepted")
        assert square.effect == pytest.approx(truth, abs=0.08)
        assert square.score > 15.0
        assert abs(line.effect) < 0.25 * abs(square.effect)
        assert line.score < 0.25 * square.score
        cross = {each.key for each in curved.edges if each.is_cross}
        expected = {(SOURCE, TARGET, lag), (CAUSE, TARGET, 1), (TARGET, CHILD, 1)}
        assert cross == expected
        assert quadratic(curved.edges) == {(SOURCE, TARGET, lag)}


@pytest.mark.parametrize("seed", range(3))
def test_what_lines_say_of_other_targets_stays_bit_for_bit(seed: int) -> None:
    values = bent(seed, d=16)
    awake = graph(values)
    curved, straight = numbers(awake), numbers(graph(values, nonlinear=False))

    differ = {key for key, value in curved.items() if value != straight[key]}

    speaking = {key for key in quadratic(awake.all_edges) if key[1] != TARGET}
    assert curved.keys() == straight.keys()
    assert {key for key in differ if key[1] != TARGET} == speaking
    assert {key for key in curved if key[1] == TARGET and key[2] > 0} <= differ
    assert all(edge(awake, *key).score > 3.0 for key in speaking)
    assert len(speaking) < 15  # of 720, with |t| > 3 by chance, and more than that of the line


@pytest.mark.parametrize("seed", range(3))
def test_lines_beside_a_clear_square_are_surer_for_it(seed: int) -> None:
    values = bent(seed, strength=0.8)
    curved, straight = (graph(values, nonlinear=each) for each in (True, False))

    beside, alone = (edge(each, CAUSE, TARGET, 1) for each in (curved, straight))

    assert beside.form == "linear"
    assert beside.se < 0.8 * alone.se
    assert beside.score > alone.score
    assert beside.effect == pytest.approx(alone.effect, abs=3.0 * alone.se)


@pytest.mark.parametrize("case", ["linear", "noise", "contemporaneous", "white_noise"])
def test_on_linear_worlds_the_lane_is_silent(case: str) -> None:
    awake = []
    for seed in range(200, 220):
        values = cases.make(case, seed, d=D, rows=1200).values
        found = graph(values, window=1200)
        awake += [seed] if quadratic(found.all_edges) else []
        if seed == 200 and not awake:
            assert numbers(found) == numbers(graph(values, nonlinear=False, window=1200))

    print(f"{case}: awake with seeds {awake}")
    assert len(awake) <= 2


def test_with_few_rows_for_each_square_the_lane_is_silent() -> None:
    values = bent(4, strength=2.0)

    assert quadratic(graph(values[:150], window=150).all_edges) == set()
    assert quadratic(graph(values[:600], window=600).edges) == {(SOURCE, TARGET, 2)}


def test_a_square_is_found_in_spite_of_missing_values() -> None:
    for seed in range(3):
        values = bent(seed)
        holed = values.copy()
        holed[np.random.default_rng([62, seed]).random(values.shape) < 0.05] = np.nan

        whole, found = (edge(graph(each), SOURCE, TARGET, 2) for each in (values, holed))

        print(f"seed {seed}: {whole.effect:.3f}, {found.effect:.3f} with values missing")
        assert (found.form, found.state) == ("quadratic", "accepted")
        assert found.effect == pytest.approx(whole.effect, abs=0.08)


@pytest.mark.parametrize(("d", "looks"), [(64, True), (65, False)])
def test_over_64_variables_nothing_is_done(*, d: int, looks: bool) -> None:
    values = bent(1, strength=0.8, rows=2048, d=d)

    found = graph(values, window=2048)

    assert quadratic(found.edges) == ({(SOURCE, TARGET, 2)} if looks else set())
    if not looks:
        assert numbers(found) == numbers(graph(values, nonlinear=False, window=2048))


def meant(columns: list[int], d: int, width: int) -> list[tuple[str, int, int]]:
    """Columns of rows with squares beside them: what of which variable, at which lag."""
    names = ("line", "square")
    return [(names[c // (d * width)], c // width % d, c % width) for c in columns if c != NONE]


def test_squares_keep_their_meaning_when_variables_come() -> None:
    d, added, width = 3, 2, 4
    chosen = np.array([[0, 11, 12, 23], [5, 18, NONE, NONE], [NONE] * 4])
    clear = np.array([[NONE, NONE], [5, 18], [NONE, NONE]])
    before = Bends(chosen, clear)

    after = before.extended(added, width)

    for old, new in ((before.chosen, after.chosen), (before.clear, after.clear)):
        assert new.shape == (d + added, old.shape[1])
        for was, now in zip(old.tolist(), new.tolist(), strict=False):
            assert meant(now, d + added, width) == meant(was, d, width)
        assert np.all(new[d:] == NONE)
    assert meant(chosen[0].tolist(), d, width)[1:3] == [("line", 2, 3), ("square", 0, 0)]


def test_squares_stand_beside_the_rows() -> None:
    squares = Squares(np.array([1.0, 0.0, 5.0]), np.array([2.0, 1.0, 0.0]))
    rows = np.array([[3.0, -7.0, 5.0], [np.nan, 0.5, np.nan]])

    beside = squares.beside(rows)

    assert np.array_equal(beside[:, :3], rows, equal_nan=True)
    expected = [[1.0, 16.0, 0.0], [np.nan, 0.25, np.nan]]
    assert np.array_equal(beside[:, 3:], expected, equal_nan=True)


def test_of_filled_in_values_squares_are_expected_with_their_variance() -> None:
    rng = np.random.default_rng(63)
    squares = Squares(np.array([1.0, -2.0, 0.0]), np.array([2.0, 0.5, 0.0]))
    mean = np.array([[2.0, -2.3, 0.0], [0.1, -1.8, 0.0]])
    variance = np.array([[1.0, 0.04, 0.5], [0.0, 0.01, 0.0]])
    draws = mean + np.sqrt(variance) * rng.normal(size=(100_000, *mean.shape))

    expected, of_all = squares.beside_filled(mean, variance)

    drawn = squares.beside(draws.reshape(-1, 3)).reshape(len(draws), 2, 6)
    assert expected == pytest.approx(drawn.mean(axis=0), abs=0.01)
    assert of_all == pytest.approx(drawn.var(axis=0), abs=0.01)
    unfilled = variance == 0.0
    assert not of_all[np.tile(unfilled, 2)].any()
    assert np.array_equal(expected[:, 3:][unfilled], squares.beside(mean)[:, 3:][unfilled])
