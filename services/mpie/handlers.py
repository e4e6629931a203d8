"""Windows in, graph changes out: one engine per stream."""

from collections.abc import Callable, Iterable, Sequence

from scarcity.bus.base import Delivery, Message
from scarcity.causal import Budget, EngineConfig
from scarcity.causal.prior import Prior
from scarcity.errors import PoisonEvent
from scarcity.events import (
    EngineConfigured,
    Event,
    GraphUpdated,
    PriorOffered,
    WindowSealed,
    decode,
)
from scarcity.priors import prior_of
from scarcity.runtime.service import Effect, on
from services.mpie.domain import Given, StreamEngine

LONG_AGO = -1
"""ms since 1970; before anything that was wished."""


class Mpie:
    """Holds the engines of the streams that this instance owns.

    budget          what discovery may cost now, in a stream of so many variables
    processor_time  seconds of processor time, from any moment on
    may_try         whether there is room for a second engine beside that of a stream
    """

    def __init__(
        self,
        config: EngineConfig,
        budget: Callable[[int], Budget],
        *,
        evidence_every: int,
        processor_time: Callable[[], float],
        may_try: Callable[[], bool] = lambda: True,
    ) -> None:
        self._config = config
        self._budget = budget
        self._evidence_every = evidence_every
        self._processor_time = processor_time
        self._may_try = may_try
        self._engines: dict[str, StreamEngine] = {}
        self._priors: dict[str, tuple[Prior, ...]] = {}
        self._configured: dict[str, dict[str, EngineConfigured]] = {}
        self._forgotten_ms: dict[str, int] = {}
        self._read_window = on(WindowSealed, self.on_window)

    def on_windows(self, sealed: Sequence[Delivery]) -> Iterable[Effect]:
        """Handle windows of one stream, in order, but those of before it was forgotten."""
        for delivery in sealed:
            if not self._is_forgotten(delivery.key, delivery.timestamp_ms):
                yield from self._read_window([delivery])
                if (engine := self._engines.get(delivery.key)) is not None:
                    engine.heard_ms = delivery.timestamp_ms

    def on_definitions(self, said: Sequence[Delivery]) -> Iterable[Effect]:
        """Forget a stream where an empty definition wants that; the others are not its business."""
        for delivery in said:
            if delivery.value is None:
                yield from self._forget_stream(delivery)

    def on_window(self, window: WindowSealed) -> Iterable[Event]:
        engine = self._engines.setdefault(
            window.stream, StreamEngine(self._config, self._evidence_every)
        )
        given = Given(
            budget=self._budget(len(window.columns)),
            priors=self._priors.get(window.stream, ()),
            configured=tuple(self._configured.get(window.stream, {}).values()),
            may_try=self._may_try(),
        )
        return engine.apply(window, given, self._processor_time)

    def on_configured(self, configured: EngineConfigured) -> Iterable[Event]:
        """Keep what is to be expected, and tried: the newest of each stream and who says it."""
        self._configured.setdefault(configured.stream, {})[configured.by] = configured
        return ()

    def on_prior(self, delivery: Delivery) -> Iterable[Event]:
        """Keep what is offered, or no longer: the newest message of each stream and origin."""
        stream, _, origin = delivery.key.partition("/")
        others = tuple(each for each in self._priors.get(stream, ()) if each.origin != origin)
        self._priors[stream] = others if delivery.value is None else (*others, _prior(delivery))
        return ()

    def snapshot(self, key: str) -> bytes | None:
        engine = self._engines.get(key)
        return engine.snapshot() if engine else None

    def restore(self, key: str, data: bytes) -> None:
        engine = StreamEngine.restore(data, self._config, self._evidence_every)
        if not self._is_forgotten(key, engine.heard_ms):
            self._engines[key] = engine

    def forget(self, key: str) -> None:
        self._engines.pop(key, None)

    def _is_forgotten(self, stream: str, at_ms: int) -> bool:
        """Whether what was heard of a stream at that time is of before it was forgotten."""
        return at_ms <= self._forgotten_ms.get(stream, LONG_AGO)

    def _forget_stream(self, wish: Delivery) -> Iterable[Effect]:
        """Let go of what is known of a stream, unless that has begun anew since."""
        stream = wish.key
        self._forgotten_ms[stream] = wish.timestamp_ms
        self._configured.pop(stream, None)
        engine = self._engines.get(stream)
        if engine is not None and self._is_forgotten(stream, engine.heard_ms):
            del self._engines[stream]
            # Also of a graph that was on its way when the wish came; and it takes with it that
            # there is no state any more.
            yield Effect(wish, moved=(Message(GraphUpdated.topic.name, stream, None),))


def _prior(delivery: Delivery) -> Prior:
    assert delivery.value is not None
    offered = decode(delivery.value).event
    if not isinstance(offered, PriorOffered):
        raise PoisonEvent(
            "unexpected-event",
            f"{delivery.topic} carries PriorOffered, not {type(offered).__name__}",
        )
    if offered.key != delivery.key:
        raise PoisonEvent("prior-key", f"{offered.key} came under the key {delivery.key}")
    return prior_of(offered)
