"""What became of graphs over time, and the ways between two variables."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.gateway.models.base import Strict
from services.gateway.models.graphs import PathModel


class PointModel(Strict):
    """What changed over one or more moments."""

    at: datetime = Field(description="the last of them, in the time of the data")
    appeared: int
    strengthened: int
    weakened: int
    flipped: int
    vanished: int
    edges: int = Field(description="accepted ones between different variables, after it")
    regime: int = Field(description="number of the one that the graph described after it")


class HistoryModel(Strict):
    """How a graph changed."""

    stream: str
    since: datetime = Field(description="from when on all is known")
    until: datetime = Field(description="the newest moment of which something is known")
    changes: int = Field(description="of edges, that are kept")
    points: list[PointModel] = Field(description="oldest first")


class EdgeThenModel(Strict):
    """An accepted edge at a moment; null is what is not known of it."""

    source: str
    target: str
    lag: int
    effect: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    score: float | None
    form: Literal["linear", "quadratic"]
    imported: bool = Field(description="believed thanks to a prior only")
    regime: int | None
    changed_at: datetime | None = Field(description="when it came to be so")
    certain: bool = Field(
        description="false: known backwards only, by what became of it later or by the graph of now"
    )


class GraphThenModel(Strict):
    """The accepted edges of a graph at a moment."""

    stream: str
    at: datetime
    since: datetime = Field(description="from when on all is known")
    variables: list[str]
    edges: list[EdgeThenModel] = Field(description="the surest first, as far as that is known")


class DifferenceModel(Strict):
    """An edge at two moments; null = it was not there."""

    source: str
    target: str
    lag: int
    change: Literal["appeared", "vanished", "strengthened", "weakened", "flipped", "same"] = Field(
        description="same: there at both, or at neither, and not moved beyond its standard errors"
    )
    before: float | None
    after: float | None
    changes: int = Field(description="after the first moment, up to the second")


class CountsModel(Strict):
    """How many edges did what between two moments."""

    appeared: int
    vanished: int
    strengthened: int
    weakened: int
    flipped: int
    same: int
    passing: int


class DifferencesModel(Strict):
    """The difference between a graph at two moments."""

    stream: str
    from_: datetime = Field(alias="from")
    to: datetime
    since: datetime = Field(description="from when on all is known")
    variables: list[str]
    edges: list[DifferenceModel] = Field(description="those that were there at either moment")
    passing: list[DifferenceModel] = Field(
        description="those that came and went in between: there at neither moment"
    )
    counts: CountsModel


class StepModel(Strict):
    """An edge on the way."""

    source: str
    target: str
    lag: int
    effect: float


class WayModel(PathModel):
    """A path, step by step."""

    edges: list[StepModel]


class PathsModel(Strict):
    """The ways over accepted edges from one variable to another."""

    stream: str
    version: int
    from_: str = Field(alias="from")
    to: str
    paths: list[WayModel] = Field(
        description="by the score of the weakest edge; among equals the shorter, then the stronger"
    )
    complete: bool = Field(description="whether these are all that there are")
    why: str | None = Field(description="what is there in place of a path, when there is none")
