"""Streams: what they are said to be, and what is measured of them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from services.gateway.models.base import NO_FRACTION, BodyModel, Strict, Whole


class VariableModel(BodyModel):
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


class WindowPolicyModel(BodyModel):
    """How a stream is cut into windows."""

    kind: Literal["count", "time"] = "count"
    size: Whole = Field(256, ge=8, le=65536, description="steps in a full window")
    lateness_s: FiniteFloat = Field(0.0, ge=0, le=86400, description="seconds of event time")
    cadence_s: FiniteFloat | None = Field(
        None, gt=0, description="seconds between steps; kind time; left out: as the records have it"
    )
    hop: Annotated[int, Field(ge=1), NO_FRACTION] | None = Field(
        None, description="steps between the beginnings of two windows; left out: the size"
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


class ReferenceEdgeModel(BodyModel):
    """An edge that is known to be true."""

    source: str
    target: str
    lag: Whole = Field(ge=0, le=1000)


class DefinitionModel(BodyModel):
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
