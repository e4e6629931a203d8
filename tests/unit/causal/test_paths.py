from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from scarcity.causal import Edge, Path
from scarcity.causal.paths import best_paths


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
