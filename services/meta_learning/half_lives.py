"""How fast a stream is to forget, by how the others of its domain did.

Every engine foresees with a few half-lives in shadow (`scarcity.meta.forgetting`), and says what
each cost. A stream of which nothing was foreseen yet is told what to begin with: the mean losses of
the others, as if they were ROWS rows of its own. From its first rows on it judges for itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from scarcity.events import EngineConfigured, OutcomeMeasured
from scarcity.meta.forgetting import HALF_LIVES
from scarcity.meta.hedge import from_past
from services.meta_learning.domain import FEWEST_OTHERS, ORIGIN, Stream

JUDGED_ROWS = 1000
"""So many foreseen rows tell half-lives apart."""
ROWS = 100.0
MOVED = 0.05
"""What a weight has to change by to be said anew."""


class HalfLives:
    """The newest outcome of every stream, and what streams were told to expect."""

    def __init__(self) -> None:
        self._outcomes: dict[str, OutcomeMeasured] = {}
        self._said: dict[str, tuple[float, ...]] = {}

    def on_outcome(self, outcome: OutcomeMeasured) -> None:
        self._outcomes[outcome.stream] = outcome

    def forget(self, stream: str) -> None:
        """Drop what is known of a stream."""
        self._outcomes.pop(stream, None)
        self._said.pop(stream, None)

    def news(
        self, streams: Mapping[str, Stream], sequence: int, at: datetime
    ) -> list[EngineConfigured]:
        """Return what is to be said to streams of which nothing was foreseen yet."""
        found = (
            self._expected(stream, streams, sequence, at)
            for stream in streams.values()
            if stream.domain and not self._rows(stream.name)
        )
        return [each for each in found if each is not None]

    def _expected(
        self, stream: Stream, streams: Mapping[str, Stream], sequence: int, at: datetime
    ) -> EngineConfigured | None:
        others = [
            self._outcomes[each.name]
            for each in streams.values()
            if each.teaches(stream) and self._rows(each.name) >= JUDGED_ROWS
        ]
        if len(others) < FEWEST_OTHERS:
            return None
        weights = from_past(np.array([each.losses for each in others]), ROWS)
        if not _differs(weights, self._said.get(stream.name)):
            return None
        self._said[stream.name] = weights
        return EngineConfigured(
            stream=stream.name,
            sequence=sequence,
            at=at,
            by=ORIGIN,
            provenance=tuple(sorted(each.stream for each in others)),
            half_lives=HALF_LIVES,
            weights=weights,
            trial=None,
            at_once=False,
        )

    def _rows(self, stream: str) -> int:
        """How many of its rows were foreseen with all half-lives that there are now."""
        known = self._outcomes.get(stream)
        return known.shadow_rows if known is not None and known.half_lives == HALF_LIVES else 0


def _differs(new: Sequence[float], old: Sequence[float] | None) -> bool:
    if old is None:
        return True
    return max(abs(a - b) for a, b in zip(new, old, strict=True)) > MOVED
