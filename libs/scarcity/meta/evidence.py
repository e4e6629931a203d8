"""What streams have found out about edges, put side by side.

An edge is the same in two streams when source, target and lag have the same names. Where names
differ, edges are alike when they are of one block: the same types at both ends, the same lag, and
whether a variable drives itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from scarcity.stats.arrays import Bools, Floats, Ints


class Edge(NamedTuple):
    """A directed lagged relation between variables, by their names."""

    source: str
    target: str
    lag: int


class Block(NamedTuple):
    """Edges that are exchangeable by what is declared of their ends; None = nothing is."""

    source: str | None
    target: str | None
    lag: int
    is_own: bool
    """a variable and its own past"""


class Key(NamedTuple):
    """What an edge is known by. Where one name has two types it means two things."""

    edge: Edge
    block: Block


@dataclass(frozen=True, eq=False)
class Evidence:
    """What one stream's own rows say of its edges; no belief from elsewhere is in it."""

    stream: str
    edges: tuple[Edge, ...]
    effect: Floats
    """(edge): standard deviations of the target per one of the source; NaN = not tested"""
    se: Floats
    """(edge): its standard error; NaN in the same places"""
    types: Mapping[str, str] = field(default_factory=dict)
    """of variables, as declared; who is not in it has none"""

    def __post_init__(self) -> None:
        if not self.effect.shape == self.se.shape == (len(self.edges),):
            raise ValueError(
                f"{self.stream}: {len(self.edges)} edges, but effects of shape "
                f"{self.effect.shape} and standard errors of shape {self.se.shape}"
            )
        if len(set(self.edges)) < len(self.edges):
            raise ValueError(f"{self.stream}: an edge is there twice")
        tested = self.tested
        if not np.array_equal(tested, ~np.isnan(self.se)):
            raise ValueError(f"{self.stream}: effect and se must be NaN in the same places")
        if not np.all(np.isfinite(self.effect[tested])):
            raise ValueError(f"{self.stream}: an effect is infinite")
        if not np.all(np.isfinite(self.se[tested]) & (self.se[tested] > 0.0)):
            raise ValueError(f"{self.stream}: a standard error is not a finite number above 0")

    @property
    def tested(self) -> Bools:
        """(edge)"""
        return ~np.isnan(self.effect)

    @property
    def kind(self) -> Ints:
        """(edge): 1 where a variable drives itself, 0 where another does"""
        return np.array([edge.source == edge.target for edge in self.edges], np.int64)

    def keys(self, known: Mapping[str, str]) -> tuple["Key", ...]:
        """(edge): what each is known by, given types that others declare of the same names."""
        of = {**known, **self.types}.get
        return tuple(
            Key(edge, Block(of(edge.source), of(edge.target), edge.lag, edge.source == edge.target))
            for edge in self.edges
        )


@dataclass(frozen=True, eq=False)
class Table:
    """Streams side by side, over all edges that any of them has."""

    streams: tuple[str, ...]
    types: Mapping[str, str]
    """of variables, as far as nobody declares another"""
    keys: tuple[Key, ...]
    """(edge)"""
    blocks: tuple[Block, ...]
    block: Ints
    """(edge): position in `blocks`"""
    effect: Floats
    """(stream, edge); NaN = not tested"""
    se: Floats

    @property
    def kind(self) -> Ints:
        """(block): 1 where variables drive themselves, 0 where others do"""
        return np.array([block.is_own for block in self.blocks], np.int64)

    @property
    def counts(self) -> Floats:
        """(block): how many edges are in each"""
        return np.bincount(self.block, minlength=len(self.blocks)).astype(np.float64)


def side_by_side(streams: Sequence[Evidence]) -> Table:
    """Align streams by names; the order they come in changes nothing."""
    ordered = sorted(streams, key=lambda each: each.stream)
    names = tuple(each.stream for each in ordered)
    if len(set(names)) < len(names):
        raise ValueError("two streams have one name, and evidence would count twice")
    types = _undisputed(ordered)
    told = [each.keys(types) for each in ordered]
    keys = sorted({key for each in told for key in each}, key=_by_names)
    place = {key: index for index, key in enumerate(keys)}
    blocks = tuple(dict.fromkeys(key.block for key in keys))
    number = {block: index for index, block in enumerate(blocks)}
    effect, se = np.full((2, len(ordered), len(keys)), np.nan)
    for row, (each, its) in enumerate(zip(ordered, told, strict=True)):
        at = [place[key] for key in its]
        effect[row, at], se[row, at] = each.effect, each.se
    block = np.array([number[key.block] for key in keys], np.int64)
    return Table(names, types, tuple(keys), blocks, block, effect, se)


def _undisputed(streams: Sequence[Evidence]) -> dict[str, str]:
    """Types that hold for streams that declare none: of names that nobody declares another for."""
    told: dict[str, set[str]] = {}
    for each in streams:
        for variable, kind in each.types.items():
            told.setdefault(variable, set()).add(kind)
    return {variable: kinds.pop() for variable, kinds in told.items() if len(kinds) == 1}


def _by_names(key: Key) -> tuple[Edge, str, str]:
    return key.edge, key.block.source or "", key.block.target or ""
