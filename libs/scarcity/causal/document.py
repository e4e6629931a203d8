"""A graph as a JSON document, and back. No NaN, no infinity: what is not known is null."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import TypedDict

from scarcity.causal.budget import Budget
from scarcity.causal.edges import FORMS, STATES, Edge, EdgePrior, Form, Hyperedge, State
from scarcity.causal.imports import Weighed
from scarcity.causal.paths import Path

Parents = tuple[tuple[tuple[str, int], ...], ...]
"""Of each variable, in order: the sources, with lags, that its edges are tested given."""

ParentsDocument = dict[str, list[list[str | int]]]
"""The same by name: {"x1": [["x0", 1], ...], ...}."""


class CoverageDocument(TypedDict):
    """How much of the graph was tested."""

    tested: int
    possible: int


class BudgetDocument(TypedDict):
    """What might be spent on a window."""

    every: int
    targets: int | None
    most_parents: int
    nonlinear: bool
    single: bool


class EdgePriorDocument(TypedDict):
    """What a prior says of an accepted edge."""

    origin: str
    effect: float
    se: float
    q_value: float


class EdgeDocument(TypedDict):
    """One hypothesis."""

    source: str
    target: str
    lag: int
    effect: float | None
    se: float | None
    ci: list[float | None]
    p_value: float | None
    q_value: float | None
    score: float
    stability: float
    state: State
    oriented: bool
    windows: int
    first_seen: str | None
    last_seen: str | None
    form: Form
    rows: int
    imported: bool
    """whether it is accepted thanks to a prior only"""
    prior: EdgePriorDocument | None


class PathDocument(TypedDict):
    """One chain of accepted edges."""

    variables: list[str]
    lags: list[int]
    effect: float
    delay: int
    score: float
    confidence: float


class HyperedgeDocument(TypedDict):
    """Sources, each a name and a lag, that act on a target jointly."""

    sources: list[list[str | int]]
    target: str
    effect: float | None
    se: float | None
    ci: list[float | None]
    p_value: float | None
    q_value: float | None
    score: float
    state: State
    rows: int


class PriorDocument(TypedDict):
    """What came from elsewhere, and how far it is used."""

    origin: str
    sequence: int
    at: str
    provenance: list[str]
    trust: float
    rows: int
    gain: float
    """nats over own forecasts"""


class GraphDocument(TypedDict):
    """The graph of a stream at one version."""

    stream: str
    version: int
    as_of: str | None
    rows: int
    windows: int
    variables: list[str]
    max_lag: int
    regime: int
    parents: ParentsDocument
    coverage: CoverageDocument
    fresh: int
    """how many hypotheses were tested with all evidence that there is"""
    budget: BudgetDocument
    edges: list[EdgeDocument]
    paths: list[PathDocument]
    hyperedges: list[HyperedgeDocument]
    priors: list[PriorDocument]


def budget_document(budget: Budget) -> BudgetDocument:
    """The budget as JSON has it."""
    return {
        "every": budget.every,
        "targets": budget.targets,
        "most_parents": budget.most_parents,
        "nonlinear": budget.nonlinear,
        "single": budget.single,
    }


def edge_document(edge: Edge) -> EdgeDocument:
    """The edge as JSON has it."""
    return {
        "source": edge.source,
        "target": edge.target,
        "lag": edge.lag,
        "effect": number(edge.effect),
        "se": number(edge.se),
        "ci": [number(bound) for bound in edge.ci],
        "p_value": number(edge.p_value),
        "q_value": number(edge.q_value),
        "score": edge.score,
        "stability": edge.stability,
        "state": edge.state,
        "oriented": edge.oriented,
        "windows": edge.windows,
        "first_seen": instant(edge.first_seen),
        "last_seen": instant(edge.last_seen),
        "form": edge.form,
        "rows": edge.rows,
        "imported": edge.imported,
        "prior": edge.prior and _edge_prior(edge.prior),
    }


def _edge_prior(prior: EdgePrior) -> EdgePriorDocument:
    return {
        "origin": prior.origin,
        "effect": prior.effect,
        "se": prior.se,
        "q_value": prior.q_value,
    }


def prior_document(weighed: Weighed) -> PriorDocument:
    """A prior as JSON has it."""
    return {
        "origin": weighed.origin,
        "sequence": weighed.sequence,
        "at": weighed.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "provenance": list(weighed.provenance),
        "trust": weighed.trust,
        "rows": weighed.rows,
        "gain": weighed.gain,
    }


def read_prior(document: PriorDocument) -> Weighed:
    """The prior that `prior_document` wrote."""
    return Weighed(
        origin=document["origin"],
        sequence=document["sequence"],
        at=datetime.fromisoformat(document["at"]),
        provenance=tuple(document["provenance"]),
        trust=document["trust"],
        rows=document["rows"],
        gain=document["gain"],
    )


def path_document(path: Path) -> PathDocument:
    """The path as JSON has it."""
    return {
        "variables": list(path.variables),
        "lags": list(path.lags),
        "effect": path.effect,
        "delay": path.delay,
        "score": path.score,
        "confidence": path.confidence,
    }


def hyperedge_document(hyperedge: Hyperedge) -> HyperedgeDocument:
    """The hyperedge as JSON has it."""
    return {
        "sources": [[name, lag] for name, lag in hyperedge.sources],
        "target": hyperedge.target,
        "effect": number(hyperedge.effect),
        "se": number(hyperedge.se),
        "ci": [number(bound) for bound in hyperedge.ci],
        "p_value": number(hyperedge.p_value),
        "q_value": number(hyperedge.q_value),
        "score": hyperedge.score,
        "state": hyperedge.state,
        "rows": hyperedge.rows,
    }


def read_hyperedge(document: HyperedgeDocument) -> Hyperedge:
    """The hyperedge that `hyperedge_document` wrote."""
    low, high = document["ci"]
    return Hyperedge(
        sources=tuple((str(name), int(lag)) for name, lag in document["sources"]),
        target=document["target"],
        effect=_float(document["effect"]),
        se=_float(document["se"]),
        ci=(_float(low), _float(high)),
        p_value=_float(document["p_value"]),
        q_value=_float(document["q_value"]),
        score=document["score"],
        state=document["state"],
        rows=document["rows"],
    )


def read_edge(document: EdgeDocument) -> Edge:
    """The edge that `edge_document` wrote."""
    low, high = document["ci"]
    return Edge(
        source=document["source"],
        target=document["target"],
        lag=document["lag"],
        effect=_float(document["effect"]),
        se=_float(document["se"]),
        ci=(_float(low), _float(high)),
        p_value=_float(document["p_value"]),
        q_value=_float(document["q_value"]),
        score=document["score"],
        stability=document["stability"],
        state=_state(document["state"]),
        oriented=document["oriented"],
        windows=document["windows"],
        first_seen=_moment(document["first_seen"]),
        last_seen=_moment(document["last_seen"]),
        form=_form(document["form"]),
        rows=document["rows"],
        imported=document["imported"],
        prior=EdgePrior(**document["prior"]) if document["prior"] else None,
    )


def read_paths(documents: Iterable[PathDocument]) -> tuple[Path, ...]:
    """The paths that `path_document` wrote."""
    return tuple(
        Path(
            variables=tuple(document["variables"]),
            lags=tuple(document["lags"]),
            effect=document["effect"],
            delay=document["delay"],
            score=document["score"],
            confidence=document["confidence"],
        )
        for document in documents
    )


def parents_document(variables: Sequence[str], parents: Parents) -> ParentsDocument:
    """The parents as JSON has them."""
    return {
        name: [list(each) for each in given]
        for name, given in zip(variables, parents, strict=False)
    }


def read_parents(variables: Sequence[str], document: ParentsDocument) -> Parents:
    """The parents that `parents_document` wrote; ValueError when one is no variable."""
    if not document:
        return ()
    unknown = {str(source) for given in document.values() for source, _ in given} - {*variables}
    if unknown or not document.keys() <= {*variables}:
        raise ValueError("the parents name a variable that the graph does not have")
    return tuple(
        tuple((str(source), int(lag)) for source, lag in document.get(name, ()))
        for name in variables
    )


def number(value: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return value if isfinite(value) else None


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC; ValueError without a time zone."""
    if at is None:
        return None
    if at.utcoffset() is None:
        raise ValueError(f"the time {at.isoformat()} has no time zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _float(value: float | None) -> float:
    return float("nan") if value is None else value


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _form(name: Form) -> Form:
    if name not in FORMS:
        raise ValueError(f"{name!r} is no form of an edge; there are {', '.join(FORMS)}")
    return name


def _state(name: State) -> State:
    if name not in STATES:
        raise ValueError(f"{name!r} is no state of an edge; there are {', '.join(STATES)}")
    return name
