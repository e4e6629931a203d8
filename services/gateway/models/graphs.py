"""Causal graphs, edge by edge, and what became of edges."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.gateway.models.base import Strict


class CoverageModel(Strict):
    """How many hypotheses were tested."""

    tested: int
    possible: int


class BudgetModel(Strict):
    """What the engine may spend on a window, beyond keeping the evidence."""

    every: int = Field(description="the graph is brought up to date at every so manieth window")
    targets: int | None = Field(description="of so many targets, at most; null = of all")
    most_parents: int
    nonlinear: bool
    single: bool


class EdgePriorModel(Strict):
    """What a prior says of an accepted edge."""

    origin: str
    effect: float = Field(description="what it expects")
    se: float
    q_value: float = Field(description="of the edge, own evidence and prior taken together")


class EdgeModel(Strict):
    """A directed lagged relation; effects in standard deviations."""

    source: str
    target: str
    lag: int
    effect: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    p_value: float | None
    q_value: float | None
    score: float
    stability: float
    state: Literal["accepted", "rejected", "untested"]
    oriented: bool
    windows: int
    first_seen: datetime | None
    last_seen: datetime | None
    form: Literal["linear", "quadratic"] = Field(
        description="quadratic: the numbers are those of the square of the source"
    )
    rows: int = Field(description="that the numbers rest on, less what was fitted to them")
    imported: bool = Field(
        description="accepted thanks to a prior only; the numbers are of data and prior together"
    )
    prior: EdgePriorModel | None = Field(description="null: none says anything of the edge")


class PathModel(Strict):
    """A chain of accepted edges."""

    variables: list[str]
    lags: list[int]
    effect: float
    delay: int
    score: float
    confidence: float


class HyperedgeModel(Strict):
    """Sources, each a name and a lag, that act on a target jointly, beyond their single effects."""

    sources: list[tuple[str, int]]
    target: str
    effect: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    p_value: float | None
    q_value: float | None
    score: float
    state: Literal["accepted", "rejected", "untested"]
    rows: int


class PriorModel(Strict):
    """What came from elsewhere, and how far it is used."""

    origin: str = Field(description="federation:<name>, or meta_learning")
    sequence: int = Field(description="of the round or step that it comes from")
    at: datetime
    provenance: list[str] = Field(description="the peers or streams whose evidence it rests on")
    trust: float = Field(description="0 to 1: as far as it has foreseen the stream's own rows")
    rows: int = Field(description="that it was judged by")
    gain: float = Field(description="nats by which forecasts with it are ahead of own ones")


class GraphModel(Strict):
    """The causal graph of a stream at one version."""

    stream: str
    version: int
    as_of: datetime | None
    rows: int
    windows: int
    variables: list[str]
    max_lag: int
    regime: int = Field(description="number of the one that the graph describes")
    parents: dict[str, list[tuple[str, int]]] = Field(
        description="of each variable: the sources, with lags, that its edges are tested given"
    )
    coverage: CoverageModel
    fresh: int = Field(
        description="hypotheses tested with all evidence that there is; others wait for their turn"
    )
    budget: BudgetModel
    edges: list[EdgeModel]
    paths: list[PathModel]
    hyperedges: list[HyperedgeModel]
    priors: list[PriorModel] = Field(description="what came from elsewhere")


class ChangeModel(Strict):
    """What became of an edge with a window."""

    id: str
    type: Literal["EdgeChanged"]
    at: datetime
    stream: str
    summary: str
    change: Literal["appeared", "strengthened", "weakened", "flipped", "vanished"]
    source: str
    target: str
    lag: int
    effect: float | None
    ci: tuple[float | None, float | None]
    previous_effect: float | None
    imported: bool = Field(description="believed thanks to a prior only")
    regime: int
    window_id: str
    trace_id: str | None


class EdgeDetailsModel(EdgeModel):
    """An edge, and why it is believed or not."""

    stream: str
    version: int
    as_of: datetime | None
    conditions: list[tuple[str, int]] = Field(
        description="the other sources, with lags, that are held fixed when it is tested"
    )
    why: str = Field(description="why it is believed or not, in words")
    changes: list[ChangeModel] = Field(description="what became of it, newest first")
