"""Steps that are complete, before they are cut to the columns of a definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scarcity.streams.records import EPOCH, MAX_VARIABLES

MICROSECOND: Final = timedelta(microseconds=1)
NEVER: Final = -(2**63)
"""Earlier than every event time, in microseconds since 1970."""

UNKNOWN_VARIABLE: Final = "unknown-variable"


class Observation(NamedTuple):
    """A record as the buffers keep it, in the order of time and arrival.

    `arrival` numbers the records of a stream, so that no two observations compare equal.
    """

    time_us: int
    arrival: int
    values: Mapping[str, float]
    """Finite."""
    flaws: Sequence[str] = ()
    """The reason of each value that was refused."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive steps of one epoch that will not change any more."""

    start_step: int
    steps: int
    start_us: int
    end_us: int
    newest_us: int
    """The largest event time of its records."""
    records: int
    rows: Sequence[tuple[int, Mapping[str, float]]]
    """(step within the batch, its values), in order; a step without a record has no row."""
    flaws: Mapping[str, int]
    repeats: Mapping[str, int] = field(default_factory=dict)
    """How many more values each name had than there are rows with it."""

    def variables(self) -> tuple[str, ...]:
        """Return the names with a value, in order of first appearance in event time."""
        names = dict.fromkeys(chain.from_iterable(values for _, values in self.rows))
        return tuple(names)[:MAX_VARIABLES]

    def matrix(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Return the values as (step, column) floats, NaN where missing."""
        matrix = np.full((self.steps, len(columns)), np.nan)
        # numpy reads the None of a missing name as NaN.
        cells = [list(map(values.get, columns)) for _, values in self.rows]
        matrix[[step for step, _ in self.rows]] = np.array(cells, dtype=np.float64)
        return matrix

    def all_flaws(self, columns: Sequence[str]) -> dict[str, int]:
        """Return how many values were refused, by reason; values of other names included."""
        unknown = self._values_outside(frozenset(columns))
        return {**self.flaws, **({UNKNOWN_VARIABLE: unknown} if unknown else {})}

    def _values_outside(self, known: frozenset[str]) -> int:
        strangers = sum(
            len(values.keys() - known) for _, values in self.rows if not known.issuperset(values)
        )
        return strangers + sum(n for name, n in self.repeats.items() if name not in known)


class Buffer(Protocol):
    """Holds what is not sealed yet, under one window policy and in one epoch."""

    @property
    def sealed_steps(self) -> int:
        """How many steps of the epoch are sealed: the number of the next one."""
        ...

    @property
    def sealed_us(self) -> int:
        """Earlier event times belong to sealed steps."""
        ...

    @property
    def open_records(self) -> int: ...

    def add(self, observation: Observation) -> None:
        """Keep it. Its time must not be before `sealed_us`."""
        ...

    def ready(self, watermark_us: int) -> list[Batch]:
        """Seal the windows that nothing at or after the watermark can change."""
        ...

    def rest(self) -> list[Batch]:
        """Seal everything; the last window is as short as it must be."""
        ...

    def dump(self) -> bytes:
        """Return the state as one line of JSON."""
        ...

    def load(self, state: bytes) -> None:
        """Take over a dumped state, exactly."""
        ...


def to_us(time: datetime) -> int:
    """Return microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def to_time(time_us: int) -> datetime:
    """Return the UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=time_us)


def seconds_to_us(seconds: float) -> int:
    """Return whole microseconds."""
    return round(seconds * 1e6)
