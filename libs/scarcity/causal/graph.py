"""The causal graph of a stream as it stands: an immutable value, cheap until it is looked at."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from scarcity.causal import exports
from scarcity.causal.budget import UNLIMITED, Budget
from scarcity.causal.diff import DEAD_BAND, DeadBand, EdgeChange, changes
from scarcity.causal.document import (
    GraphDocument,
    Parents,
    budget_document,
    edge_document,
    hyperedge_document,
    instant,
    parents_document,
    path_document,
    prior_document,
    read_edge,
    read_hyperedge,
    read_parents,
    read_paths,
    read_prior,
)
from scarcity.causal.edges import Edge, EdgeTable, Hyperedge, Selection
from scarcity.causal.imports import Weighed
from scarcity.causal.paths import Path, PathsFound, best_paths, paths_between

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

MOST_PATHS = 50
"""How many paths a graph names; a dense graph has more than anybody reads."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the graph was tested, in cross hypotheses (source, target, lag)."""

    tested: int
    possible: int
    fresh: int
    """how many were tested with all evidence that there is; the others wait for their turn"""


@dataclass(frozen=True, eq=False)
class Graph:
    """Every hypothesis about a stream, what was accepted, and what follows from it.

    rows is the number of grid steps the graph rests on, windows the number of windows they came in.
    """

    variables: tuple[str, ...]
    max_lag: int
    rows: int
    windows: int
    coverage: Coverage
    all_edges: EdgeTable = field(repr=False)
    """every hypothesis, autocorrelations included: accepted first, each group by falling score"""
    parents: Parents = ()
    """of each variable: the sources, with lags, that its edges are tested given"""
    regime: int = 0
    """the number of the regime that the graph describes; a past one that returned keeps its own"""
    hyperedges: tuple[Hyperedge, ...] = ()
    """what was put to the test of joint effects, accepted or not, the surest first"""
    budget: Budget = UNLIMITED
    """under which it was brought up to date"""
    priors: tuple[Weighed, ...] = ()
    """what came from elsewhere, and how far it was used; none = it says what own data say"""
    known_paths: tuple[Path, ...] | None = field(default=None, repr=False)
    """the paths that came with the graph, when it was read from a document"""

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The accepted edges, autocorrelations included, surest first."""
        return self.all_edges.accepted()

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The best chains of two or more accepted cross edges, at most 50."""
        if self.known_paths is not None:
            return self.known_paths
        return best_paths(self.edges, MOST_PATHS)

    def paths_between(self, source: str, target: str, limit: int = 10) -> PathsFound:
        """The best chains of accepted cross edges from one variable to another, best first.

        A single edge is one too. By the score of the weakest edge; among equals the shorter, then
        the stronger. ValueError when one of both is no variable of the graph, or both are the same.

            >>> import numpy as np
            >>> from scarcity.causal import Engine
            >>> rng = np.random.default_rng(1)
            >>> rain = rng.normal(size=2000)
            >>> river = 0.7 * np.roll(rain, 1) + rng.normal(size=2000)
            >>> flood = 0.7 * np.roll(river, 2) + rng.normal(size=2000)
            >>> engine = Engine(variables=["rain", "river", "flood"])
            >>> rows = engine.update(np.column_stack([rain, river, flood]))
            >>> found = engine.graph().paths_between("rain", "flood")
            >>> [(path.variables, path.lags, path.delay) for path in found.paths]
            [(('rain', 'river', 'flood'), (1, 2), 3)]
            >>> found.complete
            True
            >>> engine.graph().paths_between("flood", "rain").paths
            ()
        """
        unknown = {source, target}.difference(self.variables)
        if unknown:
            raise ValueError(
                f"{' and '.join(sorted(unknown))}: no variable of the graph, which has "
                f"{', '.join(self.variables)}"
            )
        if source == target:
            raise ValueError(f"a path leads from one variable to another, not back to {source}")
        return paths_between(self.edges, source, target, limit)

    def edge(self, source: str, target: str, lag: int) -> Edge | None:
        """One hypothesis, accepted or not; None when the graph does not list it."""
        return self.all_edges.find(source, target, lag)

    def select(self, state: Selection = "accepted") -> Sequence[Edge]:
        """The accepted edges, or all."""
        if state not in ("accepted", "all"):
            raise ValueError(f"state must be 'accepted' or 'all', not {state!r}")
        return self.edges if state == "accepted" else self.all_edges

    def diff(self, previous: "Graph", band: DeadBand = DEAD_BAND) -> tuple[EdgeChange, ...]:
        """What changed since the previous graph, wavering inside the dead band left out."""
        return changes(previous, self, band)

    def to_dict(
        self,
        stream: str = "",
        version: int = 0,
        *,
        as_of: datetime | None = None,
        state: Selection = "accepted",
    ) -> GraphDocument:
        """The graph as the JSON document that every surface shows; no NaN in it."""
        return {
            "stream": stream,
            "version": version,
            "as_of": instant(as_of),
            "rows": self.rows,
            "windows": self.windows,
            "variables": list(self.variables),
            "max_lag": self.max_lag,
            "regime": self.regime,
            "parents": parents_document(self.variables, self.parents),
            "coverage": {"tested": self.coverage.tested, "possible": self.coverage.possible},
            "fresh": self.coverage.fresh,
            "budget": budget_document(self.budget),
            "edges": [edge_document(edge) for edge in self.select(state)],
            "paths": [path_document(path) for path in self.paths],
            "hyperedges": [
                hyperedge_document(each)
                for each in self.hyperedges
                if state == "all" or each.state == "accepted"
            ],
            "priors": [prior_document(each) for each in self.priors],
        }

    def to_json(
        self,
        stream: str = "",
        version: int = 0,
        *,
        as_of: datetime | None = None,
        state: Selection = "accepted",
    ) -> str:
        """`to_dict` as JSON text."""
        document = self.to_dict(stream, version, as_of=as_of, state=state)
        return json.dumps(document, allow_nan=False)

    @classmethod
    def from_dict(cls, document: GraphDocument) -> "Graph":
        """The graph that `to_dict` wrote, as far as it was written; ValueError when it is none."""
        try:
            return cls._read(document)
        except (KeyError, TypeError) as flaw:
            raise ValueError(f"this is not the document of a graph: {flaw!r}") from flaw

    def to_networkx(self, state: Selection = "accepted") -> "nx.MultiDiGraph":
        """A MultiDiGraph with lags as edge keys; needs `pip install "scarcity[graph]"`."""
        return exports.networkx_graph(self.variables, self.select(state))

    def to_graphml(self, state: Selection = "accepted") -> str:
        """GraphML text."""
        return exports.graphml(self.variables, self.select(state))

    def to_dot(self, state: Selection = "accepted") -> str:
        """Graphviz text."""
        return exports.dot(self.variables, self.select(state))

    def to_csv(self, state: Selection = "accepted") -> str:
        """CSV text, one line per edge, with a header."""
        return exports.comma_separated(self.select(state))

    def to_polars(self, state: Selection = "accepted") -> "pl.DataFrame":
        """A DataFrame, one row per edge."""
        return exports.polars_frame(self.select(state))

    @classmethod
    def _read(cls, document: GraphDocument) -> "Graph":
        variables = tuple(document["variables"])
        coverage = document["coverage"]
        return cls(
            variables=variables,
            max_lag=document["max_lag"],
            rows=document["rows"],
            windows=document["windows"],
            coverage=Coverage(coverage["tested"], coverage["possible"], document["fresh"]),
            hyperedges=tuple(map(read_hyperedge, document["hyperedges"])),
            priors=tuple(map(read_prior, document["priors"])),
            budget=Budget(**document["budget"]),
            all_edges=EdgeTable.of(variables, map(read_edge, document["edges"])),
            parents=read_parents(variables, document["parents"]),
            regime=document["regime"],
            known_paths=read_paths(document["paths"]),
        )
