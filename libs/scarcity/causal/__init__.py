"""Which variable drives which, at what lag, how strongly, how surely: numpy in, frozen values out.

    >>> import numpy as np
    >>> from scarcity.causal import Engine, EngineConfig
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=1000)
    >>> y = 0.5 * np.concatenate([[0.0], x[:-1]]) + rng.normal(size=1000)
    >>> engine = Engine(variables=["x", "y"], config=EngineConfig(max_lag=3))
    >>> for window in np.array_split(np.column_stack([x, y]), 4):
    ...     rows = engine.update(window)
    >>> [(edge.source, edge.target, edge.lag, edge.state) for edge in engine.graph().edges]
    [('x', 'y', 1, 'accepted')]

From the data to the graph, one module each:

    config        what to look for
    budget pace   what it may cost, and where a look is worth most
    scaling       values of any size made safe to multiply
    change        whether a window still obeys what is known
    regime        what is known while one structure holds
    drivers       clocks that many variables follow, subtracted
    imputation    missing values, as the model expects them
    lagged        streaming lagged moments, exact
    correlation   correlations between lagged columns, values missing or not
    absence       what missing values do to standard errors
    cohorts       which variables are tested together, if some came late or left
    structure     the parents of each variable, lag 0 included
    regression    the test of every edge, given these
    decision      which of them are believed
    gate          how far what comes from elsewhere has earned to be used
    prior         what comes from elsewhere, as a prior
    foresight     how well rows are foreseen with a prior and without
    belief        which edges are believed in addition, thanks to priors
    imports       all that comes from elsewhere about one stream
    discovery     structure, tests and decision, kept up to date as far as a budget allows
    interactions screening trial   what sources do jointly, confirmed on later rows
    curvature     squares of sources, beside the linear answer
    model         the structure with its coefficients, to judge and to fill in with
    memory        since when, and how steadily
    edges tables paths   what a graph consists of
    diff          what changed between two graphs
    document exports   JSON; GraphML, DOT, CSV, networkx, polars
    graph         the immutable result
    explanation   why an edge is believed or not, in words
    snapshot      bytes to survive in
    engine        all of it, window by window
    exact         PCMCI and PCMCI+, to the digit

Nothing here has a clock, a thread, a log or a file.
"""

from scarcity.causal.budget import Budget
from scarcity.causal.config import EngineConfig
from scarcity.causal.edges import Edge, Hyperedge
from scarcity.causal.engine import Engine
from scarcity.causal.graph import Coverage, Graph
from scarcity.causal.paths import Path, PathsFound

__all__ = [
    "Budget",
    "Coverage",
    "Edge",
    "Engine",
    "EngineConfig",
    "Graph",
    "Hyperedge",
    "Path",
    "PathsFound",
]
