"""What the HTTP surface says, as plain JSON values."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeAlias

from scarcity.causal import Edge, Graph
from scarcity.causal.document import edge_document, number
from scarcity.causal.explanation import conditions, why
from scarcity.events import (
    EdgeChange,
    EdgeChanged,
    GraphUpdated,
    Variable,
    WindowPolicy,
)
from services.gateway.domain.accuracy import Accuracy
from services.gateway.domain.history import Told
from services.gateway.domain.quality import ColumnQuality
from services.gateway.domain.stream_view import StreamView

Json: TypeAlias = Mapping[str, object]

_VERBS = {
    EdgeChange.APPEARED: "now drives",
    EdgeChange.STRENGTHENED: "drives more strongly",
    EdgeChange.WEAKENED: "drives less strongly",
    EdgeChange.FLIPPED: "drives with the other sign",
    EdgeChange.VANISHED: "no longer drives",
}


def moment(at: datetime | None) -> str | None:
    """Return RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def stream_document(view: StreamView, *, now: datetime) -> dict[str, object]:
    """Return a stream as lists show it."""
    definition = view.definition
    return {
        "id": view.stream,
        "version": definition.version if definition else 0,
        "origin": definition.origin if definition else None,
        "variables": list(view.variables),
        "units": {v.name: v.unit for v in view.described if v.unit},
        "domain": definition.domain if definition else "",
        "cadence_s": _grid_s(view),
        "measured_cadence_s": view.cadence_s,
        "window": _policy(definition.window) if definition else None,
        "state": "paused" if view.paused else "running",
        "epoch": view.epoch,
        "change": definition.change if definition else "",
        "records": view.records,
        "windows": view.windows,
        "rate": round(view.rate(now=now), 3),
        "flaws": view.flaws,
        "late": view.late,
        "last_record_at": moment(view.last_record_at),
        "last_window_at": moment(view.last_window_at),
        "edges": view.cross_edges,
        "truth": bool(view.truth),
    }


def stream_details(view: StreamView, *, now: datetime) -> dict[str, object]:
    """Return a stream with each of its variables, and how well the graph agrees with the truth."""
    latest = view.history[-1] if view.history else None
    quality = view.quality
    return {
        **stream_document(view, now=now),
        "variable_details": [_variable(v, quality.get(v.name)) for v in view.described],
        "totals": view.totals,
        "truth_edges": [
            {"source": edge.source, "target": edge.target, "lag": edge.lag} for edge in view.truth
        ],
        "accuracy": latest
        and {
            "precision": latest.precision,
            "recall": latest.recall,
            "f1": latest.f1,
            "history": [_accuracy(point) for point in view.history],
        },
    }


def change_document(changed: EdgeChanged, trace_id: str | None) -> dict[str, object]:
    """Return a change of an edge, with a sentence that says it."""
    edge = changed.edge
    return {
        "id": changed.event_id,
        "type": "EdgeChanged",
        "at": moment(changed.at),
        "stream": changed.stream,
        "summary": change_sentence(changed),
        "change": changed.change,
        "source": edge.source,
        "target": edge.target,
        "lag": edge.lag,
        "effect": edge.effect,
        "ci": (number(edge.ci_low), number(edge.ci_high)),
        "previous_effect": changed.previous_effect,
        "imported": edge.imported,
        "regime": changed.regime,
        "window_id": changed.window_id,
        "trace_id": trace_id,
    }


def change_sentence(changed: EdgeChanged) -> str:
    """Say a change of an edge in plain words.

    "rain now drives river at lag 2 (+0.60)"
    """
    edge = changed.edge
    return (
        f"{edge.source} {_VERBS[changed.change]} {edge.target} "
        f"at lag {edge.lag} ({edge.effect:+.2f})"
    )


def edge_details(
    graph: Graph, edge: Edge, update: GraphUpdated, changes: Iterable[Told]
) -> dict[str, object]:
    """Return an edge, why it is believed or not, and what became of it."""
    return {
        **edge_document(edge),
        "stream": update.stream,
        "version": update.version,
        "as_of": moment(update.as_of),
        "conditions": conditions(graph, edge),
        "why": why(graph, edge),
        "changes": [change_document(*told) for told in changes],
    }


def _grid_s(view: StreamView) -> float | None:
    """Return the seconds between two steps: as defined, else as measured."""
    defined = view.definition.window.cadence_s if view.definition else None
    return defined or view.cadence_s


def _policy(policy: WindowPolicy) -> Json:
    return {
        "kind": policy.kind,
        "size": policy.size,
        "lateness_s": policy.lateness_s,
        "cadence_s": policy.cadence_s,
        "hop": policy.hop,
        "session_gap_s": policy.session_gap_s,
    }


def _variable(variable: Variable, quality: ColumnQuality | None) -> Json:
    return {
        "name": variable.name,
        "unit": variable.unit,
        "kind": variable.kind,
        "resample": variable.resample,
        "low": variable.low,
        "high": variable.high,
        "absent": variable.absent,
        "quality": quality and asdict(quality),
    }


def _accuracy(point: Accuracy) -> Json:
    return {
        "rows": point.rows,
        "at": moment(point.at),
        "precision": point.precision,
        "recall": point.recall,
        "f1": point.f1,
    }
