"""Where spans wait until somebody tells of them; a bounded place, since they come as work does."""

from collections import deque
from threading import Lock

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

MOST = 4096
"""How many wait; later ones are counted and dropped."""


class SpanBox(SpanProcessor):
    """Keeps what ended until it is taken. Safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: deque[ReadableSpan] = deque()
        self._dropped = 0
        self._lock = Lock()

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span, if there is room."""
        with self._lock:
            if len(self._waiting) < self._most:
                self._waiting.append(span)
            else:
                self._dropped += 1

    def take(self) -> tuple[list[ReadableSpan], int]:
        """Return what ended since the last time, and how many more there was no room for."""
        with self._lock:
            taken, dropped = list(self._waiting), self._dropped
            self._waiting.clear()
            self._dropped = 0
        return taken, dropped
