"""Windows in, graph changes out: one engine per stream."""

from collections.abc import Callable, Iterable

from scarcity.causal import Budget, EngineConfig
from scarcity.events import Event, WindowSealed
from services.mpie.domain import StreamEngine


class Mpie:
    """Holds the engines of the streams that this instance owns.

    budget          what discovery may cost now, in a stream of so many variables
    processor_time  seconds of processor time, from any moment on
    """

    def __init__(
        self,
        config: EngineConfig,
        budget: Callable[[int], Budget],
        *,
        evidence_every: int,
        processor_time: Callable[[], float],
    ) -> None:
        self._config = config
        self._budget = budget
        self._evidence_every = evidence_every
        self._processor_time = processor_time
        self._engines: dict[str, StreamEngine] = {}

    def on_window(self, window: WindowSealed) -> Iterable[Event]:
        engine = self._engines.setdefault(
            window.stream, StreamEngine(self._config, self._evidence_every)
        )
        return engine.apply(window, self._budget(len(window.columns)), self._processor_time)

    def snapshot(self, key: str) -> bytes | None:
        engine = self._engines.get(key)
        return engine.snapshot() if engine else None

    def restore(self, key: str, data: bytes) -> None:
        self._engines[key] = StreamEngine.restore(data, self._config, self._evidence_every)

    def forget(self, key: str) -> None:
        self._engines.pop(key, None)
