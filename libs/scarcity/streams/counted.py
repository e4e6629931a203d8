"""COUNT windows: `size` records each, in the order of event time; every record is one step.

Let W be the watermark. With the open records sorted by (event time, arrival), the first `size` of
them are sealed as soon as the last of these has an event time <= W: whatever arrives within the
lateness bound sorts behind them. The next window begins `hop` records later.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from scarcity.events import WindowPolicy
from scarcity.streams.batch import Batch, Place, first_places, flaws_of, seconds_to_us
from scarcity.streams.policy import MAX_WAITING
from scarcity.streams.rows import NEVER, Bools, Ints, Pile, Rows, joined, no_rows
from scarcity.streams.sessions import FOREVER, ended, may_end
from scarcity.streams.watermark import behind_watermark

APART: Final = 1024
"""How many steps lie between two sessions: more than any lag."""


class CountBuffer:
    """The open records of a stream with COUNT windows."""

    def __init__(self, policy: WindowPolicy, *, sealed_us: int = NEVER, session: int = 0) -> None:
        self.sealed_steps = 0
        self.sealed_us = sealed_us
        self.session = session
        self.cadence_s = policy.cadence_s
        self.known: frozenset[str] = frozenset()
        self._size = policy.size
        self._hop = policy.hop or policy.size
        self._gap_us = seconds_to_us(policy.session_gap_s) if policy.session_gap_s else None
        self._open = Pile()
        self._kept = no_rows()
        self._session_steps = 0

    @property
    def open_rows(self) -> int:
        return self._open.rows

    @property
    def width(self) -> int:
        return self._open.width

    @property
    def _need(self) -> int:
        """How many more records complete a window."""
        return self._size - len(self._kept)

    def first_seal(self, rows: Rows, marks: Ints) -> int | None:
        in_time = rows.times >= self.sealed_us
        if self._gap_us is not None and may_end(
            self._open.times(), rows.times[in_time], before_us=self._last_us(), gap_us=self._gap_us
        ):
            return 0
        coming = int(in_time.sum())
        if self._open.rows + coming < self._need:
            return None
        places = in_time.nonzero()[0]
        complete = behind_watermark(self._need, self._open.times(), rows.times, places, marks)
        overflow = self._first_overflow(in_time)
        first = min(complete, overflow)
        return first if first < len(rows) else None

    def _first_overflow(self, in_time: Bools) -> int:
        room = self._size + MAX_WAITING - self._open.rows
        if len(in_time) <= room:
            return len(in_time)
        return int(np.searchsorted(np.cumsum(in_time), room + 1))

    def add(self, rows: Rows) -> None:
        self._open.add(rows)

    def ready(self, watermark_us: int) -> list[Batch]:
        rows, firsts = self._sorted()
        batches: list[Batch] = []
        taken = 0
        while True:
            limit = self._session_end(rows.times[taken:], watermark_us)
            left = len(rows) - taken if limit is None else limit
            if left >= self._need and self._is_complete(rows, taken, watermark_us):
                count = self._need
            elif limit is None:
                break
            else:
                count = left
            if count:
                batches.append(self._batch(rows.pick(slice(taken, taken + count)), firsts))
            taken += count
            if limit is not None and count == left:
                self.part()
        self._keep_open(rows.pick(slice(taken, None)) if taken else rows)
        return batches

    def rest(self) -> list[Batch]:
        batches = self.ready(FOREVER)
        rows, firsts = self._sorted()
        if len(rows):
            batches.append(self._batch(rows, firsts))
        self._kept = no_rows()
        self._keep_open(no_rows())
        return batches

    def take_open(self) -> Rows:
        rows = self._open.all()
        self._keep_open(no_rows())
        return rows.pick(np.argsort(rows.arrivals, kind="stable"))

    def part(self) -> None:
        self._kept = no_rows()
        self._session_steps = 0
        self.session += 1
        if self.sealed_steps:
            self.sealed_steps += APART

    def dump(self) -> tuple[dict[str, object], Rows]:
        state: dict[str, object] = {
            "sealed_steps": self.sealed_steps,
            "sealed_us": self.sealed_us,
            "session": self.session,
            "session_steps": self._session_steps,
            "kept": len(self._kept),
        }
        return state, joined([self._kept, self._open.all()]).trimmed(self.known)

    def load(self, state: Mapping[str, object], rows: Rows) -> None:
        kept = _whole(state["kept"])
        self.sealed_steps = _whole(state["sealed_steps"])
        self.sealed_us = _whole(state["sealed_us"])
        self.session = _whole(state["session"])
        self._session_steps = _whole(state["session_steps"])
        self._kept = rows.pick(slice(0, kept))
        self._keep_open(rows.pick(slice(kept, None)))

    def _last_us(self) -> int:
        return self.sealed_us if self._session_steps else NEVER

    def _sorted(self) -> tuple[Rows, dict[str, Place]]:
        rows = self._open.all().in_order()
        if self.known.issuperset({*rows.names, *self._kept.names}):
            return rows, {}
        return rows, first_places(joined([self._kept, rows]), self.known)

    def _session_end(self, times: Ints, watermark_us: int) -> int | None:
        if self._gap_us is None:
            return None
        return ended(
            times, before_us=self._last_us(), gap_us=self._gap_us, watermark_us=watermark_us
        )

    def _is_complete(self, rows: Rows, taken: int, watermark_us: int) -> bool:
        in_time = int(rows.times[taken + self._need - 1]) <= watermark_us
        return in_time or len(rows) - taken > self._size + MAX_WAITING

    def _batch(self, fresh: Rows, firsts: Mapping[str, Place]) -> Batch:
        rows = joined([self._kept, fresh])
        batch = Batch(
            start_step=self.sealed_steps - len(self._kept),
            steps=len(rows),
            start_us=int(rows.times[0]),
            end_us=int(rows.times[-1]),
            newest_us=int(rows.times[-1]),
            records=len(rows),
            places=np.arange(len(rows)),
            values=rows.values,
            seen=np.count_nonzero(~np.isnan(rows.values), axis=0),
            names=rows.names,
            flaws=flaws_of(rows),
            firsts=firsts,
            times=rows.times,
            session=self.session,
        )
        self.sealed_steps += len(fresh)
        self._session_steps += len(fresh)
        self.sealed_us = batch.end_us
        if len(rows) == self._size and self._hop < self._size:
            self._kept = rows.pick(slice(self._hop, None))
        return batch

    def _keep_open(self, rows: Rows) -> None:
        self._open.become(rows.trimmed(self.known))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
