"""What all documents have in common, and problems."""

import re
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _written_out(value: object) -> object:
    if isinstance(value, str) and not RFC3339.fullmatch(value):
        raise ValueError("write a time as 2026-01-31T12:00:00Z")
    return value


def _without_fraction(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


NO_FRACTION = BeforeValidator(_without_fraction)
Whole: TypeAlias = Annotated[int, NO_FRACTION]
"""A whole number in a body; JSON does not tell 8 from 8.0."""
Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A time as RFC 3339 has it, with its offset from UTC; no bare number."""


class Strict(BaseModel):
    """A document with no other members than these."""

    model_config = ConfigDict(extra="forbid")


class BodyModel(BaseModel):
    """What a caller sends: no other members than these, and no values of other types."""

    model_config = ConfigDict(extra="forbid", strict=True)


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

OVERTAKEN: Final[dict[int | str, dict[str, Any]]] = {
    412: {"model": ProblemModel, "description": "somebody else has changed it meanwhile"}
}
"""What OpenAPI says of calls that change only what was read."""

UNUSABLE: Final[dict[int | str, dict[str, Any]]] = {422: {"model": ProblemModel}}
"""What OpenAPI says of calls with a body that can be read and yet not be done."""
