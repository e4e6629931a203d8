"""Where `scarcity ingest` sends records: a gateway over HTTP, or Kafka itself."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from scarcity.bus.base import Bus, Message
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.cli.client import Gateway
from scarcity.clock import Clock, SystemClock
from scarcity.errors import PoisonEvent
from scarcity.events import RAW
from scarcity.streams import check_stream_id, parse_record

KAFKA = "kafka://"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken. Lines are counted from 1 in each sending."""

    line: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the lines of one sending."""

    accepted: int
    rejected: int
    refused: Sequence[Refused]


class Sender(Protocol):
    """Something that takes records."""

    def send(self, stream: str, lines: Sequence[bytes]) -> Answer:
        """Send JSON records; returns when they are in."""
        ...


@contextmanager
def target(url: str, token: str | None) -> Iterator[Sender]:
    """Open where the address leads: kafka://host:port, or a gateway."""
    if not url.startswith(KAFKA):
        yield HttpSender(Gateway(url, token))
        return
    bus = KafkaBus(KafkaSettings(url.removeprefix(KAFKA)))
    with asyncio.Runner() as loop:
        loop.run(bus.start())
        try:
            yield KafkaSender(bus, loop, SystemClock())
        finally:
            loop.run(bus.close())


class HttpSender:
    """A running gateway, which checks the records itself."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, stream: str, lines: Sequence[bytes]) -> Answer:
        answer = self._gateway.post(
            f"/streams/{stream}/records", b"\n".join(lines), content_type="application/x-ndjson"
        )
        return Answer(
            _whole(answer["accepted"]), _whole(answer["rejected"]), _refused(answer["problems"])
        )


class KafkaSender:
    """The raw topic. Records are checked here, as the Stream Manager will check them."""

    def __init__(self, bus: Bus, loop: asyncio.Runner, clock: Clock) -> None:
        self._bus = bus
        self._loop = loop
        self._clock = clock

    def send(self, stream: str, lines: Sequence[bytes]) -> Answer:
        check_stream_id(stream)
        arrived = self._clock.now()
        messages, refused = [], []
        for number, line in enumerate(lines, 1):
            try:
                parse_record(line, arrived=arrived)
            except PoisonEvent as error:
                refused.append(Refused(number, error.reason, str(error)))
            else:
                messages.append(Message(RAW.name, stream, line))
        self._loop.run(self._bus.publish(messages))
        return Answer(len(messages), len(refused), refused)


def _refused(problems: object) -> Sequence[Refused]:
    assert isinstance(problems, list)
    return [Refused(**problem) for problem in problems if isinstance(problem, Mapping)]


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
