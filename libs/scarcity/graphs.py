"""Causal graphs on the Runtime Bus: the science's `Graph` and the event `GraphUpdated`."""

import numpy as np
from numpy.typing import NDArray

from scarcity.causal import Coverage, Edge, Graph, Path
from scarcity.causal.edges import RECORD, EdgeTable
from scarcity.causal.memory import NEVER
from scarcity.errors import PoisonEvent
from scarcity.events import CausalPath, EdgeEvidence, EdgeState, GraphUpdated, WindowSealed
from scarcity.events import EdgeTable as EdgeColumns

MAX_EDGES = 20_000
"""How many edges an event lists: the accepted ones first, then the surest of the others. A wide
stream has more hypotheses than a message can hold; all of them are tested and counted."""

# In the proto file 0 is "unspecified", so that the engine's codes are one lower.
STATE_SHIFT = 1


def graph_event(graph: Graph, window: WindowSealed, *, version: int) -> GraphUpdated:
    """Return the event that says: after this window, this is the graph."""
    return GraphUpdated(
        stream=window.stream,
        epoch=window.epoch,
        version=version,
        as_of=window.end_time,
        rows=graph.rows,
        windows=graph.windows,
        variables=graph.variables,
        max_lag=graph.max_lag,
        tested=graph.coverage.tested,
        possible=graph.coverage.possible,
        edges=_columns(graph.all_edges.records[:MAX_EDGES]),
        paths=tuple(_path_event(path) for path in graph.paths),
        window_id=window.window_id,
    )


def graph_of(event: GraphUpdated) -> Graph:
    """Return the graph that an event carries. Raises PoisonEvent when its columns do not fit."""
    try:
        records = _records(event.edges)
    except ValueError as error:
        raise PoisonEvent("graph-shape", f"the edges of {event.stream}: {error}") from error
    if len(records) and max(records["source"].max(), records["target"].max()) >= len(
        event.variables
    ):
        raise PoisonEvent("graph-shape", f"an edge of {event.stream} names no variable of it")
    return Graph(
        variables=event.variables,
        max_lag=event.max_lag,
        rows=event.rows,
        windows=event.windows,
        coverage=Coverage(event.tested, event.possible),
        all_edges=EdgeTable(event.variables, records),
        known_paths=tuple(_path(path) for path in event.paths),
    )


def evidence_of(edge: Edge) -> EdgeEvidence:
    """Return an edge as events carry it."""
    return EdgeEvidence(
        source=edge.source,
        target=edge.target,
        lag=edge.lag,
        effect=edge.effect,
        se=edge.se,
        ci_low=edge.ci[0],
        ci_high=edge.ci[1],
        p_value=edge.p_value,
        q_value=edge.q_value,
        score=edge.score,
        stability=edge.stability,
        state=EdgeState(edge.state),
        oriented=edge.oriented,
        windows=edge.windows,
        first_seen=edge.first_seen,
        last_seen=edge.last_seen,
    )


def _columns(records: NDArray[np.void]) -> EdgeColumns:
    def floats(field: str) -> bytes:
        return records[field].astype("<f8").tobytes()

    def numbers(field: str) -> tuple[int, ...]:
        return tuple(records[field].tolist())

    return EdgeColumns(
        source=numbers("source"),
        target=numbers("target"),
        lag=numbers("lag"),
        effect=floats("effect"),
        se=floats("se"),
        ci_low=floats("low"),
        ci_high=floats("high"),
        p_value=floats("p_value"),
        q_value=floats("q_value"),
        score=floats("score"),
        stability=floats("stability"),
        state=(records["state"] + STATE_SHIFT).astype(np.uint8).tobytes(),
        oriented=records["oriented"].astype(np.uint8).tobytes(),
        windows=numbers("windows"),
        first_seen_us=_stamps(records["first_seen"]),
        last_seen_us=_stamps(records["last_seen"]),
    )


def _records(columns: EdgeColumns) -> NDArray[np.void]:
    records = np.empty(len(columns.source), RECORD)
    for field, data in _float_columns(columns).items():
        records[field] = np.frombuffer(data, "<f8")
    for field, numbers in _number_columns(columns).items():
        records[field] = numbers
    records["state"] = np.frombuffer(columns.state, np.uint8).astype(np.int64) - STATE_SHIFT
    records["oriented"] = np.frombuffer(columns.oriented, np.uint8) != 0
    for field, stamps in (
        ("first_seen", columns.first_seen_us),
        ("last_seen", columns.last_seen_us),
    ):
        records[field] = [stamp or NEVER for stamp in stamps]
    if not np.isin(records["state"], (0, 1, 2)).all():
        raise ValueError("there is a state that is none")
    return records


def _float_columns(columns: EdgeColumns) -> dict[str, bytes]:
    return {
        "effect": columns.effect,
        "se": columns.se,
        "low": columns.ci_low,
        "high": columns.ci_high,
        "p_value": columns.p_value,
        "q_value": columns.q_value,
        "score": columns.score,
        "stability": columns.stability,
    }


def _number_columns(columns: EdgeColumns) -> dict[str, tuple[int, ...]]:
    return {
        "source": columns.source,
        "target": columns.target,
        "lag": columns.lag,
        "windows": columns.windows,
    }


def _stamps(column: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(np.where(column == NEVER, 0, column).tolist())


def _path_event(path: Path) -> CausalPath:
    return CausalPath(
        variables=path.variables,
        lags=path.lags,
        effect=path.effect,
        delay=path.delay,
        score=path.score,
        confidence=path.confidence,
    )


def _path(event: CausalPath) -> Path:
    return Path(
        variables=event.variables,
        lags=event.lags,
        effect=event.effect,
        delay=event.delay,
        score=event.score,
        confidence=event.confidence,
    )
