"""The JSON of the HTTP surface, as OpenAPI publishes it."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class Strict(BaseModel):
    """A document with no other members than these."""

    model_config = ConfigDict(extra="forbid")


class VariableModel(Strict):
    """A variable of a stream."""

    name: str = Field(min_length=1, max_length=256)
    unit: str = Field("", max_length=64)
    kind: Literal["numeric", "boolean", "categorical"] = Field(
        "numeric", description="categorical ones are known by name, but no columns of the windows"
    )
    resample: Literal["last", "mean", "interpolate"] = Field(
        "last", description="what a step of windows by time shows"
    )
    low: FiniteFloat | None = Field(None, description="values below are flagged, not removed")
    high: FiniteFloat | None = Field(None, description="values above are flagged, not removed")


class WindowPolicyModel(Strict):
    """How a stream is cut into windows."""

    kind: Literal["count", "time"] = "count"
    size: int = Field(256, ge=8, le=65536, description="steps in a full window")
    lateness_s: FiniteFloat = Field(0.0, ge=0, le=86400, description="seconds of event time")
    cadence_s: FiniteFloat | None = Field(
        None, gt=0, description="seconds between steps; kind time; left out: as the records have it"
    )
    hop: int | None = Field(
        None, ge=1, description="steps between the beginnings of two windows; left out: the size"
    )
    session_gap_s: FiniteFloat | None = Field(
        None, gt=0, description="a silence of so many seconds of event time ends a session"
    )


class WindowModel(Strict):
    """How a stream is cut into windows, as it is."""

    kind: Literal["count", "time"]
    size: int
    lateness_s: float
    cadence_s: float | None
    hop: int | None
    session_gap_s: float | None


class ReferenceEdgeModel(Strict):
    """An edge that is known to be true."""

    source: str
    target: str
    lag: int = Field(ge=0, le=1000)


class DefinitionModel(Strict):
    """What a person or program says a stream is; wins over what is inferred."""

    variables: list[VariableModel] = Field(
        default_factory=list, max_length=2000, description="left out: inferred from the records"
    )
    window: WindowPolicyModel = WindowPolicyModel()
    domain: str = Field("", max_length=200)
    reference_edges: list[ReferenceEdgeModel] = Field(default_factory=list, max_length=100_000)
    paused: bool | None = Field(None, description="left out: as it is")


class AcceptedModel(Strict):
    """A definition is on its way; it holds from the next record on."""

    id: str
    version: int


class StreamModel(Strict):
    """A stream and what is measured of it."""

    id: str
    version: int
    origin: Literal["inferred", "explicit"] | None
    variables: list[str]
    units: dict[str, str]
    domain: str
    cadence_s: float | None = Field(description="seconds between steps: as defined, else measured")
    measured_cadence_s: float | None = Field(description="seconds between two records")
    window: WindowModel | None
    state: Literal["running", "paused"]
    epoch: int
    change: str = Field(description="what the newest version changed, in words")
    records: int
    windows: int
    rate: float
    flaws: dict[str, int]
    late: int
    last_record_at: datetime | None
    last_window_at: datetime | None
    edges: int
    truth: bool


class AccuracyPointModel(Strict):
    """How well the graph agreed with the truth at one moment."""

    rows: int
    at: datetime
    precision: float
    recall: float
    f1: float


class AccuracyModel(Strict):
    """How well the graph agrees with the truth."""

    precision: float
    recall: float
    f1: float
    history: list[AccuracyPointModel]


class QualityModel(Strict):
    """What the last window says of a column."""

    missing: float = Field(description="share of the steps without a value")
    location: float | None = Field(description="the median")
    scale: float | None = Field(description="1.4826 times the median distance from the median")
    drift: float | None = Field(description="how far both moved from what is usual, in scales")
    out_of_range: int
    stuck: bool = Field(description="many values, all of them the same")


class VariableDetailsModel(Strict):
    """A variable, and what the last window says of it if it is a column."""

    name: str
    unit: str
    kind: Literal["numeric", "boolean", "categorical"]
    resample: Literal["last", "mean", "interpolate"]
    low: float | None
    high: float | None
    absent: bool = Field(description="it has not come for a whole window")
    quality: QualityModel | None


class TotalsModel(Strict):
    """What all windows hold; cells are values, there or missing."""

    records: int
    cells: int
    missing: int
    out_of_range: int


class StreamDetailsModel(StreamModel):
    """A stream, with each of its variables, and what is known to be true of it."""

    variable_details: list[VariableDetailsModel]
    totals: TotalsModel
    truth_edges: list[ReferenceEdgeModel]
    accuracy: AccuracyModel | None


class StreamsModel(Strict):
    """A page of streams."""

    items: list[StreamModel]
    next: str | None


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
    previous_effect: float | None
    imported: bool = Field(description="believed thanks to a prior only")
    regime: int
    window_id: str


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


class RefusedModel(Strict):
    """A line that was not accepted."""

    line: int
    reason: str
    message: str


class WarningModel(Strict):
    """A value of an accepted line that is treated as missing."""

    line: int
    variable: str
    reason: str


class IngestModel(Strict):
    """What became of the lines of a body."""

    accepted: int
    rejected: int
    problems: list[RefusedModel] = Field(description="at most the first 100")
    warnings: list[WarningModel] = Field(description="at most the first 100")


class ProblemModel(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {404: {"model": ProblemModel}}
"""What OpenAPI says of calls about one stream."""

REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": ProblemModel},
    503: {"model": ProblemModel},
}
"""What OpenAPI says of calls that put something on the bus."""
