"""Sending at a rate, and showing how far it is.

The n-th record is due n / rate seconds after the first: a delay is made up for, not carried on.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

MOST = 5000
"""Records that are sent at once."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes that are sent at once, but for a single large record."""
SENDINGS_PER_SECOND = 20.0

T = TypeVar("T")


class Pace:
    """Says how many records to send at once, and how long to wait after them."""

    def __init__(self, rate: float | None, *, now: float) -> None:
        """Begin now, in seconds of any clock; None means as quickly as possible."""
        self._rate = rate
        self._begun = now

    @property
    def at_once(self) -> int:
        """How many records make a sending: so few that the rate is smooth.

        >>> [Pace(rate, now=0.0).at_once for rate in (None, 0.1, 1000.0, 1e9)]
        [5000, 1, 50, 5000]
        """
        if self._rate is None:
            return MOST
        return max(1, min(MOST, round(self._rate / SENDINGS_PER_SECOND)))

    def wait_s(self, sent: int, *, now: float) -> float:
        """Return how long to wait before record number `sent`, counted from 0.

        >>> Pace(100.0, now=5.0).wait_s(200, now=6.5)
        0.5
        """
        if self._rate is None:
            return 0.0
        return max(0.0, self._begun + sent / self._rate - now)


def sendings(lines: Iterable[bytes], at_once: int) -> Iterator[list[bytes]]:
    """Cut lines into lists of at most so many, and of few enough bytes."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == at_once or size + len(line) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


class Rate(ProgressColumn):
    """How many records go out per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


def progress_bar() -> Progress:
    """Return a bar on standard error with total, rate and time left; gone when it ends."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
