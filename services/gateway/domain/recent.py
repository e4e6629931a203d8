"""The newest of a kind, each once: the bus may deliver one again after a crash."""

from collections.abc import Iterator
from itertools import islice
from typing import Generic, Protocol, TypeVar


class Identified(Protocol):
    """What is told from others by an id."""

    @property
    def event_id(self) -> str: ...


E = TypeVar("E", bound=Identified)


class Recent(Generic[E]):
    """Keeps the last `kept` events with different ids."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._by_id: dict[str, E] = {}

    def add(self, event: E) -> bool:
        """Take an event in; False when it is there already."""
        if event.event_id in self._by_id:
            return False
        self._by_id[event.event_id] = event
        if len(self._by_id) > self._kept:
            del self._by_id[next(iter(self._by_id))]
        return True

    def find(self, event_id: str) -> E | None:
        """Return the event of that id, if it is kept."""
        return self._by_id.get(event_id)

    def newest(self, limit: int) -> list[E]:
        """Return up to `limit` events, newest first."""
        return list(islice(self, limit))

    def __iter__(self) -> Iterator[E]:
        """Newest first."""
        return reversed(self._by_id.values())
