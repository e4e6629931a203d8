"""One stream's engine, with what has been said of its graph so far.

A change is reported against what was last reported of that edge, not against the last graph, so
that a slow drift does not pass unnoticed. What is reported is what is believed, priors included;
evidence is gathered from what own data say, and when, as if there were no prior.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from scarcity.causal import Budget, Edge, Engine, EngineConfig, Graph
from scarcity.causal.curvature import MOST_VARIABLES
from scarcity.causal.diff import EdgeChange, changes
from scarcity.causal.document import edge_document, read_edge
from scarcity.causal.engine import SHELF_BYTES
from scarcity.causal.prior import Prior
from scarcity.causal.regime import YOUNG_VALUES
from scarcity.causal.structure import MOST_COLUMNS, MOST_PARENTS
from scarcity.errors import PoisonEvent
from scarcity.events import EdgeChange as ChangeKind
from scarcity.events import (
    EdgeChanged,
    EngineConfiguration,
    EngineConfigured,
    Event,
    OutcomeMeasured,
    TrialAction,
    TrialJudged,
    TrialStage,
    WindowSealed,
)
from scarcity.graphs import budget_event, evidence_event, evidence_of, graph_event
from scarcity.meta.forgetting import HALF_LIVES
from scarcity.meta.tuning import HALF_LIFE, Judged, TunedEngine, Wanted

EdgeKey = tuple[str, str, int]

# Snapshot: epoch, version, version with the last evidence, the newest trial that was wanted, when
# it was heard of last, and length of the reported edges; then these, then the engine's own.
HEADER = struct.Struct("<IQQQQQ")

MAX_STATE_BYTES = 192 * 1024 * 1024
"""The largest state of one stream. All of it is saved with every window, and in memory about four
times while that goes on."""


def state_bytes(variables: int, max_lag: int) -> int:
    """Return how large the state of an engine can become, with gaps and missing values.

    (L+1) blocks of moments and L(L+1)/2 of segment edges, each (2d+1)² numbers, or (4d+1)² more in
    the nonlinear lane; for each of the (L+1) d² hypotheses six numbers of its test, twelve more in
    the lane, and five that are remembered of an edge; how the parents of each variable hang
    together; the rows of a young regime; and the regimes of the past.
    """
    blocks = (max_lag + 1) + max_lag * (max_lag + 1) // 2
    has_lane = variables <= MOST_VARIABLES
    moments = blocks * ((2 * variables + 1) ** 2 + has_lane * (4 * variables + 1) ** 2)
    hypotheses = (max_lag + 1) * variables**2
    columns = variables * max_lag
    parents = columns if columns <= MOST_COLUMNS else 2 * MOST_PARENTS
    found = (11 + has_lane * 12) * hypotheses + variables * parents**2
    return 8 * (moments + found + YOUNG_VALUES) + SHELF_BYTES


@dataclass(frozen=True, slots=True)
class Reported:
    """The accepted edges as they were last reported."""

    by_key: dict[EdgeKey, Edge] = field(default_factory=dict)

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(self.by_key.values())

    def edge(self, source: str, target: str, lag: int) -> Edge | None:
        return self.by_key.get((source, target, lag))

    @property
    def own(self) -> dict[EdgeKey, bool]:
        """Return which edges own data show, and whether with a positive effect."""
        return _own(self.by_key.values())

    def after(self, reported: tuple[EdgeChange, ...], now: Sequence[Edge]) -> "Reported":
        """Return what is reported once these changes are, of edges as they are now.

        That own data show what was imported, or no longer do, is no change, and is kept.
        """
        edges = dict(self.by_key)
        for change in reported:
            if change.after is not None and change.after.is_accepted:
                edges[change.key] = change.after
            else:
                edges.pop(change.key, None)
        for edge in now:
            known = edges[edge.key]
            if edge.imported != known.imported:
                edges[edge.key] = edge
        return Reported(edges)


def _own(edges: Iterable[Edge]) -> dict[EdgeKey, bool]:
    return {edge.key: edge.effect > 0.0 for edge in edges if not edge.imported}


@dataclass(frozen=True, slots=True)
class Given:
    """What an engine is given beside a window."""

    budget: Budget
    priors: Sequence[Prior] = ()
    """what is offered now, one of an origin; the same object as long as it is the same"""
    configured: Sequence[EngineConfigured] = ()
    """the newest of whoever has something to say of its settings"""
    may_try: bool = True
    """whether there is room for a second engine beside the first"""


class StreamEngine:
    """Turns the windows of one stream into changes of its graph.

    A new epoch starts the evidence anew; windows of an older one are ignored. Within an epoch,
    columns may be added at the end: the evidence about the others stays.
    """

    def __init__(self, config: EngineConfig, evidence_every: int) -> None:
        self.heard_ms = 0
        """When the newest window came onto the bus, ms since 1970."""
        self._config = config
        self._evidence_every = evidence_every
        self._epoch = -1
        self._version = 0
        self._gathered = 0
        self._tried = 0
        self._tuned: TunedEngine | None = None
        self._reported = Reported()
        self._priors: Sequence[Prior] | None = None

    @property
    def epoch(self) -> int:
        """Of the newest window; -1 before the first."""
        return self._epoch

    def apply(
        self, window: WindowSealed, given: Given, processor_time: Callable[[], float]
    ) -> list[Event]:
        """Return what changed by this window; nothing for one that was seen before."""
        if self._is_past(window):
            return []
        begun = processor_time()
        values = window.matrix()
        tuned = self._engine_for(window)
        self._consider(tuned, given)
        updated = tuned.update(
            values,
            window.start_step,
            at=window.end_time,
            budget=given.budget,
            may_try=given.may_try and _has_room(tuned.engine),
        )
        if not updated.rows:
            return []
        engine = tuned.engine
        graph = engine.believed()
        news = self._news(graph, engine.graph(), window)
        outcome = OutcomeMeasured(
            stream=window.stream,
            epoch=window.epoch,
            window_id=window.window_id,
            at=window.end_time,
            regime=graph.regime,
            rows=graph.rows,
            window_rows=updated.rows,
            score=engine.score,
            configuration=_configuration(engine.config),
            seconds=processor_time() - begun,
            budget=budget_event(graph.budget),
            half_lives=HALF_LIVES,
            weights=tuned.weights,
            losses=tuned.losses,
            shadow_rows=tuned.shadow_rows,
        )
        trials = (
            trial_event(judged, tuned.weights, window, number)
            for number, judged in enumerate(updated.judged)
        )
        return [*news, outcome, *trials]

    def snapshot(self) -> bytes | None:
        """Return everything as bytes; None before the first window."""
        if self._tuned is None:
            return None
        reported = orjson.dumps([edge_document(edge) for edge in self._reported.edges])
        numbers = (self._epoch, self._version, self._gathered, self._tried, self.heard_ms)
        header = HEADER.pack(*numbers, len(reported))
        return header + reported + self._tuned.snapshot()

    @classmethod
    def restore(cls, data: bytes, config: EngineConfig, evidence_every: int) -> "StreamEngine":
        """Return the engine that a snapshot was taken of."""
        made = cls(config, evidence_every)
        *numbers, length = HEADER.unpack_from(data)
        made._epoch, made._version, made._gathered, made._tried, made.heard_ms = numbers
        body = data[HEADER.size :]
        edges = (read_edge(document) for document in orjson.loads(body[:length]))
        made._reported = Reported({edge.key: edge for edge in edges})
        made._tuned = TunedEngine.restore(body[length:])
        return made

    def _is_past(self, window: WindowSealed) -> bool:
        """Whether its epoch, or all of its steps, have been passed; then its columns do not matter.

        A window from before a column was added may be delivered again after it.
        """
        if window.epoch != self._epoch or self._tuned is None:
            return window.epoch < self._epoch
        next_step = self._tuned.engine.next_step
        return next_step is not None and window.start_step + window.steps <= next_step

    def _consider(self, tuned: TunedEngine, given: Given) -> None:
        """Hear what others lead one to expect, and what is to be tried."""
        if given.priors is not self._priors:
            tuned.consider(given.priors)
            self._priors = given.priors
        for each in given.configured:
            if each.half_lives == HALF_LIVES:
                tuned.expect(each.weights)
            if each.trial is not None and each.sequence > self._tried:
                self._tried = each.sequence
                tuned.want(Wanted(each.trial, each.at_once, each.by))

    def _engine_for(self, window: WindowSealed) -> TunedEngine:
        tuned = self._tuned if window.epoch == self._epoch else None
        if tuned is None:
            _check_size(window, self._config.max_lag)
            self._tuned = tuned = TunedEngine(Engine(list(window.columns), self._config))
            self._priors = None
            self._epoch = window.epoch
        elif window.columns != tuned.engine.variables:
            known = len(tuned.engine.variables)
            if window.columns[:known] != tuned.engine.variables:
                raise PoisonEvent(
                    "window-columns",
                    f"window {window.window_id} has other columns than epoch {window.epoch}, "
                    "to which columns can only be added, at the end",
                )
            _check_size(window, tuned.engine.config.max_lag)
            tuned.extend(window.columns[known:])
        return tuned

    def _news(self, graph: Graph, own: Graph, window: WindowSealed) -> list[Event]:
        """Return what the graph says that was not said before, the graph, and evidence if due.

        own  the graph by own data alone: what evidence is made of
        """
        self._version += 1
        found, shown = changes(self._reported, graph), self._reported.own
        self._reported = self._reported.after(found, graph.edges)
        news: list[Event] = [
            *(self._change_event(change, graph.regime, window) for change in found),
            graph_event(graph, window, version=self._version),
        ]
        if self._evidence_is_due(shown):
            self._gathered = self._version
            news.append(evidence_event(own, window))
        return news

    def _evidence_is_due(self, shown: dict[EdgeKey, bool]) -> bool:
        """Whether it is time, or an edge that own data show came, went or flipped."""
        if self._gathered == 0 or shown != self._reported.own:
            return True
        return self._version - self._gathered >= self._evidence_every

    def _change_event(self, change: EdgeChange, regime: int, window: WindowSealed) -> EdgeChanged:
        edge = change.after or change.before
        assert edge is not None
        known_before = change.before is not None and change.kind != "appeared"
        return EdgeChanged(
            stream=window.stream,
            epoch=window.epoch,
            graph_version=self._version,
            at=window.end_time,
            change=ChangeKind(change.kind),
            edge=evidence_of(edge),
            previous_effect=change.before.effect if change.before and known_before else None,
            window_id=window.window_id,
            regime=regime,
        )


def _configuration(config: EngineConfig) -> EngineConfiguration:
    return EngineConfiguration(
        max_lag=config.max_lag,
        alpha=config.alpha,
        min_effect=config.min_effect,
        nonlinear=config.nonlinear,
        half_life=config.half_life,
    )


def trial_event(
    judged: Judged, weights: tuple[float, ...], window: WindowSealed, number: int
) -> TrialJudged:
    """Return what is told of a decision about a trial."""
    decision = judged.decision
    return TrialJudged(
        stream=window.stream,
        epoch=window.epoch,
        window_id=window.window_id,
        at=window.end_time,
        number=number,
        action=TrialAction(decision.action),
        stage=TrialStage(decision.stage),
        by=judged.by,
        trusted=judged.trusted,
        candidate=judged.candidate,
        running=float(decision.settings[HALF_LIFE]),
        rows=judged.rows,
        gain=judged.gain,
        e_value=decision.e_value,
        why=decision.why,
        half_lives=HALF_LIVES,
        weights=weights,
    )


def _has_room(engine: Engine) -> bool:
    """Whether the state of two such engines is not too large."""
    size = state_bytes(len(engine.variables), engine.config.max_lag)
    return 2 * size <= MAX_STATE_BYTES


def _check_size(window: WindowSealed, max_lag: int) -> None:
    size = state_bytes(len(window.columns), max_lag)
    if size > MAX_STATE_BYTES:
        raise PoisonEvent(
            "too-many-variables",
            f"{len(window.columns)} variables at {max_lag} lags need up to {size >> 20} MiB of "
            f"state, and {MAX_STATE_BYTES >> 20} are possible: "
            "split the stream, or lower SCARCITY_MPIE_MAX_LAG",
        )
