"""Marks of the benchmark: paired differences, goals, and what an edge without a direction earns."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bench.mpie import peers
from bench.mpie.accuracy import Run, tabulate
from bench.mpie.answers import Answer, ours, silence
from bench.mpie.errors import covered
from bench.mpie.goals import ACCURACY, at_least, clearly_above_pcmci, no_less_than_the_best
from bench.mpie.marks import false_share, mark, means, paired
from bench.mpie.plan import Plan
from worlds.cases import CASES, make
from worlds.findings import discover, findings
from worlds.world import Bools


def edges(*places: tuple[int, int, int]) -> Bools:
    """(lag, source, target) of three variables and two lags."""
    array = np.zeros((3, 3, 3), dtype=np.bool_)
    for place in places:
        array[place] = True
    return array


def accepting(*places: tuple[int, int, int], undirected: tuple[int, int] | None = None) -> Answer:
    open_ended = np.zeros((3, 3), dtype=np.bool_)
    if undirected is not None:
        open_ended[undirected] = open_ended[undirected[::-1]] = True
    return replace(silence(2, 3), accepted=edges(*places), undirected=open_ended)


def test_a_paired_difference_has_the_interval_of_a_paired_t_test() -> None:
    rng = np.random.default_rng(71)
    ours_, theirs = rng.normal(0.3, 1.0, 12), rng.normal(0.0, 1.0, 12)

    apart = paired(ours_.tolist(), theirs.tolist())
    expected = stats.ttest_rel(ours_, theirs).confidence_interval(0.95)

    assert apart.mean == pytest.approx(np.mean(ours_ - theirs))
    assert (apart.low, apart.high) == pytest.approx((expected.low, expected.high))


def test_worlds_without_a_figure_are_left_out() -> None:
    nan = float("nan")

    assert means([{"a": 1.0, "b": nan}, {"a": 3.0, "b": 5.0}]) == {"a": 2.0, "b": 5.0}
    assert paired([1.0, nan, 3.0], [0.0, 0.0, 1.0]).mean == 1.5
    assert np.isnan(paired([1.0], [0.0]).low)


def test_an_edge_without_a_direction_is_true_either_way_and_counts_once() -> None:
    truth = edges((0, 0, 1), (1, 1, 2))

    assert false_share(truth, accepting((1, 1, 2), undirected=(1, 0))) == 0.0
    assert false_share(truth, accepting((1, 1, 2), undirected=(1, 2))) == 0.5


def test_a_wrong_direction_at_lag_0_is_false() -> None:
    truth = edges((0, 0, 1), (1, 1, 2))

    assert false_share(truth, accepting((0, 0, 1))) == 0.0
    assert false_share(truth, accepting((0, 1, 0))) == 1.0
    assert false_share(truth, accepting()) == 0.0


def test_own_pasts_are_no_discoveries() -> None:
    assert false_share(edges(), accepting((1, 0, 0), (2, 2, 2))) == 0.0


def test_a_summary_is_read_at_the_surest_lag() -> None:
    case = replace(CASES["lorenz96"], rows=60, d=4)
    world = case.build(np.random.default_rng(72), case.d, case.rows)
    certain = silence(3, 4)
    certain.score[2] = world.pairs

    assert mark(case, world, certain)["auprc"] == 1.0


def test_edges_at_lag_0_are_marked_where_a_world_has_some() -> None:
    world = make("contemporaneous", 73)
    answer = replace(silence(3, 10), accepted=world.edges(3))

    marks = mark(CASES["contemporaneous"], world, answer)

    assert marks["instant_f1"] == marks["f1"] == 1.0
    assert marks["fdp_all"] == 0.0
    assert "instant_f1" not in mark(CASES["linear"], make("linear", 73), answer)


def run(ours_: float, theirs: float) -> Run:
    figures = dict.fromkeys(("auprc", "auroc", "f1", "instant_f1", "fdp"), theirs)
    return {"ours": dict.fromkeys(figures, ours_), "pcmci": figures, "var": figures}


def test_goals_are_met_or_missed() -> None:
    ahead = tabulate([run(0.90, 0.80), run(0.95, 0.84)])
    level = tabulate([run(0.90, 0.88), run(0.80, 0.80)])

    for table, met in ((ahead, True), (level, False)):
        for rule in (at_least("auprc", 0.9), clearly_above_pcmci(0.03)):
            verdict = rule(table)
            assert verdict is not None
            assert verdict.met is met


def test_a_goal_without_the_peer_it_names_is_left_out() -> None:
    alone = tabulate([{"ours": {"auprc": 0.9, "auroc": 0.9, "f1": 0.9}}] * 2)

    assert clearly_above_pcmci(0.03)(alone) is None
    assert no_less_than_the_best("f1")(alone) is None


def test_every_case_with_edges_has_a_goal() -> None:
    assert ACCURACY.keys() == CASES.keys() - {"noise", "white_noise"}


def test_worlds_of_one_seed_are_none_of_another() -> None:
    assert not set(Plan(seed=4).world_seeds()) & set(Plan(seed=5).world_seeds())
    assert len(Plan(seeds=20).world_seeds(5)) == 5
    assert [Plan().window_of(rows) for rows in (1000, 2000)] == [250, 256]


def test_regression_finds_the_linear_world() -> None:
    world = make("linear", 74, rows=5000)

    said = peers.ask(world.values, 3, ("var", "correlation"))

    marks = {name: mark(CASES["linear"], world, answer) for name, answer in said.items()}
    assert marks["var"]["auprc"] > 0.98
    assert marks["var"]["fdp"] < 0.15
    assert marks["var"]["size"] == pytest.approx(0.05, abs=0.03)
    assert marks["correlation"]["auprc"] < 0.7


def test_regression_says_nothing_when_too_few_rows_are_whole() -> None:
    world = make("missing", 75)

    answer = peers.ask(world.values, 3, ("var",))["var"]

    assert np.isnan(answer.score).all()
    assert not answer.accepted.any()


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    p_value = np.full((2, 3, 3), np.nan)
    p_value[1] = 0.001
    p_value[1, 0, 1:] = 0.02, 0.9
    p_value[1, 1, 0] = 0.044

    found = peers.discoveries(p_value)

    assert not found[0].any()
    assert found[1].tolist() == [[False, True, False], [False, False, True], [True, True, False]]


def test_our_answer_is_the_graph_of_the_engine() -> None:
    world = make("linear", 76)
    graph = findings(discover(world, window=250), first_lag=0)

    answer = ours(world.values, 250)

    assert np.array_equal(answer.accepted[1:], graph.accepted[1:])
    assert np.array_equal(answer.score, graph.score, equal_nan=True)


def test_intervals_of_least_squares_cover_their_own_estimates() -> None:
    world = make("linear", 77)
    found = findings(discover(world), first_lag=0)
    effects = world.effects()

    held, _ = covered(world, replace(found, low=effects - 0.1, high=effects + 0.1))
    missed, _ = covered(world, replace(found, low=effects + 0.1, high=effects + 0.2))

    assert held.all()
    assert not missed.any()
    assert len(held) == np.sum(world.edges(3) & ~np.eye(10, dtype=np.bool_))
