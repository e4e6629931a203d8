"""What became of the edges of every stream: the changes that are kept, in few bytes each.

A change is a row of numbers; names stand once per stream. All streams together keep so many, and
when one more comes, the oldest of the stream that has most go. So a stream that changes much costs
one that changes little nothing.

A new epoch starts the evidence anew, and so its history. Within an epoch changes come in the order
of graph versions and of time; what comes a second time is passed over.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isnan, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scarcity.causal.edges import EPOCH, microseconds, moment
from scarcity.events import EdgeChange, EdgeChanged, EdgeEvidence, EdgeForm, EdgeState

EdgeKey = tuple[str, str, int]
"""Source, target, lag."""

MOST_CHANGES = 200_000
"""Of all streams together."""
KINDS = tuple(EdgeChange)
FORMS = tuple(EdgeForm)
STATES = tuple(EdgeState)
"""The code of a kind, form or state in a row is its position."""
SHARE = 256
"""A stream that has to make room gives up this part of what it has, so that few have to."""
BEGIN = 8

KEPT_AS_IT_IS: dict[str, type] = {
    "effect": np.float64,
    "se": np.float64,
    "ci_low": np.float64,
    "ci_high": np.float64,
    "p_value": np.float64,
    "q_value": np.float64,
    "score": np.float64,
    "stability": np.float64,
    "oriented": np.bool_,
    "windows": np.int64,
    "rows": np.int64,
    "imported": np.bool_,
}
"""Of the edge, and as what."""
CHANGE = np.dtype(
    [
        ("edge", np.int32),
        ("at", np.int64),
        ("version", np.int64),
        ("kind", np.uint8),
        ("previous", np.float64),
        ("regime", np.int64),
        ("window_id", np.object_),
        ("trace_id", np.object_),
        ("state", np.uint8),
        ("form", np.uint8),
        ("first_seen", np.int64),
        ("last_seen", np.int64),
        *KEPT_AS_IT_IS.items(),
    ]
)
"""Times are microseconds since 1970, NEVER where there is none; a previous effect may be NaN."""
NAMES = CHANGE.names or ()


class Told(NamedTuple):
    """A change, and the trace that it was published in, if that is known."""

    changed: EdgeChanged
    trace_id: str | None


class StreamHistory:
    """The kept changes of one stream in one epoch, oldest first."""

    def __init__(self, stream: str, epoch: int) -> None:
        self.stream = stream
        self.epoch = epoch
        self.edges: list[EdgeKey] = []
        """Which edge is meant by a number in a row."""
        self.dropped_at: datetime | None = None
        """When the newest change was that is no longer kept; None = all are."""
        self._numbers: dict[EdgeKey, int] = {}
        self._rows = np.empty(0, CHANGE)
        self._first = 0
        self._end = 0
        self._version = -1
        self._told: set[EdgeKey] = set()

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def rows(self) -> NDArray[np.void]:
        """The kept changes, oldest first; to be read only."""
        return self._rows[self._first : self._end]

    def add(self, changed: EdgeChanged, trace_id: str | None = None) -> bool:
        """Take a change in; False when it has been here before."""
        edge, version = _key(changed.edge), changed.graph_version
        if version < self._version or (version == self._version and edge in self._told):
            return False
        if version > self._version:
            self._version = version
            self._told.clear()
        self._told.add(edge)
        if self._end == len(self._rows):
            self._make_room()
        self._rows[self._end] = _row(Told(changed, trace_id), self._number(edge))
        self._end += 1
        self._put_in_order()
        return True

    def drop(self, count: int) -> None:
        """Give up the oldest changes."""
        self._first += count
        self.dropped_at = time_of(int(self._rows["at"][self._first - 1]))

    def changes_of(self, edge: EdgeKey) -> Iterator[Told]:
        """Return what became of an edge, newest first."""
        rows, number = self.rows, self._numbers.get(edge, -1)
        for place in np.flatnonzero(rows["edge"] == number)[::-1].tolist():
            yield self._told_by(rows[place])

    def _number(self, edge: EdgeKey) -> int:
        number = self._numbers.setdefault(edge, len(self.edges))
        if number == len(self.edges):
            self.edges.append(edge)
        return number

    def _make_room(self) -> None:
        """Move what is kept to where there is room for more, and forget edges without a change."""
        kept = self.rows
        made = np.empty(BEGIN + len(kept) * 5 // 4, CHANGE)
        made[: len(kept)] = kept
        numbers, made["edge"][: len(kept)] = np.unique(kept["edge"], return_inverse=True)
        self.edges = [self.edges[number] for number in numbers.tolist()]
        self._numbers = {edge: number for number, edge in enumerate(self.edges)}
        self._rows, self._first, self._end = made, 0, len(kept)

    def _put_in_order(self) -> None:
        """See to it that the newest row is no earlier than the one before, and shares its texts.

        Whoever looks for a moment relies on the order; and a window has many changes or none.
        """
        if len(self) > 1:
            before, newest = self._rows[self._end - 2], self._rows[self._end - 1]
            newest["at"] = max(before["at"], newest["at"])
            for text in ("window_id", "trace_id"):
                if newest[text] == before[text]:
                    newest[text] = before[text]

    def _told_by(self, row: np.void) -> Told:
        """Return the change that was kept as a row."""
        source, target, lag = self.edges[row["edge"]]
        found = dict(zip(NAMES, row.tolist(), strict=True))
        changed = EdgeChanged(
            stream=self.stream,
            epoch=self.epoch,
            graph_version=found["version"],
            at=time_of(found["at"]),
            change=KINDS[found["kind"]],
            edge=EdgeEvidence(
                source=source,
                target=target,
                lag=lag,
                state=STATES[found["state"]],
                form=FORMS[found["form"]],
                first_seen=moment(found["first_seen"]),
                last_seen=moment(found["last_seen"]),
                **{name: found[name] for name in KEPT_AS_IT_IS},
            ),
            previous_effect=None if isnan(found["previous"]) else found["previous"],
            window_id=found["window_id"],
            regime=found["regime"],
        )
        return Told(changed, found["trace_id"])


class History:
    """The changes of the edges of all streams, as many as there is room for."""

    def __init__(self, most: int = MOST_CHANGES) -> None:
        self._most = most
        self._streams: dict[str, StreamHistory] = {}
        self._begun: dict[str, tuple[int, datetime]] = {}
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def add(self, changed: EdgeChanged, trace_id: str | None = None) -> bool:
        """Take a change in; False when it has been here before, or is of an epoch that is over."""
        known = self._streams.get(changed.stream)
        if known is None or known.epoch < changed.epoch:
            self._drop(changed.stream)
            known = self._streams[changed.stream] = StreamHistory(changed.stream, changed.epoch)
        if changed.epoch < known.epoch or not known.add(changed, trace_id):
            return False
        self._total += 1
        if self._total > self._most:
            self._make_room()
        return True

    def begin(self, stream: str, epoch: int, at: datetime) -> None:
        """Note when the first graph of an epoch was; a later graph of it is no news."""
        if stream not in self._begun or self._begun[stream][0] < epoch:
            self._begun[stream] = epoch, at

    def begun(self, stream: str, epoch: int) -> datetime | None:
        """Return when the first graph of an epoch was, if it is known."""
        known, at = self._begun.get(stream, (None, None))
        return at if known == epoch else None

    def of(self, stream: str, epoch: int) -> StreamHistory:
        """Return what is kept of a stream in an epoch."""
        known = self._streams.get(stream)
        return known if known and known.epoch == epoch else StreamHistory(stream, epoch)

    def forget(self, stream: str, epoch: int) -> None:
        """Drop what is kept of a stream up to an epoch; it may have begun anew since."""
        known = self._streams.get(stream)
        if known and known.epoch <= epoch:
            self._drop(stream)
        if self._begun.get(stream, (epoch + 1, None))[0] <= epoch:
            del self._begun[stream]

    def _drop(self, stream: str) -> None:
        if known := self._streams.pop(stream, None):
            self._total -= len(known)

    def _make_room(self) -> None:
        fullest = max(self._streams.values(), key=len)
        count = 1 + len(fullest) // SHARE
        fullest.drop(count)
        self._total -= count


def time_of(us: int) -> datetime:
    """Return the time that was kept as so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def _key(edge: EdgeEvidence) -> EdgeKey:
    return edge.source, edge.target, edge.lag


def _row(told: Told, number: int) -> tuple[object, ...]:
    changed = told.changed
    edge, previous = changed.edge, changed.previous_effect
    found = {
        "edge": number,
        "at": microseconds(changed.at),
        "version": changed.graph_version,
        "kind": KINDS.index(changed.change),
        "previous": nan if previous is None else previous,
        "regime": changed.regime,
        "window_id": changed.window_id,
        "trace_id": told.trace_id,
        "state": STATES.index(edge.state),
        "form": FORMS.index(edge.form),
        "first_seen": microseconds(edge.first_seen),
        "last_seen": microseconds(edge.last_seen),
        **{name: getattr(edge, name) for name in KEPT_AS_IT_IS},
    }
    return tuple(found[name] for name in NAMES)
