from itertools import pairwise, permutations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.causal import Coverage, Edge, Graph, Path
from scarcity.causal.edges import EdgeTable
from scarcity.causal.explanation import why_no_path
from scarcity.causal.paths import best_paths, paths_between


def edge(source: str, target: str, score: float, *, lag: int = 1, effect: float = 0.5) -> Edge:
    return Edge(
        source=source,
        target=target,
        lag=lag,
        effect=effect,
        se=abs(effect) / score,
        ci=(0.0, 1.0),
        p_value=0.001,
        q_value=1.0 / (100.0 + score),
        score=score,
        stability=1.0,
        state="accepted",
        oriented=True,
        windows=1,
        first_seen=None,
        last_seen=None,
    )


def test_a_path_multiplies_effects_adds_lags_and_is_as_sure_as_its_weakest_edge() -> None:
    edges = [edge("a", "b", 9.0, lag=2, effect=0.5), edge("b", "c", 4.0, lag=3, effect=-0.4)]

    (path,) = best_paths(edges, 50)

    assert path == Path(("a", "b", "c"), (2, 3), 0.5 * -0.4, 5, 4.0, 1.0 - 1.0 / 104.0)


def test_autocorrelation_and_cycles_make_no_path() -> None:
    edges = [edge("a", "a", 9.0), edge("a", "b", 9.0), edge("b", "a", 9.0), edge("b", "b", 9.0)]

    assert best_paths(edges, 50) == ()


def test_each_lag_of_an_edge_is_a_way_of_its_own() -> None:
    edges = [edge("a", "b", 9.0), edge("a", "b", 8.0, lag=2), edge("b", "c", 7.0)]

    assert [path.lags for path in best_paths(edges, 50)] == [(1, 1), (2, 1)]


weights = st.lists(st.integers(0, 6), min_size=20, max_size=20)


@given(weights, st.integers(1, 12))
def test_the_best_paths_are_the_best_of_all(weights: list[int], limit: int) -> None:
    scores = {
        pair: float(weight)
        for pair, weight in zip(permutations("abcde", 2), weights, strict=True)
        if weight
    }
    chains = [
        chain
        for length in range(3, 6)
        for chain in permutations("abcde", length)
        if all(step in scores for step in pairwise(chain))
    ]
    expected = sorted(
        (min(scores[step] for step in pairwise(chain)) for chain in chains),
        reverse=True,
    )

    found = best_paths([edge(*pair, score) for pair, score in scores.items()], limit)

    assert [path.score for path in found] == expected[:limit]
    assert len({path.variables for path in found}) == len(found)
    assert all(path.variables in chains for path in found)


def test_a_dense_graph_is_searched_no_further_than_needed() -> None:
    names = [f"x{i}" for i in range(40)]
    edges = [edge(*pair, 5.0) for pair in permutations(names, 2)]

    assert len(best_paths(edges, 50)) == 50


def graph(*edges: Edge) -> Graph:
    variables = tuple(sorted({name for each in edges for name in (each.source, each.target)}))
    table = EdgeTable.of(variables, edges)
    return Graph(variables, 3, 100, 1, Coverage(len(edges), len(edges), len(edges)), table)


numbers = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([0.25, 0.5, -1.0, 2.0])), min_size=40, max_size=40
)


@given(numbers, st.integers(1, 12))
def test_the_paths_between_two_are_the_best_of_all_in_order(
    numbers: list[tuple[int, float]], limit: int
) -> None:
    ends = [(*pair, lag) for pair in permutations("abcde", 2) for lag in (1, 2)]
    edges = [
        edge(source, target, float(score), lag=lag, effect=effect)
        for (source, target, lag), (score, effect) in zip(ends, numbers, strict=True)
        if score
    ]

    def chains(begun: tuple[Edge, ...]) -> list[tuple[Edge, ...]]:
        """Every way on to the target, by trying all."""
        end = begun[-1].target if begun else "a"
        if end == "e":
            return [begun]
        past = {each.source for each in begun} | {end}
        onward = [each for each in edges if each.source == end and each.target not in past]
        return [chain for each in onward for chain in chains((*begun, each))]

    def rank(chain: tuple[Edge, ...]) -> tuple[float, int, float]:
        strength = abs(prod(each.effect for each in chain))
        return -min(each.score for each in chain), len(chain), -strength

    every = sorted(map(rank, chains(())))

    found = paths_between(edges, "a", "e", limit)

    ranked = [(-path.score, len(path.lags), -abs(path.effect)) for path in found.paths]
    assert ranked == every[:limit]
    assert found.complete == (len(every) <= limit)
    assert len({(path.variables, path.lags) for path in found.paths}) == len(found.paths)
    assert all(path.variables[0] == "a" and path.variables[-1] == "e" for path in found.paths)


def test_a_single_edge_is_a_path_between_its_ends() -> None:
    found = graph(edge("a", "b", 5.0), edge("a", "a", 9.0)).paths_between("a", "b")

    assert [path.variables for path in found.paths] == [("a", "b")]
    assert found.complete


def test_a_target_behind_the_weakest_edge_of_a_dense_graph_is_found_at_once() -> None:
    names = [f"x{i}" for i in range(40)]
    dense = [edge(*pair, 9.0) for pair in permutations(names, 2)]
    tail = [edge("x39", "y0", 0.5), *(edge(f"y{i}", f"y{i + 1}", 9.0) for i in range(6))]

    found = paths_between([*dense, *tail], "x0", "y6", 10, most_chains=4000)

    assert len(found.paths) == 10
    assert found.paths[0].variables == ("x0", "x39", *(f"y{i}" for i in range(7)))
    assert not found.complete


def test_a_search_that_gives_up_says_so_and_what_it_found_is_best() -> None:
    names = [f"x{i}" for i in range(12)]
    dense = [edge(*pair, 5.0) for pair in permutations(names, 2)]

    found = paths_between(dense, "x0", "x1", 10**6, most_chains=500)

    assert not found.complete
    assert [len(path.lags) for path in found.paths[:11]] == [1, *[2] * 10]
    assert len(found.paths) < 500


def test_without_a_path_it_is_said_whether_there_is_one_the_other_way() -> None:
    known = graph(edge("a", "b", 5.0), edge("b", "c", 5.0), edge("d", "d", 5.0))

    assert known.paths_between("c", "a") == ((), True)
    assert why_no_path(known, "c", "a") == (
        "No accepted edges lead from c to a; the other way round there is a path, a -> b -> c."
    )
    assert why_no_path(known, "d", "a") == "No accepted edges lead from d to a, nor from a to d."


def test_ends_that_are_none_are_refused() -> None:
    known = graph(edge("a", "b", 5.0))

    with pytest.raises(ValueError, match="nobody: no variable of the graph, which has a, b"):
        known.paths_between("a", "nobody")
    with pytest.raises(ValueError, match="not back to a"):
        known.paths_between("a", "a")
