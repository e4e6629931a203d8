"""Edges as values, and the table they are read from (`tables` fills it).

A graph of d variables has L·d² hypotheses, and most readers look at a few: the table keeps
numbers, in order of interest, and makes an `Edge` only when one is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.memory import NEVER

State = Literal["accepted", "rejected", "untested"]
Form = Literal["linear", "quadratic"]
Selection = Literal["accepted", "all"]

STATES: tuple[State, ...] = ("accepted", "rejected", "untested")
"""In order of interest; the code of a state in a table is its position."""

FORMS: tuple[Form, ...] = ("linear", "quadratic")
"""The code of a form in a table is its position."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EdgePrior(NamedTuple):
    """What a prior says of an accepted edge.

    effect, se  what it expects, and how surely, in the unit of the edge
    q_value     of the edge, own evidence and prior taken together
    """

    origin: str
    effect: float
    se: float
    q_value: float


class Edge(NamedTuple):
    """One hypothesis, `source` at t - `lag` drives `target` at t, and what the data say of it.

    effect      standard deviations of the target per standard deviation of the source, signed,
                the accepted causes of the target held fixed; of an edge that is not accepted,
                the parents that it was tested with
    se, ci      its standard error and 95 % interval, in the same unit
    p_value     of the hypothesis that the partial correlation is at most `min_effect`
    score       |t|: larger is surer; 0 when untested
    oriented    False for a link at lag 0 of which the data do not decide the direction
    stability   recent share of windows at which it was accepted with an unchanged sign
    windows     windows that brought evidence about it
    first_seen, last_seen    event times of the first and the last window at which it was accepted
    form        quadratic when the numbers are those of the square of the source
    rows        that the numbers rest on, less what was fitted to them; 0 when untested
    imported    whether it is accepted thanks to a prior only; effect, interval, p, q and score are
                then those of own evidence and prior taken together
    prior       what a prior says of it, if it is accepted

    What is not known is NaN (numbers) or None (times, prior).
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
    imported: bool = False
    prior: EdgePrior | None = None

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


class Hyperedge(NamedTuple):
    """Sources that act on a target jointly, beyond their single effects.

    sources     names, each with how many steps back
    effect      standard deviations of the target per standard deviation of the product of the
                sources, all else held fixed
    se, ci      its standard error and 95 % interval, in the same unit
    p_value     of the hypothesis that the partial correlation is at most `min_effect`
    score       |t|: larger is surer; 0 when untested
    rows        that the numbers rest on, less what was fitted to them; 0 when untested

    What is not known is NaN.
    """

    sources: tuple[tuple[str, int], ...]
    target: str
    effect: float
    se: float
    ci: tuple[float, float]
    p_value: float
    q_value: float
    score: float
    state: State
    rows: int


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


Records = NDArray[np.void]
"""Of `RECORD`."""

Place = tuple[int, int, int]
"""Of a hypothesis: source and target by position, and the lag."""


class Told(NamedTuple):
    """What a prior has to do with an accepted edge."""

    imported: bool
    prior: EdgePrior


Notes = Mapping[Place, Told]
NO_NOTES: Notes = MappingProxyType({})


class EdgeTable(Sequence[Edge]):
    """Every hypothesis of a graph: accepted ones first, then rejected, each by falling score.

    accepted  the records of these
    others    makes the records of the others, which few readers want
    notes     what priors have to do with accepted ones
    """

    __slots__ = ("_accepted", "_others", "_records", "_variables", "notes")

    def __init__(
        self,
        variables: tuple[str, ...],
        accepted: Records,
        others: Callable[[], Records],
        notes: Notes = NO_NOTES,
    ) -> None:
        self._variables = variables
        self._accepted = _ordered(accepted)
        self._others = others
        self._records: Records | None = None
        self.notes = notes

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> Edge: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Edge]: ...
    def __getitem__(self, index: int | slice) -> Edge | Sequence[Edge]:
        if isinstance(index, slice):
            return self._edges(self.records[index])
        return self._edges(self.records[index : index + 1 or None])[0]

    @classmethod
    def of(cls, variables: tuple[str, ...], edges: Iterable[Edge]) -> "EdgeTable":
        """The table of these edges; ValueError when one names an unknown variable."""
        position = {name: index for index, name in enumerate(variables)}
        listed = list(edges)
        records = [_record(edge, position) for edge in listed]
        notes = {
            (position[edge.source], position[edge.target], edge.lag): Told(
                edge.imported, edge.prior
            )
            for edge in listed
            if edge.prior is not None
        }
        return cls.of_records(variables, np.array(records, RECORD), notes)

    @classmethod
    def of_records(
        cls, variables: tuple[str, ...], records: Records, notes: Notes = NO_NOTES
    ) -> "EdgeTable":
        """The table of these records, with what priors have to do with them."""
        is_accepted = records["state"] == 0
        rest = records[~is_accepted]
        return cls(variables, records[is_accepted], lambda: rest, notes)

    @property
    def records(self) -> Records:
        """The numbers of every hypothesis, as `RECORD` lays them out; a view, not to be written."""
        if self._records is None:
            self._records = np.concatenate([self._accepted, _ordered(self._others())])
            self._records.flags.writeable = False
        return self._records

    def accepted(self) -> tuple[Edge, ...]:
        """The accepted edges, surest first."""
        return self._edges(self._accepted)

    def find(self, source: str, target: str, lag: int) -> Edge | None:
        """The hypothesis, unless the table does not list it."""
        if source not in self._variables or target not in self._variables:
            return None
        records = self.records
        found = np.flatnonzero(
            (records["source"] == self._variables.index(source))
            & (records["target"] == self._variables.index(target))
            & (records["lag"] == lag)
        )
        return self[int(found[0])] if found.size else None

    def _edges(self, records: Records) -> tuple[Edge, ...]:
        names = self._variables
        column = {field: records[field].tolist() for field in RECORD.names or ()}
        edges = map(
            Edge,
            [names[variable] for variable in column["source"]],
            [names[variable] for variable in column["target"]],
            column["lag"],
            column["effect"],
            column["se"],
            zip(column["low"], column["high"], strict=True),
            column["p_value"],
            column["q_value"],
            column["score"],
            column["stability"],
            [STATES[code] for code in column["state"]],
            column["oriented"],
            column["windows"],
            [None if at == NEVER else moment(at) for at in column["first_seen"]],
            [None if at == NEVER else moment(at) for at in column["last_seen"]],
            [FORMS[code] for code in column["form"]],
            column["rows"],
        )
        if not self.notes:
            return tuple(edges)
        places = zip(column["source"], column["target"], column["lag"], strict=True)
        return tuple(self._noted(edge, place) for edge, place in zip(edges, places, strict=True))

    def _noted(self, edge: Edge, place: Place) -> Edge:
        told = self.notes.get(place)
        return edge if told is None else edge._replace(imported=told.imported, prior=told.prior)


def _ordered(records: Records) -> Records:
    """By state, then by falling score."""
    if len(records) and (records["state"] == records["state"][0]).all():
        return records[np.argsort(-records["score"], kind="stable")]
    return records[np.lexsort((-records["score"], records["state"]))]


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
