"""Edges as values, and the table they are read from.

A graph of d variables has L·d² hypotheses, and most readers look at a few: the table keeps
numbers, in order of interest, and makes an `Edge` only when one is asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.memory import NEVER, EdgeMemory
from scarcity.causal.regression import Estimate
from scarcity.stats.arrays import Bools, Floats, Ints

State = Literal["accepted", "rejected", "untested"]
Form = Literal["linear", "quadratic"]
Selection = Literal["accepted", "all"]

STATES: tuple[State, ...] = ("accepted", "rejected", "untested")
"""In order of interest; the code of a state in a table is its position."""

FORMS: tuple[Form, ...] = ("linear", "quadratic")
"""The code of a form in a table is its position."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edge:
    """One hypothesis, `source` at t - `lag` drives `target` at t, and what the data say of it.

    effect      standard deviations of the target per standard deviation of the source, signed,
                the parents of the target held fixed
    se, ci      its standard error and 95 % interval, in the same unit
    p_value     of the hypothesis that the partial correlation is at most `min_effect`
    score       |t|: larger is surer; 0 when untested
    oriented    False for a link at lag 0 of which the data do not decide the direction
    stability   recent share of windows at which it was accepted with an unchanged sign
    windows     windows that brought evidence about it
    first_seen, last_seen    event times of the first and the last window at which it was accepted
    form        quadratic when the numbers are those of the square of the source
    rows        that the numbers rest on, less what was fitted to them; 0 when untested

    What is not known is NaN (numbers) or None (times).
    """

    source: str
    target: str
    lag: int
    effect: float
    se: float
    ci: tuple[float, float]
    p_value: float
    q_value: float
    score: float
    stability: float
    state: State
    oriented: bool
    windows: int
    first_seen: datetime | None
    last_seen: datetime | None
    form: Form = "linear"
    rows: int = 0

    @property
    def key(self) -> tuple[str, str, int]:
        """What the hypothesis is about: source, target, lag."""
        return self.source, self.target, self.lag

    @property
    def is_accepted(self) -> bool:
        return self.state == "accepted"

    @property
    def is_cross(self) -> bool:
        """Whether it links two variables, not a variable with its own past."""
        return self.source != self.target


RECORD = np.dtype(
    [
        ("source", np.int64),
        ("target", np.int64),
        ("lag", np.int64),
        ("effect", np.float64),
        ("se", np.float64),
        ("low", np.float64),
        ("high", np.float64),
        ("p_value", np.float64),
        ("q_value", np.float64),
        ("score", np.float64),
        ("stability", np.float64),
        ("state", np.int64),
        ("oriented", np.bool_),
        ("windows", np.int64),
        ("first_seen", np.int64),
        ("last_seen", np.int64),
        ("form", np.int64),
        ("rows", np.int64),
    ]
)
"""One hypothesis; variables by position, states and forms by code, times in microseconds since
1970."""


class EdgeTable(Sequence[Edge]):
    """Every hypothesis of a graph: accepted ones first, then rejected, each by falling score."""

    __slots__ = ("_records", "_variables")

    def __init__(self, variables: tuple[str, ...], records: NDArray[np.void]) -> None:
        order = np.lexsort((-records["score"], records["state"]))
        self._variables = variables
        self._records = records[order]

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Edge: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Edge]: ...
    def __getitem__(self, index: int | slice) -> Edge | Sequence[Edge]:
        if isinstance(index, slice):
            return tuple(self._edge(record) for record in self._records[index])
        return self._edge(self._records[index])

    @classmethod
    def of(cls, variables: tuple[str, ...], edges: Iterable[Edge]) -> "EdgeTable":
        """The table of these edges; ValueError when one names an unknown variable."""
        position = {name: index for index, name in enumerate(variables)}
        records = [_record(edge, position) for edge in edges]
        return cls(variables, np.array(records, RECORD))

    @property
    def records(self) -> NDArray[np.void]:
        """The numbers of every hypothesis, as `RECORD` lays them out; a view, not to be written."""
        view = self._records.view()
        view.flags.writeable = False
        return view

    def accepted(self) -> tuple[Edge, ...]:
        """The accepted edges, surest first."""
        return tuple(self[: np.count_nonzero(self._records["state"] == 0)])

    def find(self, source: str, target: str, lag: int) -> Edge | None:
        """The hypothesis, unless the table does not list it."""
        if source not in self._variables or target not in self._variables:
            return None
        found = np.flatnonzero(
            (self._records["source"] == self._variables.index(source))
            & (self._records["target"] == self._variables.index(target))
            & (self._records["lag"] == lag)
        )
        return self[int(found[0])] if found.size else None

    def _edge(self, record: np.void) -> Edge:
        (source, target, lag, effect, se, low, high, p_value, q_value, *rest) = record.item()
        score, stability, state, oriented, windows, first_seen, last_seen, form, rows = rest
        return Edge(
            source=self._variables[source],
            target=self._variables[target],
            lag=lag,
            effect=effect,
            se=se,
            ci=(low, high),
            p_value=p_value,
            q_value=q_value,
            score=score,
            stability=stability,
            state=STATES[state],
            oriented=bool(oriented),
            windows=windows,
            first_seen=moment(first_seen),
            last_seen=moment(last_seen),
            form=FORMS[form],
            rows=rows,
        )


def edge_records(estimate: Estimate, memory: EdgeMemory, span: int) -> NDArray[np.void]:
    """What is estimated and remembered of every hypothesis, one record each."""
    place: Ints = np.asarray(np.indices(estimate.effect.shape), dtype=np.int64)
    margin = estimate.margin
    columns: dict[str, Floats | Ints | Bools] = {
        "source": place[1],
        "target": place[2],
        "lag": place[0],
        "effect": estimate.effect,
        "se": estimate.se,
        "low": estimate.effect - margin,
        "high": estimate.effect + margin,
        "p_value": estimate.p_value,
        "q_value": estimate.q_value,
        "score": np.nan_to_num(estimate.score),
        "stability": memory.stability(span),
        "state": np.where(estimate.accepted, 0, np.where(estimate.tested, 1, 2)),
        "oriented": estimate.oriented,
        "windows": memory.windows,
        "first_seen": memory.first_seen,
        "last_seen": memory.last_seen,
        "form": estimate.quadratic,
        "rows": np.rint(np.nan_to_num(estimate.freedom)),
    }
    asked = _hypotheses(estimate)
    records = np.empty(int(asked.sum()), RECORD)
    for name, values in columns.items():
        records[name] = values[asked]
    return records


def _hypotheses(estimate: Estimate) -> Bools:
    """(lag, source, target): all lagged ones; at lag 0 one for each pair."""
    asked = np.ones(estimate.effect.shape, np.bool_)
    asked[0] = estimate.tested[0]
    untested = ~(asked[0] | asked[0].T)
    asked[0] |= np.triu(untested, 1)
    return asked


def _record(edge: Edge, position: dict[str, int]) -> tuple[float | int | bool, ...]:
    if not {edge.source, edge.target} <= position.keys():
        raise ValueError(f"the edge {edge.key} names a variable that the graph does not have")
    numbers = (edge.effect, edge.se, *edge.ci, edge.p_value, edge.q_value, edge.score)
    times = (microseconds(edge.first_seen), microseconds(edge.last_seen))
    state = (STATES.index(edge.state), edge.oriented, edge.windows)
    places = (position[edge.source], position[edge.target], edge.lag)
    basis = (FORMS.index(edge.form), edge.rows)
    return (*places, *numbers, edge.stability, *state, *times, *basis)


def moment(microseconds: int) -> datetime | None:
    """The time that a memory recorded."""
    return None if microseconds == NEVER else EPOCH + timedelta(microseconds=microseconds)


def microseconds(at: datetime | None) -> int:
    """How a memory records a time; ValueError without a time zone."""
    if at is None:
        return NEVER
    if at.utcoffset() is None:
        raise ValueError(f"the event time {at.isoformat()} has no time zone")
    return (at - EPOCH) // timedelta(microseconds=1)
