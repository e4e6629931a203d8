"""The same through the service's own parts: engines, evidence events, offers, belief; no bus.

Ten streams of a domain have PAST_ROWS each. A new one comes in windows of WINDOW rows, and is told
by `services.meta_learning` whatever that has to say after each of them. Lags are those that MPIE
tests as it comes.

cold     what the engine shows by its own data
system   what is believed: the same, with the edges that are imported
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from bench.meta.scores import Curves
from scarcity.causal import Budget
from scarcity.causal.prior import Prior
from scarcity.events import (
    DefinitionOrigin,
    Event,
    EvidenceGathered,
    GraphUpdated,
    PriorOffered,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
    pack_matrix,
)
from scarcity.graphs import graph_of
from scarcity.priors import prior_of
from services.meta_learning.domain import studied
from services.meta_learning.handlers import MetaLearning
from services.mpie.domain import Given, StreamEngine
from services.mpie.settings import MpieSettings
from worlds.domains import family, simulated
from worlds.world import Floats

GRID = (100, 150, 200, 300, 400, 600, 800, 1200, 1600)
PAST, PAST_ROWS = 10, 1000
NEW = 2
WINDOW = 50
SHARES = {"90 % shared": 0.9, "80 % shared": 0.8, "60 % shared": 0.6, "nothing shared": 0.0}
EVIDENCE_EVERY = 4
AT = datetime(2026, 1, 1, tzinfo=UTC)


def measure(first: int, seeds: int) -> dict[str, object]:
    """Of new streams in domains that share so much, and of another family."""
    curves = {name: Curves(GRID) for name in (*SHARES, "another family")}
    for seed in range(first, first + seeds):
        for name, share in SHARES.items():
            rng = np.random.default_rng([seed, int(100 * share)])
            common, other = family(rng, share), family(rng, share)
            past = [common.domain(rng) for _ in range(PAST)]
            meta = _taught(simulated(rng, np.stack(past), PAST_ROWS))
            _follow(curves[name], meta, [common.domain(rng) for _ in range(NEW)], rng)
            if share == SHARES["80 % shared"]:
                strangers = [other.domain(rng) for _ in range(NEW)]
                _follow(curves["another family"], meta, strangers, rng)
    return {
        name: {
            **each.report(),
            "gain": each.gain("system"),
            "interval": each.gain_interval("system", np.random.default_rng(first)),
        }
        for name, each in curves.items()
    }


class Watched:
    """One stream at work: its engine, and what it is told."""

    def __init__(self, name: str, d: int, meta: MetaLearning) -> None:
        self._name, self._meta = name, meta
        self._engine = StreamEngine(MpieSettings().engine_config(), EVIDENCE_EVERY)
        self._columns = tuple(f"x{index}" for index in range(d))
        self._priors: tuple[Prior, ...] = ()
        variables = tuple(map(Variable, self._columns))
        meta.on_definition(
            StreamDefined(
                name,
                1,
                AT,
                DefinitionOrigin.EXPLICIT,
                variables,
                WindowPolicy(size=WINDOW),
                "plants",
            )
        )

    def feed(self, rows: Floats, first: int) -> list[Event]:
        """One window."""
        packed, validity = pack_matrix(rows)
        at = AT + timedelta(seconds=first)
        window = WindowSealed(
            f"{self._name}/0/{first}-{len(rows)}",
            self._name,
            0,
            first,
            len(rows),
            self._columns,
            packed,
            validity,
            at,
            at,
            1,
            len(rows),
        )
        events = self._engine.apply(window, Given(Budget(), self._priors), lambda: 0.0)
        for event in events:
            if isinstance(event, EvidenceGathered):
                self._meta.on_evidence(event)
        return events

    def study(self) -> None:
        """Be told what the others say."""
        mine = [each for each in self._meta.lessons() if each.stream.name == self._name]
        news = self._meta.news(list(map(studied, mine)), AT)
        for event in news.events:
            if isinstance(event, PriorOffered) and event.stream == self._name:
                self._priors = (prior_of(event),)
        if any(key.startswith(f"{self._name}/") for key in news.withdrawn):
            self._priors = ()


def _taught(past: Floats) -> MetaLearning:
    """Past streams (stream, time, variable), and whoever has learnt from them."""
    meta = MetaLearning(at_once=PAST + 1)
    for place, rows in enumerate(past):
        stream = Watched(f"past-{place}", rows.shape[1], meta)
        for first in range(0, PAST_ROWS, 2 * WINDOW):
            stream.feed(rows[first : first + 2 * WINDOW], first)
    return meta


def _follow(
    curves: Curves, meta: MetaLearning, structures: list[Floats], rng: np.random.Generator
) -> None:
    """New streams, one after the other; each is forgotten before the next."""
    simulation = simulated(rng, np.stack(structures), GRID[-1])
    for rows, structure in zip(simulation, structures, strict=True):
        stream = Watched("new", len(structure), meta)
        for first in range(0, GRID[-1], WINDOW):
            stream.study()
            events = stream.feed(rows[first : first + WINDOW], first)
            if first + WINDOW in GRID:
                graph = next(each for each in events if isinstance(each, GraphUpdated))
                _add(curves, first + WINDOW, graph, structure)
        meta.on_forgotten("new")
        meta.news((), AT)


def _add(curves: Curves, count: int, event: GraphUpdated, structure: Floats) -> None:
    graph = graph_of(event)
    edges = [edge for edge in graph.edges if edge.is_cross and edge.lag >= 1]
    truth = np.concatenate([structure[None], np.zeros((graph.max_lag - 1, *structure.shape))])
    place = {name: index for index, name in enumerate(graph.variables)}
    shown, believed = np.zeros((2, *truth.shape))
    for edge in edges:
        at = edge.lag - 1, place[edge.target], place[edge.source]
        believed[at] = edge.effect
        shown[at] = 0.0 if edge.imported else edge.effect
    asked = np.broadcast_to(~np.eye(len(structure), dtype=np.bool_), truth.shape)
    curves.add("cold", count, (shown[asked] != 0.0, shown[asked]), truth[asked])
    curves.add("system", count, (believed[asked] != 0.0, believed[asked]), truth[asked])
