"""Events as a person reads them, one line each, and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import singledispatch

import numpy as np
import orjson

from scarcity.events import (
    DeadLettered,
    EdgeChanged,
    Event,
    EvidenceGathered,
    EvidenceTable,
    GraphUpdated,
    OutcomeMeasured,
    PriorOffered,
    PriorTable,
    RecordLate,
    StreamDefined,
    WindowQuality,
    WindowSealed,
)
from scarcity.graphs import graph_of

PREFIX = "scarcity.v1."
QUALITY = {
    "valid": "<u4",
    "location": "<f8",
    "scale": "<f8",
    "drift": "<f8",
    "out_of_range": "<u4",
    "stuck": "u1",
}
"""How the arrays of a window's quality are packed."""


def line(event: Event) -> str:
    """Return an event in one line: topic, key, and what it says."""
    return f"{event.topic.name.removeprefix(PREFIX):<12} {event.key}  {_words(event)}"


def document(event: Event) -> bytes:
    """Return an event as one line of JSON; the arrays in it as lists, bytes as text."""
    whole = {
        "topic": event.topic.name,
        "key": event.key,
        "type": type(event).__name__,
        "id": event.event_id,
        "at": event.occurred_at,
        "event": _plain(event),
    }
    return orjson.dumps(whole, default=_text)


def _text(value: object) -> str:
    assert isinstance(value, bytes)
    return value.decode(errors="replace")


@singledispatch
def _words(event: Event) -> str:
    return f"{type(event).__name__} {event.event_id}"


@_words.register
def _(window: WindowSealed) -> str:
    flaws = "".join(f", {count} {reason}" for reason, count in window.flaws.items())
    return (
        f"{window.window_id}: {window.records} records on {window.steps} steps of "
        f"{len(window.columns)} columns, "
        f"{window.start_time:%FT%T} to {window.end_time:%FT%T}{flaws}"
    )


@_words.register
def _(definition: StreamDefined) -> str:
    names = ", ".join(variable.name for variable in definition.variables) or "to be inferred"
    change = f"; {definition.change}" if definition.change else ""
    return (
        f"version {definition.version}, {definition.origin}, epoch {definition.epoch}, "
        f"variables {names}{change}"
    )


@_words.register
def _(late: RecordLate) -> str:
    return (
        f"partition {late.origin_partition} offset {late.origin_offset}: "
        f"{late.record_time:%FT%T}, but all up to {late.sealed_until:%FT%T} was sealed"
    )


@_words.register
def _(letter: DeadLettered) -> str:
    return (
        f"partition {letter.origin_partition} offset {letter.origin_offset}: "
        f"{letter.reason}: {letter.message}"
    )


@_words.register
def _(changed: EdgeChanged) -> str:
    edge = changed.edge
    return (
        f"{edge.source} -> {edge.target} lag {edge.lag} {changed.change}, "
        f"effect {edge.effect:+.2f}, q {edge.q_value:.0e}"
        f"{', thanks to a prior' if edge.imported else ''}"
    )


@_words.register
def _(update: GraphUpdated) -> str:
    cross = [edge for edge in graph_of(update).edges if edge.is_cross]
    imported = sum(edge.imported for edge in cross)
    return (
        f"version {update.version} from {update.rows} rows: {len(cross)} edges among "
        f"{len(update.variables)} variables{f', {imported} thanks to a prior' if imported else ''}"
    )


@_words.register
def _(prior: PriorOffered) -> str:
    return (
        f"round {prior.sequence}: {len(prior.edges.source)} edges among {len(prior.variables)} "
        f"variables, by {prior.rows} rows of {', '.join(prior.provenance) or 'nobody'}"
    )


@_words.register
def _(evidence: EvidenceGathered) -> str:
    return (
        f"{evidence.window_id}: {len(evidence.edges.source)} tested edges among "
        f"{len(evidence.variables)} variables from {evidence.rows} rows"
    )


@_words.register
def _(outcome: OutcomeMeasured) -> str:
    score = "no score yet" if outcome.score is None else f"score {outcome.score:+.3f}"
    return (
        f"{outcome.window_id}: {score} on {outcome.window_rows} rows, "
        f"{outcome.seconds:.3f} s of processor time"
    )


@singledispatch
def _plain(event: object) -> object:
    return event


@_plain.register
def _(window: WindowSealed) -> Mapping[str, object]:
    plain = {**asdict(window), "values": window.matrix().tolist()}
    del plain["validity"]
    return {**plain, "quality": _plain(window.quality)}


@_plain.register
def _(quality: WindowQuality) -> Mapping[str, object]:
    return {
        name: np.frombuffer(getattr(quality, name), dtype=kind).tolist()
        for name, kind in QUALITY.items()
    }


@_plain.register
def _(update: GraphUpdated) -> Mapping[str, object]:
    graph = graph_of(update)
    return {**graph.to_dict(update.stream, update.version, as_of=update.as_of)}


@_plain.register
def _(evidence: EvidenceGathered) -> Mapping[str, object]:
    return {**asdict(evidence), "edges": _plain(evidence.edges)}


@_plain.register
def _(table: EvidenceTable) -> Mapping[str, object]:
    return _lists(table, {"effect": "<f8", "se": "<f8", "form": "u1"})


@_plain.register
def _(prior: PriorOffered) -> Mapping[str, object]:
    return {**asdict(prior), "edges": _plain(prior.edges)}


@_plain.register
def _(table: PriorTable) -> Mapping[str, object]:
    return _lists(table, {"mean": "<f8", "se": "<f8", "contested": "?", "share": "<f8"})


def _lists(table: EvidenceTable | PriorTable, columns: Mapping[str, str]) -> Mapping[str, object]:
    lists = {
        name: np.frombuffer(getattr(table, name), dtype=kind).tolist()
        for name, kind in columns.items()
    }
    return {**asdict(table), **lists}
