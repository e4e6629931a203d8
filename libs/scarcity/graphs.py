"""Causal graphs on the Runtime Bus: the science's `Graph`, and the events that carry it."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from scarcity.causal import Budget, Coverage, Edge, Graph, Hyperedge, Path
from scarcity.causal.document import Parents
from scarcity.causal.edges import FORMS, RECORD, STATES, EdgePrior, EdgeTable, Notes, Told
from scarcity.causal.imports import Weighed
from scarcity.causal.memory import NEVER
from scarcity.errors import PoisonEvent
from scarcity.events import (
    BeliefTable,
    CausalPath,
    EdgeEvidence,
    EdgeForm,
    EdgeState,
    EngineBudget,
    EvidenceGathered,
    EvidenceTable,
    GraphUpdated,
    ParentTable,
    PriorWeighed,
    WindowSealed,
)
from scarcity.events import EdgeTable as EdgeColumns
from scarcity.events import Hyperedge as HyperedgeEvent

MAX_EDGES = 20_000
"""How many edges an event lists: the accepted ones first, then the surest of the others. A wide
stream has more hypotheses than a message can hold; all of them are tested and counted."""

# In the proto file 0 is "unspecified", so that the engine's codes are one lower.
CODE_SHIFT = 1


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
        regime=graph.regime,
        parents=_parent_columns(graph),
        fresh=graph.coverage.fresh,
        budget=budget_event(graph.budget),
        hyperedges=_hyperedge_events(graph),
        priors=tuple(PriorWeighed(**each._asdict()) for each in graph.priors),
        beliefs=_belief_columns(graph),
    )


def evidence_event(graph: Graph, window: WindowSealed) -> EvidenceGathered:
    """Return the event that says what the data up to this window say of every tested edge."""
    records = graph.all_edges.records
    tested = records[records["state"] < STATES.index("untested")][:MAX_EDGES]
    return EvidenceGathered(
        stream=window.stream,
        epoch=window.epoch,
        regime=graph.regime,
        window_id=window.window_id,
        at=window.end_time,
        variables=graph.variables,
        rows=graph.rows,
        max_lag=graph.max_lag,
        edges=EvidenceTable(
            source=_numbers(tested, "source"),
            target=_numbers(tested, "target"),
            lag=_numbers(tested, "lag"),
            effect=_floats(tested, "effect"),
            se=_floats(tested, "se"),
            rows=_numbers(tested, "rows"),
            form=_codes(tested, "form"),
        ),
    )


def graph_of(event: GraphUpdated) -> Graph:
    """Return the graph that an event carries. Raises PoisonEvent when its columns do not fit."""
    try:
        records = _records(event.edges)
        parents = _parents(event)
        hyperedges = _hyperedges(event)
        notes = _notes(event, records)
    except (ValueError, IndexError) as error:
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
        coverage=Coverage(event.tested, event.possible, event.fresh),
        all_edges=EdgeTable.of_records(event.variables, records, notes),
        parents=parents,
        regime=event.regime,
        hyperedges=hyperedges,
        budget=Budget(**asdict(event.budget)),
        priors=tuple(_weighed(each) for each in event.priors),
        known_paths=tuple(_path(path) for path in event.paths),
    )


def budget_event(budget: Budget) -> EngineBudget:
    """Return a budget as events carry it."""
    return EngineBudget(
        every=budget.every,
        targets=budget.targets,
        most_parents=budget.most_parents,
        nonlinear=budget.nonlinear,
        single=budget.single,
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
        form=EdgeForm(edge.form),
        rows=edge.rows,
        imported=edge.imported,
    )


def _columns(records: NDArray[np.void]) -> EdgeColumns:
    return EdgeColumns(
        source=_numbers(records, "source"),
        target=_numbers(records, "target"),
        lag=_numbers(records, "lag"),
        effect=_floats(records, "effect"),
        se=_floats(records, "se"),
        ci_low=_floats(records, "low"),
        ci_high=_floats(records, "high"),
        p_value=_floats(records, "p_value"),
        q_value=_floats(records, "q_value"),
        score=_floats(records, "score"),
        stability=_floats(records, "stability"),
        state=_codes(records, "state"),
        oriented=records["oriented"].astype(np.uint8).tobytes(),
        windows=_numbers(records, "windows"),
        first_seen_us=_stamps(records["first_seen"]),
        last_seen_us=_stamps(records["last_seen"]),
        form=_codes(records, "form"),
        rows=_numbers(records, "rows"),
    )


def _floats(records: NDArray[np.void], field: str) -> bytes:
    return records[field].astype("<f8").tobytes()


def _numbers(records: NDArray[np.void], field: str) -> tuple[int, ...]:
    return tuple(records[field].tolist())


def _codes(records: NDArray[np.void], field: str) -> bytes:
    return (records[field] + CODE_SHIFT).astype(np.uint8).tobytes()


def _records(columns: EdgeColumns) -> NDArray[np.void]:
    records = np.empty(len(columns.source), RECORD)
    for field, data in _float_columns(columns).items():
        _set(records, field, np.frombuffer(data, "<f8"))
    for field, numbers in _number_columns(columns).items():
        _set(records, field, numbers)
    for field, codes, known in (
        ("state", columns.state, len(STATES)),
        ("form", columns.form, len(FORMS)),
    ):
        _set(records, field, np.frombuffer(codes, np.uint8).astype(np.int64) - CODE_SHIFT)
        if not np.isin(records[field], range(known)).all():
            raise ValueError(f"there is a {field} that is none")
    _set(records, "oriented", np.frombuffer(columns.oriented, np.uint8) != 0)
    for field, stamps in (
        ("first_seen", columns.first_seen_us),
        ("last_seen", columns.last_seen_us),
    ):
        _set(records, field, [stamp or NEVER for stamp in stamps])
    return records


def _set(
    records: NDArray[np.void], field: str, values: Sequence[int] | NDArray[np.generic]
) -> None:
    """Numpy would repeat a single value for all."""
    if len(values) != len(records):
        raise ValueError(f"{len(records)} edges have {len(values)} values of {field}")
    records[field] = values


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
        "rows": columns.rows,
    }


def _belief_columns(graph: Graph) -> BeliefTable:
    """What priors have to do with the edges that are listed; accepted ones come first."""
    origins = {each.origin: place for place, each in enumerate(graph.priors)}
    told = [
        (place, edge.prior, edge.imported)
        for place, edge in enumerate(graph.edges[:MAX_EDGES] if graph.all_edges.notes else ())
        if edge.prior is not None
    ]
    priors = [prior for _, prior, _ in told]
    return BeliefTable(
        edge=tuple(place for place, _, _ in told),
        prior=tuple(origins[prior.origin] for prior in priors),
        imported=bytes(imported for _, _, imported in told),
        effect=np.array([prior.effect for prior in priors], "<f8").tobytes(),
        se=np.array([prior.se for prior in priors], "<f8").tobytes(),
        q_value=np.array([prior.q_value for prior in priors], "<f8").tobytes(),
    )


def _notes(event: GraphUpdated, records: NDArray[np.void]) -> Notes:
    table = event.beliefs
    floats = (
        np.frombuffer(column, "<f8").tolist() for column in (table.effect, table.se, table.q_value)
    )
    columns = (table.edge, table.prior, table.imported, *floats)
    return {
        tuple(records[["source", "target", "lag"]][edge].tolist()): Told(
            bool(imported), EdgePrior(event.priors[prior].origin, *numbers)
        )
        for edge, prior, imported, *numbers in zip(*columns, strict=True)
    }


def _weighed(event: PriorWeighed) -> Weighed:
    return Weighed(
        origin=event.origin,
        sequence=event.sequence,
        at=event.at,
        provenance=event.provenance,
        trust=event.trust,
        rows=event.rows,
        gain=event.gain,
    )


def _parent_columns(graph: Graph) -> ParentTable:
    position = {name: index for index, name in enumerate(graph.variables)}
    entries = [
        (target, position[source], lag)
        for target, given in enumerate(graph.parents)
        for source, lag in given
    ]
    target, source, lag = zip(*entries, strict=True) if entries else ((), (), ())
    return ParentTable(target, source, lag)


def _parents(event: GraphUpdated) -> Parents:
    columns = event.parents
    if max((*columns.target, *columns.source), default=-1) >= len(event.variables):
        raise ValueError("a parent names no variable")
    found: list[list[tuple[str, int]]] = [[] for _ in event.variables]
    for target, source, lag in zip(columns.target, columns.source, columns.lag, strict=True):
        found[target].append((event.variables[source], lag))
    return tuple(map(tuple, found))


def _hyperedge_events(graph: Graph) -> tuple[HyperedgeEvent, ...]:
    position = {name: index for index, name in enumerate(graph.variables)}
    return tuple(
        HyperedgeEvent(
            sources=tuple(position[name] for name, _ in each.sources),
            lags=tuple(lag for _, lag in each.sources),
            target=position[each.target],
            effect=each.effect,
            se=each.se,
            ci_low=each.ci[0],
            ci_high=each.ci[1],
            p_value=each.p_value,
            q_value=each.q_value,
            score=each.score,
            state=EdgeState(each.state),
            rows=each.rows,
        )
        for each in graph.hyperedges
    )


def _hyperedges(event: GraphUpdated) -> tuple[Hyperedge, ...]:
    names = event.variables
    return tuple(
        Hyperedge(
            sources=tuple((names[s], lag) for s, lag in zip(each.sources, each.lags, strict=True)),
            target=names[each.target],
            effect=each.effect,
            se=each.se,
            ci=(each.ci_low, each.ci_high),
            p_value=each.p_value,
            q_value=each.q_value,
            score=each.score,
            state=each.state.value,
            rows=each.rows,
        )
        for each in event.hyperedges
    )


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
