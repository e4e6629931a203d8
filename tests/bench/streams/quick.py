"""Raw records made at next to no cost: their values are picked from a pool, encoded beforehand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, cycle

import numpy as np
import orjson

from bench.streams.data import EPOCH, FIELDS, Line

POOL = 997
"""A prime, so that no stream gets the same few again and again."""


class QuickRecords:
    """Makes the records of one round: one of every stream, all of one event time."""

    def __init__(self, seed: int) -> None:
        drawn = np.random.default_rng(seed).standard_normal((POOL, len(FIELDS))).tolist()
        pool = [orjson.dumps(dict(zip(FIELDS, values, strict=True))) for values in drawn]
        self._tails = cycle([b'","values":' + values + b"}" for values in pool])

    def round(self, streams: Iterable[str], time: datetime) -> Iterator[Line]:
        """Return a record of each stream, at that UTC time."""
        head = b'{"ts":"' + time.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
        time_us = (time - EPOCH) // timedelta(microseconds=1)
        for stream, tail in zip(streams, self._tails, strict=False):
            yield Line(stream, time_us, head + tail)

    def rounds(
        self, streams: Sequence[str], begin: datetime, spacing: timedelta
    ) -> Iterator[Iterator[Line]]:
        """Return one round after the other, for ever."""
        return (self.round(streams, begin + number * spacing) for number in count())
