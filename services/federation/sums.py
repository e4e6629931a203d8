"""The verdict on a sealed round in words that the rest of the deployment understands."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from scipy import special

from scarcity.events import (
    PeerJudged,
    PooledEdge,
    PooledState,
    PrivacySpent,
    RoundJudged,
    RoundOutcome,
    StatementsRefused,
)
from scarcity.federation.alignment import Own
from scarcity.federation.membership import Membership
from scarcity.federation.protocol.contract import EdgeKey
from scarcity.federation.protocol.sealing import Stage
from scarcity.federation.sealed.evidence import Evidence
from scarcity.federation.sealed.member import Verdict
from scarcity.federation.sealed.progress import Progress
from scarcity.stats.arrays import Floats
from scarcity.stats.multiplicity import benjamini_hochberg

MOST_EDGES = 2000
"""The surest of them are told, when there are more."""
RULE = "sum"
DROPPED = {
    Stage.KEYS: "no-keys",
    Stage.SHARES: "no-shares",
    Stage.INPUT: "no-input",
}
"""Why somebody's input is not in the sum, by the stage that was not answered in time."""


def told(
    verdict: Verdict,
    membership: Membership,
    own: Own | None,
    refused: tuple[StatementsRefused, ...],
    at: datetime,
) -> RoundJudged:
    """Return the event that tells of a verdict."""
    progress, evidence = verdict.progress, verdict.evidence
    return RoundJudged(
        federation=membership.federation,
        subject=membership.contract.subject,
        stream=membership.mapping.stream,
        peer=membership.peer,
        round=progress.number,
        mode=progress.opened.mode.value,
        at=at,
        outcome=RoundOutcome(verdict.outcome),
        reason=verdict.reason,
        rule=RULE,
        quorum=progress.opened.quorum,
        late=verdict.late,
        peers=_peers(progress),
        edges=() if evidence is None else _edges(evidence, membership, own),
        refused=refused,
        opened_at=datetime.fromtimestamp(progress.opened_at_ms / 1000, UTC),
        privacy=_privacy(verdict),
    )


def _privacy(verdict: Verdict) -> PrivacySpent:
    account = verdict.account
    return PrivacySpent(
        epsilon_round=account.rows.epsilon,
        epsilon_spent=account.epsilon,
        epsilon_total=account.total.epsilon,
        delta=account.total.delta,
        rounds=verdict.rounds,
        rows=verdict.rows,
        rows_needed=verdict.rows_needed,
        withheld=verdict.withheld,
        why=verdict.why,
    )


def _peers(progress: Progress) -> tuple[PeerJudged, ...]:
    """All who were invited; how many rows are of whom nobody knows."""
    summed, missing = progress.summed, progress.missing
    weight = 1.0 / len(summed) if summed else 0.0
    return tuple(
        PeerJudged(name, is_used=True, reason="", weight=weight, rows=0)
        if name in summed
        else PeerJudged(name, is_used=False, reason=_reason(missing, name), weight=0.0, rows=0)
        for name in progress.names
    )


def _reason(missing: Mapping[str, Stage], name: str) -> str:
    return DROPPED.get(missing.get(name, Stage.ABORTED), "")


def _edges(evidence: Evidence, membership: Membership, own: Own | None) -> tuple[PooledEdge, ...]:
    """Those that are accepted, the surest first."""
    contract = membership.contract
    q_values = _q_values(evidence)
    found = np.argwhere(q_values <= membership.q)
    surest = found[np.argsort(q_values[tuple(found.T)], kind="stable")][:MOST_EDGES]
    edges = []
    for lag, source, target in surest.tolist():
        place = contract.place(EdgeKey(source, target, lag + 1))
        edges.append(
            PooledEdge(
                source=contract.names[source],
                target=contract.names[target],
                lag=lag + 1,
                effect=float(evidence.effects[lag, source, target]),
                se=float(evidence.errors[lag, source, target]),
                expected_low=None,
                expected_high=None,
                i2=None,
                tau2=0.0,
                q_value=float(q_values[lag, source, target]),
                state=PooledState.ACCEPTED,
                supports=(),
                opposes=(),
                own_effect=None if own is None else _known(own.effect[place]),
                own_se=None if own is None else _known(own.se[place]),
            )
        )
    return tuple(edges)


def _q_values(evidence: Evidence) -> Floats:
    """(lag - 1, source, target); NaN for a variable with itself."""
    p_values = 2.0 * special.ndtr(-np.abs(evidence.z))
    p_values[:, np.eye(p_values.shape[1], dtype=np.bool_)] = np.nan
    return benjamini_hochberg(p_values)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
