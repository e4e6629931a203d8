"""A verdict in words that the rest of the deployment understands."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from scarcity.causal.prior import Expected, Prior
from scarcity.events import (
    PeerJudged,
    PooledEdge,
    PooledState,
    PriorOffered,
    RoundJudged,
    RoundOutcome,
    StatementsRefused,
)
from scarcity.federation.alignment import Own
from scarcity.federation.membership import Membership
from scarcity.federation.node import Verdict
from scarcity.federation.pooling import Pooled, expected
from scarcity.federation.protocol.statement import EvidenceOffered
from scarcity.priors import prior_event

Count = Callable[[str], None]
"""Takes the reason of a statement that was refused."""

MOST_EDGES = 2000
"""The surest of them are told, when there are more."""


def told(
    verdict: Verdict,
    membership: Membership,
    own: Own | None,
    refused: Counter[tuple[str, str]],
    at: datetime,
) -> RoundJudged:
    """Return the event that tells of a verdict."""
    current = verdict.round
    return RoundJudged(
        federation=membership.federation,
        subject=membership.contract.subject,
        stream=membership.mapping.stream,
        peer=membership.peer,
        round=current.number,
        mode=current.opened.mode.value,
        at=at,
        outcome=RoundOutcome(verdict.outcome),
        reason=current.reason,
        rule=membership.rule,
        quorum=current.opened.quorum,
        late=verdict.late,
        peers=_peers(verdict),
        edges=() if verdict.pooled is None else _edges(verdict, verdict.pooled, membership, own),
        refused=tuple(
            StatementsRefused(peer, reason, count)
            for (peer, reason), count in sorted(refused.items())
        ),
        opened_at=datetime.fromtimestamp(current.opened_at_ms / 1000, UTC),
    )


def offered(verdict: Verdict, others: Pooled, membership: Membership, at: datetime) -> PriorOffered:
    """Return what the others' evidence leads one to expect here, in the names of the stream."""
    names = {there: here for here, there in membership.mapping.names.items()}
    contract = membership.contract
    source, target, lag = np.array(list(contract.edges()), np.int64).T
    is_mapped = np.array([name in names for name in contract.names])
    here = is_mapped[source] & is_mapped[target]
    place = np.cumsum(is_mapped) - 1
    beliefs = expected(others)
    used = [
        (peer, verdict.round.counted[peer].statement.content)
        for peer, is_used in zip(verdict.peers, others.used, strict=True)
        if is_used and peer != membership.peer
    ]
    prior = Prior(
        origin=f"federation:{membership.federation}",
        sequence=verdict.round.number,
        at=at,
        provenance=tuple(peer for peer, _ in used),
        rows=sum(content.rows for _, content in used if isinstance(content, EvidenceOffered)),
        variables=tuple(names[name] for name in contract.names if name in names),
        source=place[source[here]],
        target=place[target[here]],
        lag=lag[here],
        expected=Expected(beliefs.mean[here], beliefs.se[here], beliefs.contested[here]),
    )
    return prior_event(prior, membership.mapping.stream)


def _peers(verdict: Verdict) -> tuple[PeerJudged, ...]:
    pooled = verdict.pooled
    found = []
    for place, peer in enumerate(verdict.peers):
        content = verdict.round.counted[peer].statement.content
        assert isinstance(content, EvidenceOffered)
        reason = "" if pooled is None else pooled.reasons[place] or ""
        weight = 0.0 if pooled is None else float(np.nan_to_num(pooled.weight[place]))
        is_used = pooled is not None and not reason
        found.append(PeerJudged(peer, is_used, reason, weight, content.rows))
    return tuple(found)


def _edges(
    verdict: Verdict, pooled: Pooled, membership: Membership, own: Own | None
) -> tuple[PooledEdge, ...]:
    names = membership.contract.names
    states = pooled.states
    keys = list(membership.contract.edges())
    shown = np.flatnonzero(pooled.accepted | pooled.contested)
    surest = shown[np.argsort(pooled.q_value[shown], kind="stable")][:MOST_EDGES]
    low, high = pooled.prediction
    return tuple(
        PooledEdge(
            source=names[keys[place].source],
            target=names[keys[place].target],
            lag=keys[place].lag,
            effect=float(pooled.effect[place]),
            se=float(pooled.se[place]),
            expected_low=_known(low[place]),
            expected_high=_known(high[place]),
            i2=_known(pooled.i2[place]),
            tau2=float(np.nan_to_num(pooled.tau2[place])),
            q_value=float(pooled.q_value[place]),
            state=PooledState(states[place]),
            supports=_named(verdict.peers, pooled.supports[:, place]),
            opposes=_named(verdict.peers, pooled.opposes[:, place]),
            own_effect=None if own is None else _known(own.effect[place]),
            own_se=None if own is None else _known(own.se[place]),
        )
        for place in map(int, surest)
    )


def _named(
    peers: tuple[str, ...], chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[str, ...]:
    return tuple(peer for peer, is_chosen in zip(peers, chosen, strict=True) if is_chosen)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
