"""Raw records in, windows out: one operator per stream."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from scarcity.bus.base import Delivery
from scarcity.errors import ConfigError, PoisonEvent
from scarcity.events import DefinitionOrigin, Event, StreamDefined, WindowPolicy
from scarcity.streams import Origin, StreamOperator, check_definition, check_stream_id, parse_record
from services.stream_manager.domain import Pace


class StreamManager:
    """Holds the open windows of the streams that this instance owns."""

    def __init__(self, policy: WindowPolicy, idle: timedelta) -> None:
        self._policy = policy
        self._idle = idle
        self._streams: dict[str, StreamOperator] = {}
        self._definitions: dict[str, StreamDefined] = {}
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)
        self._restored: set[str] = set()

    def on_record(self, delivery: Delivery) -> Iterable[Event]:
        record = parse_record(delivery.value, arrived=_arrival(delivery))
        stream = self._stream(delivery.key)
        self._paces[delivery.key].hear(delivery.timestamp_ms)
        origin = Origin(delivery.topic, delivery.partition, delivery.offset, delivery.value or b"")
        return [*self._catch_up(delivery.key, stream), *stream.add(record, origin)]

    def on_definition(self, definition: StreamDefined) -> Iterable[Event]:
        if definition.origin is not DefinitionOrigin.EXPLICIT:
            return ()
        stream = self._streams.get(definition.stream)
        try:
            check_definition(definition)
            events = stream.define(definition) if stream else ()
        except ConfigError as error:
            raise PoisonEvent("bad-definition", str(error)) from error
        self._definitions[definition.stream] = definition
        return events

    def seal_silent(self, now: datetime) -> Iterable[Event]:
        """Seal what is open in streams that have fallen silent."""
        silent = [
            stream
            for key, stream in self._streams.items()
            if self._paces[key].is_silent(now=now, idle=self._idle) and stream.open_records
        ]
        return [event for stream in silent for event in stream.flush()]

    def snapshot(self, key: str) -> bytes | None:
        stream = self._streams.get(key)
        return stream.snapshot() if stream else None

    def restore(self, key: str, data: bytes) -> None:
        self._streams[key] = StreamOperator.restore(key, data, default_policy=self._policy)
        self._restored.add(key)

    def forget(self, key: str) -> None:
        self._streams.pop(key, None)
        self._paces.pop(key, None)
        self._restored.discard(key)

    def _catch_up(self, key: str, stream: StreamOperator) -> Iterable[Event]:
        """Follow the definition that came since a restored stream was saved, if one did."""
        if key not in self._restored:
            return ()
        self._restored.discard(key)
        definition = self._definitions.get(key)
        return stream.define(definition) if definition else ()

    def _stream(self, key: str) -> StreamOperator:
        if key not in self._streams:
            try:
                check_stream_id(key)
            except ConfigError as error:
                raise PoisonEvent("bad-stream-id", str(error)) from error
            self._streams[key] = StreamOperator(
                key, self._definitions.get(key), default_policy=self._policy
            )
        return self._streams[key]


def _arrival(delivery: Delivery) -> datetime:
    """Return when a message came, by its own timestamp, which any producer may set."""
    try:
        return datetime.fromtimestamp(delivery.timestamp_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise PoisonEvent(
            "bad-timestamp",
            f"the message's own timestamp, {delivery.timestamp_ms}, is no time in milliseconds "
            "since 1970: correct the producer, or let it leave the timestamp out",
        ) from error
