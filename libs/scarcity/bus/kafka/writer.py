"""Publishing to Kafka all or nothing: a writer is a transactional id, a publish a transaction.

The broker fences: whoever initialises a transactional id ends what its former holder had begun,
and refuses whatever that one sends later. The former holder is never asked, so it may be dead,
stopped, or cut off.

A publish ends in one of three ways:

* The transaction was committed.
* A message was refused, and the transaction was aborted. Then the producer is replaced, because of
  its gap in the sequence numbers. That takes the name anew, and must not take it from a newer
  holder: each initialisation counts the id's epoch up by one, so only the very next epoch proves
  that nobody came in between.
* Anything else, a deadline or a cancellation included: the name is lost, or nobody can tell what
  became of the transaction. The producer is given up. What it left open, the broker undoes when
  the name is taken again, or after the transaction's timeout.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, InvalidProducerEpoch, KafkaError, ProducerFenced

from scarcity.bus.base import Message
from scarcity.bus.kafka.errors import TRANSLATIONS, translated
from scarcity.bus.kafka.producing import (
    FLUSH_TIMEOUT,
    IN_FLIGHT_BYTES,
    InFlight,
    Placed,
    abandon,
    place,
    send,
    size_of,
    slices,
    started,
    stop,
)
from scarcity.bus.kafka.settings import KafkaSettings
from scarcity.bus.kafka.topics import Topics
from scarcity.errors import BusClosed, ConfigError, Fenced, Overloaded

PREFIX = "scarcity-"
"""Begins every transactional id of ours, so that one access rule covers them all."""
REFUSALS = tuple(
    theirs for theirs, ours in TRANSLATIONS.items() if ours in {ConfigError, Overloaded}
)
"""What the broker says of a message, not of the writer."""


class KafkaWriter:
    """A writer's name, taken by `take`. Publishes one after another."""

    def __init__(
        self, settings: KafkaSettings, name: str, *, topics: Topics, in_flight: InFlight
    ) -> None:
        self._settings = settings
        self._name = name
        self._topics = topics
        self._in_flight = in_flight
        self._producer: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()
        self.closed = False

    async def take(self) -> None:
        """Take the name, and wait until what its former holder did is finished or undone."""
        async with self._turn:
            try:
                with translated():
                    self._producer = await self._started()
            except BaseException:
                self.closed = True
                raise

    async def publish(self, messages: Sequence[Message]) -> None:
        async with self._turn:
            producer = self._usable()
            placed = await place(messages, self._topics)
            if placed:
                self._producer = None  # until it is known how the transaction ended
                with translated():
                    self._producer = await self._publish(producer, placed)

    async def close(self) -> None:
        self.closed = True
        async with self._turn:
            producer, self._producer = self._producer, None
            if producer is not None:
                await stop(producer)

    async def _publish(
        self, producer: AIOKafkaProducer, placed: Sequence[Placed]
    ) -> AIOKafkaProducer:
        """Return the producer for the next publish."""
        try:
            await self._transact(producer, placed)
        except REFUSALS:
            self._producer = await self._renewed(producer)
            raise
        except (KafkaError, IllegalOperation, TimeoutError) as error:
            # The operation is illegal once the transaction has failed under messages before.
            await abandon(producer)
            raise self._fenced(error) from error
        except BaseException:
            await abandon(producer)
            raise
        return producer

    async def _transact(self, producer: AIOKafkaProducer, placed: Sequence[Placed]) -> None:
        patience = self._settings.request_timeout
        # Leaving the transaction commits it, or aborts it after an error; that may last too.
        async with asyncio.timeout(patience + FLUSH_TIMEOUT) as ending, producer.transaction():
            try:
                async with asyncio.timeout(patience):
                    for part in slices(placed, IN_FLIGHT_BYTES):
                        async with self._in_flight.taking(size_of(part)):
                            await send(producer, part)
            except BaseException:
                # Whoever cancels has little time: the brokers can undo this by themselves.
                ending.reschedule(asyncio.get_running_loop().time() + FLUSH_TIMEOUT)
                raise

    async def _renewed(self, producer: AIOKafkaProducer) -> AIOKafkaProducer:
        """Replace a producer whose transaction was aborted; Fenced when the name has gone."""
        identity, epoch = _identity(producer)
        await stop(producer)
        try:
            successor = await self._started()
        except (KafkaError, TimeoutError) as error:
            raise self._fenced(error) from error
        if _identity(successor) != (identity, epoch + 1):
            await stop(successor)
            raise Fenced(f"somebody else wrote as {self._name} in the meantime")
        return successor

    async def _started(self) -> AIOKafkaProducer:
        return await started(self._settings, transactional_id=PREFIX + self._name)

    def _usable(self) -> AIOKafkaProducer:
        if self.closed:
            raise BusClosed("this writer is closed")
        if self._producer is None:
            raise Fenced(f"this writer has lost the name {self._name}; take it again")
        return self._producer

    def _fenced(self, error: Exception) -> Fenced:
        if isinstance(error, (ProducerFenced, InvalidProducerEpoch)):
            return Fenced(f"somebody else writes as {self._name} now")
        return Fenced(f"what became of the last publish of {self._name} cannot be told: {error!r}")


def _identity(producer: AIOKafkaProducer) -> tuple[int, int]:
    # There is no public way to an initialised producer's id and epoch.
    manager = producer._txn_manager  # noqa: SLF001
    return manager.producer_id, manager.producer_epoch
