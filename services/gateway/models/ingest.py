"""What became of records that were sent."""

from pydantic import Field

from services.gateway.models.base import Strict


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
