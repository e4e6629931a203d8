"""The engine's tests the long way round: lagged rows laid out, least squares on the parents."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scarcity.causal import Graph
from worlds.findings import findings
from worlds.world import Bools, Floats


@dataclass(frozen=True, slots=True)
class Oracle:
    """Arrays (lag, source, target), standardised; NaN where nothing is tested."""

    effect: Floats
    se: Floats
    score: Floats
    p_value: Floats


def given_parents(graph: Graph, segments: list[Floats], *, min_effect: float = 0.0) -> Oracle:
    """Test every edge on segments (time, variable) that no lag bridges, as the graph lists them.

    Each target is regressed on the column and on the parents that the graph names. The |t| of a
    lagged edge is the smaller of that and of the one given the children of the target at lag 0 too.
    Effects and standard errors of accepted edges are those given the accepted causes of the target.
    """
    lags, d = graph.max_lag, len(graph.variables)
    rows = np.concatenate([_lagged(segment, lags) for segment in segments if len(segment) > lags])
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    parents = parents_of(graph)
    accepted = findings(graph, first_lag=0).accepted
    found = np.full((4, lags + 1, d, d), np.nan)
    for lag, source, target in np.argwhere(_asked(parents)).tolist():
        column, given = lag * d + source, parents[:, :, target]
        effect, se, freedom = _regression(standard, target, column, given)
        score = abs(effect / se)
        if lag:
            children = np.zeros_like(given)
            children[0] = parents[0, target]
            wider, its, _ = _regression(standard, target, column, given | children)
            score = min(score, abs(wider / its))
        margin = min_effect * np.sqrt(freedom / (1.0 - min_effect**2))
        p_value = stats.t.sf(score - margin, freedom) + stats.t.sf(score + margin, freedom)
        if accepted[lag, source, target]:
            effect, se, _ = _regression(standard, target, column, accepted[:, :, target])
        found[:, lag, source, target] = effect, se, score, p_value
    return Oracle(*found)


def parents_of(graph: Graph) -> Bools:
    """(lag, source, target): the parents that the graph names."""
    position = {name: index for index, name in enumerate(graph.variables)}
    d = len(position)
    parents = np.zeros((graph.max_lag + 1, d, d), np.bool_)
    for target, given in enumerate(graph.parents):
        for source, lag in given:
            parents[lag, position[source], target] = True
    return parents


def _asked(parents: Bools) -> Bools:
    """Every lagged edge; at lag 0 a link as it points, and each pair without a link once."""
    asked = np.ones_like(parents)
    asked[0] = parents[0] | np.triu(~(parents[0] | parents[0].T), 1)
    return asked


def _regression(rows: Floats, target: int, column: int, given: Bools) -> tuple[float, float, int]:
    """Coefficient of the column beside the given ones, standard error, degrees of freedom."""
    others = np.setdiff1d(np.flatnonzero(given), [column])
    design = rows[:, [column, *others]]
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ rows[:, target]
    left = rows[:, target] - design @ coefficients
    freedom = len(rows) - design.shape[1] - 1
    return float(coefficients[0]), float(np.sqrt(inverse[0, 0] * left @ left / freedom)), freedom


def _lagged(segment: Floats, max_lag: int) -> Floats:
    """Rows [x(t), x(t-1), …, x(t-L)]."""
    rows = len(segment) - max_lag
    return np.hstack([segment[max_lag - k : max_lag - k + rows] for k in range(max_lag + 1)])
