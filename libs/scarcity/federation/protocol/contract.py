"""What peers agree to talk about: the variables by canonical name and unit, cadence and lags.

Names that are nearly the same are not the same: measured, peers whose names are mixed up can no
longer be told from others once they are many, so what belongs together is agreed upon, never
guessed. Different cadences are never pooled: a lag of one step would mean different times.
"""

import hashlib
import math
from collections.abc import Iterator
from typing import Annotated, NamedTuple, Self

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
FEWEST_SEALED = 5
"""A sum of fewer hides nobody who knows one or two of the others."""
EXACT_ROWS = 2**29
"""Clipped rows of one member, by the square of the clip, whose products are summed exactly."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
Spread = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class EdgeKey(NamedTuple):
    """An edge by positions in the contract's variables; lag in steps."""

    source: int
    target: int
    lag: int


class Sealing(BaseModel):
    """How sums are added up that nobody sees one by one, and what that may cost in privacy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epsilon: float = Field(gt=0, le=100)
    """What a round may cost each row in it. A row is in one round at most."""
    budget: float = Field(gt=0, le=1000)
    """What all rounds together may cost: epsilon for whoever is behind a row in each of them."""
    delta: float = Field(1e-5, gt=0, lt=0.1)
    """Of both."""
    frame: dict[Name, tuple[float, Spread]]
    """Where each variable usually lies and how far it spreads, in its unit, by common knowledge."""
    clip: float | None = Field(None, gt=0, le=1000)
    """The longest row, in spreads; none = the square root of how many variables there are."""
    least: int = Field(FEWEST_SEALED, ge=FEWEST_SEALED)
    """Members whose input must be in a sum."""
    most_rows: int = Field(4096, ge=16)
    """That a member puts into one round."""
    effect: float = Field(0.2, gt=0, le=1)
    """The smallest that is to be seen; with too few rows for it a member waits for more."""

    def threshold(self, members: int) -> int:
        """How many of so many members must stay in a round: three of five, and as many as agreed.

        >>> Sealing(epsilon=1, budget=9, frame={}).threshold(50)
        30
        """
        return max(self.least, -(-3 * members // 5))

    @field_validator("frame")
    @classmethod
    def _in_order(cls, frame: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        return dict(sorted(frame.items()))

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.budget < self.epsilon:
            raise ValueError("the budget of all rounds is smaller than what one round costs")
        return self


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
    sealing: Sealing | None = None
    """none = evidence is shared, for all members to see"""

    @field_validator("variables")
    @classmethod
    def _in_order(cls, variables: dict[str, str]) -> dict[str, str]:
        return dict(sorted(variables.items()))

    @model_validator(mode="after")
    def _frames_every_variable(self) -> Self:
        sealing = self.sealing
        if sealing is None:
            return self
        if sealing.frame.keys() != self.variables.keys():
            raise ValueError("sealing.frame must say of every variable where it lies")
        if sealing.most_rows * self.clip**2 >= EXACT_ROWS:
            raise ValueError(
                f"{sealing.most_rows} rows clipped at {self.clip:g} cannot be summed exactly"
            )
        return self

    @property
    def clip(self) -> float:
        """The longest row of a sealed sum, in spreads."""
        chosen = None if self.sealing is None else self.sealing.clip
        return chosen or math.sqrt(len(self.variables))

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
        sealing = None if self.sealing is None else self.sealing.model_dump_json()
        agreed = (self.cadence_s, self.max_lag, sealing)
        said = (self.subject, list(self.variables.items()), *agreed)
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
