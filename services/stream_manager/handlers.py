"""Raw records in, windows out: one operator per stream, on the partition where the stream lives."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from scarcity.bus.base import Delivery
from scarcity.errors import ConfigError, PoisonEvent
from scarcity.events import DefinitionOrigin, Event, RecordLate, StreamDefined, WindowPolicy
from scarcity.runtime.service import Effect, on, source_of
from scarcity.streams import (
    Late,
    Reading,
    StreamOperator,
    check_definition,
    check_stream_id,
    read_records,
)
from services.stream_manager.domain import Pace


class StreamManager:
    """Holds the open windows of the streams that this instance owns."""

    def __init__(self, policy: WindowPolicy, idle: timedelta) -> None:
        self._policy = policy
        self._idle = idle
        self._streams: dict[str, StreamOperator] = {}
        self._definitions: dict[str, StreamDefined] = {}
        self._forgotten_ms: dict[str, int] = {}
        self._paces: defaultdict[str, dict[int, Pace]] = defaultdict(dict)
        self._restored: set[str] = set()
        self._read_definition = on(StreamDefined, self.on_definition)

    def on_records(self, records: Sequence[Delivery]) -> Iterable[Effect]:
        """Handle records of one key from one partition, in order."""
        try:
            stream = self._stream(records[0].key)
        except PoisonEvent as error:
            return [Effect(record, refused=error) for record in records]
        return self._on_own_records(stream, records)

    def on_definitions(self, said: Sequence[Delivery]) -> Iterable[Effect]:
        """Handle definitions of one stream, in order; an empty one wants it forgotten."""
        for delivery in said:
            if delivery.value is None:
                self._forget_stream(delivery.key, delivery.timestamp_ms)
            else:
                yield from self._read_definition([delivery])

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
        """Seal what silent streams have open, and wait no longer for silent partitions."""
        events: list[Event] = []
        for key, paces in self._paces.items():
            stream = self._streams.get(key)
            if stream is None or not stream.open_records:
                continue
            silent = [
                source for source, pace in paces.items() if pace.is_silent(now=now, idle=self._idle)
            ]
            if len(silent) == len(paces):
                events += stream.flush()
            elif waited_for := set(silent).intersection(stream.sources):
                events += [event for source in waited_for for event in stream.rest(source)]
        return events

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

    def _on_own_records(
        self, stream: StreamOperator, records: Sequence[Delivery]
    ) -> Iterator[Effect]:
        if events := self._catch_up(stream):
            yield Effect(records[0], events=events)
        for source, run in _by_source(records):
            done = 0
            while done < len(run):
                # Once the columns are known, records are read more quickly.
                few = len(run) if stream.columns else self._policy.size
                yield from self._on_run(stream, source, run[done : done + few])
                done += few

    def _on_run(
        self, stream: StreamOperator, source: int, records: Sequence[Delivery]
    ) -> Iterable[Effect]:
        """Handle records that came in one partition."""
        paces = self._paces[stream.stream]
        pace = paces.setdefault(source, Pace())
        pace.hear(records[0].timestamp_ms, records[-1].timestamp_ms, records=len(records))
        reading = read_records(
            [record.value for record in records],
            [record.timestamp_ms for record in records],
            columns=stream.columns,
            texts=stream.texts,
        )
        accepted = _effects(stream, source, records, reading)
        if not reading.refused:
            return accepted
        refused = [Effect(records[place], refused=e) for place, e in reading.refused.items()]
        return sorted([*accepted, *refused], key=lambda effect: effect.cause.offset)

    def _catch_up(self, stream: StreamOperator) -> list[Event]:
        """Follow what was said of a restored stream since it was saved, if anything was."""
        key = stream.stream
        if key not in self._restored:
            return []
        self._restored.discard(key)
        stream.forget(self._forgotten_ms.get(key, -1))
        definition = self._definitions.get(key)
        return list(stream.define(definition)) if definition else []

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

    def _forget_stream(self, key: str, at_ms: int) -> None:
        self._definitions.pop(key, None)
        self._forgotten_ms[key] = at_ms
        if key in self._streams:
            self._streams[key].forget(at_ms)


def _effects(
    stream: StreamOperator, source: int, records: Sequence[Delivery], reading: Reading
) -> list[Effect]:
    places = reading.rows.arrivals
    effects = []
    for outcome in stream.add(reading.rows, source=source):
        cause = records[int(places[outcome.row])]
        late = [_late(cause, outcome.late)] if outcome.late else []
        effects.append(Effect(cause, events=[*late, *outcome.events]))
    return effects


def _by_source(records: Sequence[Delivery]) -> Iterator[tuple[int, Sequence[Delivery]]]:
    """Yield the runs of records that came in one partition, and in which."""
    if not any(map(attrgetter("headers"), records)):  # as nearly always: none was moved
        yield records[0].partition, records
        return
    for source, run in groupby(records, source_of):
        yield source, list(run)


def _late(record: Delivery, late: Late) -> RecordLate:
    return RecordLate(
        stream=record.key,
        record_time=late.record_time,
        sealed_until=late.sealed_until,
        origin_topic=record.topic,
        origin_partition=record.partition,
        origin_offset=record.offset,
        original=record.value or b"",
    )
