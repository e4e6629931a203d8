"""Where `scarcity ingest` sends records: a gateway over HTTP, or Kafka itself."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from scarcity.bus.base import Bus, Message
from scarcity.cli import assemble
from scarcity.client import Gateway, Refused, Sent, stream_path
from scarcity.clock import Clock, SystemClock
from scarcity.errors import ConfigError, PoisonEvent
from scarcity.events import RAW
from scarcity.events.codec import encode_record
from scarcity.streams import Record, check_stream_id, parse_record

KAFKA = "kafka://"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Form = Literal["json", "protobuf"]
"""How a record is written on the raw topic."""


class Sender(Protocol):
    """Something that takes records."""

    def send(self, stream: str, lines: Sequence[bytes]) -> Sent:
        """Send JSON records; returns when they are in."""
        ...


@contextmanager
def target(url: str, token: str | None, form: Form) -> Iterator[Sender]:
    """Open where the address leads: kafka://host:port, or a gateway."""
    if not url.startswith(KAFKA):
        if form != "json":
            raise ConfigError(f"{form} goes to kafka://host:9092 only; a gateway takes JSON")
        yield HttpSender(Gateway(url, token))
        return
    bus = assemble.bus(assemble.settings().model_copy(update={"bus": url, "data_dir": None}))
    with asyncio.Runner() as loop:
        loop.run(bus.start())
        try:
            yield KafkaSender(bus, loop, SystemClock(), form)
        finally:
            loop.run(bus.close())


class HttpSender:
    """A running gateway, which checks the records itself."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, stream: str, lines: Sequence[bytes]) -> Sent:
        answer = self._gateway.post(
            stream_path(stream, "/records"), b"\n".join(lines), content_type="application/x-ndjson"
        )
        return Sent.of(answer)


class KafkaSender:
    """The raw topic. Records are checked here, as the Stream Manager will check them."""

    def __init__(self, bus: Bus, loop: asyncio.Runner, clock: Clock, form: Form) -> None:
        self._bus = bus
        self._loop = loop
        self._clock = clock
        self._form = form

    def send(self, stream: str, lines: Sequence[bytes]) -> Sent:
        check_stream_id(stream)
        arrived = self._clock.now()
        messages, refused = [], []
        for number, line in enumerate(lines, 1):
            try:
                record = parse_record(line, arrived=arrived)
            except PoisonEvent as error:
                refused.append(Refused(number, error.reason, str(error)))
            else:
                messages.append(Message(RAW.name, stream, self._value(line, record)))
        self._loop.run(self._bus.publish(messages))
        return Sent(len(messages), len(refused), refused)

    def _value(self, line: bytes, record: Record) -> bytes:
        # A record all of whose values are missing has no names that protobuf could carry.
        return _protobuf(record) if self._form == "protobuf" and record.values else line


def _protobuf(record: Record) -> bytes:
    time_us = (record.time - EPOCH) // MICROSECOND
    return encode_record(list(record.values), list(record.values.values()), time_us)
