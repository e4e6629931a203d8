"""The engine: windows of one stream in, its causal graph out.

State is sufficient statistics (`lagged`) and a memory of edges (`memory`); no row is kept but the
last few. Each window that brings new rows updates both and tests every edge again, so that the
graph is there when asked for. Three promises:

    any windowing of the same rows gives the same effects and p-values (to rounding);
    a row is counted once: grid steps that were already applied are dropped on arrival;
    a variable added later is one that was missing so far (to rounding), and one with few values or
    none moves no estimate of the others.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from scarcity.causal.belief import believe
from scarcity.causal.budget import UNLIMITED, Budget
from scarcity.causal.change import Reading, judge
from scarcity.causal.config import EngineConfig
from scarcity.causal.decision import Estimate, hypotheses
from scarcity.causal.document import Parents
from scarcity.causal.edges import Hyperedge, microseconds
from scarcity.causal.gate import GateState
from scarcity.causal.graph import Coverage, Graph
from scarcity.causal.imports import Imports
from scarcity.causal.memory import EdgeMemory
from scarcity.causal.prior import Prior
from scarcity.causal.regime import Regime
from scarcity.causal.scaling import ColumnScale
from scarcity.causal.snapshot import Header, Snapshot, pack, unpack
from scarcity.causal.tables import believed_table, edge_table
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.subset import NONE

DEFAULTS = EngineConfig()

SHELF_BYTES = 2**21
"""How much room there is for regimes of the past."""

RECALL_ROWS = 128
"""How many rows of the present it takes to recognise a regime of the past."""

RECALL = 0.01
"""The p-value above which a regime of the past explains the present."""

FLAWS = (ValueError, LookupError, ArithmeticError, AttributeError, TypeError)
"""What reading a snapshot with other parts than ours comes to."""


class Foresight(NamedTuple):
    """How well the rows of a window were foreseen."""

    known: Bools
    """(variable): of which something was expected"""
    scores: Floats
    """(time): log densities of the last rows of the window, of these variables, in their units"""


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
        self._regime = Regime.begin(0, len(variables), config)
        self._library: list[Regime] = []
        self._memory = EdgeMemory.blank(len(variables))
        self._rows = 0
        self._windows = 0
        self._next_step: int | None = None
        self._budget = UNLIMITED
        self._foresight: Foresight | None = None
        self._imports = Imports()
        self._graph: Graph | None = None
        self._believed: Graph | None = None
        self._named: tuple[Ints, Parents] | None = None

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
    def score(self) -> float | None:
        """How well the last window was foreseen: the mean log density of a row of it.

        Each row counts the variables that were expected to be something, in the units of the
        data, residuals beyond 4 standard deviations as 4; None while nothing is expected yet.
        """
        return None if self._foresight is None else float(self._foresight.scores.mean())

    @property
    def foresight(self) -> Foresight | None:
        """The same row by row; None while nothing is expected yet."""
        return self._foresight

    @property
    def parents(self) -> Ints:
        """(variable, any): of each the columns that its edges are tested given, then NONE.

        A column is source * (max_lag + 1) + lag.
        """
        return self._regime.parents

    @property
    def regime(self) -> int:
        """The number of the regime that holds."""
        return self._regime.number

    @property
    def is_young(self) -> bool:
        """Whether all rows of the regime are at hand still, so that none is forgotten."""
        return self._regime.young is not None

    @property
    def next_step(self) -> int | None:
        """The first grid step not yet passed; None before the first window."""
        return self._next_step

    def update(
        self,
        window: ArrayLike,
        start: int | None = None,
        *,
        at: datetime | None = None,
        budget: Budget = UNLIMITED,
    ) -> int:
        """Apply the window's new rows, and return how many there were.

        window  (time, variable); NaN or any other value that is not finite = missing
        start   the grid step of its first row; None = it continues where the last one ended.
                Rows before `next_step` are dropped; a gap is not bridged by any lag
        at      the event time of its last row, with a time zone
        budget  what may be spent on discovery; the evidence is kept whatever it is

        ValueError when the shape or the time is wrong; then nothing has changed.
        """
        values, stamp = self._checked(window), microseconds(at)
        expected = self._next_step
        first = (expected or 0) if start is None else start
        fresh = values if expected is None else values[max(0, expected - first) :]
        if not len(fresh):
            return 0
        if expected is not None and first > expected:
            self._regime.cut()
        self._next_step = first + len(values)
        self._rows += len(fresh)
        self._windows += 1
        self._budget = budget
        self._learn(fresh, np.arange(self._next_step - len(fresh), self._next_step), stamp)
        return len(fresh)

    def branched(self, half_life: float | None) -> "Engine":
        """One that knows the same, and from now on forgets at another half-life."""
        own = unpack(self.snapshot())
        config = {**own.header.config, "half_life": half_life}
        engine = self._restored(Snapshot(replace(own.header, config=config), own.arrays))
        engine.consider(self._imports.priors)
        return engine

    def extend(self, variables: Sequence[str]) -> None:
        """Append these variables, as if they had been there from the start without a value.

        The evidence about the others stays. ValueError when a name is there already; then nothing
        has changed.
        """
        added = _names(variables)
        self._variables = _names((*self._variables, *added))
        self._scale.extend(len(added))
        for regime in (*self._library, self._regime):
            regime.extend(len(added))
        self._memory = self._memory.extended(len(added), self._config.max_lag + 1)
        self._graph = self._believed = self._named = None
        if self._imports.priors:
            self.consider(self._imports.priors)

    def consider(self, priors: Sequence[Prior]) -> None:
        """These are what the evidence of others leads one to expect, one of an origin.

        They are used from now on as far as they foresee the windows that come, and an origin that
        is not among them is forgotten. What the data say (`graph`) does not depend on them.
        """
        self._imports = self._imports.offered(priors, self._variables, self._config.max_lag)
        self._believed = None

    def graph(self) -> Graph:
        """The graph after the last window, by own data; the same object until the next one."""
        if self._graph is None:
            self._graph = self._draw(self._regime.estimate)
        return self._graph

    def believed(self) -> Graph:
        """The same with the edges that are accepted in addition, thanks to priors, marked."""
        if not self._imports.priors:
            return self.graph()
        if self._believed is None:
            self._believed = self._overlaid(self.graph(), self._regime.estimate)
        return self._believed

    def snapshot(self) -> bytes:
        """Everything the engine knows; `restore` makes an engine that goes on identically."""
        header = Header(
            variables=list(self._variables),
            config=asdict(self._config),
            budget=asdict(self._budget),
            rows=self._rows,
            windows=self._windows,
            next_step=self._next_step,
            regimes=[regime.number for regime in self._known],
            gates={
                regime: {origin: asdict(state) for origin, state in states.items()}
                for regime, states in self._imports.gates.items()
            },
        )
        parts = [self._scale.arrays(), self._memory.arrays()]
        parts += [regime.arrays(_prefix(regime.number)) for regime in self._known]
        return pack(Snapshot(header, {name: part[name] for part in parts for name in part}))

    @classmethod
    def restore(cls, data: bytes) -> "Engine":
        """The engine a snapshot was taken of; ValueError when the bytes hold none."""
        try:
            return cls._restored(unpack(data))
        except FLAWS as flaw:
            raise ValueError(f"this snapshot of an engine is incomplete: {flaw!r}") from flaw

    @classmethod
    def _restored(cls, snapshot: Snapshot) -> "Engine":
        header = snapshot.header
        engine = cls(header.variables, EngineConfig.of(header.config))
        engine._scale = ColumnScale.restore(snapshot)
        *engine._library, engine._regime = (
            Regime.restore(snapshot, _prefix(number), number, engine.config)
            for number in header.regimes
        )
        engine._memory = EdgeMemory.restore(snapshot)
        engine._budget = Budget(**header.budget)
        engine._rows = header.rows
        engine._windows = header.windows
        engine._next_step = header.next_step
        gates = {
            regime: {origin: GateState(**state) for origin, state in states.items()}
            for regime, states in header.gates.items()
        }
        engine._imports = Imports(gates=gates)
        return engine

    def _checked(self, window: ArrayLike) -> Floats:
        values = np.asarray(window, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self._variables):
            raise ValueError(
                f"a window is (time, variable) with {len(self._variables)} variables, "
                f"not of shape {values.shape}"
            )
        valid = np.isfinite(values)
        return values if valid.all() else np.where(valid, values, np.nan)

    @property
    def _known(self) -> list[Regime]:
        """All regimes, the current one last."""
        return [*self._library, self._regime]

    def _learn(self, values: Floats, steps: Ints, stamp: int) -> None:
        factor = self._scale.adapt(values)
        if factor is not None:
            for regime in self._known:
                regime.rescale(factor)
        self._apply(self._scale.apply(values), steps)
        self._graph = self._believed = None
        seen: Bools = np.any(~np.isnan(values), axis=0)
        span = self._config.stability_span
        self._memory = self._memory.after(self._regime.estimate, seen, stamp, span)

    def _apply(self, rows: Floats, steps: Ints) -> None:
        """Foresee scaled rows, and learn from them.

        Priors are judged by rows of the regime that was there before them, and stayed.
        """
        before, imports = self._regime, self._imports
        scores = before.foresee(rows, steps, imports.expected) if imports.expected else None
        self._take(rows, steps)
        if scores is not None and self._regime is before:
            regimes = [regime.number for regime in self._known]
            self._imports = imports.after(before.number, scores).kept(regimes)

    def _take(self, rows: Floats, steps: Ints) -> None:
        """Learn from scaled rows; a new regime begins where they no longer obey the old one."""
        reading = self._regime.read(rows, steps)
        self._foresight = self._foreseen(reading)
        verdict = self._regime.judge(reading)
        if verdict.changed:
            first = verdict.first
            if first:
                self._regime.add(rows[:first], steps[:first], self._budget)
            rows, steps = rows[first:], steps[first:]
            number = 1 + max(regime.number for regime in self._known)
            self._shelve()
            self._regime = Regime.begin(number, len(self._variables), self._config)
            self._regime.add(rows, steps, self._budget)
            self._return_to(self._recognised())
        else:
            better = self._outdone(rows, steps)
            self._regime.add(rows, steps, self._budget)
            self._return_to(better)

    def _foreseen(self, reading: Reading) -> Foresight | None:
        known = reading.model.known
        if not reading.rows or not known.any():
            return None
        unit = np.log(2.0) * np.sum(self._scale.exponent[known])
        return Foresight(known, reading.scores(known) - unit)

    def _shelve(self) -> None:
        """Put the present regime beside those of the past, as many as there is room for."""
        self._regime.shelve()
        shelf = [*self._library, self._regime][-self._config.most_regimes :]
        while sum(regime.size for regime in shelf) > SHELF_BYTES:
            del shelf[0]
        self._library = shelf

    def _recognised(self) -> Regime | None:
        """The regime of the past whose rules explain all rows of the present one."""
        rows, steps = self._regime.young, self._regime.steps
        if rows is None or len(rows) < RECALL_ROWS:
            return None
        if not self._library:
            return None
        explains = [
            (judge(regime.read_apart(rows, steps)).p_value, regime) for regime in self._library
        ]
        p_value, best = max(explains, key=lambda each: each[0])
        return best if p_value > RECALL else None

    def _outdone(self, rows: Floats, steps: Ints) -> Regime | None:
        """The regime of the past that foresees these rows better than the present, young one."""
        if self._regime.young is None or not self._regime.can_judge:
            return None
        present: Bools = np.any(~np.isnan(rows), axis=0)
        for regime in reversed(self._library):
            ours, its = self._regime.read_apart(rows, steps), regime.read_apart(rows, steps)
            common = ours.model.known & its.model.known & present
            if common.any() and its.score(common) > ours.score(common):
                return regime
        return None

    def _return_to(self, regime: Regime | None) -> None:
        """Go on with a regime of the past; what the young one learned is its."""
        rows, steps = self._regime.young, self._regime.steps
        if regime is not None and rows is not None:
            self._library.remove(regime)
            regime.cut()
            regime.add(rows, steps, self._budget)
            self._regime = regime

    def _draw(self, current: Estimate) -> Graph:
        d, lags = len(self._variables), self._config.max_lag
        return Graph(
            variables=self._variables,
            max_lag=lags,
            rows=self._rows,
            windows=self._windows,
            coverage=Coverage(current.tested, hypotheses(d, lags), self._regime.fresh),
            budget=self._budget,
            all_edges=edge_table(
                self._variables, current, self._memory, self._config.stability_span
            ),
            parents=self._parents(),
            regime=self._regime.number,
            hyperedges=self._hyperedges(),
        )

    def _overlaid(self, graph: Graph, current: Estimate) -> Graph:
        imports, regime = self._imports, self._regime.number
        belief = believe(current, imports.expected, imports.trusts(regime), self._config.alpha)
        origins = [prior.origin for prior in imports.priors]
        span = self._config.stability_span
        return replace(
            graph,
            all_edges=believed_table(
                self._variables, current, self._memory, span, (belief, origins)
            ),
            priors=imports.weighed(regime),
        )

    def _hyperedges(self) -> tuple[Hyperedge, ...]:
        interactions, names = self._regime.interactions, self._variables
        if interactions is None:
            return ()
        return tuple(
            Hyperedge(
                sources=tuple((names[source], lag) for source, lag in each.sources),
                target=names[each.target],
                effect=each.effect,
                se=each.se,
                ci=each.ci,
                p_value=each.p_value,
                q_value=each.q_value,
                score=each.score,
                state="accepted" if each.accepted else "rejected" if each.rows else "untested",
                rows=each.rows,
            )
            for each in interactions.estimates(self._config)
        )

    def _parents(self) -> Parents:
        """Of each variable: the sources, with lags, that its edges are tested given.

        Named anew when the structure is another one.
        """
        columns, width = self._regime.parents, self._config.max_lag + 1
        if self._named is None or self._named[0] is not columns:
            names = [(name, lag) for name in self._variables for lag in range(width)]
            parents = tuple(
                tuple(names[c] for c in chosen if c != NONE) for chosen in columns.tolist()
            )
            self._named = columns, parents
        return self._named[1]


def _names(variables: Sequence[str]) -> tuple[str, ...]:
    if isinstance(variables, str) or not variables or len(set(variables)) != len(variables):
        raise ValueError("variables must be one or more names, no two the same")
    return tuple(variables)


def _prefix(regime: int) -> str:
    """What the names of its arrays begin with in a snapshot."""
    return f"regime.{regime}."
