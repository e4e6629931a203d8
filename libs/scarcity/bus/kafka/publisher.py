"""Publishing to Kafka: idempotent, acknowledged by all replicas in sync, bounded in flight."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.producing import (
    IN_FLIGHT_BYTES,
    InFlight,
    Placed,
    send,
    size_of,
    slices,
    started,
    stop,
)
from scarcity.bus.kafka.settings import KafkaSettings
from scarcity.errors import BusClosed


class Publisher:
    """The producing half of a KafkaBus, without transactions."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._in_flight = InFlight(IN_FLIGHT_BYTES)
        self._closed = False

    async def start(self) -> None:
        """Connect. Raises BusUnavailable when the brokers do not answer."""
        with translated():
            await self._started()

    async def publish(self, messages: Sequence[Placed]) -> None:
        """Append the messages, in order per partition; all are durable on return."""
        if not messages:
            return
        for part in slices(messages, IN_FLIGHT_BYTES):
            async with self._in_flight.taking(size_of(part)):
                with translated():
                    await self._send(part)

    async def close(self) -> None:
        """Flush, as far as the brokers still answer, and disconnect."""
        self._closed = True
        if self._producer is not None:
            await self._retire(self._producer)

    async def _send(self, part: Sequence[Placed]) -> None:
        producer = await self._started()
        try:
            async with asyncio.timeout(self._settings.request_timeout):
                await send(producer, part)
        except KafkaTimeoutError:
            raise  # nothing was refused: there was no room in time
        except KafkaError:
            await self._retire(producer)
            raise

    async def _started(self) -> AIOKafkaProducer:
        async with self._renewing:
            if self._closed:
                raise BusClosed("the bus is closed")
            if self._producer is None:
                self._producer = await started(self._settings)
            return self._producer

    async def _retire(self, producer: AIOKafkaProducer) -> None:
        async with self._renewing:
            if self._producer is not producer:
                return  # another publisher saw the same refusal
            self._producer = None
        await stop(producer)
