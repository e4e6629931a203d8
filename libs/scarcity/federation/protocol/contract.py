"""What peers agree to talk about: the variables by canonical name and unit, cadence and lags.

Names that are nearly the same are not the same: measured, peers whose names are mixed up can no
longer be told from others once they are many, so what belongs together is agreed upon, never
guessed. Different cadences are never pooled: a lag of one step would mean different times.
"""

import hashlib
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import msgspec
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

MOST_VARIABLES = 1000
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]


class EdgeKey(NamedTuple):
    """An edge by positions in the contract's variables; lag in steps."""

    source: int
    target: int
    lag: int


class Contract(BaseModel):
    """One subject of a federation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Name
    """What the streams are about."""
    variables: dict[Name, str] = Field(min_length=2, max_length=MOST_VARIABLES)
    """Units by canonical name; "" for none."""
    cadence_s: float = Field(gt=0)
    """Seconds of event time in a step."""
    max_lag: int = Field(3, ge=1, le=64)

    @field_validator("variables")
    @classmethod
    def _in_order(cls, variables: dict[str, str]) -> dict[str, str]:
        return dict(sorted(variables.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical names, in order."""
        return tuple(self.variables)

    @property
    def size(self) -> int:
        """How many edges there are."""
        return len(self.variables) * (len(self.variables) - 1) * self.max_lag

    @property
    def digest(self) -> bytes:
        """What peers compare: the same for all who agreed to the same."""
        said = (self.subject, list(self.variables.items()), self.cadence_s, self.max_lag)
        return hashlib.sha256(msgspec.msgpack.encode(said)).digest()

    def edges(self) -> Iterator[EdgeKey]:
        """Yield every edge, in the order in which evidence lists them."""
        count = len(self.variables)
        for target in range(count):
            for source in range(count):
                if source != target:
                    for lag in range(1, self.max_lag + 1):
                        yield EdgeKey(source, target, lag)

    def place(self, edge: EdgeKey) -> int:
        """Return where an edge stands in that order."""
        among = edge.source - (edge.source > edge.target)
        row = edge.target * (len(self.variables) - 1) + among
        return row * self.max_lag + edge.lag - 1


class Mapping(BaseModel):
    """Which stream of a deployment speaks to a contract, and which of its variables is which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: str
    names: dict[str, Name]
    """Canonical names by the stream's own."""

    @model_validator(mode="after")
    def _is_one_to_one(self) -> "Mapping":
        if len(set(self.names.values())) < len(self.names):
            raise ValueError("two variables of the stream have the same canonical name")
        return self
