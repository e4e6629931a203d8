"""The JSON of the HTTP surface, as OpenAPI publishes it."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A document with no other members than these."""

    model_config = ConfigDict(extra="forbid")


class VariableModel(Strict):
    """A column of a stream."""

    name: str = Field(min_length=1, max_length=256)
    unit: str = Field("", max_length=64)


class WindowPolicyModel(Strict):
    """How a stream is cut into windows."""

    kind: Literal["count", "time"] = "count"
    size: int = Field(256, ge=8, le=65536, description="steps in a full window")
    lateness_s: float = Field(0.0, ge=0, le=86400, description="seconds of event time")
    cadence_s: float | None = Field(None, gt=0, description="seconds between steps; kind time")


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


class StreamModel(Strict):
    """A stream and what is measured of it."""

    id: str
    version: int
    origin: Literal["inferred", "explicit"] | None
    variables: list[str]
    units: dict[str, str]
    domain: str
    cadence_s: float | None
    window: WindowPolicyModel | None
    state: Literal["running", "paused"]
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


class StreamDetailsModel(StreamModel):
    """A stream, with what is known to be true of it."""

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


class PathModel(Strict):
    """A chain of accepted edges."""

    variables: list[str]
    lags: list[int]
    effect: float
    delay: int
    score: float
    confidence: float


class HyperedgeModel(Strict):
    """Sources that act on a target jointly."""

    sources: list[str]
    target: str


class GraphModel(Strict):
    """The causal graph of a stream at one version."""

    stream: str
    version: int
    as_of: datetime | None
    rows: int
    windows: int
    variables: list[str]
    max_lag: int
    coverage: CoverageModel
    edges: list[EdgeModel]
    paths: list[PathModel]
    hyperedges: list[HyperedgeModel]


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
