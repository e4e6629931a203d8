"""TIME windows whose cadence nobody declared: it is read off the first records.

It is the median time between the first SAMPLE records behind the watermark, in order. Until it is
known nothing is sealed; then everything goes on as if it had been declared.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from scarcity.events import Resample, WindowPolicy
from scarcity.streams.batch import Batch, usual_gap_s
from scarcity.streams.policy import MAX_WINDOW_S
from scarcity.streams.rows import NEVER, Ints, Pile, Rows, no_rows
from scarcity.streams.timed import TimeBuffer
from scarcity.streams.watermark import behind_watermark

SAMPLE: Final = 32
FALLBACK_S: Final = 1.0
"""The cadence of a stream that ends with records of a single time."""


class PacedBuffer:
    """Waits for the cadence, then is a TimeBuffer."""

    def __init__(
        self,
        policy: WindowPolicy,
        *,
        sealed_us: int = NEVER,
        rules: Mapping[str, Resample] | None = None,
    ) -> None:
        self._policy = policy
        self._rules = rules or {}
        self._sealed_us = sealed_us
        self._session = 0
        self._known: frozenset[str] = frozenset()
        self._raw = Pile()
        self._need = SAMPLE
        self._timed: TimeBuffer | None = None

    @property
    def sealed_steps(self) -> int:
        return self._timed.sealed_steps if self._timed else 0

    @property
    def sealed_us(self) -> int:
        return self._timed.sealed_us if self._timed else self._sealed_us

    @property
    def cadence_s(self) -> float | None:
        return self._timed.cadence_s if self._timed else None

    @property
    def session(self) -> int:
        return self._timed.session if self._timed else self._session

    @session.setter
    def session(self, number: int) -> None:
        self._session = number
        if self._timed:
            self._timed.session = number

    @property
    def known(self) -> frozenset[str]:
        return self._known

    @known.setter
    def known(self, names: frozenset[str]) -> None:
        self._known = names
        if self._timed:
            self._timed.known = names

    @property
    def open_rows(self) -> int:
        return self._timed.open_rows if self._timed else self._raw.rows

    @property
    def width(self) -> int:
        return self._timed.width if self._timed else self._raw.width

    def first_seal(self, rows: Rows, marks: Ints) -> int | None:
        if self._timed:
            return self._timed.first_seal(rows, marks)
        coming = (rows.times >= self._sealed_us).nonzero()[0]
        if self.open_rows + len(coming) < self._need:
            return None
        waiting = self._raw.times()
        first = behind_watermark(self._need, waiting, rows.times, coming, marks)
        return first if first < len(rows) else None

    def add(self, rows: Rows) -> None:
        if self._timed:
            self._timed.add(rows)
        else:
            self._raw.add(rows)

    def ready(self, watermark_us: int) -> list[Batch]:
        if self._timed is None:
            times = np.sort(self._raw.times())
            cadence = self._cadence(times[times <= watermark_us])
            return [] if cadence is None else self._settle(cadence).ready(watermark_us)
        return self._timed.ready(watermark_us)

    def rest(self) -> list[Batch]:
        if self._timed is None:
            if not self._raw.rows:
                return []
            times = np.sort(self._raw.times())
            cadence = self._cadence(times) or usual_gap_s(times)
            return self._settle(cadence or FALLBACK_S).rest()
        return self._timed.rest()

    def take_open(self) -> Rows:
        if self._timed:
            return self._timed.take_open()
        rows = self._raw.all()
        self._raw.become(no_rows())
        return rows

    def part(self) -> None:
        if self._timed:
            self._timed.part()
        else:
            self._session += 1

    def dump(self) -> tuple[dict[str, object], Rows]:
        if self._timed:
            return self._timed.dump()
        waiting = {"need": self._need, "session": self._session, "sealed_us": self._sealed_us}
        return dict(waiting), self._raw.all().trimmed(self._known)

    def load(self, state: Mapping[str, object], rows: Rows) -> None:
        cadence = state.get("cadence_s")
        if cadence is None:
            need, session, sealed_us = state["need"], state["session"], state["sealed_us"]
            assert isinstance(need, int)
            assert isinstance(session, int)
            assert isinstance(sealed_us, int)
            self._need, self._session, self._sealed_us = need, session, sealed_us
            self._raw.become(rows)
            return
        assert isinstance(cadence, float)
        self._settle(cadence).load(state, rows)

    def _cadence(self, times: Ints) -> float | None:
        """Return the usual gap of the first times, once they are enough, and not all the same."""
        while len(times) >= self._need:
            cadence = usual_gap_s(times[: self._need])
            if cadence is not None:
                return cadence
            self._need *= 2
        return None

    def _settle(self, cadence_s: float) -> TimeBuffer:
        longest_s = MAX_WINDOW_S / self._policy.size
        if self._policy.session_gap_s is not None:
            longest_s = min(longest_s, self._policy.session_gap_s / 2)
        policy = replace(self._policy, cadence_s=min(cadence_s, longest_s))
        timed = TimeBuffer(
            policy, sealed_us=self._sealed_us, session=self._session, rules=self._rules
        )
        timed.known = self._known
        timed.add(self._raw.all())
        self._raw.become(no_rows())
        self._timed = timed
        return timed
