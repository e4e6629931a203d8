"""Deployments that share evidence and take priors, through the parts that really do it.

    rows -> StreamEngine -> EvidenceGathered -> aligned -> pool without own -> PriorOffered -> back

What travels between deployments is not signed here, and there is no bus: nothing of that changes a
number. Every deployment names its variables by the contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from scarcity.causal import Budget, EngineConfig, Graph
from scarcity.causal.prior import Prior
from scarcity.events import EvidenceGathered, GraphUpdated, WindowSealed, pack_matrix
from scarcity.federation.alignment import aligned
from scarcity.federation.pooling import Beliefs, Pooled, expected
from scarcity.federation.protocol.contract import Contract, EdgeKey, Mapping
from scarcity.graphs import graph_of
from scarcity.priors import prior_event, prior_of
from scarcity.stats.arrays import Floats
from services.mpie.domain import Given, StreamEngine

AT = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = EngineConfig(max_lag=1, min_effect=0.0, nonlinear=False)
"""Of worlds whose effects take one step; all that is there counts, as it does in `pooling`."""


@dataclass
class Deployment:
    """One stream, its engine, and what it said last."""

    values: Floats
    """(time, variable)"""
    config: EngineConfig = CONFIG
    engine: StreamEngine = field(init=False)
    evidence: EvidenceGathered | None = None
    graph: Graph | None = None
    prior: tuple[Prior, ...] = ()
    rows: int = 0

    def __post_init__(self) -> None:
        self.engine = StreamEngine(self.config, evidence_every=1)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{n:02d}" for n in range(self.values.shape[1]))

    def run(self, rows: int) -> None:
        """Take the next rows, as one window."""
        sealed = self._window(rows)
        self.rows += rows
        for event in self.engine.apply(sealed, Given(Budget(), self.prior), lambda: 0.0):
            if isinstance(event, EvidenceGathered):
                self.evidence = event
            elif isinstance(event, GraphUpdated):
                self.graph = graph_of(event)

    def offer(self, prior: Prior) -> None:
        """Offer a prior, as it comes from the bus."""
        self.prior = (prior_of(prior_event(prior, "s")),)

    def _window(self, rows: int) -> WindowSealed:
        part = self.values[self.rows : self.rows + rows]
        packed, validity = pack_matrix(part)
        return WindowSealed(
            window_id=f"s/0/{self.rows}-{len(part)}",
            stream="s",
            epoch=0,
            start_step=self.rows,
            steps=len(part),
            columns=self.names,
            values=packed,
            validity=validity,
            start_time=AT + timedelta(seconds=self.rows),
            end_time=AT + timedelta(seconds=self.rows + len(part) - 1),
            definition_version=1,
            records=len(part),
        )


def contract_of(deployment: Deployment) -> Contract:
    return Contract(
        subject="plants",
        variables=dict.fromkeys(deployment.names, ""),
        cadence_s=1.0,
        max_lag=deployment.config.max_lag,
    )


def found_by(deployments: Sequence[Deployment], contract: Contract) -> Beliefs:
    """What the evidence of all says, in the order of the contract."""
    mapping = Mapping(stream="s", names={name: name for name in contract.names})
    evidence = [each.evidence for each in deployments]
    owns = [aligned(each, mapping, contract) for each in evidence if each is not None]
    return Beliefs(
        effect=np.array([own.effect for own in owns]),
        se=np.array([own.se for own in owns]),
        rows=np.array([float(own.rows) for own in owns]),
    )


def prior_from(others: Pooled, contract: Contract, number: int) -> Prior:
    """The prior that the others' evidence makes, after a round."""
    source, target, lag = np.array(list(contract.edges()), np.int64).T
    peers = [place for place in np.flatnonzero(others.used).tolist() if place != others.own]
    return Prior(
        origin="federation:plants",
        sequence=number,
        at=AT + timedelta(minutes=number),
        provenance=tuple(f"p{place}" for place in peers),
        rows=int(np.nanmax(others.rows, initial=0.0)),
        variables=contract.names,
        source=source,
        target=target,
        lag=lag,
        expected=expected(others),
    )


def signs(graph: Graph, contract: Contract, *, own: bool = False) -> Floats:
    """(edge): the signs of the accepted edges, by own data only if so wanted."""
    found = np.zeros(contract.size)
    position = {name: place for place, name in enumerate(contract.names)}
    for edge in graph.edges:
        if edge.is_cross and edge.lag and not (own and edge.imported):
            key = EdgeKey(position[edge.source], position[edge.target], edge.lag)
            found[contract.place(key)] = np.sign(edge.effect)
    return found
