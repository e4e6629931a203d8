"""The same with evidence as the engine gives it, instead of least squares on all variables.

MPIE tests every edge given the parents that it selected for the target, so that estimates are
sharper, and of edges that it accepted a little too large. Lags 1 to MAX_LAG; a new stream is looked
at after each of GRID rows.

cold       what the engine accepts by itself: Benjamini and Hochberg against its margin
zero       Benjamini and Hochberg against zero, on the engine's evidence
prior      what past streams of the domain lead one to expect, on the same evidence
"""

import numpy as np

from bench.meta.scores import Curves
from scarcity.causal import Engine, EngineConfig
from scarcity.meta import Edge, Evidence, judge, learn, shown_alone
from worlds.domains import family, simulated
from worlds.findings import findings
from worlds.world import Bools, Floats

GRID = (100, 150, 200, 300, 400, 600, 800, 1200, 1600)
MAX_LAG = 2
PAST, PAST_ROWS = 10, 1000
NEW = 2
WINDOW = 50
CONFIG = EngineConfig(max_lag=MAX_LAG)

Looked = tuple[Evidence, Bools]
"""Evidence of a stream, and (edge) what its engine accepts."""


def measure(first: int, seeds: int) -> dict[str, object]:
    """Of new streams of the same family, and of another one."""
    related, unrelated = Curves(GRID), Curves(GRID)
    for seed in range(first, first + seeds):
        rng = np.random.default_rng(seed)
        one, other = family(rng, 0.8), family(rng, 0.8)
        structures = [one.domain(rng) for _ in range(PAST + NEW)]
        structures += [other.domain(rng) for _ in range(NEW)]
        past = simulated(rng, np.stack(structures[:PAST]), PAST_ROWS)
        new = simulated(rng, np.stack(structures[PAST:]), GRID[-1])
        domain = learn(
            [_looks(f"past {k}", rows, (PAST_ROWS,))[0][0] for k, rows in enumerate(past)]
        )
        for place, (rows, structure) in enumerate(zip(new, structures[PAST:], strict=True)):
            curves = related if place < NEW else unrelated
            for count, (own, accepted) in zip(GRID, _looks("new", rows, GRID), strict=True):
                truth = _truth(own, structure)
                found = judge(domain.prior_for(own), own, alone=accepted)
                curves.add("cold", count, (accepted, own.effect), truth)
                curves.add("zero", count, (shown_alone(own), own.effect), truth)
                curves.add("prior", count, (found.accepted, found.effect), truth)
    return {
        name: {**curves.report(), "gain": curves.gain("prior")}
        for name, curves in (("80 % shared", related), ("another family", unrelated))
    }


def _looks(stream: str, values: Floats, grid: tuple[int, ...]) -> list[Looked]:
    """After each of so many rows; edges between different variables."""
    d = values.shape[1]
    engine = Engine([f"x{index}" for index in range(d)], CONFIG)
    looks: list[Looked] = []
    for first in range(0, grid[-1], WINDOW):
        engine.update(values[first : first + WINDOW], first)
        if first + WINDOW in grid:
            found = findings(engine.graph())
            at = [tuple(each) for each in np.argwhere(~np.isnan(found.se)) if each[1] != each[2]]
            edges = tuple(Edge(f"x{i}", f"x{j}", int(lag) + 1) for lag, i, j in at)
            effect, se = (
                np.array([each[place] for place in at]) for each in (found.effect, found.se)
            )
            accepted = np.array([found.accepted[place] for place in at])
            looks.append((Evidence(stream, edges, effect, se), accepted))
    return looks


def _truth(own: Evidence, structure: Floats) -> Floats:
    """(edge): coefficients; all edges are at lag 1."""
    places = [(int(edge.target[1:]), int(edge.source[1:])) for edge in own.edges]
    lag = np.array([edge.lag for edge in own.edges])
    return np.where(lag == 1, np.array([structure[place] for place in places]), 0.0)
