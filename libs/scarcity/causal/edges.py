"""Edges as values, and the table they are read from.

A graph of d variables has L·d² hypotheses, and most readers look at a few: the table keeps
numbers, in order of interest, and makes an `Edge` only when one is asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.decision import Estimate
from scarcity.causal.effects import Effects, tested_effects
from scarcity.causal.memory import NEVER, EdgeMemory
from scarcity.causal.memory import State as Remembered
from scarcity.causal.regression import Tests
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled

State = Literal["accepted", "rejected", "untested"]
Form = Literal["linear", "quadratic"]
Selection = Literal["accepted", "all"]

STATES: tuple[State, ...] = ("accepted", "rejected", "untested")
"""In order of interest; the code of a state in a table is its position."""

FORMS: tuple[Form, ...] = ("linear", "quadratic")
"""The code of a form in a table is its position."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


class EdgeTable(Sequence[Edge]):
    """Every hypothesis of a graph: accepted ones first, then rejected, each by falling score.

    accepted  the records of these
    others    makes the records of the others, which few readers want
    """

    __slots__ = ("_accepted", "_others", "_records", "_variables")

    def __init__(
        self,
        variables: tuple[str, ...],
        accepted: Records,
        others: Callable[[], Records],
    ) -> None:
        self._variables = variables
        self._accepted = _ordered(accepted)
        self._others = others
        self._records: Records | None = None

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
        records = [_record(edge, position) for edge in edges]
        return cls.of_records(variables, np.array(records, RECORD))

    @classmethod
    def of_records(cls, variables: tuple[str, ...], records: Records) -> "EdgeTable":
        """The table of these records."""
        is_accepted = records["state"] == 0
        rest = records[~is_accepted]
        return cls(variables, records[is_accepted], lambda: rest)

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
        return tuple(edges)


def edge_table(
    variables: tuple[str, ...], estimate: Estimate, memory: EdgeMemory, span: int
) -> EdgeTable:
    """What is estimated and remembered of every hypothesis."""
    numbers = (estimate.p_accepted, estimate.q_accepted, estimate.effects)
    accepted = _estimated(estimate, memory, span, estimate.accepted, numbers)

    def others() -> Records:
        at = np.setdiff1d(_hypotheses(estimate), estimate.accepted, assume_unique=True)
        p_value, q_value = (each.ravel()[at] for each in (estimate.p_value, estimate.q_value))
        target, column = np.divmod(at, estimate.tests.effect.shape[1])
        numbers = (p_value, q_value, tested_effects(estimate.tests, target, column))
        return _estimated(estimate, memory, span, at, numbers)

    return EdgeTable(variables, accepted, others)


def _estimated(
    estimate: Estimate,
    memory: EdgeMemory,
    span: int,
    at: Ints,
    numbers: tuple[Floats, Floats, Effects],
) -> Records:
    """The records of the hypotheses at these positions, of which these are p, q and effects."""
    p_value, q_value, effects = numbers
    records = np.empty(len(at), RECORD)
    state = (estimate.quadratic, estimate.oriented, estimate.tests)
    _fill(records, at, state, memory.state, memory.windows, 1.0 - 1.0 / span)
    records["effect"], records["se"], margin = effects.effect, effects.se, effects.margin
    records["low"], records["high"] = records["effect"] - margin, records["effect"] + margin
    records["p_value"], records["q_value"] = p_value, q_value
    if at is estimate.accepted:
        records["state"] = 0
    return records


@compiled
def _fill(
    records: Records,
    at: Ints,
    known: tuple[Bools, Bools, Tests],
    remembered: Remembered,
    windows: Ints,
    keep: float,
) -> None:
    """Fill in what is known of the hypotheses at these positions, rising, and remembered.

    keep  λ of the memory of edges
    """
    quadratic, oriented, tests = known
    edges, held, _sign, first, last = remembered
    columns = tests.effect.shape[1]
    width, old = columns // len(windows), 0
    for place in range(len(at)):
        target, column = at[place] // columns, at[place] % columns
        source, lag = column // width, column % width
        score = tests.score[target, column]
        count = 0 if np.isnan(score) else windows[source, target]
        record = records[place]
        record.source, record.target, record.lag = source, target, lag
        record.score = 0.0 if np.isnan(score) else score
        record.state = 2 if np.isnan(score) else 1
        record.oriented = lag > 0 or oriented[source, target]
        record.windows = count
        record.form = quadratic[target, column]
        record.rows = 0 if np.isnan(score) else round(tests.freedom[target, column])
        record.stability = 0.0
        record.first_seen = record.last_seen = NEVER
        while old < len(edges) and edges[old] < at[place]:
            old += 1
        if old < len(edges) and edges[old] == at[place]:
            weight = 1.0 - keep ** max(windows[source, target], 1)
            record.stability = min(held[old] / weight, 1.0)
            record.first_seen, record.last_seen = first[old], last[old]


def _hypotheses(estimate: Estimate) -> Ints:
    """The positions of all lagged hypotheses, and at lag 0 of one for each pair."""
    d, width = estimate.variables, estimate.width
    asked = np.ones((d, d, width), np.bool_)
    tested = ~np.isnan(estimate.tests.score.reshape(d, d, width)[:, :, 0])
    asked[:, :, 0] = tested | (np.triu(~(tested | tested.T).T, 1).T)
    return np.flatnonzero(asked)


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
