"""Windows in, graph changes out: one engine per stream."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

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


@dataclass(frozen=True, slots=True)
class Forgotten:
    """When somebody wanted a stream forgotten, and what was known of it then.

    What comes after begins a higher epoch. Clocks decide only where no engine tells which: they
    are those of the gateway and of the Stream Manager.
    """

    at_ms: int
    epoch: int | None = None
    """that the engine was in; None = there was none"""

    def covers(self, epoch: int, at_ms: int) -> bool:
        """Whether a window of that epoch, onto the bus at that time, is of what was forgotten."""
        if self.epoch is None or self.epoch == epoch:
            return at_ms <= self.at_ms
        return epoch < self.epoch


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
        self._forgotten: dict[str, Forgotten] = {}

    def on_windows(self, sealed: Sequence[Delivery]) -> Iterable[Effect]:
        """Handle windows of one stream, in order, but those of before it was forgotten."""
        for delivery in sealed:
            handle = partial(self._on_window_at, delivery.timestamp_ms)
            yield from on(WindowSealed, handle)([delivery])

    def on_definitions(self, said: Sequence[Delivery]) -> Iterable[Effect]:
        """Forget a stream where an empty definition wants that; the others are not its business."""
        for delivery in said:
            if delivery.value is None:
                yield from self._forget_stream(delivery)

    def _on_window_at(self, at_ms: int, window: WindowSealed) -> Iterable[Event]:
        forgotten = self._forgotten.get(window.stream)
        if forgotten is not None and forgotten.covers(window.epoch, at_ms):
            return ()
        events = self.on_window(window)
        self._engines[window.stream].heard_ms = at_ms
        return events

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
        self._engines[key] = engine
        if (forgotten := self._forgotten.get(key)) is not None:
            self._let_go(key, forgotten.at_ms)

    def forget(self, key: str) -> None:
        self._engines.pop(key, None)

    def _forget_stream(self, wish: Delivery) -> Iterable[Effect]:
        """Let go of what is known of a stream, unless that has begun anew since."""
        stream = wish.key
        self._forgotten[stream] = Forgotten(wish.timestamp_ms)
        self._configured.pop(stream, None)
        if self._let_go(stream, wish.timestamp_ms):
            # Also of a graph that was on its way when the wish came; and it takes with it that
            # there is no state any more.
            yield Effect(wish, moved=(Message(GraphUpdated.topic.name, stream, None),))

    def _let_go(self, stream: str, at_ms: int) -> bool:
        """Drop an engine that has heard nothing since a wish; False when there is none."""
        engine = self._engines.get(stream)
        if engine is None or engine.heard_ms > at_ms:
            return False
        del self._engines[stream]
        self._forgotten[stream] = Forgotten(at_ms, engine.epoch)
        return True


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
