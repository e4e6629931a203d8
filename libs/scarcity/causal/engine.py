"""The engine: windows of one stream in, its causal graph out.

State is sufficient statistics (`lagged`) and a memory of edges (`memory`); no row is kept but the
last few. Each window that brings new rows updates both and tests every edge again, so that the
graph is there when asked for. Three promises:

    any windowing of the same rows gives the same effects and p-values (to rounding);
    a row is counted once: grid steps that were already applied are dropped on arrival;
    a variable added later is one that was missing so far (to rounding), and one with few values or
    none moves no estimate of the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike

from scarcity.causal.config import EngineConfig
from scarcity.causal.correlation import lagged_correlation
from scarcity.causal.edges import EdgeTable, edge_records, microseconds
from scarcity.causal.graph import Coverage, Graph
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.memory import EdgeMemory
from scarcity.causal.regression import Estimate, estimate
from scarcity.causal.scaling import ColumnScale
from scarcity.causal.snapshot import Header, Snapshot, pack, unpack
from scarcity.stats.arrays import Bools, Floats

DEFAULTS = EngineConfig()


class Engine:
    """Discovers the causal graph of one stream.

    >>> rng = np.random.default_rng(7)
    >>> driver = rng.normal(size=500)
    >>> driven = 0.8 * np.roll(driver, 2) + rng.normal(size=500)
    >>> engine = Engine(["driver", "driven"])
    >>> engine.update(np.column_stack([driver, driven]))
    500
    >>> [(edge.source, edge.target, edge.lag) for edge in engine.graph().edges]
    [('driver', 'driven', 2)]
    """

    def __init__(self, variables: Sequence[str], config: EngineConfig = DEFAULTS) -> None:
        self._variables = _names(variables)
        self._config = config
        self._scale = ColumnScale.unseen(len(variables))
        self._moments = LaggedMoments(len(variables), config.max_lag)
        self._memory = EdgeMemory.blank(config.max_lag, len(variables))
        self._rows = 0
        self._windows = 0
        self._next_step: int | None = None
        self._estimate: Estimate | None = None
        self._graph: Graph | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the columns of every window."""
        return self._variables

    @property
    def config(self) -> EngineConfig:
        """The settings it was made with."""
        return self._config

    @property
    def rows(self) -> int:
        """Grid steps applied so far."""
        return self._rows

    @property
    def windows(self) -> int:
        """Windows that brought new grid steps."""
        return self._windows

    @property
    def next_step(self) -> int | None:
        """The first grid step not yet passed; None before the first window."""
        return self._next_step

    def update(
        self, window: ArrayLike, start: int | None = None, *, at: datetime | None = None
    ) -> int:
        """Apply the window's new rows, and return how many there were.

        window  (time, variable); NaN or any other value that is not finite = missing
        start   the grid step of its first row; None = it continues where the last one ended.
                Rows before `next_step` are dropped; a gap is not bridged by any lag
        at      the event time of its last row, with a time zone

        ValueError when the shape or the time is wrong; then nothing has changed.
        """
        values, stamp = self._checked(window), microseconds(at)
        expected = self._next_step
        first = (expected or 0) if start is None else start
        fresh = values if expected is None else values[max(0, expected - first) :]
        if not len(fresh):
            return 0
        if expected is not None and first > expected:
            self._moments.cut()
        self._next_step = first + len(values)
        self._rows += len(fresh)
        self._windows += 1
        self._learn(fresh, stamp)
        return len(fresh)

    def extend(self, variables: Sequence[str]) -> None:
        """Append these variables, as if they had been there from the start without a value.

        The evidence about the others stays. ValueError when a name is there already; then nothing
        has changed.
        """
        added = _names(variables)
        self._variables = _names((*self._variables, *added))
        self._scale.extend(len(added))
        self._moments.extend(len(added))
        self._memory.extend(len(added))
        self._estimate = None
        self._graph = None

    def graph(self) -> Graph:
        """The graph after the last window; the same object until the next one."""
        if self._graph is None:
            self._graph = self._draw(self._current())
        return self._graph

    def snapshot(self) -> bytes:
        """Everything the engine knows; `restore` makes an engine that goes on identically."""
        header = Header(
            variables=list(self._variables),
            config=asdict(self._config),
            rows=self._rows,
            windows=self._windows,
            next_step=self._next_step,
        )
        parts = (self._scale.arrays(), self._moments.arrays(), self._memory.arrays())
        return pack(Snapshot(header, {name: part[name] for part in parts for name in part}))

    @classmethod
    def restore(cls, data: bytes) -> "Engine":
        """The engine a snapshot was taken of; ValueError when the bytes hold none."""
        try:
            return cls._restored(unpack(data))
        except (KeyError, TypeError) as flaw:
            raise ValueError(f"this snapshot of an engine is incomplete: {flaw!r}") from flaw

    @classmethod
    def _restored(cls, snapshot: Snapshot) -> "Engine":
        header = snapshot.header
        engine = cls(header.variables, EngineConfig.of(header.config))
        engine._scale = ColumnScale.restore(snapshot)
        engine._moments = LaggedMoments.restore(
            snapshot, len(header.variables), engine.config.max_lag
        )
        engine._memory = EdgeMemory.restore(snapshot)
        engine._rows = header.rows
        engine._windows = header.windows
        engine._next_step = header.next_step
        return engine

    def _checked(self, window: ArrayLike) -> Floats:
        values = np.asarray(window, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self._variables):
            raise ValueError(
                f"a window is (time, variable) with {len(self._variables)} variables, "
                f"not of shape {values.shape}"
            )
        return np.where(np.isfinite(values), values, np.nan)

    def _learn(self, values: Floats, stamp: int) -> None:
        factor = self._scale.adapt(values)
        if np.any(factor != 1.0):
            self._moments.rescale(factor)
        self._accumulate(self._scale.apply(values))
        self._estimate = None
        self._graph = None
        seen: Bools = np.any(~np.isnan(values), axis=0)
        self._memory.observe(self._current(), seen, stamp, self._config.stability_span)

    def _accumulate(self, values: Floats) -> None:
        """Rows without any value are gaps: they end a segment."""
        position = 0
        present: Bools = np.any(~np.isnan(values), axis=1)
        for first, last in _stretches(present):
            if first > position:
                self._moments.cut()
            self._moments.add(values[first:last])
            position = last
        if position < len(values):
            self._moments.cut()

    def _current(self) -> Estimate:
        """The estimate after the last window; made anew only after a restore or an extension."""
        if self._estimate is None:
            self._estimate = estimate(lagged_correlation(self._moments), self._config)
        return self._estimate

    def _draw(self, current: Estimate) -> Graph:
        d, lags = len(self._variables), self._config.max_lag
        records = edge_records(current, self._memory, self._config.stability_span)
        cross = ~np.eye(d, dtype=np.bool_)
        return Graph(
            variables=self._variables,
            max_lag=lags,
            rows=self._rows,
            windows=self._windows,
            coverage=Coverage(int(current.tested[:, cross].sum()), lags * d * (d - 1)),
            all_edges=EdgeTable(self._variables, records),
        )


def _names(variables: Sequence[str]) -> tuple[str, ...]:
    if isinstance(variables, str) or not variables or len(set(variables)) != len(variables):
        raise ValueError("variables must be one or more names, no two the same")
    return tuple(variables)


def _stretches(present: Bools) -> Iterator[tuple[int, int]]:
    """First and one past the last index of every run of true."""
    turns = np.flatnonzero(np.diff(present, prepend=False, append=False))
    return zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
